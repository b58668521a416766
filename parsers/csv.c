#include "parsers/csv.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/csv_entry.h"
#include "parsers/csv_preamble.h"
#include "parsers/csv_statement.h"
#include "parsers/csv_value.h"
#include "rules/error.h"

struct Csv {
  GPtrArray *profiles;
  RecordSink sink;
  CsvRows *rows;
  GPtrArray *lines; /* above the header */
  CsvFit fit;       /* layout NULL until the header came */
  CsvMiss miss;
  CsvPreamble preamble;
  CsvStatement state;
  gboolean open;
  int statements;
  GHashTable *accounts; /* whose block of rows is over */
  CsvTotals totals;
  gboolean totals_seen, labelled; /* labelled: the next row holds the values of label_at */
  int label_at[TOTALS];
};

static gboolean refuse_row(const char *reason, const CsvRow *row, const char *value, const char *expected,
                           GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", value, "expected", expected, NULL);
}

static gboolean explain(const Csv *csv, GError **error) {
  const CsvMiss *miss = &csv->miss;
  const char *reason = csv->profiles->len == 1 ? "csv_misfit" : "csv_unknown";
  if (miss->layout == NULL)
    return error_set(error, ERROR_REFUSED, "csv_unknown", NULL);
  g_autofree char *name = g_strconcat(miss->layout->profile, "/", miss->layout->name, NULL);
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, miss->line);
  g_autofree char *detail = g_strdup_printf("%u/%u", miss->found, miss->wanted);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", name, "expected", miss->missing, "detail",
                   detail, NULL);
}

static const char *currency_of(const Csv *csv) {
  return csv->preamble.currency != NULL ? csv->preamble.currency : csv->fit.layout->currency;
}

static gboolean statement_over(Csv *csv, GError **error) {
  if (!csv->open)
    return TRUE;
  csv->open = FALSE;
  csv_statement_end(&csv->state);
  if (csv->state.statement.account != NULL)
    g_hash_table_add(csv->accounts, g_strdup(csv->state.statement.account));
  return csv->sink.statement_end(csv->sink.user, &csv->state.statement, error);
}

static gboolean statement_begin(Csv *csv, const char *account, const char *currency, GError **error) {
  Statement facts = {.number = ++csv->statements,
                     .account = g_strdup(account),
                     .currency = g_strdup(currency),
                     .page = 1,
                     .last_page = TRUE,
                     .from = csv->preamble.from,
                     .to = csv->preamble.to,
                     .format = g_strdup("csv"),
                     .profile = g_strdup(csv->fit.layout->profile),
                     .claimed_entries = -1};
  csv_statement_begin(&csv->state, &facts);
  csv->open = TRUE;
  return csv->sink.statement(csv->sink.user, &csv->state.statement, error);
}

/* Makes the row's statement the open one. */
static gboolean enter_statement(Csv *csv, const CsvRow *row, const Entry *entry, GError **error) {
  const char *account = entry->account != NULL ? entry->account
                        : csv->open            ? csv->state.statement.account
                                               : csv->preamble.account;
  if (csv->open && g_strcmp0(account, csv->state.statement.account) == 0)
    return TRUE;
  if (account != NULL && g_hash_table_contains(csv->accounts, account))
    return refuse_row("csv_accounts", row, account, NULL, error);
  return statement_over(csv, error) && statement_begin(csv, account, entry->amount.currency, error);
}

/* Every cell that money depends on must be there, and none beyond the header may hold anything. */
static gboolean check_width(const Csv *csv, const CsvRow *row, GError **error) {
  static const Column needed[] = {COLUMN_CREDIT, COLUMN_DEBIT,   COLUMN_AMOUNT,
                                  COLUMN_FLAG,   COLUMN_BALANCE, COLUMN_ACCOUNT};
  g_autofree char *count = g_strdup_printf("%u", row->count), *expected = g_strdup_printf("%u", csv->fit.count);
  for (gsize i = 0; i < G_N_ELEMENTS(needed); i++)
    if (csv->fit.at[needed[i]] >= (int)row->count)
      return refuse_row("csv_columns", row, count, expected, error);
  for (guint i = csv->fit.count; i < row->count; i++)
    if (*row->cells[i] != '\0')
      return refuse_row("csv_columns", row, count, expected, error);
  return TRUE;
}

static gboolean data_row(Csv *csv, const CsvRow *row, const CsvMoment *moment, GError **error) {
  CsvEntry read;
  const char *currency = currency_of(csv);
  if (!check_width(csv, row, error))
    return FALSE;
  if (currency == NULL && csv->fit.at[COLUMN_CURRENCY] < 0)
    return refuse_row("currency", row, NULL, NULL, error);
  if (!csv_entry_read(&csv->fit, row, moment, currency == NULL ? "" : currency, &read, error) ||
      !enter_statement(csv, row, &read.entry, error))
    return FALSE;
  read.entry.statement = csv->statements;
  read.entry.account = csv->state.statement.account;
  csv_statement_add(&csv->state, &read.entry);
  if (read.moved && !csv_totals_add(&csv->totals, read.credit_column, read.signed_amount, error))
    return FALSE;
  return csv->sink.entry(csv->sink.user, &read.entry, error);
}

static gboolean is_header_again(const Csv *csv, const CsvRow *row) {
  for (guint i = 0; i < csv->fit.count; i++) {
    g_autofree char *key = i < row->count ? clean_key(row->cells[i]) : g_strdup("");
    if (!g_str_has_prefix(key, csv->fit.keys[i]))
      return FALSE;
  }
  return TRUE;
}

/* Labels of totals, whose values stand in the row below. */
static gboolean take_labels(Csv *csv, const CsvRow *row) {
  gboolean found = FALSE;
  for (int total = 0; total < TOTALS; total++)
    csv->label_at[total] = -1;
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = clean_key(row->cells[i]);
    for (int total = 0; total < TOTALS; total++)
      if (csv_key_in(key, csv->fit.layout->totals[total])) {
        csv->label_at[total] = (int)i;
        found = TRUE;
      }
  }
  csv->labelled = found;
  return found;
}

static gboolean read_total(Csv *csv, const CsvRow *row, Total total, int at, GError **error) {
  const char *currency = currency_of(csv);
  if (at < 0 || at >= (int)row->count)
    return TRUE;
  csv->totals.line = row->line;
  if (csv_totals_read(&csv->totals, total, row->cells[at], currency == NULL ? "CNY" : currency, error))
    return TRUE;
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  error_add(error, "line", line);
  return FALSE;
}

static gboolean values_row(Csv *csv, const CsvRow *row, GError **error) {
  csv->labelled = FALSE;
  csv->totals_seen = TRUE;
  for (int total = 0; total < TOTALS; total++) {
    int at = csv->label_at[total];
    if (!row->ended && at >= 0 && (at >= (int)row->count || *row->cells[at] == '\0'))
      return refuse_row("csv_cut", row, NULL, NULL, error);
    if (!read_total(csv, row, (Total)total, at, error))
      return FALSE;
  }
  return TRUE;
}

/* A row of sums: its first word says so, its sums stand under the amount columns. */
static gboolean is_sums(const Csv *csv, const CsvRow *row) {
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = clean_key(row->cells[i]);
    if (*key == '\0')
      continue;
    for (char **word = csv->fit.layout->total_words; *word != NULL; word++)
      if (g_str_has_prefix(key, *word))
        return TRUE;
    return FALSE;
  }
  return FALSE;
}

static gboolean sums_row(Csv *csv, const CsvRow *row, GError **error) {
  csv->totals_seen = TRUE;
  return read_total(csv, row, TOTAL_CREDIT, csv->fit.at[COLUMN_CREDIT], error) &&
         read_total(csv, row, TOTAL_DEBIT, csv->fit.at[COLUMN_DEBIT], error);
}

static gboolean other_row(Csv *csv, const CsvRow *row, GError **error) {
  if (is_header_again(csv, row) || take_labels(csv, row))
    return TRUE;
  if (is_sums(csv, row))
    return sums_row(csv, row, error);
  if (!csv_entry_has_amounts(&csv->fit, row))
    return TRUE;
  error_set(error, ERROR_REFUSED, "date", "value", csv_entry_cell(&csv->fit, row, COLUMN_BOOKING_DATE), NULL);
  return csv_entry_blame(&csv->fit, row, COLUMN_BOOKING_DATE, error);
}

static gboolean body_row(Csv *csv, const CsvRow *row, GError **error) {
  CsvMoment moment;
  if (csv->labelled)
    return values_row(csv, row, error);
  if (!row->ended && !csv->fit.layout->open_end)
    return refuse_row("csv_cut", row, NULL, NULL, error);
  if (csv_entry_dated(&csv->fit, row, &moment))
    return data_row(csv, row, &moment, error);
  return other_row(csv, row, error);
}

static gboolean head_row(Csv *csv, const CsvRow *row, GError **error) {
  if (csv_fit(csv->profiles, row, &csv->fit, &csv->miss))
    return row->ended ? csv_preamble_read(csv->fit.layout, csv->lines, &csv->preamble, error)
                      : refuse_row("csv_cut", row, NULL, NULL, error);
  g_ptr_array_add(csv->lines, csv_preamble_line(row));
  return csv->lines->len <= CSV_PREAMBLE || explain(csv, error);
}

static gboolean on_row(void *user, const CsvRow *row, GError **error) {
  Csv *csv = user;
  return (csv->fit.layout == NULL ? head_row : body_row)(csv, row, error);
}

Csv *csv_new(GPtrArray *profiles, const RecordSink *sink) {
  Csv *csv = g_new0(Csv, 1);
  csv->profiles = profiles;
  csv->sink = *sink;
  csv->rows = csv_rows_new(on_row, csv);
  csv->lines = g_ptr_array_new_with_free_func(g_free);
  csv->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return csv;
}

void csv_free_reader(Csv *csv) {
  if (csv == NULL)
    return;
  csv_rows_free(csv->rows);
  g_ptr_array_unref(csv->lines);
  csv_fit_clear(&csv->fit);
  csv_miss_clear(&csv->miss);
  g_free(csv->preamble.account);
  csv_statement_clear(&csv->state);
  g_hash_table_unref(csv->accounts);
  g_free(csv);
}

gboolean csv_feed(Csv *csv, const char *text, gsize size, GError **error) {
  return csv_rows_feed(csv->rows, text, size, error);
}

/* One statement's rows are all the file's: its totals are the statement's claims. */
static void claim(Csv *csv) {
  const CsvTotals *totals = &csv->totals;
  Statement *statement = &csv->state.statement;
  if (totals->said[TOTAL_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_COUNT];
  else if (totals->said[TOTAL_CREDIT_COUNT] && totals->said[TOTAL_DEBIT_COUNT])
    statement->claimed_entries = totals->said_count[TOTAL_CREDIT_COUNT] + totals->said_count[TOTAL_DEBIT_COUNT];
  statement->has_claimed_credit = totals->said[TOTAL_CREDIT];
  statement->claimed_credit = totals->said_sum[TOTAL_CREDIT];
  statement->has_claimed_debit = totals->said[TOTAL_DEBIT];
  statement->claimed_debit = totals->said_sum[TOTAL_DEBIT];
}

gboolean csv_finish(Csv *csv, GError **error) {
  if (!csv_rows_finish(csv->rows, error))
    return FALSE;
  if (csv->fit.layout == NULL)
    return explain(csv, error);
  if (csv->labelled || (csv->fit.layout->totals_required && !csv->totals_seen))
    return error_set(error, ERROR_REFUSED, "csv_totals_missing", NULL);
  if (!csv_totals_check(&csv->totals, error))
    return FALSE;
  if (csv->statements == 0 && !statement_begin(csv, csv->preamble.account, currency_of(csv), error))
    return FALSE;
  if (csv->statements == 1)
    claim(csv);
  return statement_over(csv, error);
}
