/* Cases, events, health and metrics over HTTP. */
#include <string.h>

#include "daemon/http/hall.h"
#include "daemon/text.h"
#include "rules/error.h"
#include "spool/case_list.h"
#include "spool/feed.h"
#include "spool/tally.h"

#define EVENTS_MAX 500

void hall_get_cases(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  json_t *cases = case_list(hall->store, TRUE, day_of_instant(request->now), &error);
  if (cases == NULL)
    reply_error(reply, error);
  else
    reply_json(reply, 200, json_pack("{s:o}", "cases", cases));
}

static gboolean add_event(void *user, const FeedEvent *event, GError **error) {
  (void)error;
  g_autofree char *at = instant_format(event->at);
  json_array_append_new(user, json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)event->id, "at", at, "order_no",
                                        event->order_no, "event", event->event));
  return TRUE;
}

/* "next" is what to ask `after` with next time; the same as before while nothing happened. */
void hall_get_events(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  gint64 after = 0;
  if (request->after != NULL && !g_ascii_string_to_signed(request->after, 10, 0, G_MAXINT64, &after, NULL)) {
    reply_problem(reply, 400, "after", _("after 应为上一次收到的 next。"), json_pack("{s:s}", "field", "after"));
    return;
  }
  json_auto_t *events = json_array();
  if (!feed_each(hall->store, after, EVENTS_MAX, add_event, events, &error)) {
    reply_error(reply, error);
    return;
  }
  json_t *last = json_array_get(events, json_array_size(events) - 1);
  json_int_t next = last == NULL ? (json_int_t)after : json_integer_value(json_object_get(last, "id"));
  reply_json(reply, 200, json_pack("{s:O, s:I}", "events", events, "next", next));
}

static void reply_text(Reply *reply, int status, const char *type, char *body) {
  reply->status = status;
  reply->type = type;
  reply->body = body;
}

/* Healthy is who can read its store. */
void hall_get_health(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  (void)request;
  if (feed_each(hall->store, G_MAXINT64 - 1, 1, add_event, NULL, &error))
    reply_text(reply, 200, "text/plain; charset=utf-8", g_strdup("ok\n"));
  else
    reply_error(reply, error);
}

static void print_requests(const Hall *hall, GString *out) {
  g_string_append(out, "# HELP yifen_http_requests_total Requests answered, by class of status.\n"
                       "# TYPE yifen_http_requests_total counter\n");
  for (int i = 2; i < (int)G_N_ELEMENTS(hall->answered); i++)
    g_string_append_printf(out, "yifen_http_requests_total{status=\"%dxx\"} %" G_GUINT64_FORMAT "\n", i,
                           hall->answered[i]);
}

/* Prometheus text format 0.0.4. The words of states hold nothing that needs escaping. */
void hall_get_metrics(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  (void)request;
  g_autoptr(GPtrArray) rows = tally(hall->store, &error);
  if (rows == NULL) {
    reply_error(reply, error);
    return;
  }
  GString *out = g_string_new("# HELP yifen_rows Rows of the store by kind and state.\n# TYPE yifen_rows gauge\n");
  for (guint i = 0; i < rows->len; i++) {
    const TallyRow *row = rows->pdata[i];
    g_string_append_printf(out, "yifen_rows{kind=\"%s\",state=\"%s\"} %" G_GINT64_FORMAT "\n", row->kind, row->state,
                           row->count);
  }
  print_requests(hall, out);
  reply_text(reply, 200, "text/plain; version=0.0.4; charset=utf-8", g_string_free(out, FALSE));
}
