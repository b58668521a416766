#include "spool/announced_match.h"

#include <string.h>

enum { NEAR = 10 /* days between announcing and booking */ };

typedef struct {
  gint64 id;
  Day day; /* announced, else received */
  gboolean has_reference, has_end_to_end_id, booked;
} Waiting;

typedef struct {
  Store *store;
  GHashTable *wanted; /* key -> GPtrArray of Waiting */
  GPtrArray *all;
  Day first, last;
} Search;

/* Columns of both queries: id, day, amount, direction, bank reference, batch's reference, end-to-end id. */
enum { ID, DAY, AMOUNT, SIDE, REFERENCE, BATCH, END_TO_END };

static char *by_day(Rows *rows) {
  return g_strdup_printf("d/%s/%" G_GINT64_FORMAT "/%s", rows_text(rows, DAY), rows_int(rows, AMOUNT),
                         rows_text(rows, SIDE));
}

static char *by_end_to_end_id(Rows *rows) {
  return rows_null(rows, END_TO_END) ? NULL
                                     : g_strdup_printf("n/%s/%s", rows_text(rows, SIDE), rows_text(rows, END_TO_END));
}

static char *by_reference(Rows *rows, int column, const char *kind) {
  return rows_null(rows, column) ? NULL : g_strdup_printf("%s/%s", kind, rows_text(rows, column));
}

/* Takes the key. */
static void want(Search *search, char *key, Waiting *waiting) {
  if (key == NULL)
    return;
  GPtrArray *those = g_hash_table_lookup(search->wanted, key);
  if (those == NULL)
    g_hash_table_insert(search->wanted, g_strdup(key), those = g_ptr_array_new());
  g_ptr_array_add(those, waiting);
  g_free(key);
}

static void add_waiting(Search *search, Rows *rows) {
  Waiting *waiting = g_new0(Waiting, 1);
  g_ptr_array_add(search->all, waiting);
  waiting->id = rows_int(rows, ID);
  waiting->has_reference = !rows_null(rows, REFERENCE);
  waiting->has_end_to_end_id = !rows_null(rows, END_TO_END);
  gboolean dated = !rows_null(rows, DAY);
  if (!day_parse(rows_text(rows, dated ? DAY : END_TO_END + 1), &waiting->day))
    return;
  search->first = search->all->len == 1 ? waiting->day : MIN(search->first, waiting->day);
  search->last = search->all->len == 1 ? waiting->day : MAX(search->last, waiting->day);
  want(search, by_reference(rows, REFERENCE, "r"), waiting);
  want(search, by_reference(rows, BATCH, "r"), waiting);
  want(search, by_reference(rows, REFERENCE, "b"), waiting);
  want(search, by_end_to_end_id(rows), waiting);
  if (dated)
    want(search, by_day(rows), waiting);
}

static gboolean load(Search *search, const char *account, Day since, GError **error) {
  g_autofree char *from = day_format(since);
  g_auto(Rows) rows = store_rows(search->store,
                                 "SELECT id, booking_on, amount, direction, bank_reference, entry_reference, "
                                 "end_to_end_id, received_on FROM announced WHERE account = ? AND state <> 'booked' "
                                 "AND received_on >= ?",
                                 "tt", account, from);
  while (rows_next(&rows, error))
    add_waiting(search, &rows);
  return !rows.failed;
}

static gboolean mark(Search *search, Waiting *waiting, gint64 entry_id, GError **error) {
  waiting->booked = TRUE;
  return store_run(search->store, error, "UPDATE announced SET state = 'booked', entry_id = ? WHERE id = ?", "ii",
                   entry_id, waiting->id);
}

/* Takes the key. Where both sides have a reference, and it is not the same, day and amount say nothing. */
static gboolean found(Search *search, char *key, Rows *rows, Day day, GError **error) {
  g_autofree char *own = key;
  const GPtrArray *those = own == NULL ? NULL : g_hash_table_lookup(search->wanted, own);
  for (guint i = 0; those != NULL && i < those->len; i++) {
    Waiting *waiting = those->pdata[i];
    gboolean spoken = (waiting->has_reference && !rows_null(rows, REFERENCE)) ||
                      (waiting->has_end_to_end_id && !rows_null(rows, END_TO_END));
    gboolean alike = own[0] == 'd' ? !spoken : ABS(waiting->day - day) <= NEAR;
    if (alike && !waiting->booked && !mark(search, waiting, rows_int(rows, ID), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean walk(Search *search, const char *account, GError **error) {
  g_autofree char *from = day_format(search->first - NEAR), *to = day_format(search->last + NEAR);
  g_auto(Rows) rows = store_rows(search->store,
                                 "SELECT id, booking_on, amount, direction, bank_reference, entry_reference, "
                                 "end_to_end_id FROM entry WHERE account = ? AND booking_on BETWEEN ? AND ?",
                                 "ttt", account, from, to);
  while (rows_next(&rows, error)) {
    Day day;
    if (day_parse(rows_text(&rows, DAY), &day) &&
        !(found(search, by_reference(&rows, REFERENCE, "r"), &rows, day, error) &&
          found(search, by_reference(&rows, BATCH, "b"), &rows, day, error) &&
          found(search, by_end_to_end_id(&rows), &rows, day, error) && found(search, by_day(&rows), &rows, day, error)))
      return FALSE;
  }
  return !rows.failed;
}

gboolean announced_match(Store *store, const char *account, Day since, GError **error) {
  g_autoptr(GHashTable) wanted =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
  Search search = {.store = store, .wanted = wanted, .all = all};
  return load(&search, account, since, error) && (all->len == 0 || walk(&search, account, error));
}
