/* Values of MT940 and MT942 fields (SWIFT Standards MT, category 9): dates, amounts, balances, the statement line.
 * Every function reads a NUL-ended text; what does not fit is ERROR_REFUSED "mt940_field" with value and expected, or
 * "currency", "date". The caller adds line and field. */
#ifndef YIFEN_PARSERS_MT940_VALUE_H
#define YIFEN_PARSERS_MT940_VALUE_H

#include "rules/entry.h"

/* An amount (15d): comma or dot before the decimals, either may be missing, and so may the digits before or after it.
 * "1.230" could be a thousand or one and is refused where the currency has fewer than three decimals. Moves *at on. */
gboolean mt940_amount(const char **at, const char *currency, Money *amount, GError **error);

/* :60a: :62a: "C100318EUR380115,77"; negative for D. A date that no calendar has is DAY_NONE: it decides nothing.
 * usual: the currency where it is left out, "" when it must not be. */
gboolean mt940_balance(const char *text, const char *usual, Day *day, Money *balance, GError **error);

/* :90D: :90C: "3PLN0,03": count, -1 where a bank leaves it out, and sum. */
gboolean mt940_claim(const char *text, gint64 *count, Money *sum, GError **error);

/* :61:, field 61 of MT940: value date, entry date (MMDD, its year the one that brings it nearest to the value date),
 * mark, funds letter, amount, type, reference of the account owner, "//" reference of the bank, and supplementary
 * details on the lines that follow. RC, the reversal of a credit, is money out; RD money in. EC and ED (MT942) are
 * expected, not booked. */
typedef struct {
  Day value_date, booking_date; /* booking_date: the entry date, else the value date */
  Money amount;
  Direction direction;
  gboolean reversal, expected;
  char type[5];    /* "NTRF" */
  char *reference; /* trimmed, "" when there is none; NONREF and the like are none */
  char *bank;      /* bank's reference, likewise */
  char *name;      /* Rabobank's old form: 16 places reference, then the other party's name; "" elsewhere */
  char *details;   /* supplementary, lines joined by LF */
} Mt940Line;

/* In place: `text` is cut into the strings of the line. */
gboolean mt940_line(char *text, const char *currency, Mt940Line *line, GError **error);

#endif
