/* Planned transfers become batches, batches reach their banks. */
#include <jansson.h>

#include "daemon/bank/delivery.h"
#include "daemon/bank/pay.h"
#include "daemon/bank/pay_link.h"
#include "daemon/bank/statuses.h"
#include "daemon/log.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/policy.h"
#include "spool/cases.h"
#include "spool/holds.h"
#include "spool/rounds.h"
#include "spool/routes.h"
#include "spool/transfers.h"

#define GATHER (5 * INSTANT_SECOND)      /* longest wait for more orders of the same batch */
#define LATE (2 * 3600 * INSTANT_SECOND) /* a batch that is still on its way to the bank */

static Instant day_start(Day day) {
  return instant_at(day, 0, 0, 0);
}

/* What is not to leave any more, since its round is over, never does. */
static gboolean cancel_dead(RoleRun *run, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const Evidence cancel = {
      .event = TRANSFER_CANCEL, .source = "order", .ours = TRUE, .settled_on = DAY_NONE, .due_at = INSTANT_NONE};
  g_autoptr(GArray) dead = rounds_dead(run->store, error);
  if (dead == NULL || dead->len == 0)
    return dead != NULL;
  if (!store_begin(run->store, error))
    return FALSE;
  for (guint i = 0; i < dead->len; i++)
    if (!transfer_learn(run->store, g_array_index(dead, gint64, i), &cancel, &by, NULL, error))
      return FALSE;
  return store_commit(run->store, error);
}

/* The day's limits: how many more transfers may leave today. */
static gboolean allowance(RoleRun *run, Instant now, int *allowed, GError **error) {
  gint64 count = 0, sum = 0;
  if (!transfers_sent_since(run->store, day_start(day_of_instant(now)), &count, &sum, error))
    return FALSE;
  gint64 by_count = run->conf->daily_count - count, by_sum = run->conf->daily_sum.minor - sum; /* one fen each */
  *allowed = (int)CLAMP(MIN(by_count, by_sum), 0, PAY_BATCH_MAX);
  return TRUE;
}

static gboolean put_off(RoleRun *run, const ConfAccount *account, Instant now, GError **error) {
  Instant tomorrow = day_start(day_of_instant(now) + 1);
  log_event(LOG_WARNING, "daily limit reached", "ACCOUNT", account->name, NULL);
  return store_begin(run->store, error) &&
         transfers_put_off(run->store, account->name, now, tomorrow, pay_fen_day(run, account, tomorrow), error) &&
         store_commit(run->store, error);
}

/* How many rounds would leave to this one's account today, those before it in the list included. */
static gboolean to_payee_today(RoleRun *run, const GPtrArray *leaving, const Transfer *transfer, Instant now,
                               int *count, GError **error) {
  if (!transfers_sent_to(run->store, transfer->payee_account, day_start(day_of_instant(now)), count, error))
    return FALSE;
  for (guint i = 0; i < leaving->len; i++) {
    const Transfer *before = leaving->pdata[i];
    *count += before->verification_id != 0 && g_str_equal(before->payee_account, transfer->payee_account);
  }
  return TRUE;
}

/* Rounds that were planned on different days may have been kept back until the same one: what would be too many to one
 * account waits for tomorrow. */
static gboolean spare_payees(RoleRun *run, const ConfAccount *account, const GPtrArray *transfers, GPtrArray *leaving,
                             Instant now, GError **error) {
  Instant tomorrow = day_start(day_of_instant(now) + 1);
  if (!store_begin(run->store, error))
    return FALSE;
  for (guint i = 0; i < transfers->len; i++) {
    Transfer *transfer = transfers->pdata[i];
    int today = 0;
    if (!to_payee_today(run, leaving, transfer, now, &today, error))
      return FALSE;
    if (transfer->verification_id == 0 || today < run->conf->rounds_a_day)
      g_ptr_array_add(leaving, transfer);
    else if (!transfer_put_off(run->store, transfer->id, tomorrow, pay_fen_day(run, account, tomorrow), error))
      return FALSE;
  }
  return store_commit(run->store, error);
}

static gboolean build(RoleRun *run, const ConfAccount *account, GPtrArray *transfers, Instant now, GError **error) {
  const PayState *state = run->state;
  const Profile *profile = pay_profile(run, account);
  const Learner by = pay_learner(run, now);
  BatchPlan plan = {.account = account->name,
                    .channel = account->payments,
                    .payer_name = account->owner,
                    .payer_account = account->number,
                    .payer_bank = profile->title,
                    .version = profile->message,
                    .clearing_id = profile->clearing_id,
                    .remark = run->conf->remark,
                    .refund_words = REFUND_WORDS,
                    .proof_words = PROOF_WORDS,
                    .code_key = &state->code_key,
                    .batch_key = &state->batch_key,
                    .expected = pay_fen_day(run, account, now)};
  if (pay_link(run->conf, account, profile) == NULL)
    return batch_build(run->store, &plan, transfers, &by, error);
  LinkWriter writer = {.profile = profile};
  plan.write = pay_link_write;
  plan.user = &writer;
  gboolean done = party_load(conf_channel(run->conf, account->payments), profile->link, &writer.party, error) &&
                  batch_build(run->store, &plan, transfers, &by, error);
  party_clear(&writer.party);
  return done;
}

/* How many transfers one message may hold. */
static int batch_most(RoleRun *run, const ConfAccount *account) {
  const Link *link = pay_link(run->conf, account, pay_profile(run, account));
  return link == NULL ? PAY_BATCH_MAX : link->most;
}

static gboolean build_account(RoleRun *run, const ConfAccount *account, Instant now, GError **error) {
  for (;;) {
    int allowed = 0;
    if (!allowance(run, now, &allowed, error))
      return FALSE;
    int most = MIN(MAX(allowed, 1), batch_most(run, account));
    g_autoptr(GPtrArray) transfers = transfers_to_send(run->store, account->name, "verification", now, most, error);
    if (transfers == NULL)
      return FALSE;
    if (transfers->len == 0)
      return TRUE;
    if (allowed == 0)
      return put_off(run, account, now, error);
    g_autoptr(GPtrArray) leaving = g_ptr_array_new();
    if (!spare_payees(run, account, transfers, leaving, now, error) ||
        (leaving->len > 0 && !build(run, account, leaving, now, error)))
      return FALSE;
  }
}

/* Refunds, which two people have looked at, and fens to ourselves: the limits of verifications are none of theirs. */
static gboolean build_others(RoleRun *run, const ConfAccount *account, const char *purpose, Instant now,
                             GError **error) {
  for (;;) {
    g_autoptr(GPtrArray) transfers =
        transfers_to_send(run->store, account->name, purpose, now, batch_most(run, account), error);
    if (transfers == NULL || transfers->len == 0)
      return transfers != NULL;
    if (!build(run, account, transfers, now, error))
      return FALSE;
  }
}

/* While orders still ask for their rounds, a batch would be a message for each. */
static gboolean gathering(RoleRun *run, Instant now, gboolean *wait, GError **error) {
  Instant job = INSTANT_NONE, oldest = INSTANT_NONE;
  if (!job_next_due(run->store, "pay", &job, error) || !transfers_oldest_planned(run->store, &oldest, error))
    return FALSE;
  *wait = job != INSTANT_NONE && job <= now && oldest != INSTANT_NONE && oldest > now - GATHER;
  return TRUE;
}

/* A route that is not proven carries its fen and nothing else. */
static gboolean build_free(RoleRun *run, const ConfAccount *account, Instant now, GError **error) {
  gboolean free = FALSE;
  if (!build_others(run, account, "proof", now, error) ||
      !pay_free(run, account, conf_channel(run->conf, account->payments), &free, error))
    return FALSE;
  return !free || ((!account->pays_verification || build_account(run, account, now, error)) &&
                   (!account->pays_refund || build_others(run, account, "refund", now, error)));
}

gboolean pay_build(RoleRun *run, Instant now, Instant *next, GError **error) {
  gboolean wait = FALSE;
  if (!cancel_dead(run, now, error) || !gathering(run, now, &wait, error))
    return FALSE;
  if (wait) {
    *next = now;
    return TRUE;
  }
  for (guint i = 0; i < run->conf->accounts->len; i++) {
    const ConfAccount *account = run->conf->accounts->pdata[i];
    gboolean held = TRUE;
    if (account->payments == NULL)
      continue;
    if (!hold_stands(run->store, account->name, &held, error) || (!held && !build_free(run, account, now, error)))
      return FALSE;
  }
  return TRUE;
}

static void failed(RoleRun *run, const char *channel, Instant now, Instant *next, const GError *problem) {
  PayState *state = run->state;
  log_error(problem, "bank not reached", "CHANNEL", channel, NULL);
  *next = instant_earlier(*next, wait_after(state->waits, channel, now));
}

/* A bank that cannot be reached is tried for ever; when a batch is late because of it, people must know. */
static gboolean tell_late(RoleRun *run, const Batch *batch, Instant now, GError **error) {
  g_autofree char *subject = g_strconcat("channel:", batch->channel, NULL);
  if (now - batch->created_at < LATE)
    return TRUE;
  json_t *facts = json_pack("{s:s, s:s}", "batch", batch->message_id, "channel", batch->channel);
  char *card = json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(facts);
  const CaseDraft draft = {.reason = "bank_unreachable",
                           .subject = subject,
                           .card = card,
                           .due_on = deadline_review(run->calendar, batch->created_at)};
  gboolean done = store_begin(run->store, error) && case_open(run->store, &draft, "pay", now, NULL, error) &&
                  store_commit(run->store, error);
  free(card);
  return done;
}

static gboolean tell_reached(RoleRun *run, const char *channel, Instant now, GError **error) {
  g_autofree char *subject = g_strconcat("channel:", channel, NULL);
  return store_begin(run->store, error) && case_moot(run->store, "bank_unreachable", subject, "pay", now, error) &&
         store_commit(run->store, error);
}

/* What the bank answered at once. Were it lost, the question by reference would bring it again. */
static gboolean learn_at_once(RoleRun *run, const ConfChannel *channel, GPtrArray *statuses, Instant now,
                              GError **error) {
  return statuses->len == 0 ||
         (store_begin(run->store, error) && pay_statuses(run, channel->name, "answer", statuses, now, error) &&
          store_commit(run->store, error));
}

/* A bank that allows so many requests a while: the others wait. */
static gboolean paced(RoleRun *run, const ConfChannel *channel, const Profile *profile, gboolean more, Instant *next) {
  PayState *state = run->state;
  int pause = channel->kind == CHANNEL_HTTPS && profile->link != NULL ? profile->link->pay.pause : 0;
  Instant until = clock_now() + pause * INSTANT_SECOND;
  if (pause == 0)
    return FALSE;
  wait_for(state->waits, channel->name, until);
  if (more)
    *next = instant_earlier(*next, until);
  return more;
}

/* All batches of one channel in one visit. FALSE only when the store fails. */
static gboolean deliver_all(RoleRun *run, const ConfChannel *channel, GPtrArray *batches, Instant now, Instant *next,
                            GError **error) {
  PayState *state = run->state;
  const Learner by = pay_learner(run, now);
  g_autoptr(GError) problem = NULL;
  g_auto(Visit) visit = {0};
  gboolean reached = visit_open(&visit, channel, &problem);
  for (guint i = 0; reached && problem == NULL && i < batches->len; i++) {
    const Batch *batch = batches->pdata[i];
    g_autoptr(GPtrArray) statuses = statuses_new();
    const Delivery delivery = {.store = run->store,
                               .channel = channel,
                               .batch_key = &state->batch_key,
                               .answer_due = pay_answer_due(run, batch->account, now),
                               .by = &by,
                               .profile = pay_profile(run, conf_account(run->conf, batch->account)),
                               .profiles = run->conf->profiles,
                               .statuses = statuses};
    ChannelOutcome outcome = CHANNEL_RETRY;
    if (!deliver(&visit, &delivery, batch, &outcome, &problem, error) ||
        !learn_at_once(run, channel, statuses, now, error))
      return FALSE;
    if (outcome != CHANNEL_RETRY)
      log_event(outcome == CHANNEL_UNKNOWN ? LOG_WARNING : LOG_INFO,
                outcome == CHANNEL_UNKNOWN ? "batch fate unknown" : "batch delivered", "BATCH", batch->message_id,
                NULL);
    if (paced(run, channel, delivery.profile, i + 1 < batches->len, next))
      return TRUE;
  }
  if (problem != NULL) {
    failed(run, channel->name, now, next, problem);
    return tell_late(run, batches->pdata[0], now, error);
  }
  wait_clear(state->waits, channel->name);
  return tell_reached(run, channel->name, now, error);
}

/* May this batch move by the route that it has now? An account that is no longer in the configuration has none. */
static gboolean route_open(RoleRun *run, const Batch *batch, gboolean *open, GError **error) {
  const ConfAccount *account = conf_account(run->conf, batch->account);
  *open = FALSE;
  if (account == NULL)
    return TRUE;
  return pay_free(run, account, conf_channel(run->conf, batch->channel), open, error) &&
         (*open || route_carried(run->store, batch->account, batch->id, open, error));
}

/* The batches that may move now. Of an account on hold only those that the bank may have already. */
static gboolean movable(RoleRun *run, GPtrArray *open, const char *channel, GPtrArray *out, GError **error) {
  for (guint i = 0; i < open->len; i++) {
    Batch *batch = open->pdata[i];
    gboolean held = TRUE, open_route = FALSE;
    if (!g_str_equal(batch->channel, channel))
      continue;
    if (!hold_stands(run->store, batch->account, &held, error) || !route_open(run, batch, &open_route, error))
      return FALSE;
    if (open_route && (!held || batch->state == BATCH_RELEASING))
      g_ptr_array_add(out, batch);
  }
  return TRUE;
}

/* A batch whose channel the configuration has lost would wait for ever without a word. */
static gboolean check_channels(RoleRun *run, GPtrArray *open, GError **error) {
  for (guint i = 0; i < open->len; i++) {
    const Batch *batch = open->pdata[i];
    if (conf_channel(run->conf, batch->channel) == NULL)
      return error_set(error, ERROR_PERMANENT, "batch_channel", "file", run->conf->file, "field", batch->channel,
                       "value", batch->message_id, NULL);
  }
  return TRUE;
}

gboolean pay_deliver(RoleRun *run, Instant now, Instant *next, GError **error) {
  PayState *state = run->state;
  g_autoptr(GPtrArray) open = batches_open(run->store, error);
  if (open == NULL || !check_channels(run, open, error))
    return FALSE;
  for (guint i = 0; open->len > 0 && i < run->conf->channels->len; i++) {
    const ConfChannel *channel = run->conf->channels->pdata[i];
    g_autoptr(GPtrArray) batches = g_ptr_array_new();
    if (!movable(run, open, channel->name, batches, error))
      return FALSE;
    if (batches->len == 0)
      continue;
    if (!wait_over(state->waits, channel->name, now))
      *next = instant_earlier(*next, ((const Wait *)g_hash_table_lookup(state->waits, channel->name))->until);
    else if (!deliver_all(run, channel, batches, now, next, error))
      return FALSE;
  }
  return TRUE;
}
