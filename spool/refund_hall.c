#include "spool/refund_hall.h"

#include "parsers/json_text.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/life.h"
#include "spool/refunds.h"

json_t *refund_hall_list(Store *store, GError **error) {
  json_auto_t *list = json_array();
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT r.id, p.order_no, p.method, json_extract(p.body, '$.payment.transaction_id'), r.amount, "
                 "r.currency, r.approved_at FROM refund r JOIN purchase p ON p.id = r.purchase_id WHERE "
                 "r.entry_id IS NULL AND r.state = 'approved' ORDER BY r.id",
                 "");
  while (rows_next(&rows, error)) {
    json_t *object = json_pack("{s:I}", "id", (json_int_t)rows_int(&rows, 0));
    Money money = {.minor = rows_int(&rows, 4)};
    g_strlcpy(money.currency, rows_text(&rows, 5), MONEY_CURRENCY_SIZE);
    g_autofree char *amount = money_format(money), *at = instant_format(rows_int(&rows, 6));
    json_text_set(object, "order_no", rows_text(&rows, 1));
    json_text_set(object, "method", rows_text(&rows, 2));
    json_text_set(object, "transaction_id", rows_text(&rows, 3));
    json_text_set(object, "amount", amount);
    json_text_set(object, "currency", money.currency);
    json_text_set(object, "approved_at", at);
    (void)json_array_append_new(list, object);
  }
  return rows.failed ? NULL : g_steal_pointer(&list);
}

static gboolean keep_detail(Store *store, gint64 id, const char *detail, GError **error) {
  return detail == NULL || store_run(store, error, "UPDATE refund SET detail = ? WHERE id = ?", "ti", detail, id);
}

static gboolean fail(Store *store, const Refund *refund, const char *detail, const Learner *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .now = by->now};
  LifeVerdict verdict;
  if (!life_apply(store, &life_refund, refund->id, REFUND_REJECT, &news, &verdict, NULL, NULL, error))
    return FALSE;
  return verdict != LIFE_MOVE || refund_ask(store, refund, "refund_failed", detail, NULL, by, error);
}

/* What a later refund pays anew has been told to be impossible; the hall may not change its mind about that. */
static gboolean check(const Refund *refund, gboolean done, GError **error) {
  gboolean denies =
      done ? refund->state != REFUND_APPROVED && refund->state != REFUND_REFUNDED
           : refund->state != REFUND_APPROVED && refund->state != REFUND_REJECTED && refund->state != REFUND_REPLACED;
  if (refund->entry_id != 0)
    return error_set(error, ERROR_REFUSED, "refund_bank", "value", refund->order_no, NULL);
  return !denies ||
         error_set(error, ERROR_REFUSED, "state", "field", life_refund.name, "value", life_refund.states[refund->state],
                   "detail", life_refund.events[done ? REFUND_PAID : REFUND_REJECT], NULL);
}

static gboolean result(Store *store, gint64 id, gboolean done, const char *detail, const Learner *by,
                       const char **state, GError **error) {
  g_auto(Refund) refund = {0}, after = {0};
  g_autofree char *masked = mask_codes(detail);
  if (!refund_load(store, id, &refund, error) || !check(&refund, done, error))
    return FALSE;
  if (refund.state == REFUND_APPROVED &&
      (!keep_detail(store, id, masked, error) ||
       !(done ? refund_paid(store, &refund, by, error) : fail(store, &refund, masked, by, error))))
    return FALSE;
  if (!refund_load(store, id, &after, error))
    return FALSE;
  *state = life_refund.states[after.state];
  return TRUE;
}

gboolean refund_hall_result(Store *store, gint64 id, gboolean done, const char *detail, const Learner *by,
                            const char **state, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (result(store, id, done, detail, by, state, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}
