/* Job "verify": the next round of an order, with its transfer and reference, when it needs one and may have one. */
#include <jansson.h>

#include "daemon/bank/pay.h"
#include "daemon/bank/pay_link.h"
#include "daemon/log.h"
#include "parsers/pain001.h"
#include "parsers/remark.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/ident.h"
#include "rules/name.h"
#include "rules/policy.h"
#include "spool/cases.h"
#include "spool/doubts.h"
#include "spool/holds.h"
#include "spool/rounds.h"
#include "spool/verification.h"

#define FEN ((Money){1, "CNY"})
#define HOUR (3600 * INSTANT_SECOND)

static Instant midnight(Instant now) {
  return instant_at(day_of_instant(now) + 1, 0, 0, 0);
}

/* The paying account, or NULL when none pays. */
static const ConfAccount *choose_account(const RoleRun *run, const RoundOrder *order) {
  guint count = run->conf->accounts->len;
  g_autofree PolicyAccount *accounts = g_new0(PolicyAccount, count + 1);
  for (guint i = 0; i < count; i++) {
    const ConfAccount *account = run->conf->accounts->pdata[i];
    const Profile *profile = pay_profile(run, account);
    if (profile != NULL)
      accounts[i] = (PolicyAccount){.title = profile->title,
                                    .names = (const char *const *)profile->names,
                                    .clearing = profile->clearing,
                                    .pays = account->pays_verification && account->payments != NULL};
  }
  int chosen = policy_account(accounts, (int)count, order->account_bank, order->account_cnaps);
  return chosen < 0 ? NULL : run->conf->accounts->pdata[chosen];
}

static PolicyVerdict judge(const RoleRun *run, const RoundOrder *order) {
  const PolicyLimits limits = {.rounds = run->conf->rounds,
                               .rounds_a_day = run->conf->rounds_a_day,
                               .daily_count = run->conf->daily_count,
                               .daily_sum = run->conf->daily_sum};
  const PolicyUse use = {.rounds =
                             order->mending ? 0 : order->counted, /* it is owed: the one before it did not count */
                         .to_account_today = order->today,
                         .count_today = order->planned_today,
                         .sum_today = {order->planned_today, "CNY"}};
  return policy_round(&limits, &use, FEN);
}

/* What the bank's fields cannot hold is never sent cut: people decide. */
static gboolean ask(RoleRun *run, const RoundOrder *order, const GError *why, Instant now, GError **error) {
  g_autofree char *subject = g_strconcat("order:", order->order_no, NULL);
  json_t *card =
      json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "order_no", order->order_no, "reason", error_reason(why), "field",
                error_fact(why, "field"), "bytes", error_fact(why, "value"), "limit", error_fact(why, "expected"));
  char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
  const CaseDraft draft = {.reason = "bank_refused",
                           .subject = subject,
                           .card = text,
                           .due_on = deadline_review(run->calendar, now),
                           .orders = &order->purchase_id,
                           .order_count = 1};
  gboolean done = case_open(run->store, &draft, "pay", now, NULL, error);
  free(text);
  json_decref(card);
  return done;
}

/* Would the bank take it whole? */
static gboolean check(const RoleRun *run, const RoundOrder *order, const ConfAccount *account, GError **error) {
  g_autofree char *remark = remark_fill(run->conf->remark, "000000");
  const PainTransfer transfer = {.reference = order->order_no,
                                 .amount = FEN,
                                 .payee_name = order->account_name,
                                 .payee_account = order->account_number,
                                 .payee_bank = order->account_bank,
                                 .payee_cnaps = order->account_cnaps,
                                 .remark = remark};
  const Link *link = pay_link(run->conf, account, pay_profile(run, account));
  return pain001_check(&transfer, error) &&
         remark_check_name("account_name", order->account_name, pay_profile(run, account), error) &&
         (link == NULL || pay_link_check(link, &transfer, error));
}

/* What people decide before a fen is sent. */
static gboolean doubts_of(const RoleRun *run, const RoundOrder *order, Instant since, guint *left, GError **error) {
  const PolicySpread most = {run->conf->companies_an_account, run->conf->accounts_a_company};
  int companies = 0, accounts = 0;
  if (!doubt_spread(run->store, order, since, &companies, &accounts, error))
    return FALSE;
  gboolean holder =
      name_is_holder(order->account_name, order->applicant_name, order->owner, ident_sole_trader(order->uscc));
  return doubts_left(run->store, order, policy_doubts(holder, companies, accounts, &most), left, error);
}

static gboolean plan_clear(RoleRun *run, const RoundOrder *order, const ConfAccount *account, const Learner *by,
                           GError **error) {
  Instant since = by->now - run->conf->spread_days * 24 * HOUR;
  guint doubts = 0;
  if (!doubts_of(run, order, since, &doubts, error))
    return FALSE;
  if (doubts == 0)
    return round_plan(run->store, order, account->name, FEN, pay_fen_day(run, account, by->now), by, error);
  log_event(LOG_NOTICE, "round waits for people", "ORDER", order->order_no, NULL);
  return doubts_ask(run->store, order, doubts, since, by, error);
}

static gboolean plan(RoleRun *run, const Job *job, const RoundOrder *order, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const ConfAccount *account = choose_account(run, order);
  if (account == NULL)
    return job_again(run->store, job, now + HOUR, "no_paying_account", error);
  g_autoptr(GError) unfit = NULL;
  if (!check(run, order, account, &unfit))
    return ask(run, order, unfit, now, error) && job_done(run->store, job, error);
  g_autofree char *subject = g_strconcat("order:", order->order_no, NULL);
  return case_moot(run->store, "bank_refused", subject, "pay", now, error) &&
         plan_clear(run, order, account, &by, error) && job_done(run->store, job, error);
}

static gboolean cancel(RoleRun *run, const RoundOrder *order, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const Evidence evidence = {
      .event = TRANSFER_CANCEL, .source = "order", .ours = TRUE, .settled_on = DAY_NONE, .due_at = INSTANT_NONE};
  return transfer_learn(run->store, order->cancel_id, &evidence, &by, NULL, error);
}

/* Whatever asked for another round, people must know that there is none. */
static gboolean give_up(RoleRun *run, const RoundOrder *order, Instant now, GError **error) {
  const OrderBy by = {.actor = "pay", .now = now, .calendar = run->calendar};
  return verification_exhausted(run->store, order->order_no, order->purchase_id, run->conf->rounds, &by, error);
}

/* Nothing new is planned by an instance that must not send: what it plans before a person has confirmed would count as
 * perhaps sent (spool/restore.h). */
static gboolean wait_for_confirmation(RoleRun *run, const Job *job, Instant now, gboolean *waits, GError **error) {
  return hold_stands(run->store, HOLD_INSTANCE, waits, error) &&
         (!*waits || job_again(run->store, job, now + HOUR, JOB_INSTANCE_HELD, error));
}

static gboolean decide(RoleRun *run, const Job *job, Instant now, GError **error) {
  gboolean waits = FALSE;
  if (!wait_for_confirmation(run, job, now, &waits, error) || waits)
    return waits;
  g_auto(RoundOrder) order = {0};
  Instant today = instant_at(day_of_instant(now), 0, 0, 0);
  if (!round_order_load(run->store, job->subject, today, &order, error))
    return FALSE;
  if (order.cancel_id != 0) { /* its round ended before it was sent */
    if (!cancel(run, &order, now, error))
      return FALSE;
    round_order_clear(&order);
    if (!round_order_load(run->store, job->subject, today, &order, error))
      return FALSE;
  }
  if (order.need == ROUND_NOT_NEEDED)
    return job_done(run->store, job, error);
  if (order.need == ROUND_WAITS)
    return job_again(run->store, job, now + HOUR, "transfer_open", error);
  switch (judge(run, &order)) {
  case POLICY_SEND:
    return plan(run, job, &order, now, error);
  case POLICY_TOMORROW:
    log_event(LOG_NOTICE, "round waits for tomorrow", "ORDER", order.order_no, NULL);
    return job_again(run->store, job, midnight(now), "daily_limit", error);
  case POLICY_NO_ROUND:
    return give_up(run, &order, now, error) && job_done(run->store, job, error);
  }
  g_assert_not_reached();
}

gboolean pay_verify(RoleRun *run, const Job *job, GError **error) {
  return store_begin(run->store, error) && decide(run, job, clock_now(), error) && store_commit(run->store, error);
}
