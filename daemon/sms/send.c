#include "daemon/sms/send.h"

#include <openssl/crypto.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/sms/gateway.h"
#include "daemon/sms/telling.h"
#include "daemon/text.h"
#include "rules/error.h"
#include "spool/keys.h"
#include "spool/sms.h"

#define REPORT_WAIT (10 * 60 * INSTANT_SECOND) /* for the report of one that nobody knows of */
#define GIVE_UP_AFTER (2 * 86400 * INSTANT_SECOND)
#define HOUR (3600 * INSTANT_SECOND)
#define VALUE_SHOWN 35 /* what gateways take in one variable */

/* What goes out. The text may hold a PIN. */
typedef struct {
  char *text;
  const char *template_id; /* NULL: none is configured */
  char **values;           /* name, value, ..., NULL */
} Content;

static void content_clear(Content *content) {
  if (content->text != NULL)
    OPENSSL_cleanse(content->text, strlen(content->text));
  for (char **value = content->values; value != NULL && *value != NULL; value++)
    OPENSSL_cleanse(*value, strlen(*value));
  g_free(content->text);
  g_strfreev(content->values);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Content, content_clear)

/* ---- when ---- */

Instant sms_quiet(Instant now, const int from[2], const int until[2]) {
  Day today = day_of_instant(now);
  Instant starts = instant_at(today, from[0], from[1], 0), ends = instant_at(today, until[0], until[1], 0);
  if (starts == ends)
    return INSTANT_NONE;
  if (starts < ends)
    return now >= starts && now < ends ? ends : INSTANT_NONE;
  if (now < ends)
    return ends;
  return now >= starts ? instant_at(today + 1, until[0], until[1], 0) : INSTANT_NONE;
}

/* *due INSTANT_NONE: it may leave now. */
static gboolean may_leave(RoleRun *run, const Sms *sms, Instant now, Instant *due, GError **error) {
  const Conf *conf = run->conf;
  const struct {
    Instant window;
    int most;
  } limits[] = {{HOUR, conf->sms_an_hour}, {24 * HOUR, conf->sms_a_day}};
  *due = sms_quiet(now, conf->sms_quiet_from, conf->sms_quiet_until);
  for (gsize i = 0; i < G_N_ELEMENTS(limits); i++) {
    int count;
    Instant first;
    if (!sms_sent_since(run->store, sms->mobile, now - limits[i].window, &count, &first, error))
      return FALSE;
    if (count >= limits[i].most)
      *due = MAX(*due, first + limits[i].window);
  }
  return TRUE;
}

/* ---- what ---- */

static void add_value(GPtrArray *values, const char *name, const char *value) {
  g_ptr_array_add(values, g_strdup(name));
  g_ptr_array_add(values, text_clean(value != NULL ? value : "", VALUE_SHOWN));
}

/* Nothing of it names the company, the order or what it is for. */
static gboolean pin_content(RoleRun *run, const Sms *sms, Content *content, GError **error) {
  g_auto(SealKey) key = {0};
  gsize size;
  if (sms->box == NULL || !keys_read(run->conf->state, KEY_NOTIFY, &key, error))
    return sms->box == NULL && error_set(error, ERROR_REFUSED, "sms_unknown", NULL);
  const void *box = g_bytes_get_data(sms->box, &size);
  GBytes *clear = seal_open(&key, sms->key, box, size, error);
  if (clear == NULL)
    return FALSE;
  const char *bytes = g_bytes_get_data(clear, &size);
  GPtrArray *values = g_ptr_array_new();
  g_ptr_array_add(values, g_strdup("pin"));
  g_ptr_array_add(values, g_strndup(bytes, size));
  g_ptr_array_add(values, NULL);
  content->text = g_strdup_printf(_("密码：%.*s。请勿告诉他人。"), (int)size, bytes);
  content->template_id = run->conf->pin_template;
  content->values = (char **)g_ptr_array_free(values, FALSE);
  seal_forget(clear);
  return TRUE;
}

static gboolean telling_content(RoleRun *run, const Sms *sms, gboolean *stands, Content *content, GError **error) {
  g_auto(Telling) telling = {0};
  g_auto(OrderStand) stand = {0};
  gboolean found;
  *stands = FALSE;
  if (!telling_load(run->store, sms->telling_id, &telling, &found, error) || !found ||
      !telling_stands(run->store, &telling, stands, error) || !*stands ||
      !order_stand(run->store, telling.order_no, &stand, NULL, error))
    return *error == NULL;
  text_init(telling.language != NULL ? telling.language : run->conf->language);
  g_autoptr(GHashTable) facts = telling_facts(&telling, &stand.order);
  const ConfMessage *message = &run->conf->messages[telling.kind];
  GPtrArray *values = g_ptr_array_new();
  for (char **name = message->variables; name != NULL && *name != NULL; name++)
    add_value(values, *name, g_hash_table_lookup(facts, *name));
  g_ptr_array_add(values, NULL);
  content->text = telling_text(run->conf, &telling, facts);
  content->template_id = message->template_id;
  content->values = (char **)g_ptr_array_free(values, FALSE);
  text_init(run->conf->language);
  return TRUE;
}

/* ---- steps, each a transaction ---- */

typedef struct {
  RoleRun *run;
  const Job *job;
  Instant now;
} Step;

/* Moves the message, then ends the job, or puts it off when `again` is a time. */
static gboolean settle(const Step *step, const Sms *sms, SmsEvent event, const SmsAnswer *answer, Instant again,
                       GError **error) {
  Store *store = step->run->store;
  const char *why = answer != NULL ? answer->why : NULL, *id = answer != NULL ? answer->gateway_id : NULL;
  const OrderBy by = {.actor = "notify", .now = step->now, .calendar = step->run->calendar};
  if (!store_begin(store, error))
    return FALSE;
  gboolean moved = event == SMS_REPORT_UNREACHED ? sms_unreached(store, sms, why, &by, error)
                   : event == SMS_EVENTS         ? TRUE
                                                 : sms_move(store, sms, event, id, why, step->now, error);
  if (moved &&
      (again != INSTANT_NONE ? job_again(store, step->job, again, "sms_waits", error)
                             : job_done(store, step->job, error)) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean put_off(const Step *step, const Sms *sms, Instant due, GError **error) {
  return settle(step, sms, SMS_EVENTS, NULL, due, error);
}

static gboolean mark(const Step *step, const Sms *sms, GError **error) {
  Store *store = step->run->store;
  if (!store_begin(store, error))
    return FALSE;
  if ((sms->state != SMS_UNKNOWN || sms_move(store, sms, SMS_AGAIN, NULL, NULL, step->now, error)) &&
      sms_move(store, sms, SMS_SEND, NULL, NULL, step->now, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static void log_answer(const Sms *sms, const SmsAnswer *answer) {
  static const char *const words[] = {[CHANNEL_DONE] = "done",
                                      [CHANNEL_REJECTED] = "rejected",
                                      [CHANNEL_RETRY] = "retry",
                                      [CHANNEL_UNKNOWN] = "unknown"};
  g_autofree char *number = sms_masked(sms->mobile), *id = g_strdup_printf("%" G_GINT64_FORMAT, sms->id);
  log_event(answer->outcome == CHANNEL_DONE ? LOG_INFO : LOG_WARNING, "short message", "SMS", id, "NUMBER", number,
            "OUTCOME", words[answer->outcome], "DETAIL", answer->why, NULL);
}

static gboolean judge(const Step *step, const Sms *sms, const SmsAnswer *answer, GError **error) {
  gboolean old = step->now - sms->created_at > GIVE_UP_AFTER;
  switch (answer->outcome) {
  case CHANNEL_DONE:
    return settle(step, sms, SMS_DONE, answer, INSTANT_NONE, error);
  case CHANNEL_REJECTED:
    return settle(step, sms, answer->dead ? SMS_REPORT_UNREACHED : SMS_REJECT, answer, INSTANT_NONE, error);
  case CHANNEL_RETRY:
    if (old)
      return settle(step, sms, SMS_REJECT, answer, INSTANT_NONE, error);
    return settle(step, sms, SMS_RETRY, answer,
                  step->now + MIN(60 << MIN(step->job->attempts, 6), 3600) * INSTANT_SECOND, error);
  case CHANNEL_UNKNOWN:
    return settle(step, sms, SMS_LOSE, answer, step->now + REPORT_WAIT, error);
  }
  g_assert_not_reached();
}

static gboolean send_now(const Step *step, const Sms *sms, const Content *content, GError **error) {
  g_auto(SmsAnswer) answer = {0};
  const SmsCall call = {.mobile = sms->mobile,
                        .ticket = sms->ticket,
                        .text = content->text,
                        .template_id = content->template_id,
                        .values = (const char *const *)content->values};
  if (!mark(step, sms, error))
    return FALSE;
  gateway_send(step->run->conf, &call, &answer);
  log_answer(sms, &answer);
  return judge(step, sms, &answer, error);
}

static gboolean bring(const Step *step, const Sms *sms, GError **error) {
  g_auto(Content) content = {0};
  Instant due;
  gboolean stands = TRUE;
  if (!may_leave(step->run, sms, step->now, &due, error))
    return FALSE;
  if (due != INSTANT_NONE)
    return put_off(step, sms, due, error);
  if (!(sms->telling_id == 0 ? pin_content(step->run, sms, &content, error)
                             : telling_content(step->run, sms, &stands, &content, error)))
    return FALSE;
  if (!stands || (gateway_templates(step->run->conf) && content.template_id == NULL))
    return settle(step, sms, SMS_GIVE_UP, NULL, INSTANT_NONE, error);
  return send_now(step, sms, &content, error);
}

gboolean sms_job(RoleRun *run, const Job *job, GError **error) {
  g_auto(Sms) sms = {0};
  gboolean found;
  const Step step = {run, job, clock_now()};
  if (!sms_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &sms, &found, error))
    return FALSE;
  if (found && sms.state == SMS_SENDING) /* cut off by a crash */
    return settle(&step, &sms, SMS_LOSE, NULL, step.now + REPORT_WAIT, error);
  if (found && sms.state == SMS_UNKNOWN && sms.lost >= SMS_LOST_MOST)
    return settle(&step, &sms, SMS_GIVE_UP, NULL, INSTANT_NONE, error);
  if (!found || run->conf->sms_kind == NULL || (sms.state != SMS_QUEUED && sms.state != SMS_UNKNOWN))
    return settle(&step, &sms, SMS_EVENTS, NULL, INSTANT_NONE, error);
  return bring(&step, &sms, error);
}
