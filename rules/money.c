#include "rules/money.h"

#include "rules/error.h"

#include <string.h>

/* ISO 4217 list one by number of decimals (two is the rule); then codes that old statements still carry (list three).
 */
static const struct {
  int exponent;
  const char *codes;
} currencies[] = {
    {2, "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG "},
    {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "},
    {3, "BHD IQD JOD KWD LYD OMR TND "},
    {4, "CLF UYW "},
    {2, "ANG ATS BEF BGN CUC DEM EEK FIM FRF HRK IEP LTL LVL NLG SLL VEF ZWL "},
    {0, "ESP ITL LUF PTE "},
};

static gboolean is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

/* Every amount of a statement comes by here. */
int money_exponent(const char *currency) {
  if (currency == NULL || !is_letter(currency[0]) || !is_letter(currency[1]) || !is_letter(currency[2]) ||
      currency[3] != '\0')
    return -1;
  const char key[MONEY_CURRENCY_SIZE] = {currency[0], currency[1], currency[2], ' '}; /* as in the lists */
  if (memcmp(key, "CNY ", MONEY_CURRENCY_SIZE) == 0)                                  /* nearly always */
    return 2;
  for (gsize i = 0; i < G_N_ELEMENTS(currencies); i++)
    for (const char *code = currencies[i].codes; *code != '\0'; code += MONEY_CURRENCY_SIZE)
      if (memcmp(code, key, MONEY_CURRENCY_SIZE) == 0)
        return currencies[i].exponent;
  return -1;
}

/* Appends one decimal digit. Counts downwards, because the smallest gint64 has no positive twin. */
static gboolean push_digit(gint64 *negative, char digit) {
  return !__builtin_mul_overflow(*negative, 10, negative) && !__builtin_sub_overflow(*negative, digit - '0', negative);
}

static gboolean read_minor(const char *text, int exponent, gint64 *minor) {
  gboolean minus = *text == '-';
  if (*text == '+' || *text == '-')
    text++;
  if (!g_ascii_isdigit(*text))
    return FALSE;
  gint64 negative = 0;
  for (; g_ascii_isdigit(*text); text++)
    if (!push_digit(&negative, *text))
      return FALSE;
  int places = 0;
  if (*text == '.') {
    if (!g_ascii_isdigit(*++text))
      return FALSE;
    for (; g_ascii_isdigit(*text); text++, places++)
      if (places < exponent ? !push_digit(&negative, *text) : *text != '0')
        return FALSE;
  }
  for (; places < exponent; places++)
    if (!push_digit(&negative, '0'))
      return FALSE;
  if (*text != '\0' || (!minus && negative == G_MININT64))
    return FALSE;
  *minor = minus ? negative : -negative;
  return TRUE;
}

gboolean money_parse(const char *text, const char *currency, Money *money, GError **error) {
  int exponent = money_exponent(currency);
  gint64 minor;
  if (text == NULL || exponent < 0 || !read_minor(text, exponent, &minor))
    return error_set(error, ERROR_REFUSED, "amount", "value", text, "detail", currency, NULL);
  money->minor = minor;
  memcpy(money->currency, currency, MONEY_CURRENCY_SIZE);
  return TRUE;
}

char *money_format(Money money) {
  int exponent = MAX(money_exponent(money.currency), 0);
  guint64 scale = 1;
  for (int i = 0; i < exponent; i++)
    scale *= 10;
  guint64 size = money.minor < 0 ? -(guint64)money.minor : (guint64)money.minor;
  const char *sign = money.minor < 0 ? "-" : "";
  if (exponent == 0)
    return g_strdup_printf("%s%" G_GUINT64_FORMAT, sign, size);
  return g_strdup_printf("%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, sign, size / scale, exponent, size % scale);
}

static gboolean same_currency(const Money *a, const Money *b) {
  return memcmp(a->currency, b->currency, MONEY_CURRENCY_SIZE) == 0 || strcmp(a->currency, b->currency) == 0;
}

gboolean money_add(Money a, Money b, Money *sum) {
  Money result = a;
  if (!same_currency(&a, &b) || __builtin_add_overflow(a.minor, b.minor, &result.minor))
    return FALSE;
  *sum = result;
  return TRUE;
}

gboolean money_subtract(Money a, Money b, Money *difference) {
  Money result = a;
  if (!same_currency(&a, &b) || __builtin_sub_overflow(a.minor, b.minor, &result.minor))
    return FALSE;
  *difference = result;
  return TRUE;
}
