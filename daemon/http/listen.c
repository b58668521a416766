#include "daemon/http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rules/error.h"

#define BACKLOG 128

typedef struct addrinfo addrinfo_t;

static int fail(int fd, const char *where, const char *detail, GError **error) {
  error_set(error, ERROR_PERMANENT, "listen", "file", where, "detail", detail, NULL);
  if (fd >= 0)
    (void)close(fd);
  return -1;
}

int listen_unix(const char *path, GError **error) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_autofree char *deaf = g_strconcat(path, ".new", NULL); /* until it listens: whoever finds `path` can connect */
  if (g_strlcpy(address.sun_path, deaf, sizeof address.sun_path) >= sizeof address.sun_path)
    return fail(-1, path, strerror(ENAMETOOLONG), error);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return fail(fd, path, strerror(errno), error);
  if (unlink(deaf) != 0 && errno != ENOENT)
    return fail(fd, path, strerror(errno), error);
  mode_t old = umask(0117);
  int bound = bind(fd, (struct sockaddr *)&address, sizeof address);
  int reason = errno;
  umask(old);
  /* A stale one is replaced: the role's lock says that no other serve lives. */
  if (bound != 0 || listen(fd, BACKLOG) != 0 || rename(deaf, path) != 0)
    return fail(fd, path, strerror(bound != 0 ? reason : errno), error);
  return fd;
}

static gboolean is_loopback(const struct sockaddr *address) {
  if (address->sa_family == AF_INET)
    return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) == 127;
  return address->sa_family == AF_INET6 &&
         IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

static void free_info(struct addrinfo *info) {
  if (info != NULL)
    freeaddrinfo(info);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(addrinfo_t, free_info)

/* "HOST:PORT" or "[HOST]:PORT"; numbers only, so that no name server is asked. */
static struct addrinfo *read_address(const char *text) {
  const char *colon = strrchr(text, ':');
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
  struct addrinfo *info = NULL;
  if (colon == NULL)
    return NULL;
  gboolean bracketed = *text == '[' && colon > text + 1 && colon[-1] == ']';
  g_autofree char *host =
      bracketed ? g_strndup(text + 1, (gsize)(colon - text) - 2) : g_strndup(text, (gsize)(colon - text));
  return getaddrinfo(host, colon + 1, &hints, &info) == 0 ? info : NULL;
}

int listen_loopback(const char *address, GError **error) {
  g_autoptr(addrinfo_t) info = read_address(address);
  if (info == NULL || !is_loopback(info->ai_addr))
    return fail(-1, address, "not a loopback address", error);
  int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int yes = 1;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
      bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0)
    return fail(fd, address, strerror(errno), error);
  return fd;
}
