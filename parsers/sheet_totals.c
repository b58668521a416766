#include "parsers/sheet_totals.h"

#include <string.h>

#include "parsers/sheet_preamble.h"
#include "parsers/sheet_value.h"
#include "rules/error.h"

enum { VALUE_MAX = 40 };

void sheet_totals_begin(SheetTotals *totals, const Layout *layout, const char *currency) {
  *totals = (SheetTotals){.layout = layout, .currency = currency == NULL ? "CNY" : currency};
}

static gboolean is_count(Total total) {
  return total == TOTAL_COUNT || total == TOTAL_CREDIT_COUNT || total == TOTAL_DEBIT_COUNT;
}

static gboolean is_credit(Total total) {
  return total == TOTAL_CREDIT || total == TOTAL_CREDIT_COUNT;
}

static gboolean blame(gint64 number, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, number);
  error_add(error, "line", line);
  return FALSE;
}

static void say(SheetTotals *totals, Total total, gint64 number, gboolean strict) {
  totals->said[total] = TRUE;
  totals->strict[total] = strict;
  totals->said_line = number;
}

/* "20", "20.0" and "20笔" are counts. */
static gboolean say_count(SheetTotals *totals, Total total, const char *text, GError **error) {
  guint64 count;
  g_autofree char *digits = g_strdup(text);
  if (g_str_has_suffix(digits, ".0"))
    digits[strlen(digits) - 2] = '\0';
  if (!g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT32, &count, NULL))
    return error_set(error, ERROR_REFUSED, "number", "value", text, NULL);
  totals->said_count[total] = (gint64)count;
  return TRUE;
}

/* A debit total may carry the sign that its rows carry. */
static gboolean say_sum(SheetTotals *totals, Total total, const char *text, GError **error) {
  const Layout *layout = totals->layout;
  gboolean has, may_be_minus = layout->minus_debit || layout->columns[COLUMN_AMOUNT].names[0] != NULL;
  Money sum = {0};
  if (!sheet_amount(text, totals->currency, &has, &sum, error))
    return FALSE;
  if (has && sum.minor < 0 && total == TOTAL_DEBIT && may_be_minus && sum.minor != G_MININT64)
    sum.minor = -sum.minor;
  totals->said_sum[total] = sum;
  return TRUE;
}

/* The number that a text begins with, in `value`; what follows it. NULL when it begins with none. */
static const char *number_at(const char *text, char *value) {
  const char *at = text + (*text == '+' || *text == '-');
  gsize length = 0;
  if (!g_ascii_isdigit(*at))
    return NULL;
  for (const char *from = text; length + 1 < VALUE_MAX; from++) {
    gboolean inside =
        from < at || g_ascii_isdigit(*from) || ((*from == '.' || *from == ',') && g_ascii_isdigit(from[1]));
    if (!inside) {
      value[length] = '\0';
      return from;
    }
    value[length++] = *from;
  }
  return NULL;
}

/* Past what may stand between a label and its value: "合计: 共 ¥". */
static const char *to_value(const char *text) {
  static const char *const fillers[] = {"共", "¥", "人民币", "CNY", "RMB", "总计", "为"};
  if (*text == '[' && !g_ascii_isdigit(text[1]) && strchr(text, ']') != NULL) /* an English name */
    text = strchr(text, ']') + 1;
  for (gboolean again = TRUE; again;) {
    again = FALSE;
    text += strspn(text, " :=[\"'`");
    for (gsize i = 0; i < G_N_ELEMENTS(fillers); i++)
      if (g_str_has_prefix(text, fillers[i])) {
        text += strlen(fillers[i]);
        again = TRUE;
      }
  }
  return text;
}

static gboolean follows_count(const char *rest) {
  rest += strspn(rest, " ");
  return g_str_has_prefix(rest, "笔");
}

/* The next number of the cell that is no count; NULL when there is none. */
static gboolean next_sum(const char *rest, char *value) {
  for (; *rest != '\0' && *rest != SHEET_BETWEEN; rest++) {
    const char *end = number_at(rest, value);
    if (end != NULL)
      return !follows_count(end);
  }
  return FALSE;
}

/* 3笔 100.00元 behind a sum's label is the count of that side, and its sum. */
static gboolean say_value(SheetTotals *totals, Total total, const char *value, const char *rest, gint64 number,
                          gboolean strict, GError **error) {
  char sum[VALUE_MAX];
  if (is_count(total)) {
    say(totals, total, number, strict);
    return say_count(totals, total, value, error);
  }
  if (!follows_count(rest)) {
    say(totals, total, number, strict);
    return say_sum(totals, total, value, error);
  }
  Total count = is_credit(total) ? TOTAL_CREDIT_COUNT : TOTAL_DEBIT_COUNT;
  say(totals, count, number, strict);
  if (!say_count(totals, count, value, error))
    return FALSE;
  if (!next_sum(rest, sum))
    return TRUE;
  say(totals, total, number, strict);
  return say_sum(totals, total, sum, error);
}

/* Reads the value of a label that ends at `text`; where none stands beside it, it must stand below. */
static gboolean read_label(SheetTotals *totals, Total total, const char *line, const char *text, gint64 number,
                           gboolean strict, GError **error) {
  char value[VALUE_MAX];
  int cell = 0;
  const char *at = to_value(text);
  for (const char *c = line; c < text; c++)
    cell += *c == SHEET_BETWEEN;
  if (*at == SHEET_BETWEEN)
    at = to_value(at + 1);
  const char *rest = number_at(at, value);
  if (rest != NULL)
    return say_value(totals, total, value, rest, number, strict, error) || blame(number, error);
  if (*text == SHEET_BETWEEN || *text == '\0') {
    totals->below[total] = cell;
    totals->waiting = TRUE;
  }
  return TRUE;
}

static gboolean read_below(SheetTotals *totals, const char *line, gint64 number, gboolean strict, GError **error) {
  g_auto(GStrv) cells = g_strsplit(line, (char[]){SHEET_BETWEEN, '\0'}, -1);
  guint count = g_strv_length(cells);
  totals->waiting = FALSE;
  for (int total = 0; total < TOTALS; total++) {
    char value[VALUE_MAX];
    int at = totals->below[total];
    const char *rest = at < 0 || (guint)at >= count ? NULL : number_at(to_value(cells[at]), value);
    if (rest != NULL && !say_value(totals, (Total)total, value, rest, number, strict, error))
      return blame(number, error);
  }
  return TRUE;
}

/* Below the rows a line of totals begins with one of their labels; a damaged row never does. */
static gboolean begins_with_label(const Layout *layout, const char *line) {
  line += strspn(line, " #-`\x1f");
  for (int total = 0; total < TOTALS; total++)
    if (sheet_label_at(line, layout->totals[total]) != NULL)
      return TRUE;
  return FALSE;
}

gboolean sheet_totals_line(SheetTotals *totals, const char *line, gint64 number, TotalsPlace place, gboolean *found,
                           GError **error) {
  gboolean strict = place == TOTALS_ABOVE;
  *found = totals->waiting;
  if (totals->waiting)
    return read_below(totals, line, number, strict, error);
  if (place != TOTALS_ABOVE && !begins_with_label(totals->layout, line))
    return TRUE;
  memset(totals->below, -1, sizeof totals->below);
  for (int total = 0; total < TOTALS; total++) {
    const char *text = sheet_label_find(line, totals->layout->totals[total]);
    *found |= text != NULL;
    if (text != NULL && !read_label(totals, (Total)total, line, text, number, strict, error))
      return FALSE;
  }
  return TRUE;
}

gboolean sheet_totals_sum(SheetTotals *totals, gboolean credit_column, const char *cell, gint64 number,
                          GError **error) {
  Total total = credit_column ? TOTAL_CREDIT : TOTAL_DEBIT;
  gboolean has;
  if (!sheet_amount(cell, totals->currency, &has, &totals->said_sum[total], error))
    return blame(number, error);
  if (has)
    say(totals, total, number, FALSE);
  return TRUE;
}

gboolean sheet_totals_add(SheetTotals *totals, const Entry *entry, gboolean credit_column, Money column,
                          GError **error) {
  Money *sum = &totals->sum[credit_column];
  totals->rows++;
  if (entry->status != ENTRY_BOOKED)
    return TRUE;
  if (totals->count[0] + totals->count[1] > 0 &&
      strcmp(column.currency, totals->sum[totals->count[0] == 0].currency) != 0)
    totals->mixed = TRUE;
  if (totals->count[credit_column] == 0 || totals->mixed)
    memcpy(sum->currency, column.currency, sizeof sum->currency);
  totals->count[credit_column]++;
  totals->booked[entry->direction == DIRECTION_CREDIT]++;
  return (money_add(*sum, column, sum) &&
          !__builtin_add_overflow(totals->moved[entry->direction == DIRECTION_CREDIT], entry->amount.minor,
                                  &totals->moved[entry->direction == DIRECTION_CREDIT])) ||
         error_set(error, ERROR_REFUSED, "currency", "value", column.currency, NULL);
}

static gboolean differs(const SheetTotals *totals, const char *field, const char *value, const char *expected,
                        GError **error) {
  error_set(error, ERROR_REFUSED, "sheet_totals", "field", field, "value", value, "expected", expected, NULL);
  return blame(totals->said_line, error);
}

/* What the rows count to; a bank may or may not count those that it does not book. */
static gint64 counted(const SheetTotals *totals, Total total) {
  gint64 booked = totals->count[0] + totals->count[1];
  if (total != TOTAL_COUNT)
    return totals->count[is_credit(total)];
  return totals->said_count[total] == totals->rows ? totals->rows : booked;
}

/* What was said, in minor units of the rows' currency: above them that is not yet known. -1 when it is no such amount.
 */
static gint64 said_minor(const SheetTotals *totals, Total total) {
  gint64 minor = totals->said_sum[total].minor;
  const char *currency = totals->sum[totals->count[1] > 0].currency;
  int more = money_exponent(currency) - money_exponent(totals->currency);
  if (*currency == '\0')
    return minor;
  for (; more > 0; more--)
    if (__builtin_mul_overflow(minor, 10, &minor))
      return -1;
  for (; more < 0; more++, minor /= 10)
    if (minor % 10 != 0)
      return -1;
  return minor;
}

static gboolean holds(const SheetTotals *totals, Total total) {
  if (!totals->said[total])
    return TRUE;
  if (is_count(total))
    return totals->said_count[total] == counted(totals, total);
  return !totals->mixed && said_minor(totals, total) == totals->sum[is_credit(total)].minor;
}

static gboolean refuse(const SheetTotals *totals, Total total, GError **error) {
  static const char *const fields[TOTALS] = {"笔数", "收入笔数", "收入金额", "支出笔数", "支出金额"};
  g_autofree char *value = NULL, *expected = NULL;
  if (is_count(total)) {
    value = g_strdup_printf("%" G_GINT64_FORMAT, counted(totals, total));
    expected = g_strdup_printf("%" G_GINT64_FORMAT, totals->said_count[total]);
  } else {
    Money sum = totals->sum[is_credit(total)];
    memcpy(sum.currency, totals->said_sum[total].currency, sizeof sum.currency);
    value = money_format(sum);
    expected = money_format(totals->said_sum[total]);
  }
  return differs(totals, fields[total], value, expected, error);
}

/* By direction: what the file says of a column, moved by the red figures in it. */
static Money claimed_sum(const SheetTotals *totals, Total total) {
  gboolean credit = is_credit(total);
  Money claim = totals->sum[totals->count[1] > 0];
  if (claim.currency[0] == '\0')
    return totals->said_sum[total];
  claim.minor = said_minor(totals, total) + totals->moved[credit] - totals->sum[credit].minor;
  return claim;
}

static gint64 claimed_count(const SheetTotals *totals, Total total) {
  gboolean credit = is_credit(total);
  return MAX(0, totals->said_count[total] + totals->booked[credit] - totals->count[credit]);
}

static void claim(const SheetTotals *totals, Statement *statement) {
  gint64 booked = totals->booked[0] + totals->booked[1];
  if (totals->said[TOTAL_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_COUNT] - counted(totals, TOTAL_COUNT) + booked;
  else if (totals->said[TOTAL_CREDIT_COUNT] && totals->said[TOTAL_DEBIT_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_CREDIT_COUNT] + totals->said_count[TOTAL_DEBIT_COUNT];
  statement->has_credit_count = totals->said[TOTAL_CREDIT_COUNT];
  statement->has_debit_count = totals->said[TOTAL_DEBIT_COUNT];
  if (statement->has_credit_count)
    statement->credit_count = claimed_count(totals, TOTAL_CREDIT_COUNT);
  if (statement->has_debit_count)
    statement->debit_count = claimed_count(totals, TOTAL_DEBIT_COUNT);
  statement->has_claimed_credit = totals->said[TOTAL_CREDIT];
  statement->has_claimed_debit = totals->said[TOTAL_DEBIT];
  if (statement->has_claimed_credit)
    statement->claimed_credit = claimed_sum(totals, TOTAL_CREDIT);
  if (statement->has_claimed_debit)
    statement->claimed_debit = claimed_sum(totals, TOTAL_DEBIT);
}

/* Who is told of claims is told too why they need not hold. */
static gboolean leave_unproven(const SheetTotals *totals, Statement *only) {
  if (only == NULL || totals->mixed || !totals->layout->totals_told)
    return TRUE;
  claim(totals, only);
  only->unproven = g_strdup(totals->layout->totals_reason);
  return TRUE;
}

static gboolean any_said(const SheetTotals *totals) {
  gboolean any = FALSE;
  for (int total = 0; total < TOTALS; total++)
    any |= totals->said[total];
  return any;
}

static gboolean all_hold(const SheetTotals *totals) {
  gboolean all = TRUE;
  for (int total = 0; total < TOTALS; total++)
    all &= holds(totals, (Total)total);
  return all;
}

gboolean sheet_totals_prove(const SheetTotals *totals) {
  return any_said(totals) && all_hold(totals);
}

gboolean sheet_totals_settle(SheetTotals *totals, Statement *only, gboolean *doubtful, GError **error) {
  const Layout *layout = totals->layout;
  *doubtful = FALSE;
  if (totals->waiting || (layout->totals_rule == TOTALS_REQUIRED && !any_said(totals)))
    return error_set(error, ERROR_REFUSED, "sheet_totals_missing", NULL);
  if (layout->totals_rule == TOTALS_INFORMATIVE && !all_hold(totals))
    return leave_unproven(totals, only);
  *doubtful = only == NULL && !all_hold(totals);
  for (int total = 0; total < TOTALS && only != NULL; total++)
    if (!holds(totals, (Total)total) && totals->strict[total] && !layout->totals_told)
      return refuse(totals, (Total)total, error);
  if (only != NULL)
    claim(totals, only);
  return TRUE;
}
