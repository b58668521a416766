#include "spool/gaps.h"

#include "spool/cases.h"
#include "spool/statements.h"

static gboolean open_gap(Store *store, const StatementGap *gap, const char *subject, Day due_on, const char *actor,
                         Instant now, GError **error) {
  g_autofree char *after = day_format(gap->after), *from = day_format(gap->from);
  g_autofree char *card =
      g_strdup_printf("{\"after\":\"%s\",\"expected\":\"%s\",\"found\":\"%s\",\"from\":\"%s\",\"kind\":\"%s\"}", after,
                      gap->expected, gap->found, from, gap->kind);
  CaseDraft draft = {.reason = "statement_gap", .subject = subject, .card = card, .due_on = due_on};
  return case_open(store, &draft, actor, now, NULL, error);
}

static char *subject_of(const char *account, Day day) {
  g_autofree char *on = day_format(day);
  return g_strdup_printf("account:%s:%s", account, on);
}

/* The open cases of this account whose gap is no more. */
static gboolean find_closed(Store *store, const char *account, GHashTable *open, GPtrArray *closed, GError **error) {
  g_autofree char *prefix = g_strdup_printf("account:%s:", account);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT subject FROM review_case WHERE reason = 'statement_gap' AND state = 'open' "
                                 "AND substr(subject, 1, length(?)) = ?",
                                 "tt", prefix, prefix);
  while (rows_next(&rows, error))
    if (!g_hash_table_contains(open, rows_text(&rows, 0)))
      g_ptr_array_add(closed, g_strdup(rows_text(&rows, 0)));
  return !rows.failed;
}

gboolean gaps_ask(Store *store, const char *account, Day due_on, const char *actor, Instant now, GError **error) {
  g_autoptr(GPtrArray) gaps = statement_gaps(store, account, error);
  if (gaps == NULL)
    return FALSE;
  g_autoptr(GHashTable) open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) closed = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < gaps->len; i++) {
    const StatementGap *gap = gaps->pdata[i];
    char *subject = subject_of(account, gap->from);
    g_hash_table_add(open, subject);
    if (!open_gap(store, gap, subject, due_on, actor, now, error))
      return FALSE;
  }
  if (!find_closed(store, account, open, closed, error))
    return FALSE;
  for (guint i = 0; i < closed->len; i++)
    if (!case_moot(store, "statement_gap", closed->pdata[i], actor, now, error))
      return FALSE;
  return TRUE;
}

/* What is compared: lines alike in day, amount and direction. */
typedef struct {
  char *account;
  Day day;
  gint64 amount;
  Direction direction;
  gint64 times;
} Alike;

struct Compare {
  GHashTable *alikes; /* key text -> Alike */
};

static void alike_free(gpointer data) {
  Alike *alike = data;
  g_free(alike->account);
  g_free(alike);
}

Compare *compare_new(void) {
  Compare *compare = g_new(Compare, 1);
  compare->alikes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, alike_free);
  return compare;
}

void compare_free(Compare *compare) {
  if (compare == NULL)
    return;
  g_hash_table_unref(compare->alikes);
  g_free(compare);
}

void compare_line(Compare *compare, const char *account, const Entry *line) {
  g_autofree char *key = g_strdup_printf("%s/%d/%" G_GINT64_FORMAT "/%d", account, line->booking_date,
                                         line->amount.minor, line->direction);
  Alike *alike = g_hash_table_lookup(compare->alikes, key);
  if (alike == NULL) {
    alike = g_new(Alike, 1);
    *alike = (Alike){g_strdup(account), line->booking_date, line->amount.minor, line->direction, 0};
    g_hash_table_insert(compare->alikes, g_steal_pointer(&key), alike);
  }
  alike->times++;
}

static gboolean stored_times(Store *store, const Alike *alike, gint64 *times, GError **error) {
  gboolean found;
  g_autofree char *day = day_format(alike->day);
  return store_row(store, error, &found,
                   "SELECT count(*) FROM entry WHERE account = ? AND booking_on = ? AND amount = ? AND direction = ?",
                   "ttit", alike->account, day, alike->amount,
                   alike->direction == DIRECTION_CREDIT ? "credit" : "debit", "i", times);
}

/* Lines that are stored for the days seen but not shown at all are found by the counts of whole days. */
static gboolean missing_lines(const Compare *compare, Store *store, gint64 *missing, GError **error) {
  g_autoptr(GHashTable) days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, compare->alikes);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Alike *alike = value;
    gint64 stored, whole;
    if (!stored_times(store, alike, &stored, error))
      return FALSE;
    char *key = g_strdup_printf("%s/%d", alike->account, alike->day);
    gint64 left = GPOINTER_TO_SIZE(g_hash_table_lookup(days, key));
    if (left == 0) {
      if (!statement_stored(store, alike->account, alike->day, alike->day, &whole, error)) {
        g_free(key);
        return FALSE;
      }
      left = whole + 1;
    }
    g_hash_table_replace(days, key, GSIZE_TO_POINTER((gsize)(left - stored)));
  }
  g_hash_table_iter_init(&iter, days);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    *missing += (gint64)GPOINTER_TO_SIZE(value) - 1;
  return TRUE;
}

gboolean compare_end(const Compare *compare, Store *store, gint64 *differences, GError **error) {
  GHashTableIter iter;
  gpointer value;
  *differences = 0;
  g_hash_table_iter_init(&iter, compare->alikes);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Alike *alike = value;
    gint64 stored;
    if (!stored_times(store, alike, &stored, error))
      return FALSE;
    *differences += ABS(stored - alike->times);
  }
  return missing_lines(compare, store, differences, error);
}
