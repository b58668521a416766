#include "daemon/staff/call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rules/error.h"

enum { OUTPUT, SENTENCES, ANSWER, ENDS };

typedef struct {
  int fds[ENDS];  /* what we read; -1: it has ended */
  int writing[2]; /* the daemon's ends of both pipes */
  int code;       /* -1: no answer yet */
} Call;

static void shut(int *fd) {
  if (*fd >= 0)
    (void)close(*fd);
  *fd = -1;
}

static void call_clear(Call *call) {
  for (int i = 0; i < ENDS; i++)
    shut(&call->fds[i]);
  shut(&call->writing[OUTPUT]);
  shut(&call->writing[SENTENCES]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Call, call_clear)

static gboolean silent(int reason, GError **error) {
  return error_set(error, ERROR_TEMPORARY, "staff_silent", "detail", reason != 0 ? g_strerror(reason) : NULL, NULL);
}

static gboolean reach(Call *call, const char *path, GError **error) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  gboolean fits = g_strlcpy(address.sun_path, path, sizeof address.sun_path) < sizeof address.sun_path;
  call->fds[ANSWER] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fits && call->fds[ANSWER] >= 0 &&
      connect(call->fds[ANSWER], (const struct sockaddr *)&address, sizeof address) == 0)
    return TRUE;
  return error_set(error, ERROR_TEMPORARY, "staff_absent", "file", path, "detail",
                   g_strerror(fits ? errno : ENAMETOOLONG), NULL);
}

static gboolean open_pipes(Call *call, GError **error) {
  for (int i = OUTPUT; i <= SENTENCES; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return silent(errno, error);
    call->fds[i] = ends[0];
    call->writing[i] = ends[1];
  }
  return TRUE;
}

static gboolean post(Call *call, const GByteArray *message, const int *files, int count, GError **error) {
  char control[CMSG_SPACE(sizeof(int) * (2 + STAFF_FILES))] = {0};
  struct iovec bytes = {.iov_base = message->data, .iov_len = message->len};
  gsize size = sizeof(int) * (gsize)(2 + count);
  struct msghdr header = {
      .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(size)};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
  *rights = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(size)};
  memcpy(CMSG_DATA(rights), call->writing, 2 * sizeof(int));
  if (count > 0)
    memcpy(CMSG_DATA(rights) + 2 * sizeof(int), files, sizeof(int) * (gsize)count);
  gssize sent = sendmsg(call->fds[ANSWER], &header, MSG_NOSIGNAL);
  shut(&call->writing[OUTPUT]); /* so that the daemon's end is the last */
  shut(&call->writing[SENTENCES]);
  return sent == (gssize)message->len || silent(errno, error);
}

/* To our own descriptor; who stopped reading us is no longer read for. */
static void copy(int *from, int to) {
  char piece[16384];
  gssize got = read(*from, piece, sizeof piece);
  if (got < 0 && errno == EINTR)
    return;
  for (gssize done = 0, wrote = 0; done < got; done += wrote) {
    wrote = write(to, piece + done, (gsize)(got - done));
    if (wrote < 0 && errno == EINTR)
      wrote = 0;
    else if (wrote < 0)
      got = -1;
  }
  if (got <= 0)
    shut(from);
}

static void take_answer(Call *call) {
  guint8 byte;
  if (recv(call->fds[ANSWER], &byte, 1, 0) == 1)
    call->code = byte;
  shut(&call->fds[ANSWER]);
}

/* Until everything has ended: what a killed command said is shown too. */
static void follow(Call *call) {
  while (call->fds[OUTPUT] >= 0 || call->fds[SENTENCES] >= 0 || call->fds[ANSWER] >= 0) {
    struct pollfd ready[ENDS];
    for (int i = 0; i < ENDS; i++)
      ready[i] = (struct pollfd){.fd = call->fds[i], .events = POLLIN};
    if (poll(ready, ENDS, -1) < 0)
      continue;
    if (ready[OUTPUT].revents != 0)
      copy(&call->fds[OUTPUT], STDOUT_FILENO);
    if (ready[SENTENCES].revents != 0)
      copy(&call->fds[SENTENCES], STDERR_FILENO);
    if (ready[ANSWER].revents != 0)
      take_answer(call);
  }
}

gboolean staff_call(const char *socket, const StaffRequest *request, const int *files, int *code, GError **error) {
  g_auto(Call) call = {.fds = {-1, -1, -1}, .writing = {-1, -1}, .code = -1};
  g_autoptr(GByteArray) message = staff_request_write(request);
  if (message == NULL)
    return error_set(error, ERROR_USAGE, "staff_long", NULL);
  if (!reach(&call, socket, error) || !open_pipes(&call, error) ||
      !post(&call, message, files, request->file_count, error))
    return FALSE;
  follow(&call);
  if (call.code < 0)
    return silent(0, error);
  *code = call.code;
  return TRUE;
}
