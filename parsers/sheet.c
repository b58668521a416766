#include "parsers/sheet.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/sheet_entry.h"
#include "parsers/sheet_preamble.h"
#include "parsers/sheet_statement.h"
#include "parsers/sheet_value.h"
#include "rules/error.h"

struct Sheet {
  GPtrArray *profiles;
  RecordSink sink;
  const char *format;
  GPtrArray *lines; /* above the header */
  SheetFit fit;     /* layout NULL until the header came */
  SheetMiss miss;
  SheetPreamble preamble;
  SheetStatement state;
  gboolean open;
  int statements;
  GHashTable *accounts; /* whose block of rows is over */
  SheetTotals totals;
  gboolean totals_seen, labelled; /* labelled: the next row holds the values of label_at */
  int label_at[TOTALS];
};

static gboolean refuse_row(const char *reason, const SheetRow *row, const char *value, const char *expected,
                           GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", value, "expected", expected, NULL);
}

static gboolean explain(const Sheet *sheet, GError **error) {
  const SheetMiss *miss = &sheet->miss;
  const char *reason = sheet->profiles->len == 1 ? "sheet_misfit" : "sheet_unknown";
  if (miss->layout == NULL)
    return error_set(error, ERROR_REFUSED, "sheet_unknown", NULL);
  g_autofree char *name = g_strconcat(miss->layout->profile, "/", miss->layout->name, NULL);
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, miss->line);
  g_autofree char *detail = g_strdup_printf("%u/%u", miss->found, miss->wanted);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", name, "expected", miss->missing, "detail",
                   detail, NULL);
}

static const char *currency_of(const Sheet *sheet) {
  return sheet->preamble.currency != NULL ? sheet->preamble.currency : sheet->fit.layout->currency;
}

static gboolean statement_over(Sheet *sheet, GError **error) {
  if (!sheet->open)
    return TRUE;
  sheet->open = FALSE;
  sheet_statement_end(&sheet->state);
  if (sheet->state.statement.account != NULL)
    g_hash_table_add(sheet->accounts, g_strdup(sheet->state.statement.account));
  return sheet->sink.statement_end(sheet->sink.user, &sheet->state.statement, error);
}

static gboolean statement_begin(Sheet *sheet, const char *account, const char *currency, GError **error) {
  Statement facts = {.number = ++sheet->statements,
                     .account = g_strdup(account),
                     .currency = g_strdup(currency),
                     .page = 1,
                     .last_page = TRUE,
                     .from = sheet->preamble.from,
                     .to = sheet->preamble.to,
                     .format = g_strdup(sheet->format),
                     .profile = g_strdup(sheet->fit.layout->profile),
                     .claimed_entries = -1};
  sheet_statement_begin(&sheet->state, &facts);
  sheet->open = TRUE;
  return sheet->sink.statement(sheet->sink.user, &sheet->state.statement, error);
}

/* Makes the row's statement the open one. */
static gboolean enter_statement(Sheet *sheet, const SheetRow *row, const Entry *entry, GError **error) {
  const char *account = entry->account != NULL ? entry->account
                        : sheet->open          ? sheet->state.statement.account
                                               : sheet->preamble.account;
  if (sheet->open && g_strcmp0(account, sheet->state.statement.account) == 0)
    return TRUE;
  if (account != NULL && g_hash_table_contains(sheet->accounts, account))
    return refuse_row("sheet_accounts", row, account, NULL, error);
  return statement_over(sheet, error) && statement_begin(sheet, account, entry->amount.currency, error);
}

/* Every cell that money depends on must be there, and none beyond the header may hold anything. */
static gboolean check_width(const Sheet *sheet, const SheetRow *row, GError **error) {
  static const Column needed[] = {COLUMN_CREDIT, COLUMN_DEBIT,   COLUMN_AMOUNT,
                                  COLUMN_FLAG,   COLUMN_BALANCE, COLUMN_ACCOUNT};
  g_autofree char *count = g_strdup_printf("%u", row->count), *expected = g_strdup_printf("%u", sheet->fit.count);
  for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
    if (sheet->fit.at[needed[i]] >= (int)row->count)
      return refuse_row("sheet_columns", row, count, expected, error);
  for (guint i = sheet->fit.count; i < row->count; i++)
    if (*row->cells[i] != '\0')
      return refuse_row("sheet_columns", row, count, expected, error);
  return TRUE;
}

static gboolean data_row(Sheet *sheet, const SheetRow *row, const SheetMoment *moment, GError **error) {
  SheetEntry read;
  const char *currency = currency_of(sheet);
  if (!check_width(sheet, row, error))
    return FALSE;
  if (currency == NULL && sheet->fit.at[COLUMN_CURRENCY] < 0)
    return refuse_row("currency", row, NULL, NULL, error);
  if (!sheet_entry_read(&sheet->fit, row, moment, currency == NULL ? "" : currency, &read, error) ||
      !enter_statement(sheet, row, &read.entry, error))
    return FALSE;
  read.entry.statement = sheet->statements;
  read.entry.account = sheet->state.statement.account;
  sheet_statement_add(&sheet->state, &read.entry);
  if (read.moved && !sheet_totals_add(&sheet->totals, read.credit_column, read.signed_amount, error))
    return FALSE;
  return sheet->sink.entry(sheet->sink.user, &read.entry, error);
}

static gboolean is_header_again(const Sheet *sheet, const SheetRow *row) {
  for (guint i = 0; i < sheet->fit.count; i++) {
    g_autofree char *key = i < row->count ? clean_key(row->cells[i]) : g_strdup("");
    if (!g_str_has_prefix(key, sheet->fit.keys[i]))
      return FALSE;
  }
  return TRUE;
}

/* Labels of totals, whose values stand in the row below. */
static gboolean take_labels(Sheet *sheet, const SheetRow *row) {
  gboolean found = FALSE;
  for (int total = 0; total < TOTALS; total++)
    sheet->label_at[total] = -1;
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = clean_key(row->cells[i]);
    for (int total = 0; total < TOTALS; total++)
      if (sheet_key_in(key, sheet->fit.layout->totals[total])) {
        sheet->label_at[total] = (int)i;
        found = TRUE;
      }
  }
  sheet->labelled = found;
  return found;
}

static gboolean read_total(Sheet *sheet, const SheetRow *row, Total total, int at, GError **error) {
  const char *currency = currency_of(sheet);
  if (at < 0 || at >= (int)row->count)
    return TRUE;
  sheet->totals.line = row->line;
  if (sheet_totals_read(&sheet->totals, total, row->cells[at], currency == NULL ? "CNY" : currency, error))
    return TRUE;
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  error_add(error, "line", line);
  return FALSE;
}

static gboolean values_row(Sheet *sheet, const SheetRow *row, GError **error) {
  sheet->labelled = FALSE;
  sheet->totals_seen = TRUE;
  for (int total = 0; total < TOTALS; total++) {
    int at = sheet->label_at[total];
    if (!row->ended && at >= 0 && (at >= (int)row->count || *row->cells[at] == '\0'))
      return refuse_row("csv_cut", row, NULL, NULL, error);
    if (!read_total(sheet, row, (Total)total, at, error))
      return FALSE;
  }
  return TRUE;
}

/* A row of sums: its first word says so, its sums stand under the amount columns. */
static gboolean is_sums(const Sheet *sheet, const SheetRow *row) {
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = clean_key(row->cells[i]);
    if (*key == '\0')
      continue;
    for (char **word = sheet->fit.layout->total_words; *word != NULL; word++)
      if (g_str_has_prefix(key, *word))
        return TRUE;
    return FALSE;
  }
  return FALSE;
}

static gboolean sums_row(Sheet *sheet, const SheetRow *row, GError **error) {
  sheet->totals_seen = TRUE;
  return read_total(sheet, row, TOTAL_CREDIT, sheet->fit.at[COLUMN_CREDIT], error) &&
         read_total(sheet, row, TOTAL_DEBIT, sheet->fit.at[COLUMN_DEBIT], error);
}

static gboolean other_row(Sheet *sheet, const SheetRow *row, GError **error) {
  if (is_header_again(sheet, row) || take_labels(sheet, row))
    return TRUE;
  if (is_sums(sheet, row))
    return sums_row(sheet, row, error);
  if (!sheet_entry_has_amounts(&sheet->fit, row))
    return TRUE;
  error_set(error, ERROR_REFUSED, "date", "value", sheet_entry_cell(&sheet->fit, row, COLUMN_BOOKING_DATE), NULL);
  return sheet_entry_blame(&sheet->fit, row, COLUMN_BOOKING_DATE, error);
}

static gboolean body_row(Sheet *sheet, const SheetRow *row, GError **error) {
  SheetMoment moment;
  if (sheet->labelled)
    return values_row(sheet, row, error);
  if (!row->ended && !sheet->fit.layout->open_end)
    return refuse_row("csv_cut", row, NULL, NULL, error);
  if (sheet_entry_dated(&sheet->fit, row, &moment))
    return data_row(sheet, row, &moment, error);
  return other_row(sheet, row, error);
}

static gboolean head_row(Sheet *sheet, const SheetRow *row, GError **error) {
  if (sheet_fit(sheet->profiles, row, &sheet->fit, &sheet->miss))
    return row->ended ? sheet_preamble_read(sheet->fit.layout, sheet->lines, &sheet->preamble, error)
                      : refuse_row("csv_cut", row, NULL, NULL, error);
  g_ptr_array_add(sheet->lines, sheet_preamble_line(row));
  return sheet->lines->len <= SHEET_PREAMBLE || explain(sheet, error);
}

gboolean sheet_row(Sheet *sheet, const SheetRow *row, GError **error) {
  return (sheet->fit.layout == NULL ? head_row : body_row)(sheet, row, error);
}

Sheet *sheet_new(GPtrArray *profiles, const char *format, const RecordSink *sink) {
  Sheet *sheet = g_new0(Sheet, 1);
  sheet->profiles = profiles;
  sheet->sink = *sink;
  sheet->format = format;
  sheet->lines = g_ptr_array_new_with_free_func(g_free);
  sheet->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return sheet;
}

void sheet_free(Sheet *sheet) {
  if (sheet == NULL)
    return;
  g_ptr_array_unref(sheet->lines);
  sheet_fit_clear(&sheet->fit);
  sheet_miss_clear(&sheet->miss);
  g_free(sheet->preamble.account);
  sheet_statement_clear(&sheet->state);
  g_hash_table_unref(sheet->accounts);
  g_free(sheet);
}

/* One statement's rows are all the file's: its totals are the statement's claims. */
static void claim(Sheet *sheet) {
  const SheetTotals *totals = &sheet->totals;
  Statement *statement = &sheet->state.statement;
  if (totals->said[TOTAL_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_COUNT];
  else if (totals->said[TOTAL_CREDIT_COUNT] && totals->said[TOTAL_DEBIT_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_CREDIT_COUNT] + totals->said_count[TOTAL_DEBIT_COUNT];
  statement->has_claimed_credit = totals->said[TOTAL_CREDIT];
  statement->claimed_credit = totals->said_sum[TOTAL_CREDIT];
  statement->has_claimed_debit = totals->said[TOTAL_DEBIT];
  statement->claimed_debit = totals->said_sum[TOTAL_DEBIT];
}

gboolean sheet_finish(Sheet *sheet, GError **error) {
  if (sheet->fit.layout == NULL)
    return explain(sheet, error);
  if (sheet->labelled || (sheet->fit.layout->totals_required && !sheet->totals_seen))
    return error_set(error, ERROR_REFUSED, "sheet_totals_missing", NULL);
  if (!sheet_totals_check(&sheet->totals, error))
    return FALSE;
  if (sheet->statements == 0 && !statement_begin(sheet, sheet->preamble.account, currency_of(sheet), error))
    return FALSE;
  if (sheet->statements == 1)
    claim(sheet);
  return statement_over(sheet, error);
}
