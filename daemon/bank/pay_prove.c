/* Routes that are new or changed: one fen to another account of ours, and until it is proven nothing else
 * (rules/route.h). */
#include "daemon/bank/pay.h"
#include "daemon/bank/pay_link.h"
#include "daemon/log.h"
#include "daemon/route_look.h"
#include "parsers/pain001.h"
#include "parsers/remark.h"
#include "rules/error.h"
#include "spool/holds.h"

#define REFERENCE "Y0123456789ABCDEF" /* as long as any */

gboolean pay_enter(RoleRun *run, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  for (guint i = 0; i < run->conf->accounts->len; i++) {
    const ConfAccount *account = run->conf->accounts->pdata[i];
    if (account->payments == NULL)
      continue;
    g_autofree char *fingerprint = route_fingerprint(account, conf_channel(run->conf, account->payments));
    const RouteKey key = {account->name, account->payments, fingerprint};
    if (!route_enter(run->store, &key, &by, error))
      return FALSE;
  }
  return TRUE;
}

gboolean pay_free(RoleRun *run, const ConfAccount *account, const ConfChannel *channel, gboolean *free,
                  GError **error) {
  g_autofree char *fingerprint = route_fingerprint(account, channel);
  const RouteKey key = {account->name, channel->name, fingerprint};
  g_auto(Route) route = {0};
  if (!route_load(run->store, &key, &route, error))
    return FALSE;
  *free = route.proven_at != INSTANT_NONE;
  return TRUE;
}

/* Would the bank take it whole? Only the configuration decides, so a person must mend it. */
static gboolean check(const RoleRun *run, const RouteLook *look, GError **error) {
  const Profile *profile = pay_profile(run, look->account), *theirs = pay_profile(run, look->second);
  const Link *link = pay_link(run->conf, look->account, profile);
  g_autofree char *remark = refund_remark(PROOF_WORDS, REFERENCE);
  const PainTransfer transfer = {.reference = REFERENCE,
                                 .amount = {1, "CNY"},
                                 .payee_name = look->second->owner,
                                 .payee_account = look->second->number,
                                 .payee_bank = theirs == NULL ? look->second->bank : theirs->title,
                                 .remark = remark};
  return pain001_check(&transfer, error) && remark_check_text(remark, profile, error) &&
         remark_check_name("account_name", look->second->owner, profile, error) &&
         (link == NULL || pay_link_check(link, &transfer, error));
}

static gboolean plan(RoleRun *run, const RouteLook *look, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const Profile *theirs = pay_profile(run, look->second);
  const RouteKey key = route_key(look);
  const RoutePayee payee = {.name = look->second->owner,
                            .account = look->second->number,
                            .bank = theirs == NULL ? look->second->bank : theirs->title,
                            .expected = pay_fen_day(run, look->account, now)};
  log_event(LOG_NOTICE, "a fen to ourselves proves where payments go", "ACCOUNT", look->account->name, "CHANNEL",
            look->account->payments, NULL);
  return route_plan(run->store, &key, &payee, &by, error);
}

/* Nothing new is planned by an instance that must not send (pay_verify). */
static gboolean may_plan(RoleRun *run, gboolean *may, GError **error) {
  gboolean held = TRUE;
  if (!hold_stands(run->store, HOLD_INSTANCE, &held, error))
    return FALSE;
  *may = !held;
  return TRUE;
}

static gboolean start(RoleRun *run, const RouteLook *look, Instant now, GError **error) {
  gboolean may = FALSE;
  g_autoptr(GError) unfit = NULL;
  if (!may_plan(run, &may, error))
    return FALSE;
  if (!may)
    return TRUE;
  if (!check(run, look, &unfit)) {
    log_error(unfit, "the fen that proves a channel does not fit", "ACCOUNT", look->account->name, NULL);
    return TRUE;
  }
  if (store_begin(run->store, error) && plan(run, look, now, error) && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

static gboolean record(RoleRun *run, const RouteLook *look, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const RouteKey key = route_key(look);
  log_event(LOG_NOTICE, "payments go where they should: free", "ACCOUNT", look->account->name, "CHANNEL",
            look->account->payments, NULL);
  return route_proven(run->store, &key, &by, error);
}

static gboolean tell_astray(RoleRun *run, const RouteLook *look, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const RouteKey key = route_key(look);
  return !route_astray(&look->facts, run->calendar, look->route.fen.changed_at, now) ||
         route_tell_astray(run->store, &key, &look->route.fen, &by, error);
}

gboolean pay_prove(RoleRun *run, Instant now, GError **error) {
  for (guint i = 0; i < run->conf->accounts->len; i++) {
    const ConfAccount *account = run->conf->accounts->pdata[i];
    g_auto(RouteLook) look = {0};
    if (account->payments == NULL)
      continue;
    if (!route_look(run->store, run->conf, account, &look, error) ||
        (look.stand == ROUTE_DUE && !start(run, &look, now, error)) ||
        (look.stand == ROUTE_AGREES && !record(run, &look, now, error)) || !tell_astray(run, &look, now, error))
      return FALSE;
  }
  return TRUE;
}

/* A person has mended what stood in the way. */
static gboolean again(RoleRun *run, const ConfAccount *account, Instant now, GError **error) {
  g_auto(RouteLook) look = {0};
  gboolean may = FALSE;
  if (!may_plan(run, &may, error) || !route_look(run->store, run->conf, account, &look, error))
    return FALSE;
  look.second = route_second(run->conf, account);
  return !may || !route_again(&look.facts) || plan(run, &look, now, error);
}

gboolean pay_prove_again(RoleRun *run, const Job *job, GError **error) {
  const ConfAccount *account = conf_account(run->conf, job->subject);
  return store_begin(run->store, error) &&
         (account == NULL || account->payments == NULL || again(run, account, clock_now(), error)) &&
         job_done(run->store, job, error) && store_commit(run->store, error);
}
