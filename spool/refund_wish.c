#include "spool/refund_wish.h"

#include <jansson.h>

#include "parsers/fields.h"
#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/cases.h"
#include "spool/life.h"
#include "spool/order_change.h"

/* What could go back: of each credit the order's own share and what is free. */
static gboolean add_lines(Store *store, const RefundPurchase *order, const RefundBy *by, json_t *lines, GArray *entries,
                          GError **error) {
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT e.id, e.account, e.amount - e.allocated - e.refunded - e.waived + coalesce(a.amount, 0), e.currency "
      "FROM entry e LEFT JOIN allocation a ON a.entry_id = e.id AND a.purchase_id = ?1 "
      "WHERE e.direction = 'credit' AND (a.id IS NOT NULL OR (e.disposition IN ('review','settled') AND "
      "e.id IN (SELECT l.entry_id FROM case_entry l JOIN case_purchase o ON o.case_id = l.case_id "
      "WHERE o.purchase_id = ?1))) ORDER BY e.id",
      "i", order->id);
  while (rows_next(&rows, error)) {
    gint64 id = rows_int(&rows, 0);
    const RefundAccount *account = refund_account(by, rows_text(&rows, 1));
    Money money = {.minor = rows_int(&rows, 2)};
    g_strlcpy(money.currency, rows_text(&rows, 3), MONEY_CURRENCY_SIZE);
    if (money.minor <= 0)
      continue;
    g_autofree char *amount = money_format(money);
    (void)json_array_append_new(lines,
                                json_pack("{s:I, s:s, s:s, s:b}", "id", (json_int_t)id, "account", rows_text(&rows, 1),
                                          "amount", amount, "pays", account != NULL && account->pays));
    g_array_append_val(entries, id);
  }
  return !rows.failed;
}

gboolean refund_case_open(Store *store, const RefundPurchase *order, const char *wish, const RefundBy *by, gint64 *id,
                          GError **error) {
  json_auto_t *card = json_object();
  json_t *about = json_object(), *lines = json_array();
  (void)json_object_set_new(card, "refund", about);
  (void)json_object_set_new(about, "lines", lines);
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autofree char *price = money_format(order->price), *masked = mask_codes(wish);
  json_text_set(about, "order_no", order->order_no);
  json_text_set(about, "method", order->method);
  json_text_set(about, "price", price);
  json_text_set(about, "wish", masked);
  if (!add_lines(store, order, by, lines, entries, error))
    return FALSE;
  g_autofree char *text = fields_canonical(card), *subject = g_strconcat("order:", order->order_no, NULL);
  const CaseDraft draft = {.reason = "refund",
                           .subject = subject,
                           .card = text,
                           .due_on = deadline_review(by->by.calendar, by->by.now),
                           .orders = &order->id,
                           .order_count = 1,
                           .entries = (const gint64 *)(void *)entries->data,
                           .entry_count = entries->len};
  return case_open(store, &draft, by->by.actor, by->by.now, id, error);
}

static gboolean may_wish(const RefundPurchase *order, GError **error) {
  gboolean paid =
      order->payment == PAYMENT_RECEIVED || order->payment == PAYMENT_SHORT || order->payment == PAYMENT_OVER;
  const char *why = order->review == REVIEW_CLOSED     ? "order_closed"
                    : order->review == REVIEW_ACCEPTED ? "refund_accepted"
                    : !paid                            ? "refund_nothing"
                                                       : NULL;
  return why == NULL || error_set(error, ERROR_REFUSED, why, "value", order->order_no, NULL);
}

static gboolean wish_for(Store *store, const char *order_no, const char *text, const RefundBy *by, GError **error) {
  gboolean found;
  gint64 id = 0;
  const LifeNews news = {.actor = by->by.actor, .now = by->by.now};
  g_auto(RefundPurchase) order = {0};
  if (!store_row(store, error, &found, "SELECT id FROM purchase WHERE order_no = ?", "t", order_no, "i", &id))
    return FALSE;
  if (!found)
    return error_set(error, ERROR_REFUSED, "order_unknown", "value", order_no, NULL);
  if (!refund_purchase_load(store, id, &order, error))
    return FALSE;
  if (order.review == REVIEW_REFUND_REQUESTED)
    return TRUE;
  return may_wish(&order, error) && order_audit(store, order_no, "order.refund_request", NULL, NULL, &by->by, error) &&
         life_apply(store, &life_review, id, REVIEW_ASK_REFUND, &news, NULL, NULL, NULL, error) &&
         refund_case_open(store, &order, text, by, NULL, error) &&
         order_refresh(store, id, by->by.calendar, by->by.actor, by->by.now, error);
}

gboolean refund_wish(Store *store, const char *order_no, const char *text, const RefundBy *by, GError **error) {
  return store_begin(store, error) && refund_finish(store, wish_for(store, order_no, text, by, error), error);
}
