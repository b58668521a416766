#include "spool/decisions.h"

#include <jansson.h>

#include "rules/error.h"
#include "rules/name.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/life.h"

typedef struct {
  gint64 id;
  char *reason;
} CaseRow;

static void case_row_clear(CaseRow *row) {
  g_free(row->reason);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CaseRow, case_row_clear)

static gboolean refuse_case(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static gboolean load_open(Store *store, gint64 id, CaseRow *row, GError **error) {
  gboolean found;
  g_autofree char *state = NULL;
  row->id = id;
  if (!store_row(store, error, &found, "SELECT reason, state FROM review_case WHERE id = ?", "i", id, "tt",
                 &row->reason, &state))
    return FALSE;
  if (!found)
    return refuse_case("case_unknown", id, error);
  return g_str_equal(state, "open") || refuse_case("case_closed", id, error);
}

/* Only the ordinary review is accepted or sent back; it is neither settled nor closed. */
static gboolean check_application(const CaseRow *row, gboolean wanted, GError **error) {
  if (g_str_equal(row->reason, "application") == wanted)
    return TRUE;
  return error_set(error, ERROR_REFUSED, "case_action", "value", row->reason, NULL);
}

static gboolean decide(Store *store, const CaseRow *row, const char *decision, const char *text, const OrderBy *by,
                       GError **error) {
  json_t *json = json_pack("{s:s, s:s, s:s*}", "decision", decision, "reason", row->reason, "text", text);
  g_autofree char *cause = json_dumps(json, JSON_COMPACT);
  json_decref(json);
  LifeNews news = {.actor = by->actor, .cause = cause, .now = by->now};
  return life_apply(store, &life_case, row->id, CASE_DECIDE, &news, NULL, NULL, NULL, error) &&
         store_run(store, error,
                   "UPDATE review_case SET decision = ?, decided_by = ?, decided_at = ?, text = ? WHERE id = ?",
                   "ttiti", decision, by->actor, by->now, text, row->id);
}

/* The orders of a case. */
static gboolean case_orders(Store *store, gint64 id, GArray *orders, GError **error) {
  g_auto(Rows) rows = store_rows(store, "SELECT purchase_id FROM case_purchase WHERE case_id = ?", "i", id);
  while (rows_next(&rows, error)) {
    gint64 order = rows_int(&rows, 0);
    g_array_append_val(orders, order);
  }
  return !rows.failed;
}

/* Other lines of the same payers may follow otherwise now. */
static gboolean match_again(Store *store, gint64 order, const OrderBy *by, GError **error) {
  gboolean found;
  g_autofree char *order_no = NULL;
  return store_row(store, error, &found, "SELECT order_no FROM purchase WHERE id = ?", "i", order, "t", &order_no) &&
         job_add(store, "intake", "match", order_no, by->now, error);
}

static gboolean refresh_orders(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!case_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_refresh(store, g_array_index(orders, gint64, i), by->calendar, by->actor, by->now, error) ||
        !match_again(store, g_array_index(orders, gint64, i), by, error))
      return FALSE;
  return TRUE;
}

static gboolean review(Store *store, gint64 id, ReviewEvent event, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!case_orders(store, id, orders, error))
    return FALSE;
  LifeNews news = {.actor = by->actor, .cause = "{}", .now = by->now};
  for (guint i = 0; i < orders->len; i++) {
    gboolean blocked;
    gint64 order = g_array_index(orders, gint64, i);
    if (!case_blocks(store, order, &blocked, error))
      return FALSE;
    if (blocked && event == REVIEW_ACCEPT)
      return refuse_case("case_blocked", id, error);
    if (!life_apply(store, &life_review, order, (int)event, &news, NULL, NULL, NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean decision_accept(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = load_open(store, id, &row, error) && check_application(&row, TRUE, error) &&
                review(store, id, REVIEW_ACCEPT, by, error) && decide(store, &row, "accept", NULL, by, error);
  return finish(store, ok, error);
}

gboolean decision_send_back(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = load_open(store, id, &row, error) && check_application(&row, TRUE, error) &&
                review(store, id, REVIEW_SEND_BACK, by, error) && decide(store, &row, "send_back", text, by, error);
  return finish(store, ok, error);
}

typedef struct {
  gint64 id, price, settled;
  char *order_no, *applicant;
} Payee;

static void payee_clear(Payee *payee) {
  g_free(payee->order_no);
  g_free(payee->applicant);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Payee, payee_clear)

static gboolean load_payee(Store *store, const char *order_no, Payee *payee, GError **error) {
  gboolean found;
  if (!store_row(store, error, &found,
                 "SELECT p.id, m.price, m.settled, p.order_no, p.applicant_name FROM purchase p "
                 "JOIN purchase_money m ON m.purchase_id = p.id WHERE p.order_no = ? AND p.review NOT IN ('closed', "
                 "'accepted')",
                 "t", order_no, "iiitt", &payee->id, &payee->price, &payee->settled, &payee->order_no,
                 &payee->applicant))
    return FALSE;
  return found || error_set(error, ERROR_REFUSED, "order_unknown", "value", order_no, NULL);
}

/* Takes up to `wanted` from one credit. */
static gboolean take_part(Store *store, gint64 entry, gint64 part, gboolean proves, const Payee *payee,
                          const OrderBy *by, GError **error) {
  return store_run(store, error,
                   "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, "
                   "'person', ?, ?, ?)",
                   "iiiiti", entry, payee->id, part, (gint64)proves, by->actor, by->now) &&
         store_run(store, error, "UPDATE entry SET disposition = 'settled', reason = 'person' WHERE id = ?", "i",
                   entry);
}

static gboolean payer_is_applicant(const char *payer, const Payee *payee) {
  NameGrade grade = name_grade(payer, payee->applicant);
  return grade == NAME_EQUAL || grade == NAME_NORMALISED;
}

typedef struct {
  gint64 id, left;
  gboolean proves;
} Credit;

static gboolean load_credits(Store *store, gint64 case_id, const Payee *payee, const char *currency, GArray *credits,
                             GError **error) {
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT e.id, e.amount - e.allocated - e.refunded, e.counterparty_name FROM case_entry l "
                 "JOIN entry e ON e.id = l.entry_id WHERE l.case_id = ? AND e.direction = 'credit' AND e.currency = ? "
                 "ORDER BY e.booking_on, e.id",
                 "it", case_id, currency);
  while (rows_next(&rows, error)) {
    Credit credit = {rows_int(&rows, 0), rows_int(&rows, 1), payer_is_applicant(rows_text(&rows, 2), payee)};
    g_array_append_val(credits, credit);
  }
  return !rows.failed;
}

/* *proves: all parts came from the applicant itself. */
static gboolean take_share(Store *store, gint64 case_id, const Share *share, const Payee *payee, const OrderBy *by,
                           gboolean *proves, GError **error) {
  g_autoptr(GArray) credits = g_array_new(FALSE, FALSE, sizeof(Credit));
  if (!load_credits(store, case_id, payee, share->amount.currency, credits, error))
    return FALSE;
  gint64 wanted = share->amount.minor;
  *proves = TRUE;
  for (guint i = 0; i < credits->len && wanted > 0; i++) {
    const Credit *credit = &g_array_index(credits, Credit, i);
    gint64 part = MIN(wanted, credit->left);
    if (part <= 0)
      continue;
    if (!take_part(store, credit->id, part, credit->proves, payee, by, error))
      return FALSE;
    wanted -= part;
    *proves = *proves && credit->proves;
  }
  return wanted == 0 || error_set(error, ERROR_REFUSED, "settle_too_much", "value", share->order_no, NULL);
}

static gboolean settle_share(Store *store, gint64 case_id, const Share *share, const OrderBy *by, GError **error) {
  g_auto(Payee) payee = {0};
  gboolean proves;
  if (!load_payee(store, share->order_no, &payee, error))
    return FALSE;
  if (share->amount.minor <= 0 || share->amount.minor > payee.price - payee.settled)
    return error_set(error, ERROR_REFUSED, "settle_over_price", "value", share->order_no, NULL);
  if (!take_share(store, case_id, share, &payee, by, &proves, error))
    return FALSE;
  gboolean whole = payee.settled + share->amount.minor == payee.price;
  LifeNews news = {.actor = by->actor, .cause = "{}", .now = by->now};
  return life_apply(store, &life_payment, payee.id, whole ? PAYMENT_EXACT : PAYMENT_LESS, &news, NULL, NULL, NULL,
                    error) &&
         (!whole || !proves ||
          life_apply(store, &life_proof, payee.id, PROOF_BY_WIRE, &news, NULL, NULL, NULL, error)) &&
         store_run(store, error,
                   "INSERT INTO case_purchase (case_id, purchase_id) VALUES (?, ?) ON CONFLICT DO NOTHING", "ii",
                   case_id, payee.id);
}

/* Lines of the case that nobody decided are explained by the person, unless another open case still asks about them. */
static gboolean explain_rest(Store *store, gint64 id, GError **error) {
  return store_run(
      store, error,
      "UPDATE entry SET disposition = 'explained', reason = 'person' WHERE disposition IN ('review', 'pending') AND id "
      "IN "
      "(SELECT entry_id FROM case_entry WHERE case_id = ?) AND id NOT IN (SELECT l.entry_id FROM case_entry l "
      "JOIN review_case c ON c.id = l.case_id WHERE c.state = 'open' AND c.id <> ?)",
      "ii", id, id);
}

gboolean decision_settle(Store *store, gint64 id, const Share *shares, gsize count, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = load_open(store, id, &row, error) && check_application(&row, FALSE, error);
  for (gsize i = 0; ok && i < count; i++)
    ok = settle_share(store, id, &shares[i], by, error);
  ok = ok && decide(store, &row, "settle", NULL, by, error) && explain_rest(store, id, error) &&
       refresh_orders(store, id, by, error);
  return finish(store, ok, error);
}

gboolean decision_close(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = load_open(store, id, &row, error) && check_application(&row, FALSE, error) &&
                decide(store, &row, "close", text, by, error) && explain_rest(store, id, error) &&
                refresh_orders(store, id, by, error);
  return finish(store, ok, error);
}
