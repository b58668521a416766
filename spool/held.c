#include "spool/held.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "spool/cases.h"

static char *subject_of(gint64 file_id) {
  return g_strdup_printf(HELD_SUBJECT "%" G_GINT64_FORMAT, file_id);
}

gboolean held_verdict(Store *store, gint64 file_id, HeldVerdict *verdict, char **by, char **text, GError **error) {
  gboolean found;
  g_autofree char *subject = subject_of(file_id), *decision = NULL;
  *verdict = HELD_WAITS;
  *by = *text = NULL;
  if (!store_row(store, error, &found,
                 "SELECT decision, decided_by, text FROM review_case WHERE subject = ? AND decision IS NOT NULL "
                 "ORDER BY id DESC LIMIT 1",
                 "t", subject, "ttt", &decision, by, text))
    return FALSE;
  if (found)
    *verdict = strcmp(decision, "accept") == 0 ? HELD_ACCEPTED : HELD_REFUSED;
  return TRUE;
}

gboolean held_case(Store *store, gint64 file_id, gint64 *id, GError **error) {
  gboolean found;
  g_autofree char *subject = subject_of(file_id);
  *id = 0;
  return store_row(store, error, &found, "SELECT id FROM review_case WHERE subject = ? AND state = 'open' LIMIT 1", "t",
                   subject, "i", id);
}

/* Few files are held at a time: their cards are read one by one. */
static gboolean lies_within(const char *text, const char *account, Day from, Day to) {
  json_auto_t *card = json_loads(text, 0, NULL);
  const json_t *held = json_object_get(card, "held");
  const char *own = json_string_value(json_object_get(held, "account"));
  const char *first = json_string_value(json_object_get(held, "from"));
  const char *last = json_string_value(json_object_get(held, "to"));
  Day first_day, last_day;
  return g_strcmp0(own, account) == 0 && first != NULL && last != NULL && day_parse(first, &first_day) &&
         day_parse(last, &last_day) && first_day >= from && last_day <= to;
}

GArray *held_within(Store *store, const char *account, Day from, Day to, GError **error) {
  g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT f.id, c.card FROM file f JOIN review_case c ON c.subject = '" HELD_SUBJECT
                                 "' || f.id WHERE f.state = 'held' AND c.state = 'open' ORDER BY f.id",
                                 "");
  while (rows_next(&rows, error)) {
    gint64 id = rows_int(&rows, 0);
    if (lies_within(rows_text(&rows, 1), account, from, to))
      g_array_append_val(files, id);
  }
  return rows.failed ? NULL : g_steal_pointer(&files);
}

gboolean held_moot(Store *store, gint64 file_id, const char *actor, Instant now, GError **error) {
  g_autofree char *subject = subject_of(file_id);
  return case_moot(store, "balance_mismatch", subject, actor, now, error) &&
         case_moot(store, "totals_mismatch", subject, actor, now, error) &&
         case_moot(store, "open_end", subject, actor, now, error);
}
