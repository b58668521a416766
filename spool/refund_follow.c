/* What becomes of a refund once its transfer, or the hall, has spoken. */
#include <jansson.h>
#include <string.h>

#include "parsers/fields.h"
#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "spool/cases.h"
#include "spool/invoices.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/orders.h"
#include "spool/refunds.h"
#include "spool/tell.h"

typedef struct {
  int payment, review;
  gboolean refunds_open; /* one of its refunds is on its way, or is to be paid anew */
} OrderMoney;

static gboolean look(Store *store, gint64 purchase_id, OrderMoney *money, GError **error) {
  gboolean found;
  gint64 open = 0;
  g_autofree char *payment = NULL, *review = NULL;
  if (!store_row(store, error, &found,
                 "SELECT payment, review, EXISTS (SELECT 1 FROM refund r WHERE r.purchase_id = p.id AND r.state IN "
                 "('approved','rejected','returned')) FROM purchase p WHERE p.id = ?",
                 "i", purchase_id, "tti", &payment, &review, &open))
    return FALSE;
  *money = (OrderMoney){life_state(&life_payment, payment), life_state(&life_review, review), open != 0};
  return TRUE;
}

static gboolean move_order(Store *store, gint64 purchase_id, const LifeCycle *cycle, int event, const Learner *by,
                           GError **error) {
  const LifeNews news = {.actor = by->actor, .now = by->now};
  return life_apply(store, cycle, purchase_id, event, &news, NULL, NULL, NULL, error);
}

/* Its money is back with whom it came from: the order ends. Its number still counts, so its lines are weighed again. */
static gboolean end_order(Store *store, const Refund *refund, const Learner *by, GError **error) {
  OrderMoney money;
  if (!look(store, refund->purchase_id, &money, error))
    return FALSE;
  if (money.payment != PAYMENT_REFUNDING || money.refunds_open)
    return TRUE;
  gboolean closes =
      money.review == REVIEW_WAITING || money.review == REVIEW_SENT_BACK || money.review == REVIEW_REFUND_REQUESTED;
  return move_order(store, refund->purchase_id, &life_payment, PAYMENT_REFUND_DEBIT, by, error) &&
         (!closes || move_order(store, refund->purchase_id, &life_review, REVIEW_CLOSE, by, error)) &&
         job_add(store, "intake", "match", refund->order_no, by->now, error) &&
         order_refresh(store, refund->purchase_id, by->calendar, by->actor, by->now, error);
}

static gboolean moot(Store *store, const Refund *refund, const Learner *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, refund->id);
  return case_moot(store, "refund_failed", subject, by->actor, by->now, error);
}

static gboolean move(Store *store, const Refund *refund, RefundEvent event, const Learner *by, LifeVerdict *verdict,
                     GError **error) {
  const LifeNews news = {.actor = by->actor, .now = by->now};
  return life_apply(store, &life_refund, refund->id, (int)event, &news, verdict, NULL, NULL, error);
}

static gboolean find_successor(Store *store, const Refund *refund, gint64 *id, GError **error) {
  gboolean found;
  *id = 0;
  return store_row(store, error, &found,
                   "SELECT r.id FROM refund r LEFT JOIN transfer t ON t.refund_id = r.id WHERE r.previous_id = ? AND "
                   "r.state IN ('approved','rejected') AND t.batch_id IS NULL",
                   "i", refund->id, "i", id);
}

/* What has not left never does; its money is the first one's again. */
static gboolean give_way(Store *store, gint64 id, const Learner *by, GError **error) {
  const Evidence cancel = {
      .event = TRANSFER_CANCEL, .source = "order", .ours = TRUE, .settled_on = DAY_NONE, .due_at = INSTANT_NONE};
  g_auto(Refund) successor = {0};
  LifeVerdict verdict;
  if (!refund_load(store, id, &successor, error))
    return FALSE;
  if (successor.state == REFUND_APPROVED &&
      !(successor.transfer_id != 0 ? transfer_learn(store, successor.transfer_id, &cancel, by, NULL, error)
                                   : move(store, &successor, REFUND_REJECT, by, &verdict, error)))
    return FALSE;
  return move(store, &successor, REFUND_REPLACE, by, &verdict, error);
}

/* It was debited although every day had been proven to be without it (people are asked: transfer_contradiction). */
static gboolean resume(Store *store, const Refund *refund, const Learner *by, GError **error) {
  gint64 successor = 0;
  LifeVerdict verdict;
  if (!find_successor(store, refund, &successor, error))
    return FALSE;
  return successor == 0 ||
         (give_way(store, successor, by, error) && move(store, refund, REFUND_RESUME, by, &verdict, error));
}

static gboolean tell_paid(Store *store, const Refund *refund, const Learner *by, GError **error) {
  g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT, refund->id), *amount = money_format(refund->amount);
  const char *const facts[] = {"amount", amount, NULL};
  const Tell one = {.kind = TELL_REFUNDED, .key = key, .purchase_id = refund->purchase_id, .facts = facts};
  return tell_handler(store, &one, by->actor, by->now, error);
}

gboolean refund_paid(Store *store, const Refund *refund, const Learner *by, GError **error) {
  LifeVerdict verdict;
  const OrderBy ordered = {.actor = by->actor, .now = by->now, .calendar = by->calendar};
  return (refund->state != REFUND_REPLACED || resume(store, refund, by, error)) &&
         move(store, refund, REFUND_PAID, by, &verdict, error) && moot(store, refund, by, error) &&
         end_order(store, refund, by, error) && invoice_reverse(store, refund->purchase_id, &ordered, error) &&
         tell_paid(store, refund, by, error);
}

static char *card_of(const Refund *refund, const char *why, const char *field) {
  g_autofree char *amount = money_format(refund->amount);
  json_t *about =
      json_pack("{s:I, s:s, s:s}", "id", (json_int_t)refund->id, "order_no", refund->order_no, "amount", amount);
  if (refund->entry_id != 0)
    (void)json_object_set_new(about, "entry", json_integer(refund->entry_id));
  json_text_set(about, "payee_name", refund->payee_name);
  json_text_set(about, "payee_account", refund->payee_account);
  json_text_set(about, "payee_bank", refund->payee_bank);
  json_text_set(about, "why", why);
  json_text_set(about, "field", field);
  json_auto_t *card = json_pack("{s:o}", "refund", about);
  return fields_canonical(card);
}

/* It holds up its order only when the order's own money is on its way back. */
gboolean refund_ask(Store *store, const Refund *refund, const char *reason, const char *why, const char *field,
                    const Learner *by, GError **error) {
  OrderMoney money;
  if (!look(store, refund->purchase_id, &money, error))
    return FALSE;
  gboolean blocks = money.payment == PAYMENT_REFUNDING || money.payment == PAYMENT_REFUNDED;
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, refund->id);
  g_autofree char *card = card_of(refund, why, field);
  const CaseDraft draft = {.reason = reason,
                           .subject = subject,
                           .card = card,
                           .due_on = deadline_review(by->calendar, by->now),
                           .orders = &refund->purchase_id,
                           .order_count = blocks,
                           .entries = &refund->entry_id,
                           .entry_count = refund->entry_id != 0};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

/* What we could not pay for a reason of ours is paid anew by itself (refunds_to_repeat); else the details are wrong. */
static gboolean rejected(Store *store, const Refund *refund, const Evidence *evidence, const Learner *by,
                         GError **error) {
  LifeVerdict verdict;
  return move(store, refund, REFUND_REJECT, by, &verdict, error) &&
         (evidence->ours || refund_ask(store, refund, "refund_failed", evidence->reason, evidence->field, by, error));
}

static gboolean returned(Store *store, const Refund *refund, const Evidence *evidence, const Learner *by,
                         GError **error) {
  OrderMoney money;
  LifeVerdict verdict;
  return move(store, refund, REFUND_RETURN, by, &verdict, error) && look(store, refund->purchase_id, &money, error) &&
         moot(store, refund, by, error) &&
         (money.payment != PAYMENT_REFUNDED ||
          move_order(store, refund->purchase_id, &life_payment, PAYMENT_REFUND_FAILED, by, error)) &&
         refund_ask(store, refund, "refund_returned", NULL, evidence->field, by, error);
}

gboolean refund_follow(Store *store, const Transfer *transfer, int after, const Evidence *evidence, const Learner *by,
                       GError **error) {
  gboolean moved = after != (int)transfer->state;
  g_auto(Refund) refund = {0};
  if (transfer->refund_id == 0)
    return TRUE;
  if (!refund_load(store, transfer->refund_id, &refund, error))
    return FALSE;
  if (evidence->event == TRANSFER_DEBIT_LINE && after == TRANSFER_BOOKED) /* nothing else proves it, no person either */
    return refund_paid(store, &refund, by, error);
  if (moved && after == TRANSFER_REJECTED)
    return rejected(store, &refund, evidence, by, error);
  return !moved || after != TRANSFER_RETURNED || returned(store, &refund, evidence, by, error);
}
