#include "spool/overdue.h"

#include "parsers/fields.h"
#include "rules/deadline.h"
#include "spool/cases.h"

typedef struct {
  gint64 id;
  char *order_no, *number;
  Instant at; /* of its first receipt */
} Claim;

static void claim_clear(gpointer claim) {
  g_free(((Claim *)claim)->order_no);
  g_free(((Claim *)claim)->number);
}

static GArray *open_claims(Store *store, GError **error) {
  g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Claim));
  g_array_set_clear_func(claims, claim_clear);
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT p.id, p.order_no, r.number, r.at FROM purchase p JOIN receipt r ON r.purchase_id = p.id WHERE "
                 "p.payment = 'claimed' AND p.review <> 'closed' AND r.id = (SELECT min(id) FROM receipt WHERE "
                 "purchase_id = p.id) ORDER BY p.id",
                 "");
  while (rows_next(&rows, error)) {
    Claim claim = {rows_int(&rows, 0), g_strdup(rows_text(&rows, 1)), g_strdup(rows_text(&rows, 2)),
                   rows_int(&rows, 3)};
    g_array_append_val(claims, claim);
  }
  return rows.failed ? NULL : g_steal_pointer(&claims);
}

static gboolean open_one(Store *store, const Claim *claim, const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strconcat("order:", claim->order_no, NULL);
  json_auto_t *object = json_pack("{s:s, s:s}", "order_no", claim->order_no, "receipt", claim->number);
  g_autofree char *card = fields_canonical(object);
  CaseDraft draft = {.reason = "receipt_without_money",
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(by->calendar, claim->at),
                     .orders = &claim->id,
                     .order_count = 1};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

/* Each case by itself: a person waits for none of them. */
static gboolean ask_for_money(Store *store, const Claim *claim, const OrderBy *by, GError **error) {
  if (!deadline_passed(deadline_receipt(by->calendar, claim->at), by->now))
    return TRUE;
  if (!store_begin(store, error))
    return FALSE;
  if (open_one(store, claim, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean overdue_sweep(Store *store, const OrderBy *by, GError **error) {
  int lapsed;
  if (!orders_lapse(store, by, OVERDUE_LAPSE_DAYS, &lapsed, error))
    return FALSE;
  g_autoptr(GArray) claims = open_claims(store, error);
  for (guint i = 0; claims != NULL && i < claims->len; i++)
    if (!ask_for_money(store, &g_array_index(claims, Claim, i), by, error))
      return FALSE;
  return claims != NULL;
}
