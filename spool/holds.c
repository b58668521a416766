#include "spool/holds.h"

#include <jansson.h>

#include "rules/error.h"
#include "spool/audit.h"

static gboolean audit(Store *store, const char *action, const char *account, const char *reason, const char *actor,
                      Instant now, GError **error) {
  json_t *detail = json_object();
  if (reason != NULL)
    json_object_set_new(detail, "reason", json_string(reason));
  char *text = json_dumps(detail, JSON_COMPACT);
  g_autofree char *subject = g_strconcat("account:", account, NULL);
  gboolean done = audit_append(store, now, actor, action, subject, text, error);
  free(text);
  json_decref(detail);
  return done;
}

static gboolean commit(Store *store, gboolean done, GError **error) {
  if (done && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean insert(Store *store, const char *account, const char *reason, const char *actor, Instant now,
                       GError **error) {
  return store_run(store, error,
                   "INSERT INTO hold (account, reason, by, at) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO "
                   "UPDATE SET reason = excluded.reason, by = excluded.by, at = excluded.at",
                   "ttti", account, reason, actor, now) &&
         audit(store, "pay.hold", account, reason, actor, now, error);
}

gboolean hold_set(Store *store, const char *account, const char *reason, const char *actor, Instant now,
                  GError **error) {
  return store_begin(store, error) && commit(store, insert(store, account, reason, actor, now, error), error);
}

gboolean hold_instance(Store *store, const char *reason, const char *actor, Instant now, GError **error) {
  g_assert(store_in_transaction(store));
  return insert(store, HOLD_INSTANCE, reason, actor, now, error);
}

static gboolean release(Store *store, const char *account, const char *actor, Instant now, GError **error) {
  if (!store_run(store, error, "DELETE FROM hold WHERE account = ?", "t", account))
    return FALSE;
  if (store_changes(store) == 0)
    return error_set(error, ERROR_REFUSED, "not_held", "value", account, NULL);
  return audit(store, "pay.release", account, NULL, actor, now, error);
}

gboolean hold_release(Store *store, const char *account, const char *actor, Instant now, GError **error) {
  return store_begin(store, error) && commit(store, release(store, account, actor, now, error), error);
}

gboolean hold_stands(Store *store, const char *account, gboolean *held, GError **error) {
  gint64 one = 0;
  return store_row(store, error, held,
                   "SELECT 1 FROM hold WHERE account IN (?1, '!') OR (account = '*' AND ?1 <> '!') LIMIT 1", "t",
                   account, "i", &one);
}

void hold_free(Hold *hold) {
  g_free(hold->account);
  g_free(hold->reason);
  g_free(hold->by);
  g_free(hold);
}

GPtrArray *holds_list(Store *store, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)hold_free);
  g_auto(Rows) rows = store_rows(store, "SELECT account, reason, by, at FROM hold ORDER BY account", "");
  while (rows_next(&rows, error)) {
    Hold *hold = g_new0(Hold, 1);
    hold->account = g_strdup(rows_text(&rows, 0));
    hold->reason = g_strdup(rows_text(&rows, 1));
    hold->by = g_strdup(rows_text(&rows, 2));
    hold->at = rows_int(&rows, 3);
    g_ptr_array_add(list, hold);
  }
  return rows.failed ? NULL : g_steal_pointer(&list);
}
