#include "spool/decisions.h"

#include <jansson.h>
#include <string.h>

#include "rules/correction.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "rules/name.h"
#include "spool/audit.h"
#include "spool/case_facts.h"
#include "spool/cases.h"
#include "spool/doubts.h"
#include "spool/entries.h"
#include "spool/held.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/matching.h"
#include "spool/refund_decide.h"

typedef struct {
  gint64 id;
  char *reason;
  const char *file; /* id of the held file that it is about; NULL: of none */
  gboolean doubt;   /* about a round before its fen is sent */
  char *subject;
} CaseRow;

static void case_row_clear(CaseRow *row) {
  g_free(row->reason);
  g_free(row->subject);
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
  if (!store_row(store, error, &found, "SELECT reason, state, subject FROM review_case WHERE id = ?", "i", id, "ttt",
                 &row->reason, &state, &row->subject))
    return FALSE;
  if (!found)
    return refuse_case("case_unknown", id, error);
  if (g_str_has_prefix(row->subject, HELD_SUBJECT))
    row->file = row->subject + strlen(HELD_SUBJECT);
  row->doubt = g_str_has_prefix(row->subject, DOUBT_SUBJECT);
  return g_str_equal(state, "open") || refuse_case("case_closed", id, error);
}

static gboolean permit(Store *store, const CaseRow *row, CaseAct act, GError **error) {
  unsigned acts;
  if (!case_acts_of(store, row->id, &acts, error))
    return FALSE;
  return (acts & act) != 0 || error_set(error, ERROR_REFUSED, "case_action", "value", row->reason, NULL);
}

static gboolean decide(Store *store, const CaseRow *row, const char *decision, const char *text, const OrderBy *by,
                       GError **error) {
  return case_decide(store, row->id, decision, text, by->actor, by->now, error);
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

static gboolean finish(Store *store, gboolean ok, GError **error) {
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

/* The applicant must act: what is left of the review's days is kept. */
static gboolean stand_clock(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!case_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_clock_stop(store, g_array_index(orders, gint64, i), by, error))
      return FALSE;
  return TRUE;
}

/* The review's clock ends, or stands. */
static gboolean stop_clock(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!case_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_refresh(store, g_array_index(orders, gint64, i), by->calendar, by->actor, by->now, error))
      return FALSE;
  return TRUE;
}

/* Intake, which alone changes files, does what was decided. */
static gboolean decide_file(Store *store, const CaseRow *row, const char *decision, const char *text, const OrderBy *by,
                            GError **error) {
  if (text == NULL)
    return error_set(error, ERROR_USAGE, "decision_text", NULL);
  return decide(store, row, decision, text, by, error) && job_add(store, "intake", "file", row->file, by->now, error);
}

static gboolean accept_order(Store *store, const CaseRow *row, const char *text, const OrderBy *by, GError **error) {
  return permit(store, row, CASE_ACT_ACCEPT, error) && review(store, row->id, REVIEW_ACCEPT, by, error) &&
         decide(store, row, "accept", text, by, error) && stop_clock(store, row->id, by, error);
}

static gboolean accept_round(Store *store, const CaseRow *row, const char *text, const OrderBy *by, GError **error) {
  return decide(store, row, "accept", text, by, error) && doubt_accept(store, row->subject, by->now, error);
}

gboolean decision_accept(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      load_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "accept", text, by, error)
                                            : row.doubt      ? accept_round(store, &row, text, by, error)
                                                             : accept_order(store, &row, text, by, error));
  return finish(store, ok, error);
}

static gboolean refuse_round(Store *store, const CaseRow *row, const char *text, int rounds, const OrderBy *by,
                             GError **error) {
  return decide(store, row, "refuse", text, by, error) &&
         doubt_refuse(store, row->subject, (PolicyDoubt)policy_doubt(row->reason), rounds, by, error);
}

gboolean decision_refuse(Store *store, gint64 id, const char *text, int rounds, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      load_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "refuse", text, by, error)
                                            : row.doubt      ? refuse_round(store, &row, text, rounds, by, error)
                                                             : refund_refuse(store, id, text, by, error));
  return finish(store, ok, error);
}

/* What is to be corrected stays with the case; the handler hears of it by mail. */
static gboolean keep_fields(Store *store, gint64 id, const char *const *fields, const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
  json_auto_t *list = json_array();
  for (; *fields != NULL; fields++) {
    if (!correction_known(*fields))
      return error_set(error, ERROR_USAGE, "correction", "value", *fields, NULL);
    (void)json_array_append_new(list, json_string(*fields));
  }
  g_autofree char *text = json_dumps(list, JSON_COMPACT);
  return store_run(store, error, "UPDATE review_case SET fields = ? WHERE id = ?", "ti", text, id) &&
         job_add(store, "notify", "sent_back", subject, by->now, error);
}

static gboolean send_back(Store *store, const CaseRow *row, const char *const *fields, const char *text,
                          const OrderBy *by, GError **error) {
  g_autofree char *masked = mask_codes(text);
  return permit(store, row, CASE_ACT_SEND_BACK, error) && stand_clock(store, row->id, by, error) &&
         review(store, row->id, REVIEW_SEND_BACK, by, error) && decide(store, row, "send_back", masked, by, error) &&
         keep_fields(store, row->id, fields, by, error) && stop_clock(store, row->id, by, error);
}

gboolean decision_send_back(Store *store, gint64 id, const char *const *fields, const char *text, const OrderBy *by,
                            GError **error) {
  g_auto(CaseRow) row = {0};
  return store_begin(store, error) &&
         finish(store, load_open(store, id, &row, error) && send_back(store, &row, fields, text, by, error), error);
}

typedef struct {
  gint64 id, owed;
  char *order_no, *applicant;
} Payee;

static void payee_clear(Payee *payee) {
  g_free(payee->order_no);
  g_free(payee->applicant);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Payee, payee_clear)

/* An order that was paid online owes nothing, although no wire settles it. */
static gboolean load_payee(Store *store, const Share *share, Payee *payee, GError **error) {
  gboolean found;
  g_autofree char *review = NULL;
  if (!store_row(store, error, &found,
                 "SELECT p.id, CASE WHEN p.method = 'wire' AND p.currency = ? THEN m.price - m.settled ELSE 0 END, "
                 "p.order_no, p.applicant_name, p.review FROM purchase p "
                 "JOIN purchase_money m ON m.purchase_id = p.id WHERE p.order_no = ?",
                 "tt", share->amount.currency, share->order_no, "iittt", &payee->id, &payee->owed, &payee->order_no,
                 &payee->applicant, &review))
    return FALSE;
  if (!found)
    return error_set(error, ERROR_REFUSED, "order_unknown", "value", share->order_no, NULL);
  return !g_str_equal(review, "closed") ||
         error_set(error, ERROR_REFUSED, "order_closed", "value", share->order_no, NULL);
}

static gboolean dispose(Store *store, gint64 entry, Disposition disposition, const OrderBy *by, GError **error) {
  g_auto(EntryRow) row = {0};
  return entry_load(store, entry, &row, error) &&
         entry_dispose(store, &row, disposition, "person", by->actor, by->now, error);
}

/* What this line pays of this order already: the two have one allocation, and none is ever changed. */
static gboolean take_out(Store *store, gint64 entry, const Payee *payee, gint64 *before, GError **error) {
  gboolean found;
  *before = 0;
  return store_row(store, error, &found, "SELECT amount FROM allocation WHERE entry_id = ? AND purchase_id = ?", "ii",
                   entry, payee->id, "i", before) &&
         (!found || store_run(store, error, "DELETE FROM allocation WHERE entry_id = ? AND purchase_id = ?", "ii",
                              entry, payee->id));
}

static gboolean take_part(Store *store, gint64 entry, gint64 part, gboolean proves, const Payee *payee,
                          const OrderBy *by, GError **error) {
  gint64 before;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry);
  g_autofree char *detail = g_strdup_printf("{\"amount\":%" G_GINT64_FORMAT ",\"order_no\":\"%s\",\"rule\":\"person\"}",
                                            part, payee->order_no);
  return take_out(store, entry, payee, &before, error) &&
         store_run(store, error,
                   "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, "
                   "'person', ?, ?, ?)",
                   "iiiiti", entry, payee->id, before + part, (gint64)proves, by->actor, by->now) &&
         audit_append(store, by->now, by->actor, "entry.settle", subject, detail, error) &&
         dispose(store, entry, DISPOSITION_SETTLED, by, error);
}

static gboolean payer_is_applicant(const char *payer, const Payee *payee) {
  NameGrade grade = name_grade(payer, payee->applicant);
  return grade == NAME_EQUAL || grade == NAME_NORMALISED;
}

typedef struct {
  gint64 id, left;
  gboolean proves;
} Credit;

/* A returned fen, and money that a reversal took back, pay nothing. */
static gboolean load_credits(Store *store, gint64 case_id, const Payee *payee, const char *currency, GArray *credits,
                             GError **error) {
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT e.id, e.amount - e.allocated - e.refunded, e.counterparty_name FROM case_entry l "
                 "JOIN entry e ON e.id = l.entry_id WHERE l.case_id = ? AND e.direction = 'credit' AND e.currency = ? "
                 "AND e.disposition NOT IN ('returned', 'own_transfer') "
                 "AND NOT (e.disposition = 'explained' AND e.reason IS NOT 'person') "
                 "ORDER BY e.booking_on, e.id",
                 "it", case_id, currency);
  while (rows_next(&rows, error)) {
    Credit credit = {rows_int(&rows, 0), rows_int(&rows, 1), payer_is_applicant(rows_text(&rows, 2), payee)};
    g_array_append_val(credits, credit);
  }
  return !rows.failed;
}

static gboolean take_share(Store *store, gint64 case_id, const Share *share, const Payee *payee, const OrderBy *by,
                           GError **error) {
  g_autoptr(GArray) credits = g_array_new(FALSE, FALSE, sizeof(Credit));
  if (!load_credits(store, case_id, payee, share->amount.currency, credits, error))
    return FALSE;
  gint64 wanted = share->amount.minor;
  for (guint i = 0; i < credits->len && wanted > 0; i++) {
    const Credit *credit = &g_array_index(credits, Credit, i);
    gint64 part = MIN(wanted, credit->left);
    if (part > 0 && !take_part(store, credit->id, part, credit->proves, payee, by, error))
      return FALSE;
    wanted -= MAX(part, 0);
  }
  return wanted == 0 || error_set(error, ERROR_REFUSED, "settle_too_much", "value", share->order_no, NULL);
}

/* All that has paid the order came from the applicant itself. */
static gboolean all_prove(Store *store, const Payee *payee, gboolean *prove, GError **error) {
  gboolean other;
  gint64 one;
  if (!store_row(store, error, &other, "SELECT 1 FROM allocation WHERE purchase_id = ? AND proves = 0 LIMIT 1", "i",
                 payee->id, "i", &one))
    return FALSE;
  *prove = !other;
  return TRUE;
}

static gboolean settle_share(Store *store, gint64 case_id, const Share *share, const OrderBy *by, GError **error) {
  g_auto(Payee) payee = {0};
  gboolean proves;
  if (!load_payee(store, share, &payee, error))
    return FALSE;
  if (share->amount.minor <= 0 || share->amount.minor > payee.owed)
    return error_set(error, ERROR_REFUSED, "settle_over_price", "value", share->order_no, NULL);
  if (!take_share(store, case_id, share, &payee, by, error) || !all_prove(store, &payee, &proves, error))
    return FALSE;
  gboolean whole = share->amount.minor == payee.owed;
  LifeNews news = {.actor = by->actor, .cause = "{}", .now = by->now};
  return life_apply(store, &life_payment, payee.id, whole ? PAYMENT_EXACT : PAYMENT_LESS, &news, NULL, NULL, NULL,
                    error) &&
         (!whole || !proves ||
          life_apply(store, &life_proof, payee.id, PROOF_BY_WIRE, &news, NULL, NULL, NULL, error)) &&
         store_run(store, error,
                   "INSERT INTO case_purchase (case_id, purchase_id) VALUES (?, ?) ON CONFLICT DO NOTHING", "ii",
                   case_id, payee.id);
}

/* The lines of the case that nobody has decided, unless another open case still asks about them. matched: only those
 * that matching judges; else only the others. */
static gboolean undecided(Store *store, gint64 id, gboolean matched, GArray *entries, GError **error) {
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT e.id FROM case_entry l JOIN entry e ON e.id = l.entry_id WHERE l.case_id = ?1 AND "
      "e.disposition IN ('review', 'pending') AND (e.payer_key IS NOT NULL) = ?2 AND NOT EXISTS (SELECT 1 FROM "
      "case_entry o JOIN review_case c ON c.id = o.case_id WHERE o.entry_id = e.id AND c.state = 'open' AND "
      "c.id <> ?1) ORDER BY e.id",
      "ii", id, (gint64)matched);
  while (rows_next(&rows, error)) {
    gint64 entry = rows_int(&rows, 0);
    g_array_append_val(entries, entry);
  }
  return !rows.failed;
}

static gboolean explain_rest(Store *store, gint64 id, gboolean matched, const OrderBy *by, GError **error) {
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!undecided(store, id, matched, entries, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    if (!dispose(store, g_array_index(entries, gint64, i), DISPOSITION_EXPLAINED, by, error))
      return FALSE;
  return TRUE;
}

/* Money that the person left over is not explained by that: it is judged anew, beside what is decided now. */
static gboolean judge_rest(Store *store, gint64 id, const OrderBy *by, GError **error) {
  MatchingBy matching = {.actor = by->actor, .now = by->now, .calendar = by->calendar};
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!undecided(store, id, TRUE, entries, error))
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    if (!matching_entry(store, g_array_index(entries, gint64, i), &matching, error))
      return FALSE;
  return TRUE;
}

gboolean decision_settle(Store *store, gint64 id, const Share *shares, gsize count, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = load_open(store, id, &row, error) && permit(store, &row, CASE_ACT_SETTLE, error);
  for (gsize i = 0; ok && i < count; i++)
    ok = settle_share(store, id, &shares[i], by, error);
  ok = ok && decide(store, &row, "settle", NULL, by, error) && explain_rest(store, id, FALSE, by, error) &&
       refresh_orders(store, id, by, error) && judge_rest(store, id, by, error);
  return finish(store, ok, error);
}

/* A wish for a refund, or a refund that waits for its second person, is not put aside: it is refused. */
static gboolean check_refund(Store *store, const CaseRow *row, GError **error) {
  gboolean asked = FALSE;
  if (!refund_asked(store, row->id, &asked, error))
    return FALSE;
  return (!asked && !g_str_equal(row->reason, "refund")) ||
         error_set(error, ERROR_REFUSED, "refund_open", "value", row->reason, NULL);
}

static gboolean close_case(Store *store, const CaseRow *row, const char *text, const OrderBy *by, GError **error) {
  return check_refund(store, row, error) && permit(store, row, CASE_ACT_CLOSE, error) &&
         decide(store, row, "close", text, by, error) && explain_rest(store, row->id, TRUE, by, error) &&
         explain_rest(store, row->id, FALSE, by, error) && refresh_orders(store, row->id, by, error);
}

gboolean decision_close(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(CaseRow) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      load_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "close", text, by, error)
                                                             : close_case(store, &row, text, by, error));
  return finish(store, ok, error);
}
