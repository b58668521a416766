/* Role pay: sends transfers, learns their fate, says which lines of our statements are theirs. It alone holds the code
 * key beside serve, and the key that opens what intake sealed. */
#include "daemon/bank/pay.h"

#include "daemon/bank/pay_link.h"
#include "daemon/log.h"
#include "daemon/start.h"
#include "parsers/remark.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "spool/instance.h"
#include "spool/keys.h"

#define HOUR (3600 * INSTANT_SECOND)

Learner pay_learner(const RoleRun *run, Instant now) {
  return (Learner){.actor = "pay",
                   .now = now,
                   .calendar = run->calendar,
                   .valid_days = run->conf->valid_days,
                   .rounds = run->conf->rounds};
}

const Profile *pay_profile(const RoleRun *run, const ConfAccount *account) {
  const PayState *state = run->state;
  return profiles_find(state->profiles, account->bank);
}

Day pay_fen_day(const RoleRun *run, const ConfAccount *account, Instant leaves) {
  return deadline_fen(run->calendar, leaves, pay_profile(run, account)->cut_off);
}

Instant pay_answer_due(const RoleRun *run, const char *account, Instant now) {
  const ConfAccount *section = conf_account(run->conf, account);
  const Profile *profile = section == NULL ? NULL : pay_profile(run, section);
  const Link *link = profile == NULL ? NULL : pay_link(run->conf, section, profile);
  if (link != NULL)
    return now + link->query_minutes * 60 * INSTANT_SECOND;
  const ConfChannel *channel =
      section == NULL || section->payments == NULL ? NULL : conf_channel(run->conf, section->payments);
  if (channel != NULL && channel->answers == NULL)
    return now + PAY_LINE_WINDOW;
  return now + (profile == NULL ? 24 : profile->answer_hours) * HOUR;
}

gboolean pay_job_done(RoleRun *run, const Job *job, GError **error) {
  return store_begin(run->store, error) && job_done(run->store, job, error) && store_commit(run->store, error);
}

/* What would be cut at a bank is refused before the first transfer, not at it. */
static gboolean check_account(RoleRun *run, const ConfAccount *account, GError **error) {
  const Profile *profile = pay_profile(run, account);
  if (account->payments == NULL)
    return TRUE;
  const ConfChannel *channel = conf_channel(run->conf, account->payments);
  gboolean by_link = channel->kind == CHANNEL_HTTPS;
  if (profile == NULL || (by_link ? profile->link == NULL : profile->message == NULL))
    return error_set(error, ERROR_PERMANENT, profile == NULL ? "config_bank" : "config_bank_pays", "file",
                     run->conf->file, "field", account->name, "value", account->bank, NULL);
  g_auto(Party) party = {0};
  return (!account->pays_verification || remark_check(run->conf->remark, profile, error)) &&
         (!by_link || party_load(channel, profile->link, &party, error));
}

static gboolean load(RoleRun *run, PayState *state, GError **error) {
  const char *dir = run->conf->state;
  state->profiles = profiles_load(run->conf->profiles, error);
  if (state->profiles == NULL || !keys_read(dir, KEY_CODE, &state->code_key, error) ||
      !keys_read(dir, KEY_BATCH, &state->batch_key, error) || !keys_read(dir, KEY_PAY, &state->pay_key, error))
    return FALSE;
  for (guint i = 0; i < run->conf->accounts->len; i++)
    if (!check_account(run, run->conf->accounts->pdata[i], error))
      return FALSE;
  return TRUE;
}

static void stop(RoleRun *run) {
  PayState *state = run->state;
  if (state == NULL)
    return;
  seal_key_clear(&state->code_key);
  seal_key_clear(&state->batch_key);
  seal_key_clear(&state->pay_key);
  g_clear_pointer(&state->profiles, g_ptr_array_unref);
  g_hash_table_unref(state->waits);
  g_free(state);
  run->state = NULL;
}

/* A restored store, or a copy, is known before anything is sent; everything else goes on. */
static gboolean know_instance(RoleRun *run, GError **error) {
  gboolean ours = FALSE;
  if (!instance_ready(run->store, run->calendar, "pay", clock_now(), &ours, error))
    return FALSE;
  if (!ours)
    log_event(LOG_WARNING, "nothing is sent: this instance was restored or copied, and nobody has confirmed it", NULL);
  return TRUE;
}

static gboolean start(RoleRun *run, GError **error) {
  PayState *state = run->state = g_new0(PayState, 1);
  state->waits = waits_new();
  if (load(run, state, error) && know_instance(run, error) && pay_enter(run, clock_now(), error))
    return TRUE;
  stop(run);
  return FALSE;
}

static gboolean job(RoleRun *run, const Job *job, GError **error) {
  if (g_str_equal(job->kind, "verify"))
    return pay_verify(run, job, error);
  if (g_str_equal(job->kind, "answer"))
    return pay_answer(run, job, error);
  if (g_str_equal(job->kind, "acknowledged"))
    return pay_acknowledged(run, job, error);
  if (g_str_equal(job->kind, "tie"))
    return pay_tie(run, job, error);
  if (g_str_equal(job->kind, "refund"))
    return pay_refund(run, job, error);
  if (g_str_equal(job->kind, "prove"))
    return pay_prove_again(run, job, error);
  return error_set(error, ERROR_REFUSED, "job_kind", "value", job->kind, NULL);
}

static gboolean tick(RoleRun *run, Instant now, Instant *next, GError **error) {
  return pay_putaway(run, now, error) && pay_query(run, now, next, error) && pay_watch(run, now, next, error) &&
         pay_repeat(run, now, next, error) && pay_prove(run, now, error) && pay_build(run, now, next, error) &&
         pay_deliver(run, now, next, error);
}

const Role role_pay = {.name = "pay", .start = start, .job = job, .tick = tick, .stop = stop};
