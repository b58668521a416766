#include "spool/orders.h"

#include <string.h>

#include "parsers/json_difference.h"
#include "rules/error.h"
#include "rules/life.h"
#include "rules/name.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/order_change.h"

static const char *const methods[] = {[METHOD_WIRE] = "wire", [METHOD_ALIPAY] = "alipay", [METHOD_WECHAT] = "wechat"};

static gboolean insert_row(Store *store, const Order *order, const OrderBy *by, gint64 *id, GError **error) {
  g_autofree char *key = name_key(order->applicant_name);
  int payment = order->method == METHOD_WIRE ? PAYMENT_UNPAID : PAYMENT_RECEIVED;
  gboolean done = store_run(
      store, error,
      "INSERT INTO purchase (order_no, revision, submitted_at, received_at, changed_at, applicant_name, applicant_key, "
      "uscc, account_name, account_number, account_bank, account_cnaps, method, price, currency, payment, proof, "
      "review, "
      "warnings, body) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "tiiittttttttitttttt", order->order_no, order->submitted_at, by->now, by->now, order->applicant_name, key,
      order->uscc, order->account_name, order->account_number, order->account_bank, order->account_cnaps,
      methods[order->method], order->price.minor, order->price.currency, life_payment.states[payment],
      life_proof.states[PROOF_NONE], life_review.states[REVIEW_WAITING], order->warnings, order->body);
  *id = store_last_id(store);
  return done;
}

static gboolean add_new(Store *store, const Order *order, const OrderBy *by, GError **error) {
  gint64 id;
  return insert_row(store, order, by, &id, error) &&
         store_run(store, error, "INSERT INTO purchase_revision (purchase_id, revision, body, at) VALUES (?, 1, ?, ?)",
                   "iti", id, order->body, by->now) &&
         store_run(store, error, "INSERT INTO purchase_money (purchase_id, price) VALUES (?, ?)", "ii", id,
                   order->price.minor) &&
         order_audit(store, order->order_no, "order.new", "method", methods[order->method], by, error) &&
         job_add(store, "intake", "match", order->order_no, by->now, error) &&
         order_refresh(store, id, by->calendar, by->actor, by->now, error);
}

static gboolean refuse_fixed(const OrderStand *stand, const char *field, GError **error) {
  return error_set(error, ERROR_REFUSED, "order_fixed", "value", stand->order.order_no, "field", field, NULL);
}

/* Money that came one way cannot have come another. */
static gboolean may_revise(const OrderStand *stand, const Order *next, GError **error) {
  g_autofree char *field = json_difference(stand->order.body, next->body);
  if (stand->review == REVIEW_CLOSED)
    return error_set(error, ERROR_REFUSED, "order_closed", "value", stand->order.order_no, NULL);
  if (stand->payment != PAYMENT_UNPAID && stand->review != REVIEW_SENT_BACK)
    return refuse_fixed(stand, field, error);
  return stand->payment == PAYMENT_UNPAID || next->method == stand->order.method ||
         refuse_fixed(stand, "payment.method", error);
}

static gboolean take(Store *store, const Order *order, const OrderBy *by, OrderTaken *taken, GError **error) {
  g_auto(OrderStand) stand = {0};
  gboolean found;
  if (!order_stand(store, order->order_no, &stand, &found, error))
    return FALSE;
  *taken = !found ? ORDER_NEW : strcmp(stand.order.body, order->body) == 0 ? ORDER_SAME : ORDER_REVISED;
  if (*taken == ORDER_NEW)
    return add_new(store, order, by, error);
  return *taken == ORDER_SAME ||
         (may_revise(&stand, order, error) && order_revise(store, &stand, order, "order.revise", by, error));
}

gboolean order_take(Store *store, const Order *order, const OrderBy *by, OrderTaken *taken, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (take(store, order, by, taken, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

Order *order_load(Store *store, const char *order_no, GError **error) {
  g_auto(OrderStand) stand = {0};
  if (!order_stand(store, order_no, &stand, NULL, error))
    return NULL;
  Order *order = g_new(Order, 1);
  *order = stand.order;
  stand.order = (Order){0};
  return order;
}

/* Its number still counts as evidence, so intake weighs its lines again. */
static gboolean close_order(Store *store, gint64 id, const char *order_no, const char *action, const OrderBy *by,
                            GError **error) {
  LifeNews news = {.actor = by->actor, .now = by->now};
  return order_audit(store, order_no, action, NULL, NULL, by, error) &&
         life_apply(store, &life_review, id, REVIEW_CLOSE, &news, NULL, NULL, NULL, error) &&
         job_add(store, "intake", "match", order_no, by->now, error) &&
         order_refresh(store, id, by->calendar, by->actor, by->now, error);
}

static gboolean withdraw(Store *store, const char *order_no, const OrderBy *by, GError **error) {
  g_auto(OrderStand) stand = {0};
  if (!order_stand(store, order_no, &stand, NULL, error))
    return FALSE;
  if (stand.review == REVIEW_CLOSED)
    return TRUE;
  if (stand.payment != PAYMENT_UNPAID && stand.payment != PAYMENT_CLAIMED)
    return error_set(error, ERROR_REFUSED, "order_paid", "value", order_no, NULL);
  return close_order(store, stand.id, order_no, "order.withdraw", by, error);
}

gboolean order_withdraw(Store *store, const char *order_no, const OrderBy *by, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (withdraw(store, order_no, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* One order; *found FALSE: none is left. */
static gboolean lapse_next(Store *store, Instant before, const OrderBy *by, gboolean *found, GError **error) {
  gint64 id = 0;
  g_autofree char *order_no = NULL;
  if (!store_row(store, error, found,
                 "SELECT id, order_no FROM purchase WHERE payment = 'unpaid' AND review = 'waiting' AND "
                 "received_at < ? ORDER BY id LIMIT 1",
                 "i", before, "it", &id, &order_no))
    return FALSE;
  return !*found || close_order(store, id, order_no, "order.lapse", by, error);
}

gboolean orders_lapse(Store *store, const OrderBy *by, int days, int *count, GError **error) {
  Instant before = by->now - days * 86400 * INSTANT_SECOND;
  for (*count = 0;; (*count)++) {
    gboolean found;
    if (!store_begin(store, error))
      return FALSE;
    if (!lapse_next(store, before, by, &found, error) || !store_commit(store, error)) {
      store_rollback(store);
      return FALSE;
    }
    if (!found)
      return TRUE;
  }
}
