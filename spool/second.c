#include "spool/second.h"

#include <jansson.h>

#include "rules/error.h"
#include "rules/mask.h"
#include "spool/audit.h"

static gboolean needs(Money amount, const OrderBy *by) {
  return by->second_above > 0 && (!g_str_equal(amount.currency, "CNY") || amount.minor > by->second_above);
}

static gboolean decided_by_another(Store *store, const Second *is, const OrderBy *by, gboolean *found, GError **error) {
  gint64 one;
  return store_row(store, error, found,
                   "SELECT 1 FROM second_person WHERE case_id = ? AND decision = ? AND uid <> ? AND by <> ? LIMIT 1",
                   "itit", is->case_id, is->decision, by->uid, by->actor, "i", &one);
}

static gboolean keep(Store *store, const Second *is, const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("case:%" G_GINT64_FORMAT, is->case_id), *masked = mask_codes(is->text);
  json_auto_t *object =
      json_pack("{s:s, s:I, s:s*}", "decision", is->decision, "uid", (json_int_t)by->uid, "text", masked);
  g_autofree char *detail = json_dumps(object, JSON_COMPACT);
  return store_begin(store, error) &&
         store_run(store, error,
                   "INSERT INTO second_person (case_id, decision, by, uid, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO "
                   "NOTHING",
                   "ittii", is->case_id, is->decision, by->actor, by->uid, by->now) &&
         (store_changes(store) == 0 ||
          audit_append(store, by->now, by->actor, "case.second", subject, detail, error)) &&
         store_commit(store, error);
}

static gboolean wait_for_another(Store *store, const Second *is, const OrderBy *by, GError **error) {
  if (!keep(store, is, by, error)) {
    store_rollback(store);
    return FALSE;
  }
  const Money limit = {.minor = by->second_above, .currency = "CNY"};
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, is->case_id), *much = money_format(is->amount),
                  *most = money_format(limit);
  return error_set(error, ERROR_REFUSED, "second_waits", "value", id, "detail", much, "expected", most, NULL);
}

gboolean second_finish(Store *store, const Second *is, gboolean ok, const OrderBy *by, GError **error) {
  gboolean agreed = !needs(is->amount, by);
  ok = ok && (agreed || decided_by_another(store, is, by, &agreed, error));
  if (ok && agreed && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return ok && !agreed && wait_for_another(store, is, by, error);
}
