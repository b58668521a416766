#include "spool/deciding.h"

#include <string.h>

#include "rules/error.h"
#include "spool/case_facts.h"
#include "spool/doubts.h"
#include "spool/held.h"
#include "spool/job.h"

void decision_case_clear(DecisionCase *row) {
  g_free(row->reason);
  g_free(row->subject);
}
gboolean decision_refused(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

gboolean decision_load(Store *store, gint64 id, DecisionCase *row, GError **error) {
  gboolean found;
  g_autofree char *state = NULL;
  row->id = id;
  if (!store_row(store, error, &found, "SELECT reason, state, subject FROM review_case WHERE id = ?", "i", id, "ttt",
                 &row->reason, &state, &row->subject))
    return FALSE;
  if (!found)
    return decision_refused("case_unknown", id, error);
  if (g_str_has_prefix(row->subject, HELD_SUBJECT))
    row->file = row->subject + strlen(HELD_SUBJECT);
  row->doubt = g_str_has_prefix(row->subject, DOUBT_SUBJECT);
  row->open = g_str_equal(state, "open");
  return TRUE;
}

gboolean decision_open(Store *store, gint64 id, DecisionCase *row, GError **error) {
  return decision_load(store, id, row, error) && (row->open || decision_refused("case_closed", id, error));
}

gboolean decision_permit(Store *store, const DecisionCase *row, CaseAct act, GError **error) {
  unsigned acts;
  if (!case_acts_of(store, row->id, &acts, error))
    return FALSE;
  return (acts & act) != 0 || error_set(error, ERROR_REFUSED, "case_action", "value", row->reason, NULL);
}

gboolean decision_orders(Store *store, gint64 id, GArray *orders, GError **error) {
  g_auto(Rows) rows = store_rows(store, "SELECT purchase_id FROM case_purchase WHERE case_id = ?", "i", id);
  while (rows_next(&rows, error)) {
    gint64 order = rows_int(&rows, 0);
    g_array_append_val(orders, order);
  }
  return !rows.failed;
}

gboolean decision_finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* Other lines of the same payers may follow otherwise now. */
static gboolean match_again(Store *store, gint64 order, const OrderBy *by, GError **error) {
  gboolean found;
  g_autofree char *order_no = NULL;
  return store_row(store, error, &found, "SELECT order_no FROM purchase WHERE id = ?", "i", order, "t", &order_no) &&
         job_add(store, "intake", "match", order_no, by->now, error);
}

gboolean decision_refresh(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_refresh(store, g_array_index(orders, gint64, i), by->calendar, by->actor, by->now, error) ||
        !match_again(store, g_array_index(orders, gint64, i), by, error))
      return FALSE;
  return TRUE;
}
