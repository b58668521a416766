#include "spool/verification.h"

#include <string.h>

#include "parsers/order_json.h"
#include "rules/error.h"
#include "rules/life.h"
#include "spool/cases.h"
#include "spool/order_change.h"

gboolean verification_rounds_left(Store *store, gint64 purchase_id, int rounds, gboolean *left, GError **error) {
  gboolean found;
  gint64 used = 0;
  if (!store_row(store, error, &found, "SELECT count(*) FROM verification WHERE purchase_id = ? AND counted = 1", "i",
                 purchase_id, "i", &used))
    return FALSE;
  *left = used < rounds;
  return TRUE;
}

gboolean verification_impossible(Store *store, const char *order_no, gint64 purchase_id, const OrderBy *by,
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

/* May the applicant have another round? *used: no, the last one is spent, and the case says so. */
static gboolean may_again(Store *store, const OrderStand *stand, const VerificationLimits *limits, const OrderBy *by,
                          gboolean *used, GError **error) {
  const char *order_no = stand->order.order_no;
  gboolean by_code, open, left;
  if (stand->review == REVIEW_CLOSED)
    return error_set(error, ERROR_REFUSED, "order_closed", "value", order_no, NULL);
  if (stand->proof != PROOF_NONE && stand->proof != PROOF_WITHDRAWN)
    return error_set(error, ERROR_REFUSED, "proof_done", "value", order_no, NULL);
  if (!order_by_code(store, stand, &by_code, error) || !order_transfer_open(store, stand->id, &open, error) ||
      !verification_rounds_left(store, stand->id, limits->rounds, &left, error))
    return FALSE;
  if (!by_code)
    return error_set(error, ERROR_REFUSED, "not_by_code", "value", order_no, NULL);
  if (open)
    return error_set(error, ERROR_REFUSED, "transfer_open", "value", order_no, NULL);
  *used = !left;
  return left || verification_impossible(store, order_no, stand->id, by, error);
}

static gboolean again(Store *store, const char *order_no, const char *reason, const VerificationLimits *limits,
                      const OrderBy *by, gboolean *used, GError **error) {
  g_auto(OrderStand) stand = {0};
  return order_stand(store, order_no, &stand, NULL, error) && may_again(store, &stand, limits, by, used, error) &&
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
