#include "spool/refund_case.h"

#include <string.h>

#include "rules/error.h"

#define REFUND_SUBJECT "refund:"

void refund_case_clear(RefundCase *is) {
  g_free(is->reason);
  g_free(is->subject);
  *is = (RefundCase){0};
}

static gboolean refuse(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

gboolean refund_case_load(Store *store, gint64 id, RefundCase *is, GError **error) {
  gboolean found;
  g_autofree char *state = NULL;
  if (!store_row(store, error, &found, "SELECT reason, subject, state FROM review_case WHERE id = ?", "i", id, "ttt",
                 &is->reason, &is->subject, &state))
    return FALSE;
  if (!found)
    return refuse("case_unknown", id, error);
  is->id = id;
  is->open = g_str_equal(state, "open");
  gboolean again = g_str_equal(is->reason, "refund_failed") || g_str_equal(is->reason, "refund_returned");
  is->own = again || g_str_equal(is->reason, "refund");
  is->previous_id = again ? g_ascii_strtoll(is->subject + strlen(REFUND_SUBJECT), NULL, 10) : 0;
  return TRUE;
}

gboolean refund_case_check_open(const RefundCase *is, GError **error) {
  return is->open || refuse("case_closed", is->id, error);
}

void refund_purchase_clear(RefundPurchase *order) {
  g_free(order->order_no);
  g_free(order->method);
  g_free(order->account_number);
  g_free(order->account_bank);
  g_free(order->account_cnaps);
  *order = (RefundPurchase){0};
}

gboolean refund_purchase_load(Store *store, gint64 id, RefundPurchase *order, GError **error) {
  gboolean found;
  g_autofree char *currency = NULL, *payment = NULL, *proof = NULL, *review = NULL;
  if (!store_row(store, error, &found,
                 "SELECT p.id, p.order_no, p.method, p.price - m.waived, p.currency, m.settled, p.account_number, "
                 "p.account_bank, "
                 "p.account_cnaps, p.payment, p.proof, p.review FROM purchase p JOIN purchase_money m ON "
                 "m.purchase_id = p.id WHERE p.id = ?",
                 "i", id, "ittititttttt", &order->id, &order->order_no, &order->method, &order->price.minor, &currency,
                 &order->settled, &order->account_number, &order->account_bank, &order->account_cnaps, &payment, &proof,
                 &review))
    return FALSE;
  g_assert(found);
  g_strlcpy(order->price.currency, currency, MONEY_CURRENCY_SIZE);
  order->payment = life_state(&life_payment, payment);
  order->proof = life_state(&life_proof, proof);
  order->review = life_state(&life_review, review);
  return TRUE;
}

gboolean refund_part_load(Store *store, gint64 entry_id, gint64 purchase_id, gint64 asked, RefundPart *part,
                          GError **error) {
  gboolean found;
  part->asked = asked;
  return store_row(
             store, error, &found,
             "SELECT e.amount - e.waived, e.allocated, e.refunded, coalesce((SELECT a.amount FROM allocation a WHERE "
             "a.entry_id = e.id AND a.purchase_id = ?), 0) FROM entry e WHERE e.id = ?",
             "ii", purchase_id, entry_id, "iiii", &part->amount, &part->allocated, &part->refunded, &part->used) &&
         (found || refuse("unknown_entry", entry_id, error));
}

gboolean refund_fit_check(const RefundPart *parts, const gint64 *entries, gsize count, const RefundPurchase *order,
                          gint64 *taken, gint64 *left, GError **error) {
  const RefundOrder is = {order->price.minor, order->settled, order->review == REVIEW_ACCEPTED};
  gsize part = 0;
  switch (refund_fit(parts, count, &is, taken, left, &part)) {
  case REFUND_FITS:
    return TRUE;
  case REFUND_TOO_MUCH:
    return refuse("refund_too_much", entries[part], error);
  case REFUND_HALF:
    return error_set(error, ERROR_REFUSED, "refund_half", "value", order->order_no, NULL);
  case REFUND_ORDER_ACCEPTED:
    return error_set(error, ERROR_REFUSED, "refund_accepted", "value", order->order_no, NULL);
  }
  g_assert_not_reached();
}

const RefundAccount *refund_account(const RefundBy *by, const char *section) {
  for (gsize i = 0; i < by->account_count; i++)
    if (g_strcmp0(by->accounts[i].section, section) == 0)
      return &by->accounts[i];
  return NULL;
}

gboolean refund_finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}
