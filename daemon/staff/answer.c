#include "daemon/staff/answer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/staff/peer.h"
#include "daemon/staff/request.h"
#include "daemon/text.h"
#include "rules/error.h"
#include "rules/permit.h"

#define PATIENCE 10 /* seconds, for the request */

typedef struct {
  char message[STAFF_REQUEST_BYTES + 1];
  StaffRequest request;
  int outputs[2];
  FILE *out, *err;
  CommandFile files[STAFF_FILES];
  int count; /* of descriptors that came, outputs too */
} Question;

/* Only what we would have opened ourselves: pipes to write to, plain files to read. Through anything else (a file of
 * /proc, a terminal, a device) a caller could make us do what only we may. */
static gboolean is_fit(int fd, mode_t type, int access) {
  struct stat status;
  int flags = fcntl(fd, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) == access && fstat(fd, &status) == 0 && (status.st_mode & S_IFMT) == type;
}

static int *place_of(Question *question, int i) {
  return i < 2 ? &question->outputs[i] : &question->files[i - 2].fd;
}

static void take_descriptors(Question *question, const struct cmsghdr *rights) {
  gsize size = rights->cmsg_len - CMSG_LEN(0);
  for (gsize at = 0; at + sizeof(int) <= size && question->count < 2 + STAFF_FILES; at += sizeof(int))
    memcpy(place_of(question, question->count++), CMSG_DATA(rights) + at, sizeof(int));
}

static gboolean receive(Question *question) {
  char control[CMSG_SPACE(sizeof(int) * (2 + STAFF_FILES))];
  struct iovec bytes = {.iov_base = question->message, .iov_len = sizeof question->message};
  struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  const struct timeval patience = {.tv_sec = PATIENCE};
  if (setsockopt(STAFF_CONNECTION, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
    return FALSE;
  gssize size = recvmsg(STAFF_CONNECTION, &header, MSG_CMSG_CLOEXEC);
  const struct cmsghdr *rights = size > 0 ? CMSG_FIRSTHDR(&header) : NULL;
  if (rights == NULL || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS ||
      (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return FALSE;
  take_descriptors(question, rights);
  return staff_request_read(question->message, (gsize)size, &question->request);
}

static gboolean check_descriptors(Question *question) {
  const StaffRequest *request = &question->request;
  if (question->count != 2 + request->file_count || !is_fit(question->outputs[0], S_IFIFO, O_WRONLY) ||
      !is_fit(question->outputs[1], S_IFIFO, O_WRONLY))
    return FALSE;
  for (int i = 0; i < request->file_count; i++) {
    question->files[i].name = request->argv[request->files[i]];
    if (!is_fit(question->files[i].fd, S_IFREG, O_RDONLY))
      return FALSE;
  }
  return (question->out = fdopen(question->outputs[0], "w")) != NULL &&
         (question->err = fdopen(question->outputs[1], "w")) != NULL && setvbuf(question->err, NULL, _IOLBF, 0) == 0;
}

/* Which command, by whom, and how it ended; never its arguments, which may hold a code. */
static void note(const StaffPeer *peer, const char *command, int code) {
  g_autofree char *uid = g_strdup_printf("%" G_GINT64_FORMAT, peer->uid), *end = g_strdup_printf("%d", code);
  log_event(LOG_INFO, "staff command", "ACTOR", peer->actor, "CALLER", uid, "COMMAND", command, "EXIT", end, NULL);
}

static int judge(Question *question, const char *conf_file, const StaffPeer *peer, StaffRun *run) {
  StaffRequest *request = &question->request;
  GError *error = NULL;
  const Permit *permit = permit_find(request->argc, request->argv);
  const char *command = permit != NULL ? permit->command : request->argv[0];
  CommandContext context = {.json = request->json,
                            .terminal = request->terminal,
                            .actor = peer->actor,
                            .uid = peer->uid,
                            .remote = TRUE,
                            .files = question->files,
                            .file_count = request->file_count,
                            .out = question->out,
                            .err = question->err};
  int code = staff_right(peer, request->argc, request->argv, &error)
                 ? run(&context, conf_file, request->argc, request->argv)
                 : command_failed(&context, error);
  note(peer, permit != NULL ? command : "?", code);
  return code;
}

int staff_answer(const char *conf_file, StaffRun *run) {
  g_autoptr(GError) error = NULL;
  g_auto(StaffPeer) peer = {0};
  g_autofree Question *question = g_new0(Question, 1);
  log_init("staff");
  g_autoptr(Conf) conf = conf_load(conf_file, &error);
  if (conf == NULL || !staff_peer(STAFF_CONNECTION, conf, &peer, &error)) {
    log_error(error, "a call of the staff socket cannot be answered", NULL);
    return (int)error_kind(error);
  }
  if (!receive(question) || !check_descriptors(question)) {
    log_event(LOG_NOTICE, "a call of the staff socket that is none", "ACTOR", peer.actor, NULL);
    return ERROR_REFUSED;
  }
  text_init(question->request.language);
  guint8 code = (guint8)judge(question, conf_file, &peer, run);
  if (fflush(question->out) != 0 || ferror(question->out))
    code = (guint8)command_worse(code, ERROR_TEMPORARY);
  (void)fflush(question->err);
  return send(STAFF_CONNECTION, &code, 1, MSG_NOSIGNAL) == 1 ? 0 : ERROR_TEMPORARY;
}
