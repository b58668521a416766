#include "daemon/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/error.h"

/* Wall time: the child ends itself by RLIMIT_CPU, this is for one that sleeps. */
enum {
  PIPE = 1 << 20, /* so that neither side waits for the other at every piece */
  WALL_SECONDS = 60,
  BYTES_A_SECOND = 1 << 20,
  OUTPUT_A_BYTE = 64,
  OUTPUT_LEAST = 1 << 20,
  REAP_TRIES = 5000,
  REAP_PAUSE = 200 /* microseconds */
};

#ifdef __SANITIZE_ADDRESS__
static const gboolean sanitized = TRUE; /* its reports go to our stderr */
#else
static const gboolean sanitized = FALSE;
#endif

/* The program beside the running one; the caller frees. */
static char *program_path(const char *program) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = self == NULL ? NULL : g_path_get_dirname(self);
  for (int up = 0; dir != NULL && up < 3; up++) { /* test programs stand deeper */
    g_autofree char *path = g_build_filename(dir, program, NULL);
    if (access(path, X_OK) == 0)
      return g_steal_pointer(&path);
    char *above = g_path_get_dirname(dir);
    g_free(dir);
    dir = above;
  }
  return NULL;
}

static gboolean temporary(GError **error, const char *detail) {
  return error_set(error, ERROR_TEMPORARY, "parser_missing", "detail", detail, NULL);
}

static int spawn(Helper *helper, const char *path, char **argv, int fd, int output) {
  char *no_environment[] = {NULL};
  sigset_t none, all;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fd, STDIN_FILENO);
  if (!sanitized)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  int failed = posix_spawn(&helper->pid, path, &actions, &attributes, argv, no_environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

/* The copies keep the child's two descriptors away from 0 and 1, where dup2 would tread on them. */
static int start(Helper *helper, const char *path, char **argv, int fd, int end) {
  int input = fcntl(fd, F_DUPFD_CLOEXEC, 3), output = fcntl(end, F_DUPFD_CLOEXEC, 3);
  int failed = input < 0 || output < 0 ? errno : spawn(helper, path, argv, input, output);
  if (input >= 0)
    close(input);
  if (output >= 0)
    close(output);
  return failed;
}

gboolean helper_start(Helper *helper, char **argv, int fd, goffset size, GError **error) {
  int ends[2];
  g_autofree char *path = program_path(argv[0]);
  if (path == NULL)
    return temporary(error, argv[0]);
  if (pipe2(ends, O_CLOEXEC) != 0)
    return temporary(error, g_strerror(errno));
  (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE); /* one that stays small only is slower */
  int failed = start(helper, path, argv, fd, ends[1]);
  close(ends[1]);
  if (failed != 0) {
    close(ends[0]);
    return temporary(error, g_strerror(failed));
  }
  helper->pipe = ends[0];
  helper->over = FALSE;
  helper->deadline = g_get_monotonic_time() + (WALL_SECONDS + size / BYTES_A_SECOND) * G_USEC_PER_SEC;
  helper->allowance = OUTPUT_LEAST + (gint64)size * OUTPUT_A_BYTE;
  return TRUE;
}

static gboolean died(GError **error, const char *detail) {
  return error_set(error, ERROR_REFUSED, "parser_died", "detail", detail, NULL);
}

/* Waits until the pipe can be read. */
static gboolean await(const Helper *helper, GError **error) {
  for (;;) {
    gint64 left = (helper->deadline - g_get_monotonic_time()) / 1000;
    struct pollfd wait = {helper->pipe, POLLIN, 0};
    if (left <= 0)
      return died(error, "too slow");
    int ready = poll(&wait, 1, (int)MIN(left, G_MAXINT));
    if (ready > 0)
      return TRUE;
    if (ready < 0 && errno != EINTR)
      return temporary(error, g_strerror(errno));
  }
}

gssize helper_read(Helper *helper, void *piece, gsize size, GError **error) {
  gssize got;
  do {
    if (!await(helper, error))
      return -1;
    got = read(helper->pipe, piece, size);
  } while (got < 0 && errno == EINTR);
  if (got < 0)
    return temporary(error, g_strerror(errno)) ? 0 : -1;
  helper->over = got == 0;
  helper->allowance -= got;
  return helper->allowance >= 0 || died(error, "too much") ? got : -1;
}

int helper_end(const Helper *helper) {
  int status = 0;
  close(helper->pipe);
  for (int i = 0; helper->over && i < REAP_TRIES; i++) {
    if (waitpid(helper->pid, &status, WNOHANG) == helper->pid)
      return status;
    g_usleep(REAP_PAUSE);
  }
  kill(helper->pid, SIGKILL);
  while (waitpid(helper->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  return status;
}
