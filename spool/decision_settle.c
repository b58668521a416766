#include "rules/error.h"
#include "rules/mask.h"
#include "rules/name.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/deciding.h"
#include "spool/decisions.h"
#include "spool/entries.h"
#include "spool/life.h"
#include "spool/matching.h"
#include "spool/second.h"
#include "spool/waiver.h"

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
  if (!store_row(
          store, error, &found,
          "SELECT p.id, CASE WHEN p.method = 'wire' AND p.currency = ? THEN m.price - m.settled - m.waived ELSE 0 END, "
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
                 "SELECT e.id, e.amount - e.allocated - e.refunded - e.waived, e.counterparty_name FROM case_entry l "
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

gboolean decision_explain(Store *store, gint64 id, gboolean matched, const OrderBy *by, GError **error) {
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

static gint compare_texts(gconstpointer a, gconstpointer b) {
  return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

/* Adds "WORD ORDER=AMOUNT ...", the same in whatever order it was given. */
static void describe(GString *text, const char *word, const Share *shares, gsize count, Money *sum) {
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
  for (gsize i = 0; i < count; i++) {
    g_autofree char *amount = money_format(shares[i].amount);
    g_ptr_array_add(parts, g_strdup_printf(" %s=%s", shares[i].order_no, amount));
    sum->minor += shares[i].amount.minor; /* each is at most what an order owes, or a credit has */
    (void)g_strlcpy(sum->currency, shares[i].amount.currency, sizeof sum->currency);
  }
  g_ptr_array_sort(parts, compare_texts);
  if (count > 0)
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", word);
  for (gsize i = 0; i < count; i++)
    g_string_append(text, parts->pdata[i]);
}

static gboolean settle(Store *store, gint64 id, const Settlement *is, const OrderBy *by, GError **error) {
  g_autofree char *masked = mask_codes(is->text);
  for (gsize i = 0; i < is->count; i++)
    if (!settle_share(store, id, &is->shares[i], by, error))
      return FALSE;
  for (gsize i = 0; i < is->waive_count; i++)
    if (!waiver_add(store, id, is->waives[i].order_no, is->waives[i].amount, is->text, by, error))
      return FALSE;
  return case_decide(store, id, "settle", masked, by->actor, by->now, error) &&
         decision_explain(store, id, FALSE, by, error) && decision_refresh(store, id, by, error) &&
         judge_rest(store, id, by, error);
}

gboolean decision_settle(Store *store, gint64 id, const Settlement *is, const OrderBy *by, GError **error) {
  g_auto(DecisionCase) row = {0};
  g_autoptr(GString) text = g_string_new(NULL);
  Money sum = {.currency = "CNY"};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = decision_open(store, id, &row, error) && decision_permit(store, &row, CASE_ACT_SETTLE, error) &&
                settle(store, id, is, by, error);
  if (ok) {
    describe(text, "settle", is->shares, is->count, &sum);
    describe(text, "waive", is->waives, is->waive_count, &sum);
  }
  return second_finish(store, &(Second){id, text->str, is->text, sum}, ok, by, error);
}

/* ---- a payer that is not the applicant ---- */

typedef struct {
  char *name, *account, *order_no, *currency;
  gint64 order, left;
} Consent;

static void consent_clear(Consent *consent) {
  g_free(consent->name);
  g_free(consent->account);
  g_free(consent->order_no);
  g_free(consent->currency);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Consent, consent_clear)

/* The one payer of the case's free credits, in the order's currency, and how much is free. */
static gboolean load_consent(Store *store, gint64 id, Consent *consent, GError **error) {
  gboolean found;
  gint64 payers = 0, unnamed = 0;
  if (!store_row(store, error, &found,
                 "SELECT p.id, p.order_no, p.currency, min(e.counterparty_name), min(e.counterparty_account), "
                 "sum(e.amount - e.allocated - e.refunded - e.waived), "
                 "count(DISTINCT e.counterparty_name || '/' || coalesce(e.counterparty_account, '')), "
                 "sum(coalesce(e.counterparty_name, '') = '') FROM case_purchase o "
                 "JOIN purchase p ON p.id = o.purchase_id JOIN case_entry l ON l.case_id = o.case_id "
                 "JOIN entry e ON e.id = l.entry_id WHERE o.case_id = ? AND e.direction = 'credit' AND "
                 "e.currency = p.currency AND e.amount > e.allocated + e.refunded + e.waived GROUP BY p.id",
                 "i", id, "ittttiii", &consent->order, &consent->order_no, &consent->currency, &consent->name,
                 &consent->account, &consent->left, &payers, &unnamed))
    return FALSE;
  return (found && payers == 1 && unnamed == 0) || decision_refused("consent_payer", id, error);
}

/* decided, amount: what a second person would have to decide alike. */
static gboolean give_consent(Store *store, const DecisionCase *row, const char *text, const OrderBy *by, char **decided,
                             Money *amount, GError **error) {
  g_auto(Consent) consent = {0};
  g_auto(Payee) payee = {0};
  g_autofree char *masked = mask_codes(text);
  if (!decision_permit(store, row, CASE_ACT_CONSENT, error) || !load_consent(store, row->id, &consent, error))
    return FALSE;
  Share share = {.order_no = consent.order_no};
  (void)g_strlcpy(share.amount.currency, consent.currency, sizeof share.amount.currency);
  if (!load_payee(store, &share, &payee, error))
    return FALSE;
  share.amount.minor = MIN(payee.owed, consent.left);
  g_autofree char *money = money_format(share.amount);
  *decided = g_strdup_printf("consent %s=%s", consent.order_no, money);
  *amount = share.amount;
  return store_run(store, error,
                   "INSERT INTO consent (purchase_id, case_id, payer_name, payer_account, text, by, at) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)",
                   "iitttti", consent.order, row->id, consent.name, consent.account, masked, by->actor, by->now) &&
         settle_share(store, row->id, &share, by, error) &&
         case_decide(store, row->id, "consent", masked, by->actor, by->now, error) &&
         decision_refresh(store, row->id, by, error) && judge_rest(store, row->id, by, error);
}

gboolean decision_consent(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(DecisionCase) row = {0};
  g_autofree char *decided = NULL;
  Money amount = {.currency = "CNY"};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = decision_open(store, id, &row, error) && give_consent(store, &row, text, by, &decided, &amount, error);
  return second_finish(store, &(Second){id, decided, text, amount}, ok, by, error);
}
