#include "spool/verification.h"

#include <string.h>

#include "parsers/order_json.h"
#include "rules/error.h"
#include "rules/life.h"
#include "spool/cases.h"
#include "spool/order_change.h"

/* Have the rounds that the applicant caused all been used? One that went nowhere for our reasons is mended by pay. */
static gboolean rounds_used(Store *store, gint64 purchase_id, int rounds, gboolean *used, GError **error) {
  gboolean found;
  gint64 spent = 0;
  if (!store_row(store, error, &found,
                 "SELECT (SELECT count(*) FROM verification WHERE purchase_id = ?1 AND counted = 1) >= ?2 AND "
                 "(SELECT counted FROM verification WHERE purchase_id = ?1 ORDER BY round DESC LIMIT 1) = 1",
                 "ii", purchase_id, (gint64)rounds, "i", &spent))
    return FALSE;
  *used = spent != 0;
  return TRUE;
}

static gboolean open_impossible(Store *store, const char *order_no, gint64 purchase_id, const OrderBy *by,
                                GError **error) {
  g_autofree char *subject = g_strconcat("order:", order_no, NULL);
  g_autofree char *card = g_strdup_printf("{\"order_no\":\"%s\"}", order_no);
  Day due = DAY_NONE;
  CaseDraft draft = {
      .reason = "proof_impossible", .subject = subject, .card = card, .orders = &purchase_id, .order_count = 1};
  draft.due_on = calendar_add_workdays(by->calendar, day_of_instant(by->now), 1, &due) ? due : DAY_NONE;
  return case_open(store, &draft, by->actor, by->now, NULL, error) &&
         order_refresh(store, purchase_id, by->calendar, by->actor, by->now, error);
}

gboolean verification_exhausted(Store *store, const char *order_no, gint64 purchase_id, int rounds, const OrderBy *by,
                                GError **error) {
  gboolean used, waits;
  gint64 one;
  if (!rounds_used(store, purchase_id, rounds, &used, error))
    return FALSE;
  if (!used)
    return TRUE;
  if (!store_row(
          store, error, &waits,
          "SELECT 1 FROM purchase p WHERE p.id = ?1 AND (p.review = 'closed' OR p.proof NOT IN ('none','withdrawn') "
          "OR EXISTS (SELECT 1 FROM verification v WHERE v.purchase_id = ?1 AND v.state IN "
          "('due','sending','awaiting_code')))",
          "i", purchase_id, "i", &one))
    return FALSE;
  return waits || open_impossible(store, order_no, purchase_id, by, error);
}

/* May the applicant have another round? *used: no, there are no more. */
static gboolean may_again(Store *store, const OrderStand *stand, const VerificationLimits *limits, const OrderBy *by,
                          gboolean *used, GError **error) {
  const char *order_no = stand->order.order_no;
  gboolean by_code, open;
  if (stand->review == REVIEW_CLOSED)
    return error_set(error, ERROR_REFUSED, "order_closed", "value", order_no, NULL);
  if (stand->proof != PROOF_NONE && stand->proof != PROOF_WITHDRAWN)
    return error_set(error, ERROR_REFUSED, "proof_done", "value", order_no, NULL);
  if (!order_by_code(store, stand, &by_code, error) || !order_transfer_open(store, stand->id, &open, error) ||
      !rounds_used(store, stand->id, limits->rounds, used, error))
    return FALSE;
  if (!by_code)
    return error_set(error, ERROR_REFUSED, "not_by_code", "value", order_no, NULL);
  if (open)
    return error_set(error, ERROR_REFUSED, "transfer_open", "value", order_no, NULL);
  return verification_exhausted(store, order_no, stand->id, limits->rounds, by, error);
}

/* Another round to the same account would ask people the same again. */
static gboolean check_waiting(Store *store, const OrderStand *stand, GError **error) {
  gboolean waits = FALSE;
  gint64 one = 0;
  return store_row(store, error, &waits, "SELECT 1 FROM verification WHERE purchase_id = ? AND state = 'due' LIMIT 1",
                   "i", stand->id, "i", &one) &&
         (!waits || error_set(error, ERROR_REFUSED, "round_waits", "value", stand->order.order_no, NULL));
}

static gboolean again(Store *store, const char *order_no, const char *reason, const VerificationLimits *limits,
                      const OrderBy *by, gboolean *used, GError **error) {
  g_auto(OrderStand) stand = {0};
  return order_stand(store, order_no, &stand, NULL, error) && may_again(store, &stand, limits, by, used, error) &&
         check_waiting(store, &stand, error) &&
         (*used || (order_audit(store, order_no, "order.resend", "reason", reason, by, error) &&
                    order_next_round(store, &stand, by, error)));
}

static gboolean refuse_used(const char *order_no, const VerificationLimits *limits, GError **error) {
  g_autofree char *rounds = g_strdup_printf("%d", limits->rounds);
  return error_set(error, ERROR_REFUSED, "rounds_used", "value", order_no, "expected", rounds, NULL);
}

gboolean verification_again(Store *store, const char *order_no, const char *reason, const VerificationLimits *limits,
                            const OrderBy *by, GError **error) {
  gboolean used = FALSE;
  if (!store_begin(store, error))
    return FALSE;
  if (again(store, order_no, reason, limits, by, &used, error) && store_commit(store, error))
    return !used || refuse_used(order_no, limits, error);
  store_rollback(store);
  return FALSE;
}

/* An order that is not paid yet has nothing to prove; its account may change freely. */
static gboolean may_change(Store *store, const OrderStand *stand, const VerificationLimits *limits, const OrderBy *by,
                           gboolean *used, GError **error) {
  gboolean by_code;
  if (!order_by_code(store, stand, &by_code, error))
    return FALSE;
  if (by_code)
    return may_again(store, stand, limits, by, used, error);
  if (stand->review == REVIEW_CLOSED)
    return error_set(error, ERROR_REFUSED, "order_closed", "value", stand->order.order_no, NULL);
  return stand->payment == PAYMENT_UNPAID || stand->payment == PAYMENT_CLAIMED || stand->review == REVIEW_SENT_BACK ||
         error_set(error, ERROR_REFUSED, "order_fixed", "value", stand->order.order_no, "field", "bank_account", NULL);
}

static gboolean change_account(Store *store, const char *order_no, const BankAccount *account,
                               const VerificationLimits *limits, const OrderBy *by, gboolean *used, GError **error) {
  g_auto(OrderStand) stand = {0};
  if (!order_stand(store, order_no, &stand, NULL, error) || !may_change(store, &stand, limits, by, used, error))
    return FALSE;
  if (*used)
    return TRUE;
  g_autoptr(Order) next =
      order_json_with_account(&stand.order, account->name, account->number, account->bank, account->cnaps, error);
  if (next == NULL)
    return FALSE;
  if (strcmp(next->body, stand.order.body) != 0)
    return order_revise(store, &stand, next, "order.account", by, error);
  gboolean by_code;
  return order_by_code(store, &stand, &by_code, error) && (!by_code || order_next_round(store, &stand, by, error));
}

gboolean verification_account(Store *store, const char *order_no, const BankAccount *account,
                              const VerificationLimits *limits, const OrderBy *by, GError **error) {
  gboolean used = FALSE;
  if (!store_begin(store, error))
    return FALSE;
  if (change_account(store, order_no, account, limits, by, &used, error) && store_commit(store, error))
    return !used || refuse_used(order_no, limits, error);
  store_rollback(store);
  return FALSE;
}
