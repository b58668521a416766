#include "daemon/mail/mime.h"
#include "daemon/report/report.h"
#include "daemon/report/workbook.h"
#include "spool/outbox.h"
#include "spool/report.h"

/* The report begins behind what the last one that left had seen; the first one tells everything. */
static gboolean find_scope(Store *store, Instant now, ReportScope *scope, GError **error) {
  Covered covered;
  if (!outbox_covered(store, "report", &covered, error))
    return FALSE;
  scope->today = day_of_instant(now);
  scope->from = MIN(covered.at, now);
  scope->to = scope->now = now;
  scope->after_entry = covered.entry;
  scope->after_audit = covered.audit;
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

static char *write_mail(const json_t *report, const Conf *conf, const char *message_id, Instant now, GError **error) {
  g_autoptr(GBytes) workbook = report_workbook(report, conf, error);
  if (workbook == NULL)
    return NULL;
  g_autofree char *text = report_text(report, conf), *html = report_html(report, conf),
                  *subject = report_subject(report);
  g_autofree char *name = g_strdup_printf("yifen-%s.xlsx", json_string_value(json_object_get(report, "date")));
  const MailFile file = {.name = name, .type = WORKBOOK_TYPE, .bytes = workbook};
  Mail mail = {.from = conf->mail_from,
               .to = conf->reviewers,
               .subject = subject,
               .message_id = message_id,
               .date = now,
               .text = text,
               .html = html,
               .file = &file};
  return mime_write(&mail);
}

/* draft: its kind, key and what it covers. */
static gboolean queue_mail(Store *store, const Conf *conf, const json_t *report, MessageDraft *draft, Instant now,
                           gboolean *fresh, GError **error) {
  g_autofree char *message_id = mime_message_id(conf->mail_from), *recipients = g_strjoinv(", ", conf->reviewers);
  g_autofree char *body = write_mail(report, conf, message_id, now, error);
  if (body == NULL)
    return FALSE;
  draft->message_id = message_id;
  draft->recipients = recipients;
  draft->body = body;
  draft->size = strlen(body);
  return queue(store, draft, now, fresh, error);
}

static gint64 covers(const json_t *report, const char *what) {
  return json_integer_value(json_object_get(json_object_get(report, "covers"), what));
}

gboolean report_queue(Store *store, const Conf *conf, const Calendar *calendar, Instant now, gboolean *fresh,
                      GError **error) {
  ReportScope scope = {.calendar = calendar};
  if (!find_scope(store, now, &scope, error))
    return FALSE;
  json_auto_t *report = report_collect(store, &scope, error);
  if (report == NULL)
    return FALSE;
  g_autofree char *key = day_format(scope.today);
  MessageDraft draft = {
      .kind = "report", .key = key, .covers_entry = covers(report, "entry"), .covers_audit = covers(report, "audit")};
  return queue_mail(store, conf, report, &draft, now, fresh, error);
}

gboolean report_send(Store *store, const Conf *conf, const json_t *report, Instant now, GError **error) {
  gboolean fresh;
  g_autofree char *key = instant_format(now);
  MessageDraft draft = {.kind = "report_now", .key = key};
  return queue_mail(store, conf, report, &draft, now, &fresh, error);
}
