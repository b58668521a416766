#include "spool/documents.h"

#include "rules/error.h"
#include "rules/mask.h"
#include "spool/life.h"
#include "spool/order_change.h"

static gboolean check(const OrderStand *stand, GError **error) {
  const char *reason = stand->review == REVIEW_CLOSED                                  ? "order_closed"
                       : stand->proof != PROOF_NONE && stand->proof != PROOF_WITHDRAWN ? "proof_done"
                                                                                       : NULL;
  return reason == NULL || error_set(error, ERROR_REFUSED, reason, "value", stand->order.order_no, NULL);
}

static gboolean keep(Store *store, const OrderStand *stand, const char *text, const OrderBy *by, GError **error) {
  g_autofree char *masked = mask_codes(text);
  return store_run(store, error,
                   "INSERT INTO document_proof (purchase_id, revision, by, uid, text, at) VALUES (?, ?, ?, ?, ?, ?) ON "
                   "CONFLICT DO NOTHING",
                   "iititi", stand->id, (gint64)stand->order.revision, by->actor, by->uid, masked, by->now) &&
         (store_changes(store) == 0 ||
          order_audit(store, stand->order.order_no, "order.documents", "text", masked, by, error));
}

static gboolean count(Store *store, const OrderStand *stand, gboolean *two, GError **error) {
  gboolean found;
  gint64 people = 0;
  gboolean read =
      store_row(store, error, &found, "SELECT count(*) FROM document_proof WHERE purchase_id = ? AND revision = ?",
                "ii", stand->id, (gint64)stand->order.revision, "i", &people);
  *two = people >= 2;
  return read;
}

static gboolean prove(Store *store, const OrderStand *stand, const OrderBy *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .cause = "{}", .now = by->now};
  return life_apply(store, &life_proof, stand->id, PROOF_BY_DOCUMENTS, &news, NULL, NULL, NULL, error) &&
         order_refresh(store, stand->id, by->calendar, by->actor, by->now, error);
}

gboolean documents_seen(Store *store, const char *order_no, const char *text, const OrderBy *by, gboolean *proven,
                        GError **error) {
  g_auto(OrderStand) stand = {0};
  *proven = FALSE;
  if (!store_begin(store, error))
    return FALSE;
  if (order_stand(store, order_no, &stand, NULL, error) && check(&stand, error) &&
      keep(store, &stand, text, by, error) && count(store, &stand, proven, error) &&
      (!*proven || prove(store, &stand, by, error)) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}
