#include <string.h>

#include "daemon/http/hall.h"
#include "daemon/text.h"
#include "parsers/order_json.h"

typedef struct {
  const char *method, *path; /* "*" stands for one segment */
  HallFunction *function;
  gboolean changes; /* limited per order */
  gsize limit;      /* bytes of its body; 0: FIELDS_LIMIT */
  gboolean open;    /* its argument is a secret that gives the right to ask */
} Route;

static const Route routes[] = {
    {"POST", "/v1/orders", hall_post_order},
    {"GET", "/v1/orders/*", hall_get_order},
    {"POST", "/v1/orders/*/code", hall_post_code, TRUE},
    {"PUT", "/v1/orders/*/bank-account", hall_put_account, TRUE},
    {"POST", "/v1/orders/*/verification", hall_post_verification, TRUE},
    {"POST", "/v1/orders/*/receipt", hall_post_receipt, TRUE, RECEIPT_BODY_MAX},
    {"POST", "/v1/orders/*/refund-request", hall_post_refund_request, TRUE},
    {"GET", "/v1/refunds", hall_get_refunds},
    {"POST", "/v1/refunds/*/result", hall_post_refund_result, TRUE},
    {"GET", "/v1/cases", hall_get_cases},
    {"POST", "/v1/cases/*/decision", hall_post_decision},
    {"GET", "/v1/events", hall_get_events},
    {"GET", "/v1/sms/*/report", hall_get_sms_report, .open = TRUE},
    {"GET", "/healthz", hall_get_health},
    {"GET", "/metrics", hall_get_metrics},
};

#define ORDER_BURST 20                    /* changes of one order at once, */
#define ORDER_REFILL (3 * G_USEC_PER_SEC) /* then one every so often */

/* Does the path fit? Gives the segment that stands for "*". */
static gboolean fits(const char *pattern, const char *path, char **argument) {
  const char *star = strchr(pattern, '*');
  if (star == NULL)
    return strcmp(pattern, path) == 0;
  gsize head = (gsize)(star - pattern);
  if (strncmp(pattern, path, head) != 0)
    return FALSE;
  gsize length = strcspn(path + head, "/");
  if (length == 0 || strcmp(path + head + length, star + 1) != 0)
    return FALSE;
  *argument = g_strndup(path + head, length);
  return TRUE;
}

gsize hall_body_limit(const char *method, const char *path) {
  for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
    g_autofree char *argument = NULL;
    if (routes[i].limit > 0 && strcmp(routes[i].method, method) == 0 && fits(routes[i].path, path, &argument))
      return routes[i].limit;
  }
  return FIELDS_LIMIT;
}

gboolean hall_open(const char *method, const char *path) {
  for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
    g_autofree char *argument = NULL;
    if (routes[i].open && strcmp(routes[i].method, method) == 0 && fits(routes[i].path, path, &argument))
      return TRUE;
  }
  return FALSE;
}

static void refuse_method(const Request *request, Reply *reply) {
  g_autoptr(GString) allow = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
    g_autofree char *argument = NULL;
    if (fits(routes[i].path, request->path, &argument))
      g_string_append_printf(allow, "%s%s", allow->len > 0 ? ", " : "", routes[i].method);
  }
  if (allow->len == 0) {
    reply_problem(reply, 404, "path_unknown", _("没有这个地址。"), NULL);
    return;
  }
  reply_problem(reply, 405, "method", _("这个地址不支持这种请求方法。"), NULL);
  reply->allow = g_strdup(allow->str);
}

/* What cannot be an order's number is none; nothing else of a path goes any further. */
static gboolean is_number(const char *text) {
  gsize length = strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  return length <= 32 && text[length] == '\0';
}

static void call(Hall *hall, const Route *route, const Request *request, Reply *reply) {
  if (request->argument != NULL && !is_number(request->argument)) {
    reply_problem(reply, 404, "order_unknown", _("没有这个业务单。"), NULL);
    return;
  }
  if (!route->changes || limits_take(hall->limits, request->argument, ORDER_BURST, ORDER_REFILL, g_get_monotonic_time(),
                                     &reply->retry_after)) {
    route->function(hall, request, reply);
    return;
  }
  reply_problem(reply, 429, "limited", _("这个业务单的请求太频繁，请稍后再试。"), NULL);
}

void hall_answer(Hall *hall, const Request *request, Reply *reply) {
  for (gsize i = 0; i < G_N_ELEMENTS(routes); i++) {
    Request matched = *request;
    if (strcmp(routes[i].method, request->method) != 0 || !fits(routes[i].path, request->path, &matched.argument))
      continue;
    call(hall, &routes[i], &matched, reply);
    g_free(matched.argument);
    return;
  }
  refuse_method(request, reply);
}
