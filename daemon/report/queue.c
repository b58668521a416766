#include "daemon/mail/mime.h"
#include "daemon/report/report.h"
#include "spool/outbox.h"
#include "spool/report.h"

/* The period begins where the last mailed report ended; the first one covers the day. */
static gboolean period_start(Store *store, Day today, Instant *from, GError **error) {
  if (!outbox_newest(store, "report", from, error))
    return FALSE;
  if (*from == INSTANT_NONE)
    *from = instant_at(today, 0, 0, 0);
  return TRUE;
}

static gboolean queue(Store *store, const MessageDraft *draft, Instant now, gboolean *fresh, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (outbox_add(store, draft, "notify", now, fresh, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static char *write_mail(const json_t *report, const Conf *conf, const char *message_id, Instant now) {
  g_autofree char *text = report_text(report, conf), *html = report_html(report, conf),
                  *subject = report_subject(report);
  Mail mail = {.from = conf->mail_from,
               .to = conf->reviewers,
               .subject = subject,
               .message_id = message_id,
               .date = now,
               .text = text,
               .html = html};
  return mime_write(&mail);
}

gboolean report_queue(Store *store, const Conf *conf, Instant now, gboolean *fresh, GError **error) {
  Day today = day_of_instant(now);
  Instant from;
  if (!period_start(store, today, &from, error))
    return FALSE;
  json_t *report = report_collect(store, today, from, now, error);
  if (report == NULL)
    return FALSE;
  g_autofree char *key = day_format(today), *message_id = mime_message_id(conf->mail_from);
  g_autofree char *body = write_mail(report, conf, message_id, now), *recipients = g_strjoinv(", ", conf->reviewers);
  json_decref(report);
  MessageDraft draft = {.kind = "report",
                        .key = key,
                        .message_id = message_id,
                        .recipients = recipients,
                        .body = body,
                        .size = strlen(body)};
  return queue(store, &draft, now, fresh, error);
}
