#include "spool/vanished.h"

#include "rules/deadline.h"
#include "spool/cases.h"
#include "spool/entries.h"

char *vanished_key(Day day, const char *identity) {
  return g_strdup_printf("%d/%s", day, identity);
}

/* The lines that are among `keys`, or those that are not. */
static gboolean find(Store *store, const char *account, Day from, Day to, GHashTable *keys, gboolean among, GArray *ids,
                     GError **error) {
  g_autofree char *first = day_format(from), *last = day_format(to);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT id, booking_on, identity FROM entry WHERE account = ? AND booking_on BETWEEN "
                                 "? AND ? AND coalesce(reason, '') NOT IN ('statement_conflict', 'person') ORDER BY id",
                                 "ttt", account, first, last);
  while (rows_next(&rows, error)) {
    Day day;
    gint64 id = rows_int(&rows, 0);
    gboolean known = day_parse(rows_text(&rows, 1), &day);
    g_assert(known);
    g_autofree char *key = vanished_key(day, rows_text(&rows, 2));
    if (g_hash_table_contains(keys, key) == among)
      g_array_append_val(ids, id);
  }
  return !rows.failed;
}

static gboolean ask(Store *store, gint64 id, const MatchingBy *by, GError **error) {
  g_auto(EntryRow) row = {0};
  if (!entry_load(store, id, &row, error))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, id);
  g_autofree char *day = day_format(row.line.booking_date), *amount = money_format(row.line.amount);
  g_autofree char *card = g_strdup_printf(
      "{\"account\":\"%s\",\"amount\":\"%s\",\"date\":\"%s\",\"kind\":\"vanished\"}", row.account, amount, day);
  CaseDraft draft = {.reason = "statement_conflict",
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(by->calendar, by->now),
                     .entries = &id,
                     .entry_count = 1};
  return entry_dispose(store, &row, DISPOSITION_REVIEW, "statement_conflict", by->actor, by->now, error) &&
         case_open(store, &draft, by->actor, by->now, NULL, error) && matching_entry(store, id, by, error);
}

static gboolean ask_all(Store *store, const char *account, Day from, Day to, GHashTable *keys, gboolean among,
                        const MatchingBy *by, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!find(store, account, from, to, keys, among, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!ask(store, g_array_index(ids, gint64, i), by, error))
      return FALSE;
  return TRUE;
}

gboolean vanished_ask(Store *store, const char *account, Day from, Day to, GHashTable *shown, const MatchingBy *by,
                      GError **error) {
  return ask_all(store, account, from, to, shown, FALSE, by, error);
}

gboolean vanished_these(Store *store, const char *account, Day from, Day to, GHashTable *gone, const MatchingBy *by,
                        GError **error) {
  return ask_all(store, account, from, to, gone, TRUE, by, error);
}
