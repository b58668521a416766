#include "daemon/bank/call.h"

#include <string.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/bank/tcp.h"
#include "daemon/client.h"
#include "daemon/secret.h"
#include "parsers/link_message.h"
#include "rules/error.h"

typedef struct curl_slist Headers;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Headers, curl_slist_free_all)

static gboolean failed(const ConfChannel *channel, const char *detail, GError **error) {
  return error_set(error, ERROR_TEMPORARY, "call", "file", channel->host, "detail", detail, NULL);
}

static gboolean begin(Call *call) {
  call->began = call->before == NULL || call->before(call->user);
  return call->began;
}

/* ---- HTTPS ---- */

static int on_connected(void *user, char *to, char *from, int to_port, int from_port) {
  (void)to, (void)from, (void)to_port, (void)from_port;
  return begin(user) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static size_t on_body(char *bytes, size_t one, size_t count, void *answer) {
  GString *text = answer;
  if (text->len + one * count > LINK_ANSWER_MAX)
    return 0;
  g_string_append_len(text, bytes, (gssize)(one * count));
  return one * count;
}

static gboolean set_certificate(Curl *curl, const ConfChannel *channel, Secret *key, GError **error) {
  if (channel->cert == NULL)
    return TRUE;
  if (!secret_read(channel->cert_key, "link_key", key, error))
    return FALSE;
  struct curl_blob blob = {.data = key->bytes, .len = key->size, .flags = CURL_BLOB_NOCOPY};
  curl_easy_setopt(curl, CURLOPT_SSLCERT, channel->cert);
  curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &blob);
  return TRUE;
}

static void set_request(Curl *curl, const ConfChannel *channel, GBytes *request, Headers *headers, GString *answer,
                        Call *call) {
  g_autofree char *url = g_strdup_printf("https://%s:%d%s", channel->host, channel->port, channel->path);
  gsize size = 0;
  const void *bytes = g_bytes_get_data(request, &size);
  curl_easy_setopt(curl, CURLOPT_URL, url);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, on_connected);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, call);
}

static gboolean perform(Curl *curl, const ConfChannel *channel, GError **error) {
  char words[CURL_ERROR_SIZE] = "";
  long status = 0;
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
  CURLcode result = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
  if (result != CURLE_OK)
    return failed(channel, *words != '\0' ? words : curl_easy_strerror(result), error);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200)
    return TRUE;
  g_autofree char *value = g_strdup_printf("%ld", status);
  return error_set(error, ERROR_TEMPORARY, "call_status", "file", channel->host, "value", value, NULL);
}

static gboolean call_https(const ConfChannel *channel, const Link *link, GBytes *request, GString *answer, Call *call,
                           GError **error) {
  g_auto(Secret) key = {0}; /* outlives the handle, which borrows it */
  g_autofree char *type = g_strconcat("Content-Type: ", link->content_type, NULL);
  g_autoptr(Headers) headers = curl_slist_append(curl_slist_append(NULL, type), "Expect:");
  g_autoptr(Curl) curl = client_new("https", channel->ca, CALL_CONNECT_S, channel->timeout_seconds);
  g_assert(headers != NULL);
  if (!set_certificate(curl, channel, &key, error))
    return FALSE;
  set_request(curl, channel, request, headers, answer, call);
  return perform(curl, channel, error);
}

/* ---- socket ---- */

/* TRUE when the socket is ready within what is left of the call. */
static gboolean await(int fd, short events, gint64 deadline) {
  struct pollfd wait = {.fd = fd, .events = events};
  gint64 left = (deadline - g_get_monotonic_time()) / 1000;
  int ready;
  do
    ready = left <= 0 ? 0 : poll(&wait, 1, (int)left);
  while (ready < 0 && errno == EINTR);
  if (ready == 0)
    errno = ETIMEDOUT;
  return ready > 0;
}

static gboolean send_all(int fd, const char *bytes, gsize size, gint64 deadline) {
  while (size > 0) {
    gssize sent = await(fd, POLLOUT, deadline) ? send(fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) : -1;
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
      return FALSE;
    bytes += MAX(sent, 0);
    size -= (gsize)MAX(sent, 0);
  }
  return TRUE;
}

/* Until the frame is whole, is none, or the other side ends. */
static gboolean receive(int fd, const Link *link, GString *answer, gint64 deadline) {
  char piece[4096];
  for (;;) {
    gssize whole = link_frame_size(link, answer->str, answer->len);
    if (whole < 0 || (whole > 0 && answer->len >= (gsize)whole))
      return TRUE;
    gssize got = await(fd, POLLIN, deadline) ? recv(fd, piece, sizeof piece, MSG_DONTWAIT) : -1;
    if (got == 0)
      return TRUE;
    if (got < 0 && errno != EAGAIN && errno != EINTR)
      return FALSE;
    g_string_append_len(answer, piece, MAX(got, 0));
  }
}

static gboolean call_socket(const ConfChannel *channel, const Link *link, GBytes *request, GString *answer, Call *call,
                            GError **error) {
  gsize size = 0;
  const char *bytes = g_bytes_get_data(request, &size);
  int fd = tcp_connect(channel->host, channel->port, CALL_CONNECT_S * 1000, error);
  if (fd < 0)
    return FALSE;
  gint64 deadline = g_get_monotonic_time() + channel->timeout_seconds * G_USEC_PER_SEC;
  errno = ECANCELED;
  gboolean done = begin(call) && send_all(fd, bytes, size, deadline) && receive(fd, link, answer, deadline);
  int problem = errno;
  close(fd);
  return done || failed(channel, g_strerror(problem), error);
}

GBytes *call_bank(const ConfChannel *channel, const Link *link, GBytes *request, Call *call, GError **error) {
  GString *answer = g_string_new(NULL);
  gboolean done =
      (link->transport == LINK_SOCKET ? call_socket : call_https)(channel, link, request, answer, call, error);
  GBytes *bytes = g_string_free_to_bytes(answer);
  if (!done)
    g_clear_pointer(&bytes, g_bytes_unref);
  return bytes;
}
