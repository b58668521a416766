#include "spool/waiver.h"

#include <jansson.h>

#include "rules/error.h"
#include "rules/mask.h"
#include "spool/audit.h"
#include "spool/life.h"

typedef struct {
  Store *store;
  gint64 case_id, purchase_id;
  gint64 price, settled, lacks; /* lacks: of the price, after what was let go before */
  const char *order_no, *text;
  Money amount;
  const OrderBy *by;
} Waiver;

static gboolean load(Waiver *w, GError **error) {
  gboolean found;
  if (!store_row(w->store, error, &found,
                 "SELECT p.id, m.price, m.settled, m.price - m.settled - m.waived FROM purchase p JOIN purchase_money "
                 "m ON m.purchase_id = p.id WHERE p.order_no = ? AND p.currency = ? AND p.review <> 'closed'",
                 "tt", w->order_no, w->amount.currency, "iiii", &w->purchase_id, &w->price, &w->settled, &w->lacks))
    return FALSE;
  return found || error_set(error, ERROR_REFUSED, "order_unknown", "value", w->order_no, NULL);
}

static gboolean too_much(const Waiver *w, gint64 most, GError **error) {
  Money money = w->amount;
  money.minor = most;
  g_autofree char *text = money_format(money);
  return error_set(error, ERROR_REFUSED, "waive_too_much", "value", w->order_no, "expected", text, NULL);
}

/* entry: whose money stays with us, 0: the price is let go. */
static gboolean insert(const Waiver *w, gint64 entry, gint64 minor, GError **error) {
  g_autofree char *line = entry != 0 ? g_strdup_printf("%" G_GINT64_FORMAT, entry) : NULL,
                  *subject = g_strconcat("order:", w->order_no, NULL), *masked = mask_codes(w->text);
  json_auto_t *object = json_pack("{s:I, s:I, s:s*, s:s*}", "amount", (json_int_t)minor, "case", (json_int_t)w->case_id,
                                  "entry", line, "text", masked);
  g_autofree char *detail = json_dumps(object, JSON_COMPACT);
  return store_run(w->store, error,
                   "INSERT INTO waiver (purchase_id, entry_id, case_id, amount, text, by, at) VALUES (?, CAST(? AS "
                   "INTEGER), ?, ?, ?, ?, ?)",
                   "itiitti", w->purchase_id, line, w->case_id, minor, masked, w->by->actor, w->by->now) &&
         audit_append(w->store, w->by->now, w->by->actor, "order.waive", subject, detail, error);
}

/* What came from the applicant alone proves its account, whatever was let go. */
static gboolean paid(const Waiver *w, GError **error) {
  const LifeNews news = {.actor = w->by->actor, .cause = "{\"cause\":\"waived\"}", .now = w->by->now};
  gboolean other;
  gint64 one;
  return store_row(w->store, error, &other, "SELECT 1 FROM allocation WHERE purchase_id = ? AND proves = 0 LIMIT 1",
                   "i", w->purchase_id, "i", &one) &&
         life_apply(w->store, &life_payment, w->purchase_id, PAYMENT_EXACT, &news, NULL, NULL, NULL, error) &&
         (other || life_apply(w->store, &life_proof, w->purchase_id, PROOF_BY_WIRE, &news, NULL, NULL, NULL, error));
}

static gboolean waive_price(const Waiver *w, GError **error) {
  if (w->amount.minor > w->lacks)
    return too_much(w, w->lacks, error);
  return insert(w, 0, w->amount.minor, error) && (w->amount.minor < w->lacks || paid(w, error));
}

typedef struct {
  gint64 id, left;
} Rest;

/* What is left on the case's credits that pay the order. */
static gboolean load_rests(const Waiver *w, GArray *rests, gint64 *sum, GError **error) {
  g_auto(Rows) rows =
      store_rows(w->store,
                 "SELECT e.id, e.amount - e.allocated - e.refunded - e.waived FROM case_entry l JOIN entry e ON e.id = "
                 "l.entry_id JOIN allocation a ON a.entry_id = e.id AND a.purchase_id = ? WHERE l.case_id = ? "
                 "ORDER BY e.booking_on, e.id",
                 "ii", w->purchase_id, w->case_id);
  while (rows_next(&rows, error)) {
    const Rest rest = {rows_int(&rows, 0), rows_int(&rows, 1)};
    *sum += rest.left;
    g_array_append_val(rests, rest);
  }
  return !rows.failed;
}

static gboolean waive_rest(const Waiver *w, GError **error) {
  g_autoptr(GArray) rests = g_array_new(FALSE, FALSE, sizeof(Rest));
  gint64 sum = 0, wanted = w->amount.minor;
  if (!load_rests(w, rests, &sum, error))
    return FALSE;
  if (wanted > MIN(sum, w->price - 1))
    return too_much(w, MIN(sum, w->price - 1), error);
  for (guint i = 0; i < rests->len && wanted > 0; i++) {
    const Rest *rest = &g_array_index(rests, Rest, i);
    gint64 part = MIN(wanted, rest->left);
    if (part > 0 && !insert(w, rest->id, part, error))
      return FALSE;
    wanted -= part;
  }
  return TRUE;
}

gboolean waiver_add(Store *store, gint64 case_id, const char *order_no, Money amount, const char *text,
                    const OrderBy *by, GError **error) {
  Waiver w = {.store = store, .case_id = case_id, .order_no = order_no, .text = text, .amount = amount, .by = by};
  if (!load(&w, error))
    return FALSE;
  if (w.settled == 0)
    return error_set(error, ERROR_REFUSED, "waive_unpaid", "value", order_no, NULL);
  if (amount.minor <= 0)
    return too_much(&w, MAX(w.lacks, 0), error);
  return w.lacks > 0 ? waive_price(&w, error) : waive_rest(&w, error);
}

/* ?1: of a credit, else of an order's price. */
#define LIVE                                                                                                           \
  "waiver.undone_at IS NULL AND CASE WHEN ?1 THEN waiver.entry_id = ?2 ELSE waiver.entry_id IS NULL AND "              \
  "waiver.purchase_id = ?2 END"

static gboolean undo(Store *store, gint64 of_entry, gint64 id, const char *actor, Instant now, GError **error) {
  gboolean found;
  g_autofree char *order_no = NULL;
  if (!store_row(store, error, &found,
                 "SELECT p.order_no FROM waiver JOIN purchase p ON p.id = waiver.purchase_id WHERE " LIVE " LIMIT 1",
                 "ii", of_entry, id, "t", &order_no))
    return FALSE;
  if (!found)
    return TRUE;
  g_autofree char *subject = g_strconcat("order:", order_no, NULL);
  return store_run(store, error, "UPDATE waiver SET undone_at = ?3 WHERE " LIVE, "iii", of_entry, id, now) &&
         audit_append(store, now, actor, "order.unwaive", subject, "{}", error);
}

gboolean waiver_undo_order(Store *store, gint64 purchase_id, const char *actor, Instant now, GError **error) {
  return undo(store, FALSE, purchase_id, actor, now, error);
}

gboolean waiver_undo_entry(Store *store, gint64 entry_id, const char *actor, Instant now, GError **error) {
  return undo(store, TRUE, entry_id, actor, now, error);
}
