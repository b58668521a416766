/* Money: an exact count of minor units (fen for CNY) and a currency. No floating point, no silent overflow.
 * Exponents: ISO 4217 list one. Amounts as text: ISO 20022 ActiveOrHistoricCurrencyAndAmount. */
#ifndef YIFEN_RULES_MONEY_H
#define YIFEN_RULES_MONEY_H

#include <glib.h>

#define MONEY_CURRENCY_SIZE 4

typedef struct {
  gint64 minor;                       /* may be negative: a balance */
  char currency[MONEY_CURRENCY_SIZE]; /* "CNY"; "" while unknown */
} Money;

/* Decimal places of a currency, or -1 when the code is no ISO 4217 alphabetic code. */
int money_exponent(const char *currency);

/* Reads "[+-]digits[.digits]" exactly. Digits past the exponent must be zero. Refuses blanks, separators, empty
 * text, unknown currencies and overflow: ERROR_REFUSED with reason "amount" and the value. */
gboolean money_parse(const char *text, const char *currency, Money *money, GError **error);

/* "1048.00"; the caller frees. */
char *money_format(Money money);

/* Sum and difference; FALSE, result untouched, on overflow or unlike currencies. */
gboolean money_add(Money a, Money b, Money *sum);
gboolean money_subtract(Money a, Money b, Money *difference);

#endif
