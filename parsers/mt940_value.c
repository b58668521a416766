#include "parsers/mt940_value.h"

#include <string.h>

#include "rules/error.h"

enum { AMOUNT_MAX = 40, VALUE_MAX = 40, REFERENCE_WIDTH = 16 };

#define AMOUNT_FORM "0,00"
#define LINE_FORM "YYMMDD[MMDD]C|D|RC|RD[A]0,00NXXX"

static gboolean refuse(GError **error, const char *reason, const char *text, const char *expected) {
  const char *end = strchr(text, '\n');
  gsize size = end == NULL ? strlen(text) : (gsize)(end - text);
  g_autofree char *value = g_strndup(text, size);
  if (g_utf8_strlen(value, -1) > VALUE_MAX)
    *g_utf8_offset_to_pointer(value, VALUE_MAX) = '\0';
  return error_set(error, ERROR_REFUSED, reason, "value", value, "expected", expected, NULL);
}

static gboolean digits(const char *text, gsize count) {
  for (gsize i = 0; i < count; i++)
    if (!g_ascii_isdigit(text[i]))
      return FALSE;
  return TRUE;
}

static int two(const char *text) {
  return (text[0] - '0') * 10 + text[1] - '0';
}

/* Two-digit years from 80 on are of the last century, as SWIFT reads them. Banks that count a month as 30 days write 30
 * February for its last day. FALSE when the calendar has no such day. */
static gboolean read_day(const char *text, Day *day) {
  int year = two(text), month = two(text + 2), mday = two(text + 4);
  year += year >= 80 ? 1900 : 2000;
  if (month == 2 && mday > 28 && mday <= 30)
    return day_from_ymd(year, 2, 29, day) || day_from_ymd(year, 2, 28, day);
  return day_from_ymd(year, month, mday, day);
}

/* The year that brings MMDD nearest to the value date: at New Year the one before or after. */
static gboolean read_entry_day(const char *text, Day value_date, Day *day) {
  int year, month, mday;
  Day candidate, best = DAY_NONE;
  day_to_ymd(value_date, &year, &month, &mday);
  for (int y = year - 1; y <= year + 1; y++)
    if (day_from_ymd(y, two(text), two(text + 2), &candidate) &&
        (best == DAY_NONE || ABS(candidate - value_date) < ABS(best - value_date)))
      best = candidate;
  *day = best;
  return best != DAY_NONE;
}

gboolean mt940_amount(const char **at, const char *currency, Money *amount, GError **error) {
  char plain[AMOUNT_MAX + 8], *to = plain;
  const char *text = *at, *from = text;
  int decimals = -1, whole = 0;
  for (; from - text < AMOUNT_MAX; from++)
    if (g_ascii_isdigit(*from)) {
      whole += decimals < 0;
      decimals += decimals >= 0;
      *to++ = *from;
    } else if ((*from == ',' || *from == '.') && decimals < 0) {
      if (whole == 0)
        *to++ = '0';
      *to++ = '.';
      decimals = 0;
    } else
      break;
  if (decimals == 0)
    to--;
  *to = '\0';
  gboolean thousand = decimals == 3 && memchr(text, '.', (gsize)(from - text)) != NULL && money_exponent(currency) < 3;
  if (whole + MAX(decimals, 0) == 0 || thousand || *from == ',' || *from == '.')
    return refuse(error, "mt940_field", text, AMOUNT_FORM);
  *at = from;
  return money_parse(plain, currency, amount, NULL) || refuse(error, "mt940_field", text, AMOUNT_FORM);
}

static gboolean read_currency(const char **at, char currency[MONEY_CURRENCY_SIZE], GError **error) {
  g_strlcpy(currency, *at, MONEY_CURRENCY_SIZE);
  if (money_exponent(currency) < 0)
    return refuse(error, "currency", *at, NULL);
  *at += MONEY_CURRENCY_SIZE - 1;
  return TRUE;
}

/* Nothing but blanks may follow on the line; the lines below are of no field. */
static gboolean at_end(const char *at) {
  return strchr("\n", at[strspn(at, " ")]) != NULL;
}

gboolean mt940_balance(const char *text, const char *usual, Day *day, Money *balance, GError **error) {
  static const char form[] = "C|D YYMMDD CCY 0,00";
  char currency[MONEY_CURRENCY_SIZE], mark = g_ascii_toupper(*text);
  if ((mark != 'C' && mark != 'D') || !digits(text + 1, 6))
    return refuse(error, "mt940_field", text, form);
  if (!read_day(text + 1, day))
    *day = DAY_NONE;
  const char *at = text + 7;
  gboolean bare = *usual != '\0' && g_ascii_isdigit(*at);
  g_strlcpy(currency, usual, sizeof currency);
  if ((!bare && !read_currency(&at, currency, error)) || !mt940_amount(&at, currency, balance, error))
    return FALSE;
  if (mark == 'D')
    balance->minor = -balance->minor;
  return at_end(at) || refuse(error, "mt940_field", text, form);
}

gboolean mt940_claim(const char *text, gint64 *count, Money *sum, GError **error) {
  char currency[MONEY_CURRENCY_SIZE];
  gsize size = strspn(text, "0123456789");
  const char *at = text + size;
  if (size > 9)
    return refuse(error, "mt940_field", text, "0CCY0,00");
  *count = size == 0 ? -1 : g_ascii_strtoll(text, NULL, 10);
  return read_currency(&at, currency, error) && mt940_amount(&at, currency, sum, error);
}

static gboolean read_dates(const char **at, Mt940Line *line, GError **error) {
  const char *text = *at;
  if (!digits(text, 6))
    return refuse(error, "mt940_field", text, LINE_FORM);
  if (!read_day(text, &line->value_date))
    return refuse(error, "date", text, NULL);
  line->booking_date = line->value_date;
  *at += 6;
  if (digits(*at, 4)) {
    if (!read_entry_day(*at, line->value_date, &line->booking_date))
      return refuse(error, "date", text, NULL);
    *at += 4;
  } else if (strncmp(*at, "    ", 4) == 0)
    *at += 4;
  return TRUE;
}

/* The mark, and the funds letter that may follow it. */
static gboolean read_mark(const char **at, Mt940Line *line, GError **error) {
  const char *text = *at;
  char first = g_ascii_toupper(*text), mark = first;
  if (first == 'R' || first == 'E')
    mark = g_ascii_toupper(*++text);
  if (mark != 'C' && mark != 'D')
    return refuse(error, "mt940_field", *at, LINE_FORM);
  line->reversal = first == 'R';
  line->expected = first == 'E';
  line->direction = (mark == 'C') != line->reversal ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  text++;
  *at = text + (g_ascii_isalpha(*text) ? 1 : 0);
  return TRUE;
}

static char *trim(char *text) {
  text += strspn(text, " \t");
  for (gsize size = strlen(text); size > 0 && strchr(" \t", text[size - 1]) != NULL; size--)
    text[size - 1] = '\0';
  return text;
}

/* Words that stand where no reference is: the real one is in :86:, or there is none. */
static char *reference_or_none(char *text) {
  static const char *const none[] = {"NONREF", "NOREF", "NOTPROVIDED", "EREF", "KREF", "PREF",
                                     "MREF",   "MARF",  "IREF",        "N",    "//"};
  gsize size = strlen(text);
  gsize bare = size > 0 && text[size - 1] == '+' ? size - 1 : size;
  for (gsize i = 0; i < G_N_ELEMENTS(none); i++)
    if (strlen(none[i]) == bare && g_ascii_strncasecmp(text, none[i], bare) == 0)
      return text + size;
  return text;
}

static void read_references(char *text, Mt940Line *line) {
  char *end = strchr(text, '\n');
  line->details = end == NULL ? text + strlen(text) : end + 1;
  if (end != NULL)
    *end = '\0';
  char *bank = strstr(text, "//");
  line->bank = line->name = text + strlen(text);
  if (bank != NULL) {
    *bank = '\0';
    line->bank = reference_or_none(trim(bank + 2));
  } else if (strlen(text) > REFERENCE_WIDTH && text[REFERENCE_WIDTH - 1] == ' ') {
    text[REFERENCE_WIDTH - 1] = '\0';
    line->name = trim(text + REFERENCE_WIDTH);
  }
  line->reference = reference_or_none(trim(text));
  if (bank == NULL && g_str_has_prefix(line->details, "//")) { /* the line was cut before it */
    line->bank = line->details + 2;
    end = strchr(line->bank, '\n');
    line->details = end == NULL ? line->bank + strlen(line->bank) : end + 1;
    if (end != NULL)
      *end = '\0';
    line->bank = reference_or_none(trim(line->bank));
  }
}

gboolean mt940_line(char *text, const char *currency, Mt940Line *line, GError **error) {
  const char *at = text;
  *line = (Mt940Line){0};
  if (!read_dates(&at, line, error) || !read_mark(&at, line, error) ||
      !mt940_amount(&at, currency, &line->amount, error))
    return FALSE;
  at += strspn(at, " ");
  if (*at != '\0' && *at != '\n' && !g_ascii_isalpha(*at))
    return refuse(error, "mt940_field", text, LINE_FORM);
  for (gsize i = 0; i + 1 < sizeof line->type && *at != '\0' && *at != '\n' && g_ascii_isprint(*at); i++)
    line->type[i] = *at++;
  read_references(text + (at - text), line);
  return TRUE;
}
