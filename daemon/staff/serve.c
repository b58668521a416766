/* Role staff: takes calls of the staff's command line and gives each to a process of its own (answer.h), as many at
 * once as one person and all together may have. It reads nothing from callers itself. Everybody on the machine may
 * connect where the folder lets them: who they are the kernel says, and what they may is the table's to say. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/role.h"
#include "daemon/staff/answer.h"
#include "rules/error.h"

#define BACKLOG 64
#define CALLS 32                       /* at once, */
#define CALLS_EACH 4                   /* of one user */
#define LONGEST (600 * G_USEC_PER_SEC) /* of one command, with a caller who may not read */
#define DRAIN (20 * G_USEC_PER_SEC)    /* less than the supervisor's patience */

typedef struct {
  pid_t pid;
  int fd; /* readable when it has ended */
  uid_t uid;
  gint64 until;
} Call;

typedef struct {
  const Conf *conf;
  char *program;
  int listener;
  Call calls[CALLS];
  int count;
} Desk;

static int fail(int fd, const char *path, int reason, GError **error) {
  error_set(error, ERROR_PERMANENT, "listen", "file", path, "detail", g_strerror(reason), NULL);
  if (fd >= 0)
    (void)close(fd);
  return -1;
}

/* It appears under its name only when it listens. A stale one is replaced: the role's lock says that nobody else is. */
static int open_listener(const char *path, GError **error) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  g_autofree char *deaf = g_strconcat(path, ".new", NULL);
  if (g_strlcpy(address.sun_path, deaf, sizeof address.sun_path) >= sizeof address.sun_path)
    return fail(-1, path, ENAMETOOLONG, error);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || (unlink(deaf) != 0 && errno != ENOENT) ||
      bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || chmod(deaf, 0666) != 0 ||
      listen(fd, BACKLOG) != 0 || rename(deaf, path) != 0)
    return fail(fd, path, errno, error);
  return fd;
}

/* The command line's program beside our own. */
static char *find_program(void) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = self != NULL ? g_path_get_dirname(self) : g_strdup("");
  return g_build_filename(dir, "yifen", NULL);
}

static int spawn(Desk *desk, int connection, pid_t *pid) {
  char answer[] = "--answer", option[] = "-c";
  char *argv[] = {desk->program, answer, option, desk->conf->file, NULL};
  sigset_t none, all;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, connection, STAFF_CONNECTION);
  posix_spawn_file_actions_addclosefrom_np(&actions, STAFF_CONNECTION + 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int failed = posix_spawn(pid, desk->program, &actions, &attributes, argv, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

static int calls_of(const Desk *desk, uid_t uid) {
  int count = 0;
  for (int i = 0; i < desk->count; i++)
    count += desk->calls[i].uid == uid;
  return count;
}

static void start_call(Desk *desk, int connection, uid_t uid) {
  Call call = {.uid = uid, .until = g_get_monotonic_time() + LONGEST};
  int failed = spawn(desk, connection, &call.pid);
  if (failed != 0)
    log_event(LOG_WARNING, "a call of the staff socket cannot be answered", "ERROR", g_strerror(failed), NULL);
  else if ((call.fd = pidfd_open(call.pid, 0)) < 0) /* nothing would tell of its end */
    (void)kill(call.pid, SIGKILL), (void)waitpid(call.pid, NULL, 0);
  else
    desk->calls[desk->count++] = call;
}

static void take_call(Desk *desk) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  int connection = accept4(desk->listener, NULL, NULL, SOCK_CLOEXEC);
  if (connection < 0)
    return;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && calls_of(desk, peer.uid) < CALLS_EACH)
    start_call(desk, connection, peer.uid);
  (void)close(connection);
}

static void end_call(Desk *desk, int i) {
  Call *call = &desk->calls[i];
  while (waitpid(call->pid, NULL, 0) < 0 && errno == EINTR)
    continue;
  (void)close(call->fd);
  *call = desk->calls[--desk->count];
}

/* What takes too long is ended; every command may be ended at any instruction. */
static int patience(const Desk *desk, gint64 now) {
  gint64 next = -1;
  for (int i = 0; i < desk->count; i++)
    if (desk->calls[i].until <= now)
      (void)kill(desk->calls[i].pid, SIGKILL);
    else
      next = next < 0 ? desk->calls[i].until : MIN(next, desk->calls[i].until);
  return next < 0 ? -1 : (int)((next - now) / 1000 + 1);
}

/* Waits, takes calls when there is room, buries what has ended. FALSE when the stop descriptor is readable. */
static gboolean turn(Desk *desk, int stop_fd) {
  struct pollfd fds[2 + CALLS] = {
      {.fd = stop_fd, .events = POLLIN},
      {.fd = desk->count < CALLS ? desk->listener : -1, .events = POLLIN},
  };
  int count = desk->count;
  for (int i = 0; i < count; i++)
    fds[2 + i] = (struct pollfd){.fd = desk->calls[i].fd, .events = POLLIN};
  int ready = poll(fds, (nfds_t)(2 + count), patience(desk, g_get_monotonic_time()));
  g_assert(ready >= 0 || errno == EINTR);
  if (ready <= 0)
    return TRUE;
  for (int i = count - 1; i >= 0; i--)
    if (fds[2 + i].revents != 0)
      end_call(desk, i);
  if (fds[1].revents != 0)
    take_call(desk);
  return fds[0].revents == 0;
}

/* No new calls; what was begun is ended, or killed in the end. */
static void drain(Desk *desk) {
  gint64 until = g_get_monotonic_time() + DRAIN;
  (void)close(desk->listener);
  desk->listener = -1;
  for (int i = 0; i < desk->count; i++)
    desk->calls[i].until = MIN(desk->calls[i].until, until);
  while (desk->count > 0)
    (void)turn(desk, -1);
}

static gboolean run(RoleRun *role, int stop_fd, GError **error) {
  g_autofree char *program = find_program();
  Desk desk = {.conf = role->conf, .program = program};
  desk.listener = open_listener(role->conf->staff_socket, error);
  if (desk.listener < 0)
    return FALSE;
  log_event(LOG_INFO, "serving staff", "SOCKET", role->conf->staff_socket, NULL);
  while (turn(&desk, stop_fd))
    continue;
  (void)unlink(role->conf->staff_socket);
  drain(&desk);
  return TRUE;
}

const Role role_staff = {.name = "staff", .run = run};
