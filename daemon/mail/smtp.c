#include "daemon/mail/smtp.h"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <string.h>

#include "spool/durable.h"

#define CONNECT_SECONDS 20L
#define WHOLE_SECONDS 120L
#define PASSWORD_LIMIT 1024

typedef struct {
  const char *bytes;
  gsize left;
} Upload;

/* What the server said to each RCPT, seen in the dialogue: libcurl itself tells only the last answer. */
typedef struct {
  char **addresses;
  gsize asked, answered;
  GPtrArray *answers; /* char *, one an address */
  char *last;         /* the last line that the server said */
} Dialogue;

void smtp_result_clear(SmtpResult *result) {
  g_clear_pointer(&result->why, g_free);
  g_clear_pointer(&result->put_off, g_free);
  g_clear_pointer(&result->refused, g_free);
}

static int listen_in(CURL *curl, curl_infotype type, char *data, size_t size, void *user) {
  Dialogue *dialogue = user;
  (void)curl;
  if (type == CURLINFO_HEADER_OUT) {
    dialogue->asked += size > 8 && g_ascii_strncasecmp(data, "RCPT TO:", 8) == 0;
  } else if (type == CURLINFO_HEADER_IN && size > 3 && data[3] == ' ') {
    g_autofree char *line = g_strndup(data, size);
    g_free(dialogue->last);
    dialogue->last = g_utf8_make_valid(g_strchomp(line), -1);
    if (dialogue->answered < dialogue->asked) {
      g_ptr_array_add(dialogue->answers, g_strdup(dialogue->last));
      dialogue->answered++;
    }
  }
  return 0;
}

/* The first digit of the answer to an address; ' ' when there was none. */
static char answer_class(const Dialogue *dialogue, gsize index) {
  return index < dialogue->answers->len ? *(const char *)dialogue->answers->pdata[index] : ' ';
}

/* The addresses whose answers begin with this digit, with or without the answer. */
static char *answered_so(const Dialogue *dialogue, char digit, gboolean whole) {
  GString *text = g_string_new(NULL);
  for (gsize i = 0; dialogue->addresses[i] != NULL; i++)
    if (answer_class(dialogue, i) == digit)
      g_string_append_printf(text, "%s%s%s%s", text->len > 0 ? ", " : "", dialogue->addresses[i], whole ? ": " : "",
                             whole ? (const char *)dialogue->answers->pdata[i] : "");
  return g_string_free(text, text->len == 0);
}

static size_t give(char *buffer, size_t size, size_t count, void *user) {
  Upload *upload = user;
  gsize part = MIN(size * count, upload->left);
  memcpy(buffer, upload->bytes, part);
  upload->bytes += part;
  upload->left -= part;
  return part;
}

static struct curl_slist *slist_of(char *const *parts) {
  struct curl_slist *list = NULL;
  for (char *const *part = parts; *part != NULL; part++)
    list = curl_slist_append(list, *part);
  return list;
}

/* FALSE with *why when the password cannot be read. */
static gboolean set_login(CURL *curl, const Conf *conf, char **why) {
  if (conf->smtp_user == NULL)
    return TRUE;
  g_autofree char *password = NULL;
  gsize size;
  g_autoptr(GError) error = NULL;
  if (conf->smtp_password == NULL || !durable_read(conf->smtp_password, PASSWORD_LIMIT, &password, &size, &error)) {
    *why = g_strdup(error != NULL ? error->message : "no password");
    return FALSE;
  }
  (void)g_strchomp(password);
  (void)curl_easy_setopt(curl, CURLOPT_USERNAME, conf->smtp_user);
  (void)curl_easy_setopt(curl, CURLOPT_PASSWORD, password);
  OPENSSL_cleanse(password, size);
  return TRUE;
}

static void set_server(CURL *curl, const Conf *conf) {
  gboolean tls = g_str_equal(conf->smtp_tls, "tls"), starttls = g_str_equal(conf->smtp_tls, "starttls");
  g_autofree char *url = g_strdup_printf("%s://%s:%d", tls ? "smtps" : "smtp", conf->smtp_host, conf->smtp_port);
  (void)curl_easy_setopt(curl, CURLOPT_URL, url);
  (void)curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  (void)curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(tls || starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  (void)curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  (void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
  (void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
  (void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, WHOLE_SECONDS);
}

/* 530, 534 and 535 speak of our login, not of this mail: a person can mend that. So may one who was put off. */
static SmtpOutcome judge_refusal(CURL *curl, const Dialogue *dialogue) {
  long response = 0;
  (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response);
  g_autofree char *put_off = answered_so(dialogue, '4', FALSE);
  gboolean login = response == 530 || response == 534 || response == 535;
  return response >= 500 && response < 600 && !login && put_off == NULL ? SMTP_REFUSED : SMTP_AGAIN;
}

static void perform(CURL *curl, const Dialogue *dialogue, SmtpResult *result) {
  char detail[CURL_ERROR_SIZE] = "";
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = curl_easy_perform(curl);
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
  if (code == CURLE_OK) {
    result->outcome = SMTP_TAKEN;
    result->put_off = answered_so(dialogue, '4', FALSE);
    result->refused = answered_so(dialogue, '5', TRUE);
    result->why = g_strdup(result->put_off);
    return;
  }
  result->outcome = judge_refusal(curl, dialogue);
  result->why = answered_so(dialogue, '5', TRUE);
  if (result->why == NULL && dialogue->last != NULL && (*dialogue->last == '4' || *dialogue->last == '5'))
    result->why = g_strdup(dialogue->last);
  if (result->why == NULL)
    result->why = g_strdup(*detail != '\0' ? detail : curl_easy_strerror(code));
}

static void set_mail(CURL *curl, const Conf *conf, Upload *upload, struct curl_slist *recipients) {
  (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, conf->mail_from);
  (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
  (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
  (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  (void)curl_easy_setopt(curl, CURLOPT_READDATA, upload);
  (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
}

void smtp_send(const Conf *conf, const char *recipients, const void *body, gsize size, SmtpResult *result) {
  CURL *curl = curl_easy_init();
  g_assert(curl != NULL);
  Upload upload = {body, size};
  g_auto(GStrv) addresses = g_strsplit(recipients, ", ", -1);
  g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_free);
  Dialogue dialogue = {.addresses = addresses, .answers = answers};
  struct curl_slist *list = slist_of(addresses);
  set_server(curl, conf);
  set_mail(curl, conf, &upload, list);
  (void)curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
  (void)curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &dialogue);
  (void)curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
  *result = (SmtpResult){.outcome = SMTP_AGAIN};
  if (set_login(curl, conf, &result->why))
    perform(curl, &dialogue, result);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  g_free(dialogue.last);
}
