/* Role serve: the HTTP API of the hall, HTTP/1.1 (RFC 9112) by libmicrohttpd, on a Unix socket and, if configured, on
 * loopback TCP with a bearer token (RFC 6750). One thread waits in poll for the library's epoll descriptors; nothing
 * wakes it while nobody asks. */
#include <errno.h>
#include <microhttpd.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/hall.h"
#include "daemon/http/listen.h"
#include "daemon/log.h"
#include "daemon/role.h"
#include "daemon/start.h"
#include "daemon/text.h"
#include "parsers/fields.h"
#include "rules/error.h"
#include "spool/durable.h"

#define IDLE_SECONDS 30    /* of a connection */
#define CONNECTIONS 256    /* of each listener */
#define DRAIN_US 1000000   /* for answers under way when we are stopped */
#define CALLER_BURST 2000  /* requests of one caller at once, */
#define CALLER_REFILL 5000 /* then one in so many microseconds */
#define TOKEN_MAX 4096

typedef struct {
  Hall *hall;
  gboolean tcp; /* the token is asked for */
  struct MHD_Daemon *daemon;
  int poll_fd;
} Listener;

typedef struct {
  GString *body;
  gsize limit;
  gboolean too_large;
} Upload;

static enum MHD_Result begin(const char *method, const char *path, void **state) {
  Upload *upload = g_new0(Upload, 1);
  upload->limit = hall_body_limit(method, path);
  upload->body = g_string_new(NULL);
  *state = upload;
  return MHD_YES;
}

static void forget(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode how) {
  Upload *upload = *state;
  (void)user, (void)connection, (void)how;
  if (upload == NULL)
    return;
  g_string_free(upload->body, TRUE);
  g_free(upload);
  *state = NULL;
}

static void receive(Upload *upload, const char *bytes, gsize size) {
  upload->too_large = upload->too_large || upload->body->len + size > upload->limit;
  if (!upload->too_large)
    g_string_append_len(upload->body, bytes, (gssize)size);
}

static enum MHD_Result send_reply(Hall *hall, struct MHD_Connection *connection, const Reply *reply) {
  struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(reply->body), reply->body, MHD_RESPMEM_MUST_COPY);
  g_assert(response != NULL);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  if (reply->allow != NULL)
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, reply->allow);
  if (reply->status == 401)
    MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
  if (reply->retry_after > 0) {
    g_autofree char *seconds = g_strdup_printf("%d", reply->retry_after);
    MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
  }
  hall->answered[CLAMP(reply->status / 100, 0, 5)]++;
  enum MHD_Result queued = MHD_queue_response(connection, (unsigned)reply->status, response);
  MHD_destroy_response(response);
  return queued;
}

/* Who asks: "uid:1000" of a socket peer, "tcp" of a holder of the token. */
static char *caller(const Listener *listener, struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (listener->tcp)
    return g_strdup("tcp");
  if (info == NULL || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return NULL;
  return g_strdup_printf("uid:%u", (unsigned)peer.uid);
}

static gboolean has_token(const Hall *hall, struct MHD_Connection *connection) {
  const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
  if (value == NULL || g_ascii_strncasecmp(value, "Bearer ", 7) != 0)
    return FALSE;
  gsize size = strlen(value + 7);
  return size == strlen(hall->token) && CRYPTO_memcmp(value + 7, hall->token, size) == 0;
}

/* May this caller ask now? Else the reply is set. */
static gboolean admit(const Listener *listener, struct MHD_Connection *connection, const Upload *upload,
                      const Request *request, Reply *reply) {
  g_autofree char *who = caller(listener, connection);
  if (who == NULL ||
      (listener->tcp && !has_token(listener->hall, connection) && !hall_open(request->method, request->path)))
    reply_problem(reply, 401, "token", _("需要正确的访问令牌。"), NULL);
  else if (!limits_take(listener->hall->limits, who, CALLER_BURST, CALLER_REFILL, g_get_monotonic_time(),
                        &reply->retry_after))
    reply_problem(reply, 429, "limited", _("请求太频繁，请稍后再试。"), NULL);
  else if (upload->too_large)
    reply_problem(reply, 413, "json_too_large",
                  upload->limit > FIELDS_LIMIT ? _("凭据文件不能超过 2 MB。") : _("请求内容超过 64 KiB。"), NULL);
  else
    return TRUE;
  return FALSE;
}

static enum MHD_Result answer(void *user, struct MHD_Connection *connection, const char *path, const char *method,
                              const char *version, const char *bytes, size_t *size, void **state) {
  Listener *listener = user;
  Upload *upload = *state;
  (void)version;
  if (upload == NULL)
    return begin(method, path, state);
  if (*size > 0) {
    receive(upload, bytes, *size);
    *size = 0;
    return MHD_YES;
  }
  g_autofree char *valid = g_utf8_make_valid(path, -1);
  Request request = {.method = method,
                     .path = valid,
                     .body = upload->body->str,
                     .size = upload->body->len,
                     .after = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "after"),
                     .type = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "type"),
                     .now = clock_now()};
  g_auto(Reply) reply = {0};
  if (admit(listener, connection, upload, &request, &reply))
    hall_answer(listener->hall, &request, &reply);
  return send_reply(listener->hall, connection, &reply);
}

static gboolean start(Listener *listener, int fd, GError **error) {
  listener->daemon = MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, listener, MHD_OPTION_LISTEN_SOCKET, fd,
                                      MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_CONNECTION_TIMEOUT,
                                      (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
                                      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
  if (listener->daemon == NULL) {
    (void)close(fd);
    return error_set(error, ERROR_TEMPORARY, "listen", "detail", "libmicrohttpd did not start", NULL);
  }
  listener->poll_fd = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
  return TRUE;
}

static void stop(Listener *listener) {
  if (listener->daemon != NULL)
    MHD_stop_daemon(listener->daemon);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listener, stop)

/* Until when the library wants to sleep, in milliseconds; -1: until somebody asks. */
static int patience(const Listener *listener) {
  MHD_UNSIGNED_LONG_LONG milliseconds;
  if (listener->daemon == NULL || MHD_get_timeout(listener->daemon, &milliseconds) != MHD_YES)
    return -1;
  return (int)MIN(milliseconds, (MHD_UNSIGNED_LONG_LONG)IDLE_SECONDS * 1000);
}

static int sooner(int a, int b) {
  return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

/* One round: waits, then lets the library work. FALSE when the stop descriptor is readable. */
static gboolean turn(Listener *a, Listener *b, int stop_fd) {
  struct pollfd fds[] = {
      {.fd = stop_fd, .events = POLLIN}, {.fd = a->poll_fd, .events = POLLIN}, {.fd = b->poll_fd, .events = POLLIN}};
  int ready = poll(fds, G_N_ELEMENTS(fds), sooner(patience(a), patience(b)));
  g_assert(ready >= 0 || errno == EINTR);
  if (fds[0].revents != 0 && ready > 0)
    return FALSE;
  MHD_run(a->daemon);
  if (b->daemon != NULL)
    MHD_run(b->daemon);
  return TRUE;
}

/* No new connections; what was asked before is still answered. */
static void drain(Listener *listener) {
  if (listener->daemon == NULL)
    return;
  MHD_socket fd = MHD_quiesce_daemon(listener->daemon);
  if (fd != MHD_INVALID_SOCKET)
    (void)close(fd);
  gint64 until = g_get_monotonic_time() + DRAIN_US;
  struct pollfd poller = {.fd = listener->poll_fd, .events = POLLIN};
  while (g_get_monotonic_time() < until &&
         MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections > 0) {
    (void)poll(&poller, 1, 50);
    MHD_run(listener->daemon);
  }
}

static gboolean serve(Hall *hall, int stop_fd, GError **error) {
  g_auto(Listener) local = {.hall = hall, .poll_fd = -1};
  g_auto(Listener) tcp = {.hall = hall, .tcp = TRUE, .poll_fd = -1};
  int fd = listen_unix(hall->conf->socket, error);
  if (fd < 0 || !start(&local, fd, error))
    return FALSE;
  if (hall->token != NULL && ((fd = listen_loopback(hall->conf->listen, error)) < 0 || !start(&tcp, fd, error)))
    return FALSE;
  log_event(LOG_INFO, "serving", "SOCKET", hall->conf->socket, "LISTEN", hall->conf->listen, NULL);
  while (turn(&local, &tcp, stop_fd))
    continue;
  drain(&local);
  drain(&tcp);
  (void)unlink(hall->conf->socket);
  return TRUE;
}

static gboolean read_token(const Conf *conf, char **token, GError **error) {
  gsize size;
  if (conf->listen == NULL || conf->token == NULL)
    return TRUE;
  if (!durable_read(conf->token, TOKEN_MAX, token, &size, error))
    return FALSE;
  g_strstrip(*token);
  return **token != '\0' || error_set(error, ERROR_PERMANENT, "token_empty", "file", conf->token, NULL);
}

static gboolean run(RoleRun *role, int stop_fd, GError **error) {
  g_autoptr(Limits) limits = limits_new();
  Hall hall = {.conf = role->conf, .store = role->store, .calendar = role->calendar, .limits = limits};
  gboolean ok = keys_read(role->conf->state, KEY_CODE, &hall.code_key, error) &&
                read_token(role->conf, &hall.token, error) && serve(&hall, stop_fd, error);
  seal_key_clear(&hall.code_key);
  g_free(hall.token);
  return ok;
}

const Role role_serve = {.name = "serve", .run = run};
