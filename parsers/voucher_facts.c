#include "parsers/voucher_facts.h"

#include <string.h>

#include "rules/error.h"

/* clang-format off */
#define X(name) #name,
const char *const voucher_single_names[] = {VOUCHER_SINGLE_FACTS(X)};
const char *const voucher_line_names[] = {VOUCHER_LINE_FACTS(X)};
#undef X
/* clang-format on */

static gboolean refuse(const VoucherFact *fact, const char *reason, const char *expected, GError **error) {
  return error_set(error, ERROR_REFUSED, reason, "field", fact->name, "value", fact->text, "expected", expected, NULL);
}

/* Is the number as exact as it is written? XBRL 2.1, 4.6.5: accurate to so many digits after the point. */
static gboolean is_exact(const VoucherFact *fact) {
  gint64 decimals;
  if (*fact->decimals == '\0' || g_str_equal(fact->decimals, "INF"))
    return TRUE;
  if (!g_ascii_string_to_signed(fact->decimals, 10, 0, 1000, &decimals, NULL))
    return FALSE;
  const char *point = strchr(fact->text, '.');
  gsize written = point == NULL ? 0 : strlen(point + 1);
  while (written > 0 && point[written] == '0')
    written--;
  return written <= (gsize)decimals;
}

gboolean voucher_amount(const VoucherFact *fact, const char *currency, gboolean *has, Money *amount, GError **error) {
  *has = FALSE;
  if (fact->text == NULL)
    return TRUE;
  const char *code = *fact->currency != '\0' ? fact->currency : currency;
  if (code == NULL || (currency != NULL && !g_str_equal(code, currency)))
    return refuse(fact, "currency", currency, error);
  if (!is_exact(fact))
    return refuse(fact, "amount", NULL, error);
  if (!sheet_amount(fact->text, code, has, amount, error)) {
    error_add(error, "field", fact->name);
    return FALSE;
  }
  return !*has || amount->minor > G_MININT64 || refuse(fact, "amount", NULL, error); /* its twin must exist */
}

gboolean voucher_direction(const VoucherFact *fact, gboolean *has, Direction *direction, GError **error) {
  static const struct {
    const char *word;
    Direction direction;
  } words[] = {{"0", DIRECTION_DEBIT},  {"借", DIRECTION_DEBIT},  {"D", DIRECTION_DEBIT},  {"借方", DIRECTION_DEBIT},
               {"1", DIRECTION_CREDIT}, {"贷", DIRECTION_CREDIT}, {"C", DIRECTION_CREDIT}, {"贷方", DIRECTION_CREDIT}};
  *has = fact->text != NULL;
  if (!*has)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_equal(fact->text, words[i].word)) {
      *direction = words[i].direction;
      return TRUE;
    }
  return refuse(fact, "voucher_flag", NULL, error);
}

/* A day, and a time beside or without it. */
static const char *const forms[] = {"YYYY-MM-DD",
                                    "YYYYMMDD",
                                    "YYYY/M/D",
                                    "YYYY年M月D日",
                                    "YYYY-MM-DDThh:mm:ss",
                                    "YYYY-MM-DD hh:mm:ss",
                                    "YYYYMMDDhhmmss",
                                    "YYYYMMDD hh:mm:ss",
                                    "hh:mm:ss",
                                    "hhmmss",
                                    "hh:mm",
                                    NULL};

gboolean voucher_day(const VoucherFact *fact, Day *day, GError **error) {
  SheetMoment moment;
  if (fact->text == NULL)
    return error_set(error, ERROR_REFUSED, "missing", "field", fact->name, NULL);
  if (!sheet_moment(fact->text, (char *const *)forms, &moment) || moment.day == DAY_NONE)
    return refuse(fact, "date", NULL, error);
  *day = moment.day;
  return TRUE;
}

char *voucher_time(const VoucherFact *fact, Day day) {
  SheetMoment moment;
  if (fact->text == NULL || !sheet_moment(fact->text, (char *const *)forms, &moment) || !moment.has_time)
    return NULL;
  g_autofree char *date = day_format(moment.day == DAY_NONE ? day : moment.day);
  return g_strdup_printf("%sT%02d:%02d:%02d", date, moment.hour, moment.minute, moment.second);
}
