/* The second person's consent to a refund, and what follows at once. */
#include <string.h>

#include "rules/error.h"
#include "spool/absence.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/entries.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/matching.h"
#include "spool/refund_case.h"

typedef struct {
  Store *store;
  RefundCase is;
  RefundPurchase order;
  GPtrArray *refunds; /* Refund, those that were asked for */
  gint64 *taken;      /* what each takes from what the order used */
  gint64 sum, left;   /* of taken; what the order keeps */
  const RefundBy *by;
  LifeNews news;
} Approval;

static void approval_clear(Approval *a) {
  refund_case_clear(&a->is);
  refund_purchase_clear(&a->order);
  g_clear_pointer(&a->refunds, g_ptr_array_unref);
  g_clear_pointer(&a->taken, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Approval, approval_clear)

static gboolean refuse(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static gboolean check_person(const Approval *a, const Refund *refund, GError **error) {
  gboolean other = refund->requested_uid != a->by->uid && !g_str_equal(refund->requested_by, a->by->by.actor);
  return other || error_set(error, ERROR_REFUSED, "refund_self", "value", a->by->by.actor, NULL);
}

/* May the earlier payment still run? What came back, or never left, does not. */
static gboolean check_previous(const Approval *a, const Refund *previous, GError **error) {
  const RefundAccount *account = refund_account(a->by, previous->account);
  g_auto(Transfer) transfer = {0};
  AbsenceFacts facts;
  if (previous->state != REFUND_REJECTED || previous->transfer_id == 0)
    return TRUE;
  if (!transfer_by_id(a->store, previous->transfer_id, &transfer, error))
    return FALSE;
  if (transfer.batch_id == 0)
    return TRUE;
  if (!absence_load(a->store, &transfer, a->by->by.calendar, account == NULL ? 0 : account->not_found_days, &facts,
                    error))
    return FALSE;
  return absence_without_debit(&facts) ||
         error_set(error, ERROR_REFUSED, "refund_uncovered", "value", transfer.reference, NULL);
}

static gboolean replace_previous(const Approval *a, const Refund *refund, GError **error) {
  g_auto(Refund) previous = {0};
  return refund->previous_id == 0 ||
         (refund_load(a->store, refund->previous_id, &previous, error) && check_previous(a, &previous, error) &&
          life_apply(a->store, &life_refund, previous.id, REFUND_REPLACE, &a->news, NULL, NULL, NULL, error));
}

/* An account may have lost its right to pay since. */
static gboolean check_account(const Approval *a, const Refund *refund, GError **error) {
  const RefundAccount *account = refund_account(a->by, refund->account);
  return refund->entry_id == 0 || (account != NULL && account->pays) ||
         error_set(error, ERROR_REFUSED, "refund_account", "value", refund->account, NULL);
}

/* Money may have moved since it was asked for. */
static gboolean check_fit(Approval *a, GError **error) {
  g_autofree RefundPart *parts = g_new0(RefundPart, a->refunds->len);
  g_autofree gint64 *entries = g_new0(gint64, a->refunds->len);
  a->taken = g_new0(gint64, a->refunds->len);
  a->left = a->order.settled;
  if (((const Refund *)a->refunds->pdata[0])->entry_id == 0)
    return TRUE;
  for (guint i = 0; i < a->refunds->len; i++) {
    const Refund *refund = a->refunds->pdata[i];
    entries[i] = refund->entry_id;
    if (!refund_part_load(a->store, refund->entry_id, a->order.id, refund->amount.minor, &parts[i], error))
      return FALSE;
  }
  if (!refund_fit_check(parts, entries, a->refunds->len, &a->order, a->taken, &a->left, error))
    return FALSE;
  for (guint i = 0; i < a->refunds->len; i++)
    a->sum += a->taken[i];
  return TRUE;
}

static gboolean check(Approval *a, GError **error) {
  if (a->refunds->len == 0)
    return refuse("refund_none", a->is.id, error);
  for (guint i = 0; i < a->refunds->len; i++) {
    const Refund *refund = a->refunds->pdata[i];
    if (!check_person(a, refund, error) || !check_account(a, refund, error) || !replace_previous(a, refund, error))
      return FALSE;
  }
  return refund_purchase_load(a->store, ((const Refund *)a->refunds->pdata[0])->purchase_id, &a->order, error) &&
         check_fit(a, error);
}

/* An allocation is never changed: what is left of it is a new one. */
static gboolean take_out(const Approval *a, const Refund *refund, gint64 taken, GError **error) {
  gboolean found;
  gint64 id = 0, amount = 0, proves = 0;
  if (taken == 0)
    return TRUE;
  if (!store_row(a->store, error, &found,
                 "SELECT id, amount, proves FROM allocation WHERE entry_id = ? AND purchase_id = ?", "ii",
                 refund->entry_id, refund->purchase_id, "iii", &id, &amount, &proves) ||
      !store_run(a->store, error, "DELETE FROM allocation WHERE id = ?", "i", id) ||
      (amount > taken &&
       !store_run(a->store, error,
                  "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, "
                  "'person', ?, ?, ?)",
                  "iiiiti", refund->entry_id, refund->purchase_id, amount - taken, proves, a->news.actor, a->news.now)))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, refund->entry_id);
  g_autofree char *detail = g_strdup_printf("{\"amount\":%" G_GINT64_FORMAT ",\"order_no\":\"%s\",\"rule\":\"refund\"}",
                                            taken, refund->order_no);
  return audit_append(a->store, a->news.now, a->news.actor, "entry.unsettle", subject, detail, error);
}

/* A line whose money is all on its way back has nothing to match any more; of another the rest is judged anew. */
static gboolean dispose(const Approval *a, const Refund *refund, GError **error) {
  const MatchingBy matching = {.actor = a->news.actor, .now = a->news.now, .calendar = a->by->by.calendar};
  g_auto(EntryRow) row = {0};
  if (!entry_load(a->store, refund->entry_id, &row, error))
    return FALSE;
  if (row.refunded + row.waived == row.line.amount.minor)
    return entry_dispose(a->store, &row, DISPOSITION_EXPLAINED, "person_refund", a->news.actor, a->news.now, error);
  return matching_entry(a->store, refund->entry_id, &matching, error);
}

static gboolean approve_one(const Approval *a, const Refund *refund, gint64 taken, GError **error) {
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, refund->id);
  return take_out(a, refund, taken, error) &&
         store_run(a->store, error, "UPDATE refund SET approved_by = ?, approved_uid = ?, approved_at = ? WHERE id = ?",
                   "tiii", a->news.actor, a->by->uid, a->news.now, refund->id) &&
         life_apply(a->store, &life_refund, refund->id, REFUND_APPROVE, &a->news, NULL, NULL, NULL, error) &&
         (refund->entry_id == 0 || job_add(a->store, "pay", "refund", subject, a->news.now, error));
}

static gboolean approve_all(const Approval *a, GError **error) {
  for (guint i = 0; i < a->refunds->len; i++)
    if (!approve_one(a, a->refunds->pdata[i], a->taken[i], error))
      return FALSE;
  return TRUE;
}

static gboolean dispose_all(const Approval *a, GError **error) {
  for (guint i = 0; i < a->refunds->len; i++) {
    const Refund *refund = a->refunds->pdata[i];
    if (refund->entry_id != 0 && !dispose(a, refund, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean move_order(const Approval *a, const LifeCycle *cycle, int event, GError **error) {
  return life_apply(a->store, cycle, a->order.id, event, &a->news, NULL, NULL, NULL, error);
}

/* Credits of the case that have money left. */
static gboolean money_left(const Approval *a, gboolean *left, GError **error) {
  gint64 one;
  return store_row(
      a->store, error, left,
      "SELECT 1 FROM case_entry l JOIN entry e ON e.id = l.entry_id JOIN review_case c ON c.id = l.case_id "
      "WHERE l.case_id = ? AND c.state = 'open' AND e.direction = 'credit' AND e.allocated + e.refunded + e.waived < "
      "e.amount LIMIT 1",
      "i", a->is.id, "i", &one);
}

/* The order is undone when it keeps nothing of what it used, or of what it wished back; what it never used changes
 * nothing. */
static gboolean is_undone(const Approval *a, gboolean *undone, GError **error) {
  gboolean wished = a->order.review == REVIEW_REFUND_REQUESTED && a->left == 0, left = FALSE;
  gboolean online = ((const Refund *)a->refunds->pdata[0])->entry_id == 0;
  if (wished && !money_left(a, &left, error))
    return FALSE;
  if (wished && left && g_str_equal(a->is.reason, "refund"))
    return error_set(error, ERROR_REFUSED, "refund_half", "value", a->order.order_no, NULL);
  *undone = online || (a->left == 0 && a->sum > 0) || (wished && !left);
  return TRUE;
}

/* The applicant wished all of it and got what is over: the order goes on. */
static gboolean keep(const Approval *a, GError **error) {
  gboolean wished = a->order.review == REVIEW_REFUND_REQUESTED && g_str_equal(a->is.reason, "refund");
  gboolean lower = a->sum > 0 && a->left == a->order.price.minor && a->order.payment == PAYMENT_OVER;
  return (!lower || move_order(a, &life_payment, PAYMENT_EXACT, error)) &&
         (!wished || refund_go_on(a->store, &a->order, &a->by->by, error));
}

static gboolean move_payment(const Approval *a, GError **error) {
  gboolean undone = FALSE;
  if (a->order.payment == PAYMENT_REFUNDING || a->order.payment == PAYMENT_REFUNDED)
    return TRUE;
  if (!is_undone(a, &undone, error))
    return FALSE;
  if (!undone)
    return keep(a, error);
  return move_order(a, &life_payment, PAYMENT_REFUND_START, error) &&
         (a->order.proof != PROOF_WIRE || move_order(a, &life_proof, PROOF_WIRE_GONE, error));
}

/* Money that nobody has decided about keeps the case open. */
static gboolean close_case(const Approval *a, GError **error) {
  gboolean undecided = FALSE;
  if (!a->is.own && !money_left(a, &undecided, error))
    return FALSE;
  return undecided || case_decide(a->store, a->is.id, "approve", NULL, a->news.actor, a->news.now, error);
}

static gboolean approve(Approval *a, GError **error) {
  const OrderBy *by = &a->by->by;
  return refund_case_check_open(&a->is, error) && (a->refunds = refunds_requested(a->store, a->is.id, error)) != NULL &&
         check(a, error) && approve_all(a, error) && move_payment(a, error) && close_case(a, error) &&
         dispose_all(a, error) && job_add(a->store, "intake", "match", a->order.order_no, by->now, error) &&
         order_refresh(a->store, a->order.id, by->calendar, by->actor, by->now, error);
}

gboolean refund_approve(Store *store, gint64 case_id, const RefundBy *by, GError **error) {
  g_auto(Approval) a = {.store = store, .by = by, .news = {.actor = by->by.actor, .cause = "{}", .now = by->by.now}};
  if (!store_begin(store, error))
    return FALSE;
  return refund_finish(store, refund_case_load(store, case_id, &a.is, error) && approve(&a, error), error);
}
