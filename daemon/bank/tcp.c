#include "daemon/bank/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rules/error.h"

typedef struct addrinfo Addresses;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Addresses, freeaddrinfo)

/* 0, or an errno. */
static int connect_within(int fd, const Addresses *address, int timeout_ms) {
  if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
    return 0;
  if (errno != EINPROGRESS)
    return errno;
  struct pollfd poller = {.fd = fd, .events = POLLOUT};
  int ready = poll(&poller, 1, timeout_ms);
  if (ready <= 0)
    return ready == 0 ? ETIMEDOUT : errno;
  int result = 0;
  socklen_t size = sizeof result;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &size) == 0 ? result : errno;
}

static int open_one(const Addresses *address, int timeout_ms, int *problem) {
  int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) {
    *problem = errno;
    return -1;
  }
  *problem = connect_within(fd, address, timeout_ms);
  int flags = fcntl(fd, F_GETFL), yes = 1;
  if (*problem != 0 || flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0) {
    close(fd);
    return -1;
  }
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return fd;
}

int tcp_connect(const char *host, int port, int timeout_ms, GError **error) {
  g_autofree char *service = g_strdup_printf("%d", port);
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
  g_autoptr(Addresses) addresses = NULL;
  int found = getaddrinfo(host, service, &hints, &addresses), problem = 0;
  for (const Addresses *one = addresses; found == 0 && one != NULL; one = one->ai_next) {
    int fd = open_one(one, timeout_ms, &problem);
    if (fd >= 0)
      return fd;
  }
  const char *detail = found != 0 ? gai_strerror(found) : g_strerror(problem);
  error_set(error, ERROR_TEMPORARY, "sftp_connect", "file", host, "value", service, "detail", detail, NULL);
  return -1;
}
