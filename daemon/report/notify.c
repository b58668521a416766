/* Role notify: queues the daily report when its time has come and the single mails of notice.h and notice_case.h, and
 * hands queued mails to the SMTP server. */
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/mail/smime.h"
#include "daemon/mail/smtp.h"
#include "daemon/report/notice.h"
#include "daemon/report/notice_case.h"
#include "daemon/report/report.h"
#include "daemon/role.h"
#include "daemon/sms/send.h"
#include "daemon/sms/telling.h"
#include "daemon/text.h"
#include "rules/error.h"
#include "spool/outbox.h"
#include "spool/sms.h"

#define PIN_KEPT (3 * 86400 * INSTANT_SECOND) /* one that the gateway took and never reported about */
#define GIVE_UP_AFTER (5 * 86400 * INSTANT_SECOND)

static gboolean start(RoleRun *run, GError **error) {
  g_autoptr(Signer) signer = NULL;
  text_init(run->conf->language);
  return signer_load(run->conf, &signer, error);
}

static gboolean end_job(RoleRun *run, const Job *job, GError **error) {
  if (!store_begin(run->store, error))
    return FALSE;
  if (job_done(run->store, job, error) && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

/* Not now: tried again with growing delay, and given up after days, as mail servers do (RFC 5321, section 4.5.4.1). */
static gboolean put_off(RoleRun *run, const Message *message, const char *why, GError **error) {
  Instant now = clock_now();
  if (now - message->created_at > GIVE_UP_AFTER)
    return outbox_failed(run->store, message->id, why, now, error);
  return outbox_again(run->store, message->id, now, error) &&
         error_set(error, ERROR_TEMPORARY, "mail_not_sent", "detail", why, NULL);
}

/* Whom the server refused stays written at the mail; who was put off gets it later, alone. */
static gboolean taken(RoleRun *run, const Message *message, const SmtpResult *result, GError **error) {
  if ((result->refused != NULL || result->put_off != NULL) &&
      !outbox_partly(run->store, message->id, result->put_off, result->refused, error))
    return FALSE;
  return result->put_off != NULL ? put_off(run, message, result->why, error)
                                 : outbox_sent(run->store, message->id, clock_now(), error);
}

/* What goes out: signed when that is configured. Not stored signed, so that only this role needs the key. */
static GBytes *outgoing(RoleRun *run, const Message *message, GError **error) {
  g_autoptr(Signer) signer = NULL;
  if (!signer_load(run->conf, &signer, error))
    return NULL;
  gsize size;
  const char *mail = g_bytes_get_data(message->body, &size);
  return signer == NULL ? g_bytes_ref(message->body) : smime_sign(signer, mail, size, error);
}

/* The mark `sending` is durable before the server is called: after a crash one extra mail may go out, never a lost one.
 */
static gboolean send_mail(RoleRun *run, gint64 id, GError **error) {
  g_auto(Message) message = {0};
  g_auto(SmtpResult) result = {0};
  if (!outbox_load(run->store, id, &message, error))
    return FALSE;
  g_autoptr(GBytes) mail = outgoing(run, &message, error);
  if (mail == NULL || !outbox_sending(run->store, id, clock_now(), error))
    return FALSE;
  gsize size;
  const void *body = g_bytes_get_data(mail, &size);
  smtp_send(run->conf, message.recipients, body, size, &result);
  switch (result.outcome) {
  case SMTP_TAKEN:
    return taken(run, &message, &result, error);
  case SMTP_REFUSED:
    return outbox_failed(run->store, id, result.why, clock_now(), error);
  case SMTP_AGAIN:
    return put_off(run, &message, result.why, error);
  }
  g_assert_not_reached();
}

static gboolean job(RoleRun *run, const Job *job, GError **error) {
  if (g_str_equal(job->kind, "tell"))
    return telling_job(run, job, error);
  if (g_str_equal(job->kind, "sms"))
    return sms_job(run, job, error);
  g_assert(g_str_equal(job->kind, "mail"));
  g_autoptr(GError) failure = NULL;
  if (!send_mail(run, g_ascii_strtoll(job->subject, NULL, 10), &failure) &&
      g_strcmp0(error_reason(failure), "message_unknown") != 0) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  return end_job(run, job, error);
}

/* Working days, and days that the calendar does not know. */
static gboolean report_day(const RoleRun *run, Day day) {
  gboolean workday;
  return !calendar_workday(run->calendar, day, &workday) || workday;
}

static gboolean queue_todays(RoleRun *run, Day today, Instant now, GError **error) {
  g_autofree char *key = day_format(today);
  gboolean has, fresh;
  return outbox_has(run->store, "report", key, &has, error) &&
         (has || report_queue(run->store, run->conf, run->calendar, now, &fresh, error));
}

static gboolean tick(RoleRun *run, Instant now, Instant *next, GError **error) {
  Instant notice_due = INSTANT_NONE;
  *next = INSTANT_NONE;
  if (!sms_wipe(run->store, now - PIN_KEPT, error))
    return FALSE;
  if (run->conf->smtp_host == NULL || run->conf->reviewers[0] == NULL)
    return TRUE;
  if (!notice_unknown(run, now, &notice_due, error) || !notice_clocks(run, now, &notice_due, error))
    return FALSE;
  Day today = day_of_instant(now);
  Instant due = instant_at(today, run->conf->report_hour, run->conf->report_minute, 0);
  *next = now < due ? due : instant_at(today + 1, run->conf->report_hour, run->conf->report_minute, 0);
  *next = notice_due == INSTANT_NONE ? *next : MIN(*next, notice_due);
  return now < due || !report_day(run, today) || queue_todays(run, today, now, error);
}

const Role role_notify = {.name = "notify", .start = start, .job = job, .tick = tick};
