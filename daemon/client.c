#include "daemon/client.h"

static Curl *handle(void) {
  static gsize once = 0;
  if (g_once_init_enter(&once))
    g_once_init_leave(&once, curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 1 : 2);
  Curl *curl = once == 1 ? curl_easy_init() : NULL;
  if (curl == NULL)
    g_error("libcurl does not work");
  return curl;
}

Curl *client_new(const char *protocol, const char *ca, int connect_seconds, int whole_seconds) {
  Curl *curl = handle();
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocol);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)connect_seconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)whole_seconds);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
  if (ca != NULL) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, ca);
    curl_easy_setopt(curl, CURLOPT_CAPATH, NULL); /* else the system's folder is believed beside it */
  }
  return curl;
}
