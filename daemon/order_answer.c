#include "daemon/order_answer.h"

#include "daemon/role.h"
#include "daemon/text.h"
#include "parsers/fields.h"
#include "parsers/json_text.h"
#include "rules/error.h"
#include "spool/receipts.h"

static gboolean typing(const OrderView *view) {
  return view->verification == VERIFICATION_SENDING || view->verification == VERIFICATION_AWAITING_CODE;
}

/* After a round that is over, the next one that was just asked for counts as under way. */
static StatusFacts facts_of(const Conf *conf, const OrderView *view) {
  StatusFacts facts = {.payment = (PaymentState)view->payment,
                       .proof = (ProofState)view->proof,
                       .review = (ReviewState)view->review,
                       .has_round = view->round > 0,
                       .round = (VerificationState)MAX(view->verification, 0),
                       .counted = view->last_counted,
                       .transfer = (TransferState)MAX(view->transfer, 0),
                       .rounds_left = view->counted < conf->rounds};
  if (view->round > 0 && !typing(view) && view->round_asked)
    facts.round = VERIFICATION_DUE;
  return facts;
}

Status order_status(const Conf *conf, const OrderView *view) {
  StatusFacts facts = facts_of(conf, view);
  return status_of(&facts);
}

int order_tries_left(const Conf *conf, const OrderView *view) {
  return typing(view) ? MAX(conf->tries - view->tries, 0) : 0;
}

static gboolean under_way(const OrderView *view) {
  return view->transfer >= 0 && (typing(view) || view->verification == VERIFICATION_DUE);
}

Day order_fen_day(const OrderView *view) {
  if (view->settled_on != DAY_NONE)
    return view->settled_on;
  return under_way(view) && !view->held ? view->expected_on : DAY_NONE;
}

char *order_fen_text(const OrderView *view, Day today) {
  Day fen = order_fen_day(view);
  g_autofree char *day = day_format(fen);
  if (view->settled_on != DAY_NONE)
    return g_strdup_printf(_("一分钱已于 %s 付出"), day);
  if (!under_way(view))
    return NULL;
  if (view->held)
    return g_strdup(_("打款暂停中，恢复后才会付出"));
  if (fen == DAY_NONE)
    return g_strdup(_("到账日期现在还说不准"));
  if (fen < today)
    return g_strdup_printf(_("本应 %s 到账，还没有银行的结果，正在核对"), day);
  return fen == today ? g_strdup(_("预计今天到账")) : g_strdup_printf(_("预计 %s 到账"), day);
}

const char *order_status_text(Status status) {
  g_autofree char *word = g_strconcat("status.", status_words[status.shown], NULL);
  return text_word(word);
}

const char *order_next_text(Status status) {
  g_autofree char *word = g_strconcat("next.", status_nexts[status.next], NULL);
  return text_word(word);
}

static void put_day(json_t *object, const char *key, Day day) {
  g_autofree char *text = day_format(day);
  json_text_set(object, key, text);
}

static void put_money(json_t *object, const OrderView *view) {
  g_autofree char *price = money_format(view->price), *settled = money_format(view->settled);
  g_autofree char *announced = money_format(view->announced), *waived = money_format(view->waived);
  json_text_set(object, "price", price);
  json_text_set(object, "currency", view->price.currency);
  if (view->settled.minor != 0)
    json_text_set(object, "settled", settled);
  if (view->waived.minor != 0)
    json_text_set(object, "waived", waived);
  if (view->announced.minor != 0)
    json_text_set(object, "announced", announced);
}

static void put_cause(json_t *object, const char *cause) {
  g_autofree char *word = g_strconcat("cause.", cause, NULL);
  if (cause == NULL)
    return;
  json_text_set(object, "cause", cause);
  json_text_set(object, "cause_text", text_word(word));
}

static void put_round(json_t *object, const Conf *conf, const OrderView *view) {
  if (view->round == 0)
    return;
  json_object_set_new(object, "round", json_integer(view->round));
  json_text_set(object, "verification", life_verification.states[view->verification]);
  if (view->transfer >= 0)
    json_text_set(object, "transfer", life_transfer.states[view->transfer]);
  json_object_set_new(object, "tries_left", json_integer(order_tries_left(conf, view)));
  if (typing(view))
    put_day(object, "code_expires_on", view->expires_on);
  put_day(object, "fen_expected_on", order_fen_day(view));
  g_autofree char *fen = order_fen_text(view, day_of_instant(clock_now()));
  json_text_set(object, "fen_expected_text", fen);
  if (view->verification == VERIFICATION_FAILED && view->field != NULL) {
    g_autofree char *field = g_strconcat("bank_account.", view->field, NULL);
    json_text_set(object, "field", field);
    json_text_set(object, "field_text", text_word(field));
    put_cause(object, view->cause);
  }
}

/* Why the order was sent back, and what to correct. */
static void put_corrections(json_t *object, const OrderView *view) {
  json_auto_t *fields = view->corrections == NULL ? NULL : json_loads(view->corrections, 0, NULL);
  json_t *list = json_array(), *field;
  gsize i;
  json_array_foreach(fields, i, field) {
    g_autofree char *word = g_strconcat("field.", json_string_value(field), NULL);
    (void)json_array_append_new(list, json_pack("{s:O, s:s}", "field", field, "text", text_word(word)));
  }
  (void)json_object_set_new(object, "corrections", list);
  json_text_set(object, "sent_back_text", view->sent_back);
  if (view->clock_left >= 0)
    (void)json_object_set_new(object, "review_days_left", json_integer(view->clock_left));
}

json_t *order_answer(const Conf *conf, const OrderView *view) {
  Status status = order_status(conf, view);
  json_t *object = json_object();
  g_autofree char *submitted = instant_format(view->submitted_at);
  json_text_set(object, "order_no", view->order_no);
  json_object_set_new(object, "revision", json_integer(view->revision));
  json_text_set(object, "status", status_words[status.shown]);
  json_text_set(object, "status_text", order_status_text(status));
  json_text_set(object, "next", status_nexts[status.next]);
  json_text_set(object, "next_text", order_next_text(status));
  json_text_set(object, "applicant", view->applicant);
  json_text_set(object, "method", view->method);
  put_money(object, view);
  json_text_set(object, "submitted_at", submitted);
  json_text_set(object, "payment", life_payment.states[view->payment]);
  json_text_set(object, "proof", life_proof.states[view->proof]);
  json_text_set(object, "review", life_review.states[view->review]);
  put_day(object, "due_on", view->due_on);
  put_round(object, conf, view);
  if (view->review == REVIEW_SENT_BACK)
    put_corrections(object, view);
  json_text_set(object, "warnings", view->warnings);
  return object;
}

json_t *order_answer_whole(const Conf *conf, Store *store, const OrderView *view, GError **error) {
  json_t *object, *receipts = receipt_list(store, view->id, error), *one;
  gsize index;
  if (receipts == NULL)
    return NULL;
  json_array_foreach(receipts, index, one) {
    const char *reason = json_string_value(json_object_get(one, "reason"));
    if (reason == NULL)
      continue;
    g_autoptr(GError) why = NULL;
    error_set(&why, ERROR_REFUSED, reason, NULL);
    g_autofree char *sentence = text_error(why);
    json_text_set(one, "reason_text", sentence);
  }
  object = order_answer(conf, view);
  (void)json_object_set_new(object, "receipts", receipts);
  return object;
}
