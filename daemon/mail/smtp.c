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

static size_t give(char *buffer, size_t size, size_t count, void *user) {
  Upload *upload = user;
  gsize part = MIN(size * count, upload->left);
  memcpy(buffer, upload->bytes, part);
  upload->bytes += part;
  upload->left -= part;
  return part;
}

static struct curl_slist *split_recipients(const char *recipients) {
  g_auto(GStrv) parts = g_strsplit(recipients, ", ", -1);
  struct curl_slist *list = NULL;
  for (char **part = parts; *part != NULL; part++)
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

static SmtpOutcome perform(CURL *curl, char **why) {
  char detail[CURL_ERROR_SIZE] = "";
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  CURLcode code = curl_easy_perform(curl);
  (void)curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
  if (code == CURLE_OK)
    return SMTP_TAKEN;
  long response = 0;
  (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response);
  *why = g_strdup(*detail != '\0' ? detail : curl_easy_strerror(code));
  /* 530, 534 and 535 speak of our login, not of this mail: a person can mend that. */
  gboolean login = response == 530 || response == 534 || response == 535;
  return response >= 500 && response < 600 && !login ? SMTP_REFUSED : SMTP_AGAIN;
}

SmtpOutcome smtp_send(const Conf *conf, const char *recipients, const void *body, gsize size, char **why) {
  CURL *curl = curl_easy_init();
  g_assert(curl != NULL);
  Upload upload = {body, size};
  struct curl_slist *list = split_recipients(recipients);
  set_server(curl, conf);
  (void)curl_easy_setopt(curl, CURLOPT_MAIL_FROM, conf->mail_from);
  (void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, list);
  (void)curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
  (void)curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  (void)curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  SmtpOutcome outcome = set_login(curl, conf, why) ? perform(curl, why) : SMTP_AGAIN;
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  return outcome;
}
