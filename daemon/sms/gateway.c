#include "daemon/sms/gateway.h"

#include <jansson.h>
#include <string.h>
#include <sys/random.h>

#include "daemon/client.h"
#include "daemon/role.h"
#include "daemon/secret.h"
#include "daemon/sms/signature.h"
#include "rules/error.h"

#define CONNECT_SECONDS 15
#define WHOLE_SECONDS 60
#define ANSWER_MAX 65536
#define WHY_SHOWN 200

/* One request with what came of it. */
typedef struct {
  char *url;
  const char *body;           /* of a POST; NULL: GET */
  struct curl_slist *headers; /* owned */
  gboolean began;             /* a byte may have left */
  long status;                /* 0: no answer */
  GString *answer;
  char *problem; /* why there is none */
} Exchange;

static void exchange_end(Exchange *exchange) {
  g_free(exchange->url);
  curl_slist_free_all(exchange->headers);
  g_string_free(exchange->answer, TRUE);
  g_free(exchange->problem);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Exchange, exchange_end)

void sms_answer_clear(SmsAnswer *answer) {
  g_free(answer->gateway_id);
  g_free(answer->why);
  *answer = (SmsAnswer){0};
}

/* ---- HTTP ---- */

static int on_connected(void *user, char *to, char *from, int to_port, int from_port) {
  (void)to, (void)from, (void)to_port, (void)from_port;
  ((Exchange *)user)->began = TRUE;
  return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *user) {
  GString *answer = user;
  if (answer->len + one * count > ANSWER_MAX)
    return 0;
  g_string_append_len(answer, bytes, (gssize)(one * count));
  return one * count;
}

static void perform(const Conf *conf, Exchange *exchange) {
  const char *protocol = g_str_has_prefix(conf->sms_url, "https:") ? "https" : "http";
  g_autoptr(Curl) curl = client_new(protocol, conf->sms_ca, CONNECT_SECONDS, WHOLE_SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_URL, exchange->url);
  (void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, exchange->headers);
  if (exchange->body != NULL)
    (void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange->body);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  (void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange->answer);
  (void)curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_connected);
  (void)curl_easy_setopt(curl, CURLOPT_PREREQDATA, exchange);
  CURLcode code = curl_easy_perform(curl);
  if (code == CURLE_OK)
    (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &exchange->status);
  else /* never curl's long text: it may repeat the address, which holds the message */
    exchange->problem = g_strdup(curl_easy_strerror(code));
}

/* ---- what an answer comes to ---- */

static void add_header(Exchange *exchange, const char *name, const char *value) {
  g_autofree char *line = g_strconcat(name, ": ", value, NULL);
  exchange->headers = curl_slist_append(exchange->headers, line);
}

/* No answer, or one that says nothing of this message. */
static gboolean unanswered(const Exchange *exchange, SmsAnswer *answer) {
  if (exchange->status == 0) {
    answer->outcome = exchange->began ? CHANNEL_UNKNOWN : CHANNEL_RETRY;
    answer->why = g_strdup(exchange->problem);
    return TRUE;
  }
  if (exchange->status < 500 && exchange->status != 429)
    return FALSE;
  answer->outcome = exchange->status == 503 || exchange->status == 429 ? CHANNEL_RETRY : CHANNEL_UNKNOWN;
  answer->why = g_strdup_printf("HTTP %ld", exchange->status);
  return TRUE;
}

/* Only the head of the reply: a gateway might repeat the text. */
static char *head_of(const char *reply) {
  g_autofree char *valid = g_utf8_make_valid(reply, -1);
  char *head = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), WHY_SHOWN));
  return g_strdelimit(head, "\r\n", ' ');
}

/* ---- Kannel ---- */

/* 202 with "0: Accepted for delivery" or "3: Queued for later delivery"; 400 with the reason, 403 for our login. */
static void judge_kannel(const Exchange *exchange, SmsAnswer *answer) {
  if (unanswered(exchange, answer))
    return;
  gboolean taken = exchange->status == 202 || exchange->status == 200;
  answer->outcome = taken ? CHANNEL_DONE : exchange->status == 400 ? CHANNEL_REJECTED : CHANNEL_RETRY;
  answer->why = taken ? NULL : head_of(exchange->answer->str);
}

static void send_kannel(const Conf *conf, const SmsCall *call, const char *password, SmsAnswer *answer) {
  g_auto(Exchange) exchange = {.answer = g_string_new(NULL)};
  g_autofree char *report =
      conf->sms_report == NULL ? NULL : g_strdup_printf("%s/v1/sms/%s/report?type=%%d", conf->sms_report, call->ticket);
  const char *pairs[] = {
      "username", conf->sms_user, "password", password, "to",   call->mobile,   "text", call->text,
      "charset",  "UTF-8",        "coding",   "2",      "from", conf->sms_from, /* the last two when there is a */
      "dlr-mask", "31",           "dlr-url",  report,   NULL};                  /* place to report to */
  if (report == NULL)
    pairs[14] = NULL;
  g_autofree char *query = signature_query(pairs);
  exchange.url = g_strconcat(conf->sms_url, "?", query, NULL);
  perform(conf, &exchange);
  judge_kannel(&exchange, answer);
}

/* ---- templates ---- */

static void judge_code(const char *code, const char *id, const char *good, const char *const *dead, SmsAnswer *answer) {
  static const char *const later[] = {"isv.BUSINESS_LIMIT_CONTROL",
                                      "isp.SYSTEM_ERROR",
                                      "Throttling",
                                      "LimitExceeded",
                                      "RequestLimitExceeded",
                                      "isv.AMOUNT_NOT_ENOUGH",
                                      "InsufficientBalance",
                                      "InternalError",
                                      NULL};
  answer->outcome = CHANNEL_REJECTED;
  if (g_str_equal(code, good)) {
    answer->outcome = CHANNEL_DONE;
    answer->gateway_id = g_strdup(id);
    return;
  }
  answer->why = head_of(code);
  for (int i = 0; later[i] != NULL; i++)
    if (strstr(code, later[i]) != NULL)
      answer->outcome = CHANNEL_RETRY;
  answer->dead = g_strv_contains(dead, code);
}

/* An answer that is none of ours: nobody knows. */
static void judge_nothing(SmsAnswer *answer) {
  answer->outcome = CHANNEL_UNKNOWN;
  answer->why = g_strdup("answer");
}

static void judge_aliyun(const Exchange *exchange, SmsAnswer *answer) {
  static const char *const dead[] = {"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT", NULL};
  json_auto_t *reply = json_loads(exchange->answer->str, 0, NULL);
  const char *code = json_string_value(json_object_get(reply, "Code"));
  if (unanswered(exchange, answer))
    return;
  if (code == NULL)
    judge_nothing(answer);
  else
    judge_code(code, json_string_value(json_object_get(reply, "BizId")), "OK", dead, answer);
}

static void draw_nonce(char nonce[33]) {
  guint8 random[16];
  g_assert(getrandom(random, sizeof random, 0) == sizeof random);
  for (gsize i = 0; i < sizeof random; i++)
    g_snprintf(nonce + 2 * i, 3, "%02x", random[i]);
}

static char *utc_now(Instant now) {
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now / INSTANT_SECOND);
  return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}

/* The host as it stands in the Host header. */
static char *host_of(const char *url) {
  const char *start = strstr(url, "://") + 3;
  return g_strndup(start, strcspn(start, "/"));
}

static char *parameters(const char *const *values) {
  json_auto_t *object = json_object();
  for (; *values != NULL; values += 2)
    (void)json_object_set_new(object, values[0], json_string(values[1]));
  return json_dumps(object, JSON_COMPACT);
}

static void send_aliyun(const Conf *conf, const SmsCall *call, const char *secret, SmsAnswer *answer) {
  static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  g_auto(Exchange) exchange = {.answer = g_string_new(NULL), .body = ""};
  g_autofree char *values = parameters(call->values), *host = host_of(conf->sms_url), *date = utc_now(clock_now());
  const char *pairs[] = {"OutId",        call->ticket,      "PhoneNumbers",  call->mobile, "SignName", conf->sms_from,
                         "TemplateCode", call->template_id, "TemplateParam", values,       NULL};
  char nonce[33];
  draw_nonce(nonce);
  const char *headers[] = {"host",       host, "x-acs-action",          "SendSms", "x-acs-content-sha256", empty,
                           "x-acs-date", date, "x-acs-signature-nonce", nonce,     "x-acs-version",        "2017-05-25",
                           NULL};
  g_autofree char *query = signature_query(pairs);
  g_autofree char *authorization = signature_acs3(query, headers, conf->sms_user, secret);
  for (const char **header = headers; *header != NULL; header += 2)
    add_header(&exchange, header[0], header[1]);
  add_header(&exchange, "Authorization", authorization);
  exchange.url = g_strdup_printf("%s/?%s", conf->sms_url, query);
  perform(conf, &exchange);
  judge_aliyun(&exchange, answer);
}

static void judge_tencent(const Exchange *exchange, SmsAnswer *answer) {
  static const char *const dead[] = {"InvalidParameterValue.IncorrectPhoneNumber",
                                     "FailedOperation.PhoneNumberInBlacklist", NULL};
  if (unanswered(exchange, answer))
    return;
  json_auto_t *reply = json_loads(exchange->answer->str, 0, NULL);
  const json_t *response = json_object_get(reply, "Response");
  const json_t *one = json_array_get(json_object_get(response, "SendStatusSet"), 0);
  const char *failed = json_string_value(json_object_get(json_object_get(response, "Error"), "Code"));
  const char *code = failed != NULL ? failed : json_string_value(json_object_get(one, "Code"));
  if (code == NULL)
    judge_nothing(answer);
  else
    judge_code(code, json_string_value(json_object_get(one, "SerialNo")), "Ok", dead, answer);
}

static char *tencent_body(const Conf *conf, const SmsCall *call) {
  json_t *values = json_array();
  for (const char *const *value = call->values; *value != NULL; value += 2)
    (void)json_array_append_new(values, json_string(value[1]));
  g_autofree char *number = g_strconcat("+86", call->mobile, NULL);
  json_auto_t *body = json_pack("{s:[s], s:s, s:s, s:s, s:o, s:s}", "PhoneNumberSet", number, "SmsSdkAppId",
                                conf->sms_app, "SignName", conf->sms_from, "TemplateId", call->template_id,
                                "TemplateParamSet", values, "SessionContext", call->ticket);
  return json_dumps(body, JSON_COMPACT);
}

static void send_tencent(const Conf *conf, const SmsCall *call, const char *secret, SmsAnswer *answer) {
  gint64 at = clock_now() / INSTANT_SECOND;
  g_autofree char *body = tencent_body(conf, call), *host = host_of(conf->sms_url);
  g_autofree char *authorization = signature_tc3(host, "sms", body, at, conf->sms_user, secret);
  g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT, at);
  g_auto(Exchange)
      exchange = {.answer = g_string_new(NULL), .body = body, .url = g_strconcat(conf->sms_url, "/", NULL)};
  add_header(&exchange, "Content-Type", "application/json; charset=utf-8");
  add_header(&exchange, "Host", host);
  add_header(&exchange, "X-TC-Action", "SendSms");
  add_header(&exchange, "X-TC-Version", "2021-01-11");
  add_header(&exchange, "X-TC-Timestamp", stamp);
  add_header(&exchange, "X-TC-Region", conf->sms_region);
  add_header(&exchange, "Authorization", authorization);
  perform(conf, &exchange);
  judge_tencent(&exchange, answer);
}

gboolean gateway_templates(const Conf *conf) {
  return conf->sms_kind != NULL && !g_str_equal(conf->sms_kind, "kannel");
}

void gateway_send(const Conf *conf, const SmsCall *call, SmsAnswer *answer) {
  g_auto(Secret) secret = {0};
  g_autoptr(GError) error = NULL;
  *answer = (SmsAnswer){.outcome = CHANNEL_RETRY};
  if (!secret_read(conf->sms_password, "sms_password", &secret, &error)) {
    answer->why = g_strdup(error_reason(error));
    return;
  }
  secret_strip_line_end(&secret);
  if (g_str_equal(conf->sms_kind, "aliyun"))
    send_aliyun(conf, call, secret.bytes, answer);
  else if (g_str_equal(conf->sms_kind, "tencent"))
    send_tencent(conf, call, secret.bytes, answer);
  else
    send_kannel(conf, call, secret.bytes, answer);
}
