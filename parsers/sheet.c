#include "parsers/sheet.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/sheet_entry.h"
#include "parsers/sheet_preamble.h"
#include "parsers/sheet_statement.h"
#include "parsers/sheet_totals.h"
#include "parsers/sheet_value.h"
#include "rules/error.h"

enum { ENDS = 1024, REFERENCE = 8 };
enum { WIDTH_NONE = -1, WIDTH_MIXED = -2 };

struct Sheet {
  GPtrArray *profiles;
  RecordSink sink;
  const char *format;
  GPtrArray *lines;     /* above the header that is looked for */
  gint64 first_line;    /* of them */
  SheetHeader previous; /* the row before, perhaps the upper half of a header */
  SheetFit fit;         /* layout NULL until the first header came */
  gboolean between;     /* rows, and the next header */
  gboolean open_text;   /* the last line has no end, and holds no entry */
  gboolean open_row;    /* the last line has no end, and may lack a part of what it must hold */
  SheetMiss miss;
  SheetPreamble preamble;
  SheetStatement state;
  gboolean open;
  int statements, block_statements; /* of the file, of the rows below one header */
  GHashTable *accounts;             /* whose block of rows is over: "account currency" */
  SheetTotals totals;
  SheetEntry entry;
  guint ends[ENDS]; /* hashes of texts in the last column */
  int end_width;    /* of all of them, if they are blank or references; else WIDTH_NONE (no row yet), WIDTH_MIXED */
};

static gboolean refuse_row(const char *reason, const SheetRow *row, const char *value, const char *expected,
                           GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", value, "expected", expected, NULL);
}

static gboolean explain(const Sheet *sheet, GError **error) {
  const SheetNear *near = sheet->miss.near;
  const char *reason = sheet->profiles->len == 1 ? "sheet_misfit" : "sheet_unknown";
  if (sheet->miss.count == 0)
    return error_set(error, ERROR_REFUSED, "sheet_unknown", NULL);
  if (!sheet_miss_tell(&sheet->miss, &sheet->sink, error))
    return FALSE;
  g_autofree char *name = g_strconcat(near->layout->profile, "/", near->layout->name, NULL);
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, near->line), *missing = sheet_near_missing(near);
  g_autofree char *detail = g_strdup_printf("%u/%u", near->found, near->wanted);
  return error_set(error, ERROR_REFUSED, reason, "line", line, "value", name, "expected", missing, "detail", detail,
                   NULL);
}

static const char *currency_of(const Sheet *sheet) {
  return sheet->preamble.currency != NULL ? sheet->preamble.currency : sheet->fit.layout->currency;
}

static char *key_of(const char *account, const char *currency) {
  return g_strdup_printf("%s %s", account == NULL ? "" : account, currency);
}

static gboolean statement_over(Sheet *sheet, GError **error) {
  if (!sheet->open)
    return TRUE;
  const Statement *statement = &sheet->state.statement;
  sheet->open = FALSE;
  sheet_statement_end(&sheet->state);
  g_hash_table_add(sheet->accounts, key_of(statement->account, statement->currency));
  return sheet->sink.statement_end(sheet->sink.user, statement, error);
}

static gboolean statement_begin(Sheet *sheet, const char *account, const char *currency, GError **error) {
  Statement facts = {.number = ++sheet->statements,
                     .kind = sheet->fit.layout->kind,
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
  sheet->block_statements++;
  return sheet->sink.statement(sheet->sink.user, &sheet->state.statement, error);
}

/* Makes the row's statement the open one. */
static gboolean enter_statement(Sheet *sheet, const SheetRow *row, const Entry *entry, GError **error) {
  const char *account = entry->account != NULL             ? entry->account
                        : sheet->preamble.account != NULL  ? sheet->preamble.account
                        : sheet->entry.own_account != NULL ? sheet->entry.own_account
                        : sheet->open                      ? sheet->state.statement.account
                                                           : NULL;
  const char *currency = entry->amount.currency;
  const Statement *now = &sheet->state.statement;
  if (sheet->open && g_strcmp0(account, now->account) == 0 && strcmp(currency, now->currency) == 0)
    return TRUE;
  g_autofree char *key = key_of(account, currency);
  if (g_hash_table_contains(sheet->accounts, key))
    return refuse_row("sheet_accounts", row, key, NULL, error);
  return statement_over(sheet, error) && statement_begin(sheet, account, currency, error);
}

static gboolean refuse_width(const Sheet *sheet, const SheetRow *row, GError **error) {
  if (!row->ended)
    return refuse_row("csv_cut", row, NULL, NULL, error);
  g_autofree char *count = g_strdup_printf("%u", row->count), *expected = g_strdup_printf("%u", sheet->fit.count);
  return refuse_row("sheet_columns", row, count, expected, error);
}

/* Every cell that money depends on must be there, and none beyond the header may hold anything. */
static gboolean check_width(const Sheet *sheet, const SheetRow *row, GError **error) {
  if (row->count < sheet->fit.needed)
    return refuse_width(sheet, row, error);
  for (guint i = sheet->fit.count; i < row->count; i++)
    if (row->cells[i].size > 0)
      return refuse_width(sheet, row, error);
  return TRUE;
}

/* Bytes of a cell that is blank or a reference, such as a serial number; WIDTH_MIXED for any other text. */
static int reference_width(const SheetCell *cell) {
  gboolean digits = strpbrk(cell->text, "0123456789") != NULL;
  for (guint i = 0; i < cell->size; i++)
    if (!g_ascii_isalnum(cell->text[i]) && strchr("-_\t", cell->text[i]) == NULL)
      return WIDTH_MIXED;
  return cell->size == 0 || (digits && cell->size >= REFERENCE) ? (int)cell->size : WIDTH_MIXED;
}

/* Of a text, eight bytes at a time; the last eight may be looked at twice. */
static guint hash_of(const SheetCell *cell) {
  const char *text = cell->text;
  gsize size = cell->size;
  guint64 hash = size, word = 0;
  for (gsize at = 0; at + sizeof word < size; at += sizeof word) {
    memcpy(&word, text + at, sizeof word);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  }
  memcpy(&word, size < sizeof word ? text : text + size - sizeof word, MIN(size, sizeof word));
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return (guint)(hash >> 32);
}

/* Remembers what stood in the last column. */
static void note_end(Sheet *sheet, const SheetRow *row) {
  const SheetCell *cell = row->count == sheet->fit.count ? &row->cells[row->count - 1] : NULL;
  guint hash = cell == NULL ? 0 : hash_of(cell);
  int width = cell == NULL || sheet->end_width == WIDTH_MIXED ? WIDTH_MIXED : reference_width(cell);
  sheet->ends[hash % ENDS] = hash;
  sheet->end_width = sheet->end_width == WIDTH_NONE || sheet->end_width == width ? width : WIDTH_MIXED;
}

static gboolean data_row(Sheet *sheet, const SheetRow *row, const SheetMoment *moment, GError **error) {
  SheetEntry *read = &sheet->entry;
  const char *currency = currency_of(sheet);
  if (!check_width(sheet, row, error))
    return FALSE;
  note_end(sheet, row);
  if (currency == NULL && sheet->fit.at[COLUMN_CURRENCY] < 0)
    return refuse_row("currency", row, NULL, NULL, error);
  if (!sheet_entry_read(&sheet->fit, row, moment, currency == NULL ? "" : currency, read, error) ||
      !enter_statement(sheet, row, &read->entry, error))
    return FALSE;
  read->entry.statement = sheet->statements;
  read->entry.account = sheet->state.statement.account;
  sheet_statement_add(&sheet->state, &read->entry);
  return sheet_totals_add(&sheet->totals, &read->entry, read->credit_column, read->signed_amount, error) &&
         sheet->sink.entry(sheet->sink.user, &read->entry, error);
}

/* A row of sums: its first word says so, its sums stand under the amount columns. */
static gboolean is_sums(const Sheet *sheet, const SheetRow *row) {
  for (guint i = 0; i < row->count; i++) {
    g_autofree char *key = clean_key(row->cells[i].text);
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
  const int *at = sheet->fit.at;
  for (int credit = 0; credit < 2; credit++) {
    int cell = at[credit ? COLUMN_CREDIT : COLUMN_DEBIT];
    if (cell >= 0 && cell < (int)row->count &&
        !sheet_totals_sum(&sheet->totals, credit, row->cells[cell].text, row->line, error))
      return FALSE;
  }
  return TRUE;
}

/* From here on lines are the next block's, and its header must come. */
static void begin_between(Sheet *sheet, const SheetRow *row, const char *line) {
  g_ptr_array_set_size(sheet->lines, 0);
  g_ptr_array_add(sheet->lines, g_strdup(line));
  sheet->first_line = row->line;
  sheet_header_clear(&sheet->previous);
  sheet->between = TRUE;
}

static gboolean other_row(Sheet *sheet, const SheetRow *row, GError **error) {
  if (sheet_fit_again(&sheet->fit, row))
    return TRUE;
  g_autofree char *line = sheet_preamble_line(row);
  gboolean found;
  if (!sheet_totals_line(&sheet->totals, line, row->line, TOTALS_BELOW, &found, error))
    return FALSE;
  if (found)
    return TRUE;
  if (is_sums(sheet, row))
    return sums_row(sheet, row, error);
  if (sheet_label_at(line + strspn(line, " #"), sheet->fit.layout->account_labels) != NULL) {
    begin_between(sheet, row, line);
    return TRUE;
  }
  if (!sheet_entry_has_amounts(&sheet->fit, row))
    return TRUE;
  return sheet_entry_misdated(&sheet->fit, row, COLUMN_BOOKING_DATE, error);
}

/* Two decimals at least, and nothing behind them. */
static gboolean ends_in_decimals(const SheetCell *cell) {
  const char *end = cell->text + cell->size;
  return cell->size > 3 && end[-3] == '.' && g_ascii_isdigit(end[-2]) && g_ascii_isdigit(end[-1]) &&
         g_ascii_isdigit(end[-4]);
}

/* The first cell behind those that are read. */
static guint read_width(const SheetFit *fit) {
  int width = 0;
  for (int column = 0; column < COLUMNS; column++)
    width = MAX(width, fit->at[column] + 1);
  return (guint)width;
}

/* An entry's row without line end is whole when its last cell is not read (as one behind a final comma), or is seen to
 * be whole: quoted, an amount with its decimals, a currency, a text that stood there before, or as long a reference as
 * in all rows before (blank in all of them: blank). */
static gboolean is_whole(const Sheet *sheet, const SheetRow *row) {
  const SheetFit *fit = &sheet->fit;
  if (row->count > read_width(fit))
    return TRUE;
  if (row->count < fit->count)
    return FALSE;
  const SheetCell *cell = &row->cells[row->count - 1];
  guint hash = hash_of(cell);
  return row->quoted || ends_in_decimals(cell) ||
         (fit->at[COLUMN_CURRENCY] == (int)row->count - 1 && cell->size == 3 && sheet_currency(cell->text) != NULL) ||
         (cell->size > 0 && sheet->ends[hash % ENDS] == hash) ||
         (sheet->end_width >= 0 && sheet->end_width == reference_width(cell));
}

static gboolean body_row(Sheet *sheet, const SheetRow *row, GError **error) {
  SheetMoment moment;
  if (!sheet->totals.waiting && sheet_entry_dated(&sheet->entry, &sheet->fit, row, &moment)) {
    sheet->open_row = !row->ended && !is_whole(sheet, row);
    return data_row(sheet, row, &moment, error);
  }
  sheet->open_text = !row->ended;
  return other_row(sheet, row, error);
}

/* The rows below one header are over. */
static gboolean block_over(Sheet *sheet, GError **error) {
  const char *currency = currency_of(sheet);
  g_autofree char *key = key_of(sheet->preamble.account, currency == NULL ? "" : currency);
  gboolean empty = sheet->block_statements == 0;
  if (empty && !g_hash_table_contains(sheet->accounts, key) &&
      !statement_begin(sheet, sheet->preamble.account, currency, error))
    return FALSE;
  sheet_statement_end(&sheet->state);
  if (sheet->fit.layout->chained && sheet->state.statement.broken)
    return error_set(error, ERROR_REFUSED, "sheet_direction", NULL);
  Statement *only = sheet->block_statements == 1 ? &sheet->state.statement : NULL;
  Statement *last = &sheet->state.statement;
  if (!sheet_totals_settle(&sheet->totals, only, &last->doubtful, error))
    return FALSE;
  last->open_end = sheet->open_row || (sheet->open_text && !sheet_totals_prove(&sheet->totals));
  if ((last->open_end || last->doubtful) && !sheet->open)
    return error_set(error, ERROR_REFUSED, last->open_end ? "csv_cut" : "totals_doubtful", NULL);
  return statement_over(sheet, error);
}

/* Totals in the lines that were kept. */
static gboolean read_totals(Sheet *sheet, TotalsPlace place, GError **error) {
  gboolean found;
  for (guint i = 0; i < sheet->lines->len; i++)
    if (!sheet_totals_line(&sheet->totals, sheet->lines->pdata[i], sheet->first_line + i, place, &found, error))
      return FALSE;
  if (place == TOTALS_ABOVE)
    sheet->totals.waiting = FALSE;
  return TRUE;
}

static gboolean block_begin(Sheet *sheet, GError **error) {
  g_clear_pointer(&sheet->preamble.account, g_free);
  sheet->between = FALSE;
  sheet->block_statements = 0;
  sheet->end_width = WIDTH_NONE;
  sheet_entry_begin(&sheet->entry);
  sheet_header_clear(&sheet->previous);
  if (!sheet_preamble_read(sheet->fit.layout, sheet->lines, &sheet->preamble, error))
    return FALSE;
  sheet->fit.last_day = sheet->preamble.month_end != DAY_NONE ? sheet->preamble.month_end : sheet->preamble.to;
  sheet_totals_begin(&sheet->totals, sheet->fit.layout, currency_of(sheet));
  return read_totals(sheet, TOTALS_ABOVE, error);
}

static gboolean is_header(Sheet *sheet, const SheetRow *row, const SheetHeader *header, SheetFit *fit) {
  return sheet_fit(sheet->profiles, header, row->line, sheet->lines, fit, &sheet->miss) ||
         sheet_fit_two(sheet->profiles, &sheet->previous, header, row->line, sheet->lines, fit, &sheet->miss);
}

/* Rows of values above a header that has them below it belong to another header, which is missing. */
static gboolean check_above(Sheet *sheet, const SheetRow *header, const SheetFit *fit, GError **error) {
  SheetCell cells[SHEET_CELLS_MAX];
  SheetMoment moment;
  if (fit->glued)
    return refuse_row("sheet_header_missing", header, NULL, NULL, error);
  for (guint i = 0; i < sheet->lines->len; i++) {
    g_auto(GStrv) texts = g_strsplit(sheet->lines->pdata[i], (char[]){SHEET_BETWEEN, '\0'}, SHEET_CELLS_MAX);
    SheetRow row = {.line = sheet->first_line + i, .cells = cells, .count = g_strv_length(texts), .ended = TRUE};
    for (guint at = 0; at < row.count; at++)
      cells[at] = (SheetCell){texts[at], (guint)strlen(texts[at]), FALSE};
    if (sheet_entry_dated(&sheet->entry, fit, &row, &moment) && sheet_entry_has_amounts(fit, &row))
      return refuse_row("sheet_header_missing", &row, NULL, NULL, error);
  }
  return TRUE;
}

static gboolean header_row(Sheet *sheet, const SheetRow *row, SheetFit *fit, GError **error) {
  if (sheet->fit.layout != NULL && !block_over(sheet, error))
    return FALSE;
  sheet->open_row = !row->ended;
  sheet_fit_clear(&sheet->fit);
  sheet->fit = *fit;
  *fit = (SheetFit){0};
  return block_begin(sheet, error);
}

/* A row above a header, or that header. */
static gboolean head_row(Sheet *sheet, const SheetRow *row, GError **error) {
  SheetHeader header = {0};
  SheetFit fit = {0};
  SheetMoment moment;
  sheet_header_read(&header, row);
  if (is_header(sheet, row, &header, &fit)) {
    gboolean good = check_above(sheet, row, &fit, error) && header_row(sheet, row, &fit, error);
    sheet_header_clear(&header);
    sheet_fit_clear(&fit);
    return good;
  }
  sheet->open_row = !row->ended;
  sheet_header_clear(&sheet->previous);
  sheet->previous = header;
  if (sheet->lines->len == 0)
    sheet->first_line = row->line;
  if (sheet->lines->len <= SHEET_PREAMBLE)
    g_ptr_array_add(sheet->lines, sheet_preamble_line(row));
  if (sheet->between)
    return !sheet_entry_dated(&sheet->entry, &sheet->fit, row, &moment) || !sheet_entry_has_amounts(&sheet->fit, row) ||
           refuse_row("sheet_header_missing", row, NULL, NULL, error);
  return sheet->lines->len <= SHEET_PREAMBLE || explain(sheet, error);
}

gboolean sheet_row(Sheet *sheet, const SheetRow *row, GError **error) {
  return (sheet->fit.layout == NULL || sheet->between ? head_row : body_row)(sheet, row, error);
}

Sheet *sheet_new(GPtrArray *profiles, const char *format, const RecordSink *sink) {
  Sheet *sheet = g_new0(Sheet, 1);
  sheet->profiles = profiles;
  sheet->sink = *sink;
  sheet->format = format;
  sheet->miss.most = profiles->len == 1 ? SHEET_MISSES_ONE : SHEET_MISSES_ALL;
  sheet->lines = g_ptr_array_new_with_free_func(g_free);
  sheet->accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  sheet->entry.kept.joined = g_string_new(NULL);
  return sheet;
}

void sheet_free(Sheet *sheet) {
  if (sheet == NULL)
    return;
  g_ptr_array_unref(sheet->lines);
  sheet_header_clear(&sheet->previous);
  sheet_fit_clear(&sheet->fit);
  sheet_miss_clear(&sheet->miss);
  g_free(sheet->preamble.account);
  sheet_statement_clear(&sheet->state);
  g_hash_table_unref(sheet->accounts);
  g_string_free(sheet->entry.kept.joined, TRUE);
  g_free(sheet);
}

gboolean sheet_finish(Sheet *sheet, GError **error) {
  if (sheet->fit.layout == NULL)
    return explain(sheet, error);
  return (!sheet->between || read_totals(sheet, TOTALS_BELOW, error)) && block_over(sheet, error);
}
