#include <jansson.h>

#include "parsers/fields.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "rules/undo.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/deciding.h"
#include "spool/decisions.h"
#include "spool/entries.h"
#include "spool/invoices.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/waiver.h"

#define ENTRY_REASON_UNDONE "person_undone" /* it begins as all that a person disposed of (spool/group.c) */

typedef struct {
  Store *store;
  const DecisionCase *row;
  const char *text;
  const OrderBy *by;
  GArray *entries, *orders; /* gint64: whose settlements are taken back */
  UndoResult *result;
} Undoing;

static gboolean add_ids(Store *store, GArray *ids, const char *sql, gint64 id, GError **error) {
  g_auto(Rows) rows = store_rows(store, sql, "i", id);
  while (rows_next(&rows, error)) {
    gint64 one = rows_int(&rows, 0);
    g_array_append_val(ids, one);
  }
  return !rows.failed;
}

#define SETTLEMENTS                                                                                                    \
  "FROM review_case c JOIN case_purchase o ON o.case_id = c.id JOIN allocation a ON a.purchase_id = o.purchase_id "    \
  "WHERE c.id = ? AND (c.reason = 'application' OR a.entry_id IN (SELECT l.entry_id FROM case_entry l WHERE "          \
  "l.case_id = c.id))"

static gboolean collect(const Undoing *undoing, GError **error) {
  gint64 id = undoing->row->id;
  return add_ids(undoing->store, undoing->entries, "SELECT DISTINCT a.entry_id " SETTLEMENTS " ORDER BY a.entry_id", id,
                 error) &&
         add_ids(undoing->store, undoing->orders,
                 "SELECT DISTINCT a.purchase_id " SETTLEMENTS " ORDER BY a.purchase_id", id, error);
}

/* Nothing is issued and no label is made before there are programs that do. */
static gboolean load_facts(const Undoing *undoing, gint64 order, UndoFacts *facts, GError **error) {
  gboolean found;
  gint64 refunding = 0, taken = 0, settled = 0;
  g_autofree char *payment = NULL, *proof = NULL, *review = NULL;
  if (!store_row(undoing->store, error, &found,
                 "SELECT p.payment, p.proof, p.review, m.settled, EXISTS (SELECT 1 FROM refund r WHERE "
                 "r.purchase_id = p.id AND r.state IN ('requested', 'approved', 'rejected', 'returned')), "
                 "coalesce((SELECT sum(a.amount) FROM allocation a WHERE a.purchase_id = p.id AND (?2 OR a.entry_id IN "
                 "(SELECT l.entry_id FROM case_entry l WHERE l.case_id = ?3))), 0) "
                 "FROM purchase p JOIN purchase_money m ON m.purchase_id = p.id WHERE p.id = ?1",
                 "iii", order, (gint64)g_str_equal(undoing->row->reason, "application"), undoing->row->id, "tttiii",
                 &payment, &proof, &review, &settled, &refunding, &taken))
    return FALSE;
  *facts = (UndoFacts){.payment = (PaymentState)life_state(&life_payment, payment),
                       .proof = (ProofState)life_state(&life_proof, proof),
                       .review = (ReviewState)life_state(&life_review, review),
                       .left = settled - taken,
                       .refunding = refunding != 0};
  return TRUE;
}

/* A receipt that is still there claims again what nobody has paid now. */
static gboolean reopen_payment(const Undoing *undoing, gint64 order, PaymentEvent event, const LifeNews *news,
                               GError **error) {
  gboolean receipt = FALSE;
  gint64 one;
  if (!life_apply(undoing->store, &life_payment, order, (int)event, news, NULL, NULL, NULL, error))
    return FALSE;
  if (event == PAYMENT_UNSETTLED &&
      !store_row(undoing->store, error, &receipt, "SELECT 1 FROM receipt WHERE purchase_id = ? LIMIT 1", "i", order,
                 "i", &one))
    return FALSE;
  return !receipt || life_apply(undoing->store, &life_payment, order, PAYMENT_RECEIPT, news, NULL, NULL, NULL, error);
}

static gboolean undo_order(const Undoing *undoing, gint64 order, GError **error) {
  UndoFacts facts;
  const LifeNews news = {.actor = undoing->by->actor, .cause = "{\"cause\":\"undo\"}", .now = undoing->by->now};
  if (!load_facts(undoing, order, &facts, error))
    return FALSE;
  const Undo undo = undo_decide(&facts);
  undoing->result->steps |= undo.steps;
  return waiver_undo_order(undoing->store, order, news.actor, news.now, error) &&
         reopen_payment(undoing, order, undo.payment, &news, error) &&
         ((undo.steps & UNDO_PROOF) == 0 ||
          life_apply(undoing->store, &life_proof, order, PROOF_WIRE_GONE, &news, NULL, NULL, NULL, error)) &&
         ((undo.steps & UNDO_REVIEW) == 0 ||
          (life_apply(undoing->store, &life_review, order, REVIEW_UNDO, &news, NULL, NULL, NULL, error) &&
           invoice_cancel(undoing->store, order, undoing->by, error)));
}

static gboolean take_back(const Undoing *undoing, gint64 entry, gint64 order, GError **error) {
  gboolean found;
  gint64 amount = 0;
  g_autofree char *order_no = NULL;
  if (!store_row(undoing->store, error, &found,
                 "SELECT a.amount, p.order_no FROM allocation a JOIN purchase p ON p.id = a.purchase_id "
                 "WHERE a.entry_id = ? AND a.purchase_id = ?",
                 "ii", entry, order, "it", &amount, &order_no) ||
      !found)
    return found == FALSE;
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry);
  g_autofree char *detail =
      g_strdup_printf("{\"amount\":%" G_GINT64_FORMAT ",\"order_no\":\"%s\",\"rule\":\"undo\"}", amount, order_no);
  return store_run(undoing->store, error, "DELETE FROM allocation WHERE entry_id = ? AND purchase_id = ?", "ii", entry,
                   order) &&
         audit_append(undoing->store, undoing->by->now, undoing->by->actor, "entry.unsettle", subject, detail, error);
}

typedef struct {
  gint64 id, order, amount, proves;
} Kept;

/* What the line still pays of other orders stands as it is: matching judges this line no more. */
static gboolean keep_rest(const Undoing *undoing, gint64 entry, GError **error) {
  g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(Kept));
  {
    g_auto(Rows) rows = store_rows(
        undoing->store, "SELECT id, purchase_id, amount, proves FROM allocation WHERE entry_id = ?", "i", entry);
    while (rows_next(&rows, error)) {
      Kept one = {rows_int(&rows, 0), rows_int(&rows, 1), rows_int(&rows, 2), rows_int(&rows, 3)};
      g_array_append_val(kept, one);
    }
    if (rows.failed)
      return FALSE;
  }
  for (guint i = 0; i < kept->len; i++) {
    const Kept *one = &g_array_index(kept, Kept, i);
    if (!store_run(undoing->store, error, "DELETE FROM allocation WHERE id = ?", "i", one->id) ||
        !store_run(undoing->store, error,
                   "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, "
                   "'person', ?, ?, ?)",
                   "iiiiti", entry, one->order, one->amount, one->proves, undoing->by->actor, undoing->by->now))
      return FALSE;
  }
  return TRUE;
}

/* A line that pays nothing any more waits for people, and for them alone. */
static gboolean undo_entry(const Undoing *undoing, gint64 entry, GError **error) {
  for (guint i = 0; i < undoing->orders->len; i++)
    if (!take_back(undoing, entry, g_array_index(undoing->orders, gint64, i), error))
      return FALSE;
  g_auto(EntryRow) row = {0};
  if (!waiver_undo_entry(undoing->store, entry, undoing->by->actor, undoing->by->now, error) ||
      !keep_rest(undoing, entry, error) || !entry_load(undoing->store, entry, &row, error))
    return FALSE;
  return entry_dispose(undoing->store, &row, row.allocated > 0 ? DISPOSITION_SETTLED : DISPOSITION_REVIEW,
                       ENTRY_REASON_UNDONE, undoing->by->actor, undoing->by->now, error);
}

/* Asks people: what becomes of the money now, or what to do where it is too late. */
static gboolean open_case(const Undoing *undoing, GError **error) {
  const UndoResult *result = undoing->result;
  json_auto_t *object = json_pack("{s:I, s:s, s:s*}", "undone_case", (json_int_t)undoing->row->id, "undo_text",
                                  undoing->text, "against", result->against);
  g_autofree char *card = fields_canonical(object);
  g_autofree char *subject = g_strdup_printf("case:%" G_GINT64_FORMAT, undoing->row->id);
  const CaseDraft draft = {.reason = result->against != NULL ? "undo_too_late" : "undone",
                           .subject = subject,
                           .card = card,
                           .due_on = deadline_review(undoing->by->calendar, undoing->by->now),
                           .orders = (const gint64 *)(void *)undoing->orders->data,
                           .order_count = undoing->orders->len,
                           .entries = (const gint64 *)(void *)undoing->entries->data,
                           .entry_count = undoing->entries->len};
  return case_open(undoing->store, &draft, undoing->by->actor, undoing->by->now, &undoing->result->case_id, error);
}

static gboolean log_it(const Undoing *undoing, GError **error) {
  const UndoResult *result = undoing->result;
  json_auto_t *object = json_pack("{s:I, s:s, s:s*}", "case", (json_int_t)result->case_id, "text", undoing->text,
                                  "against", result->against);
  g_autofree char *detail = fields_canonical(object);
  g_autofree char *subject = g_strdup_printf("case:%" G_GINT64_FORMAT, undoing->row->id);
  return audit_append(undoing->store, undoing->by->now, undoing->by->actor, "case.undo", subject, detail, error);
}

/* All orders of the case are taken back, or none. */
static gboolean look_ahead(const Undoing *undoing, GError **error) {
  for (guint i = 0; i < undoing->orders->len && undoing->result->against == NULL; i++) {
    UndoFacts facts;
    if (!load_facts(undoing, g_array_index(undoing->orders, gint64, i), &facts, error))
      return FALSE;
    undoing->result->against = undo_decide(&facts).against;
  }
  return TRUE;
}

static gboolean undo_all(const Undoing *undoing, GError **error) {
  for (guint i = 0; i < undoing->orders->len; i++)
    if (!undo_order(undoing, g_array_index(undoing->orders, gint64, i), error))
      return FALSE;
  for (guint i = 0; i < undoing->entries->len; i++)
    if (!undo_entry(undoing, g_array_index(undoing->entries, gint64, i), error))
      return FALSE;
  return TRUE;
}

static gboolean undo(const Undoing *undoing, GError **error) {
  if (!decision_permit(undoing->store, undoing->row, CASE_ACT_UNDO, error) || !collect(undoing, error) ||
      !look_ahead(undoing, error))
    return FALSE;
  return (undoing->result->against != NULL || undo_all(undoing, error)) && open_case(undoing, error) &&
         log_it(undoing, error) && decision_refresh(undoing->store, undoing->result->case_id, undoing->by, error);
}

gboolean decision_undo(Store *store, gint64 id, const char *text, const OrderBy *by, UndoResult *result,
                       GError **error) {
  g_auto(DecisionCase) row = {0};
  g_autofree char *masked = mask_codes(text);
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(gint64)),
                    orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  *result = (UndoResult){0};
  const Undoing undoing = {store, &row, masked, by, entries, orders, result};
  return store_begin(store, error) &&
         decision_finish(store, decision_load(store, id, &row, error) && undo(&undoing, error), error);
}
