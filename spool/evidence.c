#include "spool/evidence.h"

#include <jansson.h>

#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "spool/batches.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/orders.h"
#include "spool/refunds.h"
#include "spool/verification.h"
#include "spool/transfers.h"
#include "spool/tell.h"

#define LINE_WINDOW (24 * 3600 * INSTANT_SECOND) /* for the others of a batch that a line has shown */

typedef struct {
  Store *store;
  const Transfer *transfer; /* as it was before the news */
  const Evidence *evidence;
  const Learner *by;
  LifeNews news;
  LifeVerdict verdict;
  int after;
} Learning;

static gboolean write_evidence(const Learning *l, GError **error) {
  const Evidence *e = l->evidence;
  return store_run(l->store, error,
                   "INSERT INTO evidence (transfer_id, event, verdict, source, detail, at) VALUES (?, ?, ?, ?, ?, ?)",
                   "itttti", l->transfer->id, life_transfer.events[e->event], life_verdict_word(l->verdict), e->source,
                   e->detail, l->by->now);
}

/* The last answer is kept as it was given, also when it changes nothing. */
static gboolean write_answer(const Learning *l, GError **error) {
  const Evidence *e = l->evidence;
  gboolean final = l->after == TRANSFER_BOOKED || l->after == TRANSFER_REJECTED || l->after == TRANSFER_RETURNED;
  if (e->status != NULL &&
      !store_run(l->store, error,
                 "UPDATE transfer SET bank_status = ?, bank_reason = ?, reason_class = ?, "
                 "bank_reference = coalesce(?, bank_reference) WHERE id = ?",
                 "tttti", e->status, e->reason, e->reason_class, e->bank_reference, l->transfer->id))
    return FALSE;
  if (e->ours && (e->event == TRANSFER_RETURN_LINE || e->event == TRANSFER_NOT_FOUND) &&
      !store_run(l->store, error, "UPDATE transfer SET reason_class = 'ours' WHERE id = ?", "i", l->transfer->id))
    return FALSE;
  if (final || e->due_at == INSTANT_NONE)
    return store_run(l->store, error, "UPDATE transfer SET due_at = NULL WHERE id = ?", "i", l->transfer->id);
  return store_run(l->store, error, "UPDATE transfer SET due_at = ? WHERE id = ?", "ii", e->due_at, l->transfer->id);
}

static gboolean write_line(const Learning *l, GError **error) {
  if (l->evidence->event == TRANSFER_DEBIT_LINE && l->transfer->debit_entry_id == 0)
    return store_run(l->store, error, "UPDATE transfer SET debit_entry_id = ? WHERE id = ?", "ii",
                     l->evidence->entry_id, l->transfer->id);
  if (l->evidence->event == TRANSFER_RETURN_LINE && l->transfer->return_entry_id == 0)
    return store_run(l->store, error, "UPDATE transfer SET return_entry_id = ? WHERE id = ?", "ii",
                     l->evidence->entry_id, l->transfer->id);
  return TRUE;
}

static char *card_of(const Learning *l) {
  const Transfer *t = l->transfer;
  json_t *card = json_pack("{s:s, s:s, s:s, s:s, s:s}", "reference", t->reference, "account", t->account, "state",
                           life_transfer.states[l->after], "news", life_transfer.events[l->evidence->event], "source",
                           l->evidence->source);
  g_assert(card != NULL);
  json_text_set(card, "order_no", t->order_no);
  char *text = json_dumps(card, JSON_SORT_KEYS | JSON_COMPACT);
  json_decref(card);
  return text;
}

static gboolean open_case(const Learning *l, const char *reason, gboolean blocks, GError **error) {
  g_autofree char *subject = g_strconcat("transfer:", l->transfer->reference, NULL);
  char *card = card_of(l);
  const CaseDraft draft = {.reason = reason,
                           .subject = subject,
                           .card = card,
                           .due_on = deadline_review(l->by->calendar, l->by->now),
                           .orders = &l->transfer->purchase_id,
                           .order_count = blocks && l->transfer->purchase_id != 0 ? 1 : 0};
  gboolean done = case_open(l->store, &draft, l->by->actor, l->by->now, NULL, error);
  free(card);
  return done;
}

/* A transfer whose fate is not known is a matter of ours: the case names the order but does not block it, since a right
 * code proves the account whatever the bank says. It opens when there is nothing left to wait for. */
static gboolean follow_cases(const Learning *l, GError **error) {
  if (l->verdict == LIFE_CONTRADICT && !open_case(l, "transfer_contradiction", TRUE, error))
    return FALSE;
  if (l->transfer->state == TRANSFER_UNKNOWN && l->after != TRANSFER_UNKNOWN) {
    g_autofree char *subject = g_strconcat("transfer:", l->transfer->reference, NULL);
    return case_moot(l->store, "transfer_unknown", subject, l->by->actor, l->by->now, error);
  }
  return l->after != TRANSFER_UNKNOWN || l->evidence->due_at != INSTANT_NONE ||
         open_case(l, "transfer_unknown", FALSE, error);
}

static gboolean move_round(const Learning *l, VerificationEvent event, GError **error) {
  LifeVerdict verdict;
  return life_apply(l->store, &life_verification, l->transfer->verification_id, (int)event, &l->news, &verdict, NULL,
                    NULL, error) &&
         (verdict != LIFE_CONTRADICT || open_case(l, "transfer_contradiction", TRUE, error));
}

static gboolean settle_round(const Learning *l, GError **error) {
  g_autofree char *settled = day_format(l->evidence->settled_on);
  g_autofree char *expires = day_format(deadline_code(l->by->calendar, l->evidence->settled_on, l->by->valid_days));
  return store_run(l->store, error,
                   "UPDATE verification SET settled_on = ?, expires_on = ? WHERE id = ? AND settled_on IS NULL", "tti",
                   settled, expires, l->transfer->verification_id) &&
         (store_changes(l->store) == 0 || move_round(l, VERIFICATION_SETTLED, error));
}

static gboolean not_paid(const Learning *l, GError **error) {
  return store_run(l->store, error, "UPDATE verification SET counted = 0 WHERE id = ? AND state <> 'verified'", "i",
                   l->transfer->verification_id) &&
         move_round(l, VERIFICATION_NOT_PAID, error);
}

/* Enough of an account number to know one's own by. */
static const char *tail_of(const char *number) {
  gsize length = strlen(number);
  return number + (length > 4 ? length - 4 : 0);
}

static gboolean tell(const Learning *l, TellKind kind, const char *const *facts, GError **error) {
  const Tell one = {
      .kind = kind, .key = l->transfer->reference, .purchase_id = l->transfer->purchase_id, .facts = facts};
  return tell_handler(l->store, &one, l->by->actor, l->by->now, error);
}

static gboolean tell_bounced(const Learning *l, GError **error) {
  const char *cause = l->evidence->cause, *field = l->evidence->field;
  const char *const facts[] = {
      "cause",   cause != NULL ? cause : "sent_back", "field", field != NULL ? field : "number",
      "account", tail_of(l->transfer->payee_account), NULL};
  return tell(l, TELL_BOUNCED, facts, error);
}

/* The bank has it: the code is worth looking for. */
static gboolean tell_sent(const Learning *l, GError **error) {
  gboolean waits = FALSE;
  g_autofree char *expected = NULL;
  if (!store_row(l->store, error, &waits,
                 "SELECT t.expected_on FROM verification v JOIN transfer t ON t.id = ? WHERE v.id = ? AND v.state IN "
                 "('sending','awaiting_code')",
                 "ii", l->transfer->id, l->transfer->verification_id, "t", &expected))
    return FALSE;
  const char *const facts[] = {"account", tail_of(l->transfer->payee_account), "expected",
                               expected != NULL ? expected : "", NULL};
  return !waits || tell(l, TELL_CODE_SENT, facts, error);
}

static gboolean refuse_round(const Learning *l, GError **error) {
  return store_run(l->store, error,
                   "UPDATE verification SET field = coalesce(?, 'number'), cause = ? WHERE id = ? AND "
                   "state <> 'verified'",
                   "tti", l->evidence->field, l->evidence->cause, l->transfer->verification_id) &&
         move_round(l, VERIFICATION_REFUSED, error) && tell_bounced(l, error);
}

static gboolean round_verified(const Learning *l, gboolean *verified, GError **error) {
  gint64 one = 0;
  return store_row(l->store, error, verified, "SELECT 1 FROM verification WHERE id = ? AND state = 'verified'", "i",
                   l->transfer->verification_id, "i", &one);
}

/* A fen that never left cannot have shown its code to anybody. */
static gboolean deny_code(const Learning *l, GError **error) {
  gboolean verified = FALSE;
  return round_verified(l, &verified, error) && (!verified || open_case(l, "transfer_contradiction", TRUE, error));
}

/* The fen came back although its code was known: the code proves nothing any more. */
static gboolean withdraw_proof(const Learning *l, GError **error) {
  gboolean verified = FALSE;
  gint64 purchase = l->transfer->purchase_id;
  if (!round_verified(l, &verified, error))
    return FALSE;
  return !verified ||
         (life_apply(l->store, &life_proof, purchase, PROOF_FEN_RETURNED, &l->news, NULL, NULL, NULL, error) &&
          open_case(l, "returned_after_verified", TRUE, error));
}

/* The round is over for the applicant's reason; after the last one people must know. */
static gboolean follow_last(Store *store, const Learner *by, const char *order_no, gint64 purchase_id, GError **error) {
  const OrderBy order_by = {.actor = by->actor, .now = by->now, .calendar = by->calendar};
  return by->rounds == 0 || verification_exhausted(store, order_no, purchase_id, by->rounds, &order_by, error);
}

/* Our bank undid it. Whether it will book it again a person must know before the next fen; where the code was right the
 * round itself contradicts. */
static gboolean undo_round(const Learning *l, GError **error) {
  gboolean verified = FALSE;
  return round_verified(l, &verified, error) && not_paid(l, error) &&
         (verified || open_case(l, "bank_reversed", FALSE, error));
}

static gboolean last(const Learning *l, GError **error) {
  return follow_last(l->store, l->by, l->transfer->order_no, l->transfer->purchase_id, error);
}

/* Its fen may be on its way: the code counts. */
static gboolean doubt_round(const Learning *l, GError **error) {
  gboolean due = FALSE;
  gint64 one = 0;
  return store_row(l->store, error, &due, "SELECT 1 FROM verification WHERE id = ? AND state = 'due'", "i",
                   l->transfer->verification_id, "i", &one) &&
         (!due || move_round(l, VERIFICATION_SENT, error));
}

static gboolean follow_round(const Learning *l, GError **error) {
  gboolean moved = l->after != (int)l->transfer->state;
  if (l->transfer->verification_id == 0)
    return TRUE;
  if (l->evidence->event == TRANSFER_SEND)
    return move_round(l, VERIFICATION_SENT, error);
  if (l->evidence->event == TRANSFER_DOUBT)
    return doubt_round(l, error);
  if (l->evidence->settled_on != DAY_NONE && l->after != TRANSFER_REJECTED && !settle_round(l, error))
    return FALSE;
  if (moved && l->after == TRANSFER_REJECTED)
    return l->evidence->ours ? not_paid(l, error) : refuse_round(l, error) && deny_code(l, error) && last(l, error);
  if (moved && l->after == TRANSFER_RETURNED)
    return l->evidence->ours ? undo_round(l, error)
                             : refuse_round(l, error) && withdraw_proof(l, error) && last(l, error);
  if (moved && (l->after == TRANSFER_ACCEPTED || l->after == TRANSFER_BOOKED))
    return tell_sent(l, error);
  return TRUE;
}

static gboolean apply(Learning *l, GError **error) {
  int before = 0;
  if (!life_apply(l->store, &life_transfer, l->transfer->id, (int)l->evidence->event, &l->news, &l->verdict, &before,
                  &l->after, error))
    return FALSE;
  g_assert(before == (int)l->transfer->state);
  return write_evidence(l, error) && write_answer(l, error) && write_line(l, error) && follow_round(l, error) &&
         refund_follow(l->store, l->transfer, l->after, l->evidence, l->by, error) && follow_cases(l, error);
}

/* What the bank said was settled it cannot have refused for a reason of ours: a new round would be a second fen. */
static gboolean denies_settlement(Store *store, const Transfer *transfer, const Evidence *evidence, gboolean *denies,
                                  GError **error) {
  gint64 one = 0;
  gboolean open = transfer->state == TRANSFER_ACCEPTED || transfer->state == TRANSFER_UNKNOWN;
  *denies = FALSE;
  return evidence->event != TRANSFER_STATUS_REJECT || !evidence->ours || !open ||
         store_row(store, error, denies,
                   "SELECT 1 FROM evidence WHERE transfer_id = ? AND event = 'status_settled' LIMIT 1", "i",
                   transfer->id, "i", &one);
}

static gboolean refresh(Store *store, const Transfer *transfer, const Learner *by, GError **error) {
  return transfer->purchase_id == 0 ||
         order_refresh(store, transfer->purchase_id, by->calendar, by->actor, by->now, error);
}

static gboolean deny(Store *store, const Transfer *transfer, const Evidence *evidence, const Learner *by,
                     GError **error) {
  const Learning learning = {.store = store,
                             .transfer = transfer,
                             .evidence = evidence,
                             .by = by,
                             .verdict = LIFE_CONTRADICT,
                             .after = (int)transfer->state};
  return write_evidence(&learning, error) && write_answer(&learning, error) &&
         open_case(&learning, "transfer_contradiction", TRUE, error) && refresh(store, transfer, by, error);
}

gboolean transfer_learn(Store *store, gint64 transfer_id, const Evidence *evidence, const Learner *by,
                        LifeVerdict *verdict, GError **error) {
  g_assert(store_in_transaction(store));
  g_auto(Transfer) transfer = {0};
  if (!transfer_by_id(store, transfer_id, &transfer, error))
    return FALSE;
  gboolean denies = FALSE;
  if (!denies_settlement(store, &transfer, evidence, &denies, error))
    return FALSE;
  if (denies) {
    if (verdict != NULL)
      *verdict = LIFE_CONTRADICT;
    return deny(store, &transfer, evidence, by, error);
  }
  Learning learning = {.store = store,
                       .transfer = &transfer,
                       .evidence = evidence,
                       .by = by,
                       .news = {.actor = by->actor, .cause = evidence->detail, .now = by->now}};
  if (!apply(&learning, error) ||
      (evidence->entry_id != 0 && transfer.batch_id != 0 &&
       !batch_shown(store, transfer.batch_id, by->now + LINE_WINDOW, by, error)) ||
      (transfer.batch_id != 0 && !batch_close_if_known(store, transfer.batch_id, by, error)) ||
      !refresh(store, &transfer, by, error))
    return FALSE;
  if (verdict != NULL)
    *verdict = learning.verdict;
  return TRUE;
}

gboolean transfer_denied(Store *store, gint64 transfer_id, const Evidence *evidence, const Learner *by,
                         GError **error) {
  g_assert(store_in_transaction(store));
  g_auto(Transfer) transfer = {0};
  return transfer_by_id(store, transfer_id, &transfer, error) && deny(store, &transfer, evidence, by, error);
}

typedef struct {
  gint64 id, purchase_id;
  char *order_no;
} Expired;

static void expired_clear(gpointer expired) {
  g_free(((Expired *)expired)->order_no);
}

static GArray *expired_rounds(Store *store, Day today, GError **error) {
  g_autofree char *day = day_format(today);
  g_autoptr(GArray) rounds = g_array_new(FALSE, FALSE, sizeof(Expired));
  g_array_set_clear_func(rounds, expired_clear);
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT v.id, p.id, p.order_no FROM verification v JOIN purchase p ON p.id = "
                 "v.purchase_id WHERE v.state = 'awaiting_code' AND v.expires_on < ? ORDER BY v.expires_on, v.id",
                 "t", day);
  while (rows_next(&rows, error)) {
    Expired round = {rows_int(&rows, 0), rows_int(&rows, 1), g_strdup(rows_text(&rows, 2))};
    g_array_append_val(rounds, round);
  }
  return rows.failed ? NULL : g_steal_pointer(&rounds);
}

gboolean verifications_expire(Store *store, Day today, const Learner *by, int *count, GError **error) {
  g_autoptr(GArray) rounds = expired_rounds(store, today, error);
  const LifeNews news = {.actor = by->actor, .cause = NULL, .now = by->now};
  for (guint i = 0; rounds != NULL && i < rounds->len; i++) {
    const Expired *round = &g_array_index(rounds, Expired, i);
    if (!life_apply(store, &life_verification, round->id, VERIFICATION_TIME_OUT, &news, NULL, NULL, NULL, error) ||
        !follow_last(store, by, round->order_no, round->purchase_id, error))
      return FALSE;
  }
  if (rounds == NULL)
    return FALSE;
  *count = (int)rounds->len;
  return TRUE;
}

gboolean verifications_next_expiry(Store *store, Instant *due, GError **error) {
  gboolean found = FALSE;
  g_autofree char *day = NULL;
  Day last = DAY_NONE;
  *due = INSTANT_NONE;
  if (!store_row(store, error, &found,
                 "SELECT expires_on FROM verification WHERE state = 'awaiting_code' AND expires_on IS NOT NULL "
                 "ORDER BY expires_on LIMIT 1",
                 "", "t", &day))
    return FALSE;
  if (found && day_parse(day, &last))
    *due = instant_at(last + 1, 0, 0, 0);
  return TRUE;
}
