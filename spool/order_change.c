#include "spool/order_change.h"

#include <string.h>

#include "parsers/json_difference.h"
#include "parsers/order_json.h"
#include "rules/error.h"
#include "rules/life.h"
#include "rules/name.h"
#include "spool/audit.h"
#include "spool/doubts.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/waiver.h"

void order_stand_clear(OrderStand *stand) {
  order_clear(&stand->order);
  *stand = (OrderStand){0};
}

static gboolean read_body(const char *body, gint64 id, gint64 revision, Order *out, GError **error) {
  g_autoptr(GError) fault = NULL;
  g_autoptr(Order) order = order_json_read(body, strlen(body), &fault);
  if (order == NULL) /* we wrote it: another program, or another version, changed the rules under it */
    return error_set(error, ERROR_PERMANENT, "store", "field", "purchase.body", "detail", error_reason(fault), NULL);
  *out = *order;
  *order = (Order){0};
  out->id = id;
  out->revision = (int)revision;
  return TRUE;
}

gboolean order_stand(Store *store, const char *order_no, OrderStand *stand, gboolean *found, GError **error) {
  g_autofree char *body = NULL, *payment = NULL, *proof = NULL, *review = NULL;
  gint64 id = 0, revision = 0;
  gboolean there;
  if (!store_row(store, error, &there,
                 "SELECT id, revision, payment, proof, review, body FROM purchase WHERE order_no = ?", "t", order_no,
                 "iitttt", &id, &revision, &payment, &proof, &review, &body))
    return FALSE;
  if (found != NULL)
    *found = there;
  if (!there)
    return found != NULL || error_set(error, ERROR_REFUSED, "order_unknown", "value", order_no, NULL);
  stand->id = id;
  stand->payment = life_state(&life_payment, payment);
  stand->proof = life_state(&life_proof, proof);
  stand->review = life_state(&life_review, review);
  return read_body(body, id, revision, &stand->order, error);
}

gboolean order_audit(Store *store, const char *order_no, const char *action, const char *key, const char *value,
                     const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strconcat("order:", order_no, NULL);
  json_auto_t *detail = json_object();
  if (key != NULL && value != NULL)
    json_object_set_new(detail, key, json_string(value));
  g_autofree char *text = fields_canonical(detail);
  return audit_append(store, by->now, by->actor, action, subject, text, error);
}

gboolean order_transfer_open(Store *store, gint64 purchase_id, gboolean *open, GError **error) {
  gint64 one;
  return store_row(
      store, error, open,
      "SELECT 1 FROM transfer WHERE purchase_id = ? AND state IN ('planned','sending','accepted','unknown')"
      " LIMIT 1",
      "i", purchase_id, "i", &one);
}

gboolean order_by_code(Store *store, const OrderStand *stand, gboolean *by_code, GError **error) {
  gint64 one;
  *by_code = TRUE;
  return stand->order.method != METHOD_WIRE ||
         store_row(store, error, by_code, "SELECT 1 FROM verification WHERE purchase_id = ? LIMIT 1", "i", stand->id,
                   "i", &one);
}

gboolean order_next_round(Store *store, const OrderStand *stand, const OrderBy *by, GError **error) {
  gboolean found;
  gint64 id = 0;
  LifeNews news = {.actor = by->actor, .now = by->now};
  if (!store_row(store, error, &found, "SELECT id FROM verification WHERE purchase_id = ? ORDER BY round DESC LIMIT 1",
                 "i", stand->id, "i", &id))
    return FALSE;
  /* one that people still decide about has cost nobody anything */
  if (found &&
      (!store_run(store, error, "UPDATE verification SET counted = 0 WHERE id = ? AND state = 'due'", "i", id) ||
       !doubts_moot(store, stand->id, by->actor, by->now, error) ||
       !life_apply(store, &life_verification, id, VERIFICATION_NEW_ROUND, &news, NULL, NULL, NULL, error)))
    return FALSE;
  return job_add(store, "pay", "verify", stand->order.order_no, by->now, error);
}

/* Money that came is never undone by a new price: the row's price stays at least what is settled. */
static gboolean reprice(Store *store, const OrderStand *stand, const Order *next, const OrderBy *by, GError **error) {
  gboolean found;
  gint64 paid = 0;
  LifeNews news = {.actor = by->actor, .now = by->now};
  if (next->price.minor == stand->order.price.minor)
    return TRUE;
  if (!waiver_undo_order(store, stand->id, by->actor, by->now, error) ||
      !store_run(store, error, "UPDATE purchase_money SET price = max(?, settled) WHERE purchase_id = ?", "ii",
                 next->price.minor, stand->id) ||
      !store_row(store, error, &found, "SELECT settled FROM purchase_money WHERE purchase_id = ?", "i", stand->id, "i",
                 &paid))
    return FALSE;
  if (stand->order.method != METHOD_WIRE && stand->payment == PAYMENT_RECEIVED)
    paid = stand->order.price.minor;
  if (paid == 0)
    return TRUE;
  int event = paid < next->price.minor ? PAYMENT_LESS : paid > next->price.minor ? PAYMENT_MORE : PAYMENT_EXACT;
  return life_apply(store, &life_payment, stand->id, event, &news, NULL, NULL, NULL, error);
}

static gboolean pay_online(Store *store, const OrderStand *stand, const Order *next, const OrderBy *by,
                           GError **error) {
  LifeNews news = {.actor = by->actor, .now = by->now};
  if (stand->order.method != METHOD_WIRE || next->method == METHOD_WIRE)
    return TRUE;
  return life_apply(store, &life_payment, stand->id, PAYMENT_EXACT, &news, NULL, NULL, NULL, error);
}

static gboolean same_identity(const Order *a, const Order *b) {
  return strcmp(a->applicant_name, b->applicant_name) == 0 && strcmp(a->uscc, b->uscc) == 0 &&
         strcmp(a->account_name, b->account_name) == 0 && strcmp(a->account_number, b->account_number) == 0 &&
         strcmp(a->account_bank, b->account_bank) == 0 && g_strcmp0(a->account_cnaps, b->account_cnaps) == 0;
}

static gboolean void_proof(Store *store, const OrderStand *stand, const Order *next, const OrderBy *by,
                           GError **error) {
  gboolean by_code, open;
  LifeNews news = {.actor = by->actor, .cause = "{\"cause\":\"details\"}", .now = by->now};
  if (same_identity(&stand->order, next))
    return TRUE;
  if (!life_apply(store, &life_proof, stand->id, PROOF_DETAILS_CHANGED, &news, NULL, NULL, NULL, error) ||
      !order_by_code(store, stand, &by_code, error) || !order_transfer_open(store, stand->id, &open, error))
    return FALSE;
  if (by_code && open)
    return error_set(error, ERROR_REFUSED, "transfer_open", "value", stand->order.order_no, NULL);
  return !by_code || order_next_round(store, stand, by, error);
}

static gboolean write_row(Store *store, gint64 id, const Order *next, int revision, const OrderBy *by, GError **error) {
  g_autofree char *key = name_key(next->applicant_name);
  const char *methods[] = {"wire", "alipay", "wechat"};
  return store_run(store, error,
                   "UPDATE purchase SET revision = ?, submitted_at = ?, changed_at = ?, applicant_name = ?, "
                   "applicant_key = ?, uscc = ?, account_name = ?, account_number = ?, account_bank = ?, "
                   "account_cnaps = ?, method = ?, price = ?, currency = ?, warnings = ?, body = ? WHERE id = ?",
                   "iiittttttttittti", (gint64)revision, next->submitted_at, by->now, next->applicant_name, key,
                   next->uscc, next->account_name, next->account_number, next->account_bank, next->account_cnaps,
                   methods[next->method], next->price.minor, next->price.currency, next->warnings, next->body, id) &&
         store_run(store, error, "INSERT INTO purchase_revision (purchase_id, revision, body, at) VALUES (?, ?, ?, ?)",
                   "iiti", id, (gint64)revision, next->body, by->now);
}

static gboolean resubmit(Store *store, const OrderStand *stand, const OrderBy *by, GError **error) {
  LifeNews news = {.actor = by->actor, .now = by->now};
  return stand->review != REVIEW_SENT_BACK ||
         life_apply(store, &life_review, stand->id, REVIEW_RESUBMIT, &news, NULL, NULL, NULL, error);
}

gboolean order_revise(Store *store, const OrderStand *stand, const Order *next, const char *action, const OrderBy *by,
                      GError **error) {
  const char *order_no = stand->order.order_no;
  g_autofree char *field = json_difference(stand->order.body, next->body);
  return write_row(store, stand->id, next, stand->order.revision + 1, by, error) &&
         order_audit(store, order_no, action, "field", field, by, error) && reprice(store, stand, next, by, error) &&
         pay_online(store, stand, next, by, error) && void_proof(store, stand, next, by, error) &&
         resubmit(store, stand, by, error) && job_add(store, "intake", "match", order_no, by->now, error) &&
         order_refresh(store, stand->id, by->calendar, by->actor, by->now, error);
}
