#include "spool/sms.h"

#include <jansson.h>
#include <string.h>
#include <sys/random.h>

#include "rules/error.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/life.h"

#define TICKET_SIZE 33

void sms_clear(Sms *sms) {
  g_free(sms->key);
  g_free(sms->order_no);
  g_free(sms->mobile);
  g_free(sms->ticket);
  g_clear_pointer(&sms->box, g_bytes_unref);
  *sms = (Sms){0};
}

char *sms_masked(const char *mobile) {
  gsize length = strlen(mobile);
  return length < 8 ? g_strdup("****") : g_strdup_printf("%.3s****%s", mobile, mobile + length - 4);
}

/* ---- queueing ---- */

static void draw_ticket(char ticket[TICKET_SIZE]) {
  guint8 random[(TICKET_SIZE - 1) / 2];
  g_assert(getrandom(random, sizeof random, 0) == sizeof random);
  for (gsize i = 0; i < sizeof random; i++)
    g_snprintf(ticket + 2 * i, 3, "%02X", random[i]);
}

static gboolean insert(Store *store, const Sms *sms, const char *actor, Instant now, GError **error) {
  char ticket[TICKET_SIZE];
  gsize size = 0;
  const void *box = sms->box != NULL ? g_bytes_get_data(sms->box, &size) : NULL;
  g_assert(store_in_transaction(store));
  draw_ticket(ticket);
  if (!store_run(store, error,
                 "INSERT INTO sms (subject_key, telling_id, purchase_id, mobile, box, ticket, state, created_at, "
                 "changed_at) VALUES (?1, nullif(?2, 0), ?3, ?4, ?5, ?6, 'queued', ?7, ?7) ON CONFLICT (subject_key) "
                 "DO NOTHING",
                 "tiitbti", sms->key, sms->telling_id, sms->purchase_id, sms->mobile, box, size, ticket, now))
    return FALSE;
  if (store_changes(store) == 0)
    return TRUE;
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, store_last_id(store));
  g_autofree char *subject = g_strconcat("sms:", id, NULL);
  return audit_append(store, now, actor, "sms.queue", subject, "{}", error) &&
         job_add(store, "notify", "sms", id, now, error);
}

gboolean sms_add(Store *store, gint64 telling_id, gint64 purchase_id, const char *mobile, const char *actor,
                 Instant now, GError **error) {
  g_autofree char *key = g_strdup_printf("telling:%" G_GINT64_FORMAT, telling_id);
  const Sms sms = {.key = key, .telling_id = telling_id, .purchase_id = purchase_id, .mobile = (char *)mobile};
  return insert(store, &sms, actor, now, error);
}

gboolean sms_add_pin(Store *store, const char *key, gint64 purchase_id, const char *mobile, GBytes *box,
                     const char *actor, Instant now, GError **error) {
  g_autofree char *whole = g_strconcat("pin:", key, NULL);
  const Sms sms = {.key = whole, .purchase_id = purchase_id, .mobile = (char *)mobile, .box = box};
  return insert(store, &sms, actor, now, error);
}

/* ---- reading ---- */

gboolean sms_fate(Store *store, const char *key, SmsState *state, gboolean *found, GError **error) {
  g_autofree char *word = NULL;
  if (!store_row(store, error, found, "SELECT state FROM sms WHERE subject_key = ?", "t", key, "t", &word))
    return FALSE;
  if (*found)
    *state = (SmsState)life_state(&life_sms, word);
  return TRUE;
}

#define SELECT                                                                                                         \
  "SELECT s.id, s.telling_id, s.purchase_id, s.subject_key, p.order_no, s.mobile, s.ticket, s.box, s.state, s.lost, "  \
  "s.created_at FROM sms s JOIN purchase p ON p.id = s.purchase_id WHERE "

static gboolean take(Sms *sms, gboolean found, const char *state, gint64 lost) {
  if (found) {
    sms->state = (SmsState)life_state(&life_sms, state);
    sms->lost = (int)lost;
  }
  return TRUE;
}

gboolean sms_load(Store *store, gint64 id, Sms *sms, gboolean *found, GError **error) {
  g_autofree char *state = NULL;
  gint64 lost = 0;
  return store_row(store, error, found, SELECT "s.id = ?", "i", id, "iiittttbtii", &sms->id, &sms->telling_id,
                   &sms->purchase_id, &sms->key, &sms->order_no, &sms->mobile, &sms->ticket, &sms->box, &state, &lost,
                   &sms->created_at) &&
         take(sms, *found, state, lost);
}

static gboolean load_ticket(Store *store, const char *ticket, Sms *sms, GError **error) {
  gboolean found;
  gint64 id = 0;
  return store_row(store, error, &found, "SELECT id FROM sms WHERE ticket = ?", "t", ticket, "i", &id) &&
         (found || error_set(error, ERROR_REFUSED, "sms_unknown", NULL)) && sms_load(store, id, sms, &found, error);
}

gboolean sms_sent_since(Store *store, const char *mobile, Instant since, int *count, Instant *first, GError **error) {
  gboolean found;
  gint64 sent = 0;
  if (!store_row(store, error, &found,
                 "SELECT count(*), coalesce(min(sent_at), 0) FROM sms WHERE mobile = ? AND sent_at > ?", "ti", mobile,
                 since, "ii", &sent, first))
    return FALSE;
  *count = (int)sent;
  return TRUE;
}

/* ---- moving ---- */

static gboolean ends(int state) {
  return state == SMS_ARRIVED || state == SMS_UNREACHED || state == SMS_FAILED;
}

gboolean sms_move(Store *store, const Sms *sms, SmsEvent event, const char *gateway_id, const char *why, Instant now,
                  GError **error) {
  const LifeNews news = {.actor = "notify", .cause = "{}", .now = now};
  int after;
  return life_apply(store, &life_sms, sms->id, (int)event, &news, NULL, NULL, &after, error) &&
         store_run(
             store, error,
             "UPDATE sms SET gateway_id = coalesce(?, gateway_id), error = coalesce(?, error), lost = lost + ?, "
             "sent_at = CASE WHEN ? THEN ? ELSE sent_at END, box = CASE WHEN ? THEN NULL ELSE box END WHERE id = ?",
             "ttiiiii", gateway_id, why, (gint64)(event == SMS_LOSE), (gint64)(event == SMS_SEND), now,
             (gint64)ends(after), sms->id);
}

static gboolean open_case(Store *store, const Sms *sms, const OrderBy *by, GError **error) {
  Day due = DAY_NONE;
  g_autofree char *subject = g_strdup_printf("order:%s", sms->order_no), *number = sms_masked(sms->mobile);
  json_auto_t *card = json_pack("{s:s}", "mobile", number);
  g_autofree char *text = json_dumps(card, JSON_COMPACT);
  (void)calendar_add_workdays(by->calendar, day_of_instant(by->now), SMS_CASE_DAYS, &due);
  const CaseDraft draft = {.reason = "number_dead",
                           .subject = subject,
                           .card = text,
                           .due_on = due,
                           .orders = &sms->purchase_id,
                           .order_count = 1};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

gboolean sms_unreached(Store *store, const Sms *sms, const char *why, const OrderBy *by, GError **error) {
  return sms_move(store, sms, SMS_REPORT_UNREACHED, NULL, why, by->now, error) &&
         (sms->state == SMS_ARRIVED || sms->state == SMS_UNREACHED || open_case(store, sms, by, error)) &&
         order_refresh(store, sms->purchase_id, by->calendar, by->actor, by->now, error);
}

static gboolean report(Store *store, const char *ticket, gboolean arrived, const char *why, const OrderBy *by,
                       GError **error) {
  g_auto(Sms) sms = {0};
  return load_ticket(store, ticket, &sms, error) &&
         (arrived ? sms_move(store, &sms, SMS_REPORT_ARRIVED, NULL, NULL, by->now, error)
                  : sms_unreached(store, &sms, why, by, error));
}

gboolean sms_report(Store *store, const char *ticket, gboolean arrived, const char *why, const OrderBy *by,
                    GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (report(store, ticket, arrived, why, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean sms_wipe(Store *store, Instant before, GError **error) {
  gboolean any;
  gint64 one;
  if (!store_row(store, error, &any,
                 "SELECT 1 FROM sms WHERE box IS NOT NULL AND state = 'sent' AND sent_at < ? LIMIT 1", "i", before, "i",
                 &one))
    return FALSE;
  if (!any)
    return TRUE;
  if (!store_begin(store, error))
    return FALSE;
  if (store_run(store, error, "UPDATE sms SET box = NULL WHERE box IS NOT NULL AND state = 'sent' AND sent_at < ?", "i",
                before) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}
