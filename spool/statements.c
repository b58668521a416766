#include "spool/statements.h"

#include <stdlib.h>
#include <string.h>

static const char *const grade_words[] = {"none", "totals", "balance"};

const char *statement_grade_word(StatementGrade grade) {
  return grade_words[grade];
}

static const char *const kind_words[] = {
    [STATEMENT_LEDGER] = "ledger", [STATEMENT_INTERIM] = "interim", [STATEMENT_ADVICE] = "advice"};

const char *statement_kind_word(StatementKind kind) {
  return kind_words[kind];
}

static StatementKind read_kind(const char *word) {
  StatementKind kind = STATEMENT_LEDGER;
  for (gsize i = 0; i < G_N_ELEMENTS(kind_words); i++)
    if (strcmp(word, kind_words[i]) == 0)
      kind = (StatementKind)i;
  return kind;
}

void statement_row_clear(StatementRow *row) {
  statement_clear(&row->head);
  g_free(row->account);
  g_free(row->source);
  *row = (StatementRow){0};
}

void statement_row_free(StatementRow *row) {
  if (row == NULL)
    return;
  statement_row_clear(row);
  g_free(row);
}

static char *balance_text(gboolean has, Money money) {
  return has ? g_strdup_printf("%" G_GINT64_FORMAT, money.minor) : NULL;
}

gboolean statement_put(Store *store, StatementRow *row, GError **error) {
  gboolean found;
  const Statement *head = &row->head;
  g_autofree char *from = day_format(head->from), *to = day_format(head->to);
  g_autofree char *opening = balance_text(head->has_opening, head->opening);
  g_autofree char *closing = balance_text(head->has_closing, head->closing);
  if (!store_row(store, error, &found, "SELECT id FROM statement WHERE file_id = ? AND number = ?", "ii", row->file_id,
                 (gint64)head->number, "i", &row->id))
    return FALSE;
  if (found)
    return TRUE;
  if (!store_run(store, error,
                 "INSERT INTO statement (file_id, number, account, currency, bank_id, sequence, page, last_page, "
                 "from_on, to_on, opening, closing, derived, source, entries, credits, debits, proof, kind, format) "
                 "VALUES (?, ?, ?, "
                 "?, ?, ?, ?, ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?, ?, ?)",
                 "iittttiittttitiiittt", row->file_id, (gint64)head->number, row->account, head->currency, head->id,
                 head->sequence, (gint64)head->page, (gint64)head->last_page, from, to, opening, closing,
                 (gint64)head->derived, row->source, row->entries, row->credits, row->debits,
                 statement_grade_word(row->grade), statement_kind_word(head->kind), head->format))
    return FALSE;
  row->id = store_last_id(store);
  return TRUE;
}

gboolean statement_begun(Store *store, gint64 file_id, gboolean *begun, GError **error) {
  gint64 id;
  return store_row(store, error, begun, "SELECT id FROM statement WHERE file_id = ? LIMIT 1", "i", file_id, "i", &id);
}

gboolean statement_source(Store *store, const char *account, char **source, GError **error) {
  gboolean found;
  *source = NULL;
  return store_row(store, error, &found, "SELECT source FROM statement WHERE account = ? ORDER BY id LIMIT 1", "t",
                   account, "t", source);
}

static Day read_day(Rows *rows, int column) {
  Day day;
  return !rows_null(rows, column) && day_parse(rows_text(rows, column), &day) ? day : DAY_NONE;
}

static Money read_money(Rows *rows, int column) {
  Money money = {.minor = rows_int(rows, column)};
  g_strlcpy(money.currency, rows_text(rows, 4), sizeof money.currency);
  return money;
}

static StatementRow *read_row(Rows *rows) {
  StatementRow *row = g_new0(StatementRow, 1);
  const char *proof = rows_text(rows, 18);
  *row = (StatementRow){.id = rows_int(rows, 0),
                        .file_id = rows_int(rows, 1),
                        .account = g_strdup(rows_text(rows, 3)),
                        .source = g_strdup(rows_text(rows, 14)),
                        .entries = rows_int(rows, 15),
                        .credits = rows_int(rows, 16),
                        .debits = rows_int(rows, 17)};
  row->grade = strcmp(proof, "balance") == 0 ? GRADE_BALANCE : strcmp(proof, "totals") == 0 ? GRADE_TOTALS : GRADE_NONE;
  row->head = (Statement){.number = (int)rows_int(rows, 2),
                          .kind = read_kind(rows_text(rows, 19)),
                          .format = g_strdup(rows_text(rows, 20)),
                          .currency = g_strdup(rows_text(rows, 4)),
                          .id = g_strdup(rows_text(rows, 5)),
                          .sequence = g_strdup(rows_text(rows, 6)),
                          .page = (int)rows_int(rows, 7),
                          .last_page = rows_int(rows, 8) != 0,
                          .from = read_day(rows, 9),
                          .to = read_day(rows, 10),
                          .has_opening = !rows_null(rows, 11),
                          .has_closing = !rows_null(rows, 12),
                          .opening = read_money(rows, 11),
                          .closing = read_money(rows, 12),
                          .derived = rows_int(rows, 13) != 0,
                          .claimed_entries = -1};
  return row;
}

GPtrArray *statement_list(Store *store, const char *account, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)statement_row_free);
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT id, file_id, number, account, currency, bank_id, sequence, page, last_page, from_on, to_on, opening, "
      "closing, derived, source, entries, credits, debits, proof, kind, format FROM statement "
      "WHERE superseded_by IS NULL AND (? IS NULL OR account = ?) ORDER BY account, from_on, to_on, page, id",
      "tt", account, account);
  while (rows_next(&rows, error))
    g_ptr_array_add(list, read_row(&rows));
  return rows.failed ? NULL : g_steal_pointer(&list);
}

static void gap_free(gpointer data) {
  StatementGap *gap = data;
  g_free(gap->account);
  g_free(gap->kind);
  g_free(gap->expected);
  g_free(gap->found);
  g_free(gap);
}

static void add_gap(GPtrArray *gaps, const char *kind, const StatementRow *last, const StatementRow *next,
                    char *expected, char *found) {
  StatementGap *gap = g_new(StatementGap, 1);
  *gap = (StatementGap){g_strdup(next->account), g_strdup(kind), last->head.to, next->head.from, expected, found};
  g_ptr_array_add(gaps, gap);
}

/* The bank's sequence leaves numbers out: both are plain numbers of one year. */
static gboolean sequence_hole(const StatementRow *last, const StatementRow *next) {
  if (last->head.sequence == NULL || next->head.sequence == NULL)
    return FALSE;
  int year, next_year, month, day;
  gint64 before, after;
  day_to_ymd(last->head.to, &year, &month, &day);
  day_to_ymd(next->head.from, &next_year, &month, &day);
  return year == next_year && g_ascii_string_to_signed(last->head.sequence, 10, 0, G_MAXINT32, &before, NULL) &&
         g_ascii_string_to_signed(next->head.sequence, 10, 0, G_MAXINT32, &after, NULL) && after > before + 1;
}

/* Statements that overlap are compared by their lines, not by their balances. */
static void join(GPtrArray *gaps, const StatementRow *last, const StatementRow *next) {
  if (next->head.from <= last->head.to)
    return;
  if (last->head.has_closing && next->head.has_opening && last->head.closing.minor != next->head.opening.minor)
    add_gap(gaps, "balance", last, next, money_format(last->head.closing), money_format(next->head.opening));
  else if (sequence_hole(last, next))
    add_gap(gaps, "sequence", last, next, g_strdup(last->head.sequence), g_strdup(next->head.sequence));
}

static gboolean follows(const StatementRow *page, const StatementRow *next) {
  return next->head.page == page->head.page + 1 && strcmp(next->account, page->account) == 0 &&
         next->head.from <= page->head.to && next->head.to >= page->head.from;
}

/* A page that is not the last of its days, and the next has not come. */
static void find_pages(GPtrArray *gaps, const GPtrArray *list) {
  for (guint i = 0; i < list->len; i++) {
    const StatementRow *row = list->pdata[i];
    gboolean found = row->head.last_page || row->head.from == DAY_NONE || row->head.to == DAY_NONE;
    for (guint k = 1; !found && k < list->len; k++) /* mostly the very next */
      found = follows(row, list->pdata[(i + k) % list->len]);
    if (found)
      continue;
    StatementRow next = {.account = row->account, .head = {.from = row->head.to}};
    add_gap(gaps, "page", row, &next, g_strdup_printf("%d", row->head.page + 1), g_strdup(""));
  }
}

GPtrArray *statement_gaps(Store *store, const char *account, GError **error) {
  g_autoptr(GPtrArray) list = statement_list(store, account, error);
  if (list == NULL)
    return NULL;
  GPtrArray *gaps = g_ptr_array_new_with_free_func(gap_free);
  const StatementRow *last = NULL;
  for (guint i = 0; i < list->len; i++) {
    const StatementRow *row = list->pdata[i];
    if (row->head.from == DAY_NONE || row->head.to == DAY_NONE)
      continue;
    if (last != NULL && strcmp(last->account, row->account) == 0) {
      join(gaps, last, row);
      if (row->head.to < last->head.to)
        continue;
    }
    last = row;
  }
  find_pages(gaps, list);
  return gaps;
}

gboolean statement_stored(Store *store, const char *account, Day from, Day to, gint64 *count, GError **error) {
  gboolean found;
  g_autofree char *first = day_format(from), *last = day_format(to);
  return store_row(store, error, &found, "SELECT count(*) FROM entry WHERE account = ? AND booking_on BETWEEN ? AND ?",
                   "ttt", account, first, last, "i", count);
}
