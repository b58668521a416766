/* Asking banks for the fate of transfers by their references, where a direct link can be asked. An answer is evidence
 * as a status file is. "Not found" counts by rules/absence.h only: the question may have overtaken the request. What
 * decides nothing leaves the transfer unknown; it is asked again, ever more rarely, until the bank forgets. Fates are
 * asked for also while sends are on hold. */
#include <jansson.h>

#include "daemon/bank/link_exchange.h"
#include "daemon/bank/pay.h"
#include "daemon/bank/statuses.h"
#include "daemon/log.h"
#include "rules/error.h"
#include "spool/batches.h"
#include "spool/transfers.h"

#define MINUTE (60 * INSTANT_SECOND)
#define DAY_LENGTH (24 * 60 * MINUTE)
#define RAREST (6 * 60 * MINUTE)

typedef struct {
  RoleRun *run;
  const Transfer *transfer;
  const Batch *batch;
  LinkPeer peer;
  const ConfAccount *account;
  Instant asked;
} Question;

static Instant ask_again_at(const Link *link, const Transfer *transfer, Instant now) {
  return now + CLAMP((now - transfer->created_at) / 2, link->query_minutes * MINUTE, RAREST);
}

/* The link that this account's transfers went out on by this channel; NULL: it cannot be asked. */
static const Link *link_of(const RoleRun *run, const char *account, const char *channel_name) {
  const ConfAccount *section = conf_account(run->conf, account);
  const ConfChannel *channel = conf_channel(run->conf, channel_name);
  const Profile *profile = section == NULL ? NULL : pay_profile(run, section);
  return channel == NULL || channel->kind != CHANNEL_HTTPS || profile == NULL ? NULL : profile->link;
}

Instant pay_transfer_due(const RoleRun *run, const Batch *batch, const Transfer *transfer, Instant now) {
  const Link *link = link_of(run, batch->account, batch->channel);
  return link == NULL ? pay_answer_due(run, batch->account, now) : ask_again_at(link, transfer, now);
}

/* What the bank calls settled must show on our statement: asking once more would not tell. */
static gboolean asks(const RoleRun *run, const Transfer *transfer, const Batch *batch) {
  return link_of(run, batch->account, batch->channel) != NULL &&
         g_strcmp0(transfer->bank_status, link_status_word(LINK_SETTLED)) != 0;
}

gboolean pay_asks(RoleRun *run, const Transfer *transfer, gboolean *it_does, GError **error) {
  g_auto(Batch) batch = {0};
  *it_does = FALSE;
  if (transfer->batch_id == 0)
    return TRUE;
  if (!batch_by_id(run->store, transfer->batch_id, &batch, error))
    return FALSE;
  *it_does = asks(run, transfer, &batch);
  return TRUE;
}

/* A wait of the query's own: pays and queries have their limits apart. */
static char *wait_key(const ConfChannel *channel) {
  return g_strconcat("query:", channel->name, NULL);
}

/* ---- what the answer means ---- */

static gboolean commit(RoleRun *run, gboolean done, GError **error) {
  if (done && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

static Instant next_question(const Question *q) {
  const Profile *profile = q->peer.profile;
  Instant forgotten = q->batch->created_at + profile->absence.query_days * DAY_LENGTH;
  return q->asked >= forgotten ? INSTANT_NONE : ask_again_at(profile->link, q->transfer, q->asked);
}

/* Nothing is known: an event of its own, so that people see that we asked. */
static gboolean learn(const Question *q, TransferEvent event, const char *said, GError **error) {
  const Learner by = pay_learner(q->run, q->asked);
  json_t *object = json_pack("{s:s?}", "text", said);
  char *detail = json_dumps(object, JSON_COMPACT);
  const Evidence evidence = {.event = event,
                             .source = "query",
                             .detail = detail,
                             .reason_class = "ours",
                             .ours = TRUE,
                             .settled_on = DAY_NONE,
                             .due_at = next_question(q)};
  gboolean done = store_begin(q->run->store, error) &&
                  commit(q->run, transfer_learn(q->run->store, q->transfer->id, &evidence, &by, NULL, error), error);
  free(detail);
  json_decref(object);
  return done;
}

static gboolean learn_absence(const Question *q, const char *said, GError **error) {
  Instant sent = INSTANT_NONE;
  if (!transfer_left_at(q->run->store, q->transfer->id, &sent, error))
    return FALSE;
  gboolean counts = absence_query(&q->peer.profile->absence, sent, q->asked);
  return learn(q, counts ? TRANSFER_NOT_FOUND : TRANSFER_LOST, said, error);
}

static gboolean learn_status(const Question *q, GPtrArray *statuses, BankStatus *status, GError **error) {
  g_free(status->message_id);
  status->message_id = g_strdup(q->batch->message_id);
  Store *store = q->run->store;
  return store_begin(store, error) &&
         commit(q->run, pay_statuses(q->run, q->peer.channel->name, "query", statuses, q->asked, error), error);
}

/* One answer about one transfer. A refusal that does not name it refuses the question, not the payment. */
static gboolean understand(const Question *q, GPtrArray *statuses, GError **problem, GError **error) {
  BankStatus *status = statuses->len == 1 ? statuses->pdata[0] : NULL;
  const char *named = status == NULL ? NULL : status->end_to_end_id;
  if (status == NULL || (named != NULL && !g_str_equal(named, q->transfer->reference)))
    return !error_set(problem, ERROR_REFUSED, "status_reference", "value", named, NULL);
  if (g_str_equal(status->status, LINK_WORD_NOT_FOUND))
    return learn_absence(q, status->detail, error);
  if (named == NULL || g_str_equal(status->status, LINK_WORD_NOTHING))
    return learn(q, TRANSFER_LOST, status->detail, error);
  return learn_status(q, statuses, status, error);
}

/* ---- asking ---- */

static GPtrArray *ask(const Question *q, GError **problem) {
  g_auto(Party) party = {0};
  const Link *link = q->peer.profile->link;
  g_autofree char *request_id = reference_new('Q');
  const PainTransfer row = {.reference = q->transfer->reference,
                            .amount = q->transfer->amount,
                            .payee_name = q->transfer->payee_name,
                            .payee_account = q->transfer->payee_account,
                            .payee_bank = q->transfer->payee_bank,
                            .payee_cnaps = q->transfer->payee_cnaps};
  const PainMessage message = {.message_id = request_id,
                               .created_at = q->asked,
                               .execution = day_of_instant(q->batch->created_at),
                               .payer_name = q->account->owner,
                               .payer_account = q->account->number,
                               .payer_bank = q->peer.profile->title,
                               .transfers = &row,
                               .count = 1};
  Call call = {0};
  if (!party_load(q->peer.channel, link, &party, problem))
    return NULL;
  g_autofree char *echo = link_echo(&link->query, &message);
  g_autoptr(GBytes) request = link_write(link, &link->query, &party.party, &message, NULL, problem);
  return request == NULL ? NULL : link_exchange(&q->peer, &party, TRUE, request, echo, &call, problem);
}

/* The bank cannot be asked: what it had taken and should have decided by now is unknown after all. */
static gboolean unanswered(const Question *q, GError **error) {
  Instant late = q->batch->created_at + q->peer.profile->answer_hours * 60 * MINUTE;
  return q->transfer->state == TRANSFER_UNKNOWN || q->asked < late || learn(q, TRANSFER_LOST, NULL, error);
}

static gboolean ask_one(const Question *q, Instant *next, GError **error) {
  PayState *state = q->run->state;
  g_autofree char *key = wait_key(q->peer.channel);
  g_autoptr(GError) problem = NULL;
  g_autoptr(GPtrArray) statuses = ask(q, &problem);
  if (statuses != NULL && !understand(q, statuses, &problem, error))
    return FALSE;
  if (problem == NULL) {
    wait_clear(state->waits, key);
    wait_for(state->waits, key, clock_now() + q->peer.profile->link->query.pause * INSTANT_SECOND);
    return TRUE;
  }
  log_error(problem, "bank not asked", "CHANNEL", q->peer.channel->name, "TRANSFER", q->transfer->reference, NULL);
  *next = instant_earlier(*next, wait_after(state->waits, key, q->asked));
  return unanswered(q, error);
}

static gboolean consider(RoleRun *run, const Transfer *transfer, Instant now, Instant *next, GError **error) {
  PayState *state = run->state;
  g_auto(Batch) batch = {0};
  if (transfer->batch_id == 0 || !batch_by_id(run->store, transfer->batch_id, &batch, error))
    return transfer->batch_id == 0;
  if (!asks(run, transfer, &batch))
    return TRUE;
  const ConfAccount *account = conf_account(run->conf, transfer->account);
  const Question question = {
      .run = run,
      .transfer = transfer,
      .batch = &batch,
      .peer = {conf_channel(run->conf, batch.channel), pay_profile(run, account), run->conf->profiles},
      .account = account,
      .asked = clock_now()};
  g_autofree char *key = wait_key(question.peer.channel);
  if (wait_over(state->waits, key, now))
    return ask_one(&question, next, error);
  *next = instant_earlier(*next, ((const Wait *)g_hash_table_lookup(state->waits, key))->until);
  return TRUE;
}

gboolean pay_query(RoleRun *run, Instant now, Instant *next, GError **error) {
  g_autoptr(GPtrArray) overdue = transfers_overdue(run->store, now, error);
  for (guint i = 0; overdue != NULL && i < overdue->len; i++)
    if (!consider(run, overdue->pdata[i], clock_now(), next, error))
      return FALSE;
  return overdue != NULL;
}
