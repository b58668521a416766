/* A refund, or the wish for one, that people do not grant. */
#include "rules/error.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/refund_case.h"

static gboolean refuse(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

gboolean refund_go_on(Store *store, const RefundPurchase *order, const OrderBy *by, GError **error) {
  gboolean by_code;
  gint64 one;
  const LifeNews news = {.actor = by->actor, .now = by->now};
  if (order->review != REVIEW_REFUND_REQUESTED)
    return TRUE;
  return life_apply(store, &life_review, order->id, REVIEW_KEEP, &news, NULL, NULL, NULL, error) &&
         store_row(store, error, &by_code,
                   "SELECT 1 FROM purchase p WHERE p.id = ? AND (p.method <> 'wire' OR EXISTS (SELECT 1 FROM "
                   "verification v WHERE v.purchase_id = p.id))",
                   "i", order->id, "i", &one) &&
         (!by_code || job_add(store, "pay", "verify", order->order_no, by->now, error));
}

static gboolean refuse_one(Store *store, const Refund *refund, const char *text, const OrderBy *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .now = by->now};
  return store_run(store, error, "UPDATE refund SET detail = ? WHERE id = ?", "ti", text, refund->id) &&
         life_apply(store, &life_refund, refund->id, REFUND_REFUSE, &news, NULL, NULL, NULL, error);
}

static gboolean refuse_wish(Store *store, const RefundCase *is, const char *text, const OrderBy *by, GError **error) {
  gboolean found;
  gint64 id = 0;
  g_auto(RefundPurchase) order = {0};
  return store_row(store, error, &found, "SELECT purchase_id FROM case_purchase WHERE case_id = ?", "i", is->id, "i",
                   &id) &&
         refund_purchase_load(store, id, &order, error) && refund_go_on(store, &order, by, error) &&
         case_decide(store, is->id, "refuse", text, by->actor, by->now, error) &&
         job_add(store, "intake", "match", order.order_no, by->now, error) &&
         order_refresh(store, id, by->calendar, by->actor, by->now, error);
}

gboolean refund_refuse(Store *store, gint64 case_id, const char *text, const OrderBy *by, GError **error) {
  g_auto(RefundCase) is = {0};
  if (!refund_case_load(store, case_id, &is, error) || !refund_case_check_open(&is, error))
    return FALSE;
  g_autoptr(GPtrArray) refunds = refunds_requested(store, case_id, error);
  if (refunds == NULL)
    return FALSE;
  for (guint i = 0; i < refunds->len; i++)
    if (!refuse_one(store, refunds->pdata[i], text, by, error))
      return FALSE;
  if (refunds->len > 0)
    return TRUE;
  return g_str_equal(is.reason, "refund") ? refuse_wish(store, &is, text, by, error)
                                          : refuse("refund_none", case_id, error);
}
