/* Job "refund": the transfer of a refund that two people decided. And refunds that a bank refused for a reason of ours:
 * another one follows when every day on which the first could have run is proven to be without its debit. */
#include <jansson.h>

#include "daemon/bank/pay.h"
#include "daemon/bank/pay_link.h"
#include "daemon/log.h"
#include "parsers/fields.h"
#include "parsers/pain001.h"
#include "parsers/remark.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "spool/absence.h"
#include "spool/cases.h"
#include "spool/refunds.h"

#define HOUR (3600 * INSTANT_SECOND)

/* What the bank's fields cannot hold is never sent cut: people decide. */
static gboolean ask(RoleRun *run, const Refund *refund, const GError *why, Instant now, GError **error) {
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, refund->id);
  json_auto_t *card =
      json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "order_no", refund->order_no, "reason", error_reason(why), "field",
                error_fact(why, "field"), "bytes", error_fact(why, "value"), "limit", error_fact(why, "expected"));
  g_autofree char *text = fields_canonical(card);
  const CaseDraft draft = {.reason = "bank_refused",
                           .subject = subject,
                           .card = text,
                           .due_on = deadline_review(run->calendar, now),
                           .entries = &refund->entry_id,
                           .entry_count = 1};
  return case_open(run->store, &draft, "pay", now, NULL, error);
}

/* Would the bank take it whole? */
static gboolean check(const RoleRun *run, const Refund *refund, const ConfAccount *account, GError **error) {
  const Profile *profile = pay_profile(run, account);
  const Link *link = pay_link(run->conf, account, profile);
  g_autofree char *remark = refund_remark(REFUND_WORDS, refund->order_no);
  const PainTransfer transfer = {.reference = refund->order_no,
                                 .amount = refund->amount,
                                 .payee_name = refund->payee_name,
                                 .payee_account = refund->payee_account,
                                 .payee_bank = refund->payee_bank,
                                 .payee_cnaps = refund->payee_cnaps,
                                 .remark = remark};
  return pain001_check(&transfer, error) && remark_check_text(remark, profile, error) &&
         remark_check_name("account_name", refund->payee_name, profile, error) &&
         (link == NULL || pay_link_check(link, &transfer, error));
}

static gboolean plan(RoleRun *run, const Job *job, const Refund *refund, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const ConfAccount *account = conf_account(run->conf, refund->account);
  g_autoptr(GError) unfit = NULL;
  if (account == NULL || account->payments == NULL || !account->pays_refund)
    return job_again(run->store, job, now + HOUR, "refund_account", error);
  if (!check(run, refund, account, &unfit))
    return ask(run, refund, unfit, now, error) && job_again(run->store, job, now + HOUR, error_reason(unfit), error);
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, refund->id);
  return case_moot(run->store, "bank_refused", subject, "pay", now, error) &&
         refund_plan(run->store, refund, &by, error) && job_done(run->store, job, error);
}

gboolean pay_refund(RoleRun *run, const Job *job, GError **error) {
  g_auto(Refund) refund = {0};
  if (!store_begin(run->store, error) ||
      !refund_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &refund, error))
    return FALSE;
  gboolean due = refund.state == REFUND_APPROVED && refund.entry_id != 0 && refund.transfer_id == 0 && !refund.doubted;
  return (due ? plan(run, job, &refund, clock_now(), error) : job_done(run->store, job, error)) &&
         store_commit(run->store, error);
}

/* What never left cannot run either. */
static gboolean absent(RoleRun *run, const Refund *refund, gboolean *is, GError **error) {
  const ConfAccount *account = conf_account(run->conf, refund->account);
  const Profile *profile = account == NULL ? NULL : pay_profile(run, account);
  g_auto(Transfer) transfer = {0};
  AbsenceFacts facts;
  *is = FALSE;
  if (profile == NULL)
    return TRUE;
  if (!transfer_by_id(run->store, refund->transfer_id, &transfer, error) ||
      !absence_load(run->store, &transfer, run->calendar, profile->not_found_days, &facts, error))
    return FALSE;
  *is = transfer.batch_id == 0 || absence_without_debit(&facts);
  return TRUE;
}

static gboolean repeat(RoleRun *run, const Refund *refund, const Learner *by, GError **error) {
  if (store_begin(run->store, error) && refund_repeat(run->store, refund, by, error) && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

gboolean pay_repeat(RoleRun *run, Instant now, Instant *next, GError **error) {
  const Learner by = pay_learner(run, now);
  g_autoptr(GPtrArray) refunds = refunds_to_repeat(run->store, error);
  for (guint i = 0; refunds != NULL && i < refunds->len; i++) {
    gboolean is = FALSE;
    if (!absent(run, refunds->pdata[i], &is, error) || (is && !repeat(run, refunds->pdata[i], &by, error)))
      return FALSE;
    *next = instant_earlier(*next, is ? now : now + HOUR);
  }
  return refunds != NULL;
}
