#include "daemon/cage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/frame.h"
#include "rules/error.h"

/* Wall time: the child ends itself by RLIMIT_CPU, this is for one that sleeps. */
enum {
  PIECE = 256 * 1024,
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

typedef struct {
  pid_t pid;
  int pipe;         /* our end */
  gint64 deadline;  /* monotonic microseconds */
  gint64 allowance; /* bytes that it may still send */
  gboolean over;    /* its pipe has ended */
} Child;

/* yifen-parse beside the running program; the caller frees. */
static char *program_path(void) {
  g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
  g_autofree char *dir = self == NULL ? NULL : g_path_get_dirname(self);
  for (int up = 0; dir != NULL && up < 3; up++) { /* test programs stand deeper */
    g_autofree char *path = g_build_filename(dir, "yifen-parse", NULL);
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

static int spawn(Child *child, const char *path, char **argv, int fd, int output) {
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
  int failed = posix_spawn(&child->pid, path, &actions, &attributes, argv, no_environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed;
}

static GPtrArray *arguments(const char *path, const CageRequest *request) {
  static const char *const kinds[] = {[CAGE_STATEMENT] = "--statement",
                                      [CAGE_STATUS] = "--status",
                                      [CAGE_ANSWER_PAY] = "--answer=pay",
                                      [CAGE_ANSWER_QUERY] = "--answer=query"};
  GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup(path));
  if (request->profiles != NULL) {
    g_ptr_array_add(argv, g_strdup("--profiles"));
    g_ptr_array_add(argv, g_strdup(request->profiles));
  }
  if (request->profile != NULL) {
    g_ptr_array_add(argv, g_strdup("--profile"));
    g_ptr_array_add(argv, g_strdup(request->profile));
  }
  if (request->claims)
    g_ptr_array_add(argv, g_strdup("--claims"));
  g_ptr_array_add(argv, g_strdup(kinds[request->kind]));
  g_ptr_array_add(argv, NULL);
  return argv;
}

/* The copies keep the child's two descriptors away from 0 and 1, where dup2 would tread on them. */
static gboolean start(Child *child, int fd, const CageRequest *request, GError **error) {
  int ends[2];
  g_autofree char *path = program_path();
  if (path == NULL)
    return temporary(error, "yifen-parse");
  if (pipe2(ends, O_CLOEXEC) != 0)
    return temporary(error, g_strerror(errno));
  (void)fcntl(ends[0], F_SETPIPE_SZ, PIPE); /* one that stays small only is slower */
  int input = fcntl(fd, F_DUPFD_CLOEXEC, 3), output = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
  g_autoptr(GPtrArray) argv = arguments(path, request);
  int failed = input < 0 || output < 0 ? errno : spawn(child, path, (char **)argv->pdata, input, output);
  close(ends[1]);
  if (input >= 0)
    close(input);
  if (output >= 0)
    close(output);
  if (failed != 0) {
    close(ends[0]);
    return temporary(error, g_strerror(failed));
  }
  child->pipe = ends[0];
  return TRUE;
}

static gboolean died(GError **error, const char *detail) {
  return error_set(error, ERROR_REFUSED, "parser_died", "detail", detail, NULL);
}

/* Waits until the pipe can be read. */
static gboolean await(const Child *child, GError **error) {
  for (;;) {
    gint64 left = (child->deadline - g_get_monotonic_time()) / 1000;
    struct pollfd wait = {child->pipe, POLLIN, 0};
    if (left <= 0)
      return died(error, "too slow");
    int ready = poll(&wait, 1, (int)MIN(left, G_MAXINT));
    if (ready > 0)
      return TRUE;
    if (ready < 0 && errno != EINTR)
      return temporary(error, g_strerror(errno));
  }
}

static gboolean replay(Child *child, FrameReader *reader, GError **error) {
  g_autofree char *piece = g_malloc(PIECE);
  while (!child->over) {
    if (!await(child, error))
      return FALSE;
    gssize size = read(child->pipe, piece, PIECE);
    if (size < 0 && errno == EINTR)
      continue;
    if (size < 0)
      return temporary(error, g_strerror(errno));
    child->over = size == 0;
    child->allowance -= size;
    if (child->allowance < 0)
      return died(error, "too much");
    if (!frame_reader_feed(reader, piece, (gsize)size, error))
      return FALSE;
  }
  return frame_reader_finish(reader, error);
}

/* Gives the wait status. A child whose pipe has ended gets a moment to end by itself; any other is killed. */
static int reap(const Child *child) {
  int status = 0;
  close(child->pipe);
  for (int i = 0; child->over && i < REAP_TRIES; i++) {
    if (waitpid(child->pid, &status, WNOHANG) == child->pid)
      return status;
    g_usleep(REAP_PAUSE);
  }
  kill(child->pid, SIGKILL);
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
    continue;
  return status;
}

/* A child that never saw the file: a bad profile is told as it is, anything else is tried again. */
static gboolean not_ready(GError **error) {
  if (g_str_has_prefix(error_reason(*error), "config_") || g_str_equal(error_reason(*error), "folder")) {
    (*error)->code = ERROR_PERMANENT;
    return FALSE;
  }
  g_clear_error(error);
  return temporary(error, "cage");
}

/* How the child ended outranks what it said. */
static gboolean judge(int status, gboolean ready, gboolean replayed, GError **error) {
  gboolean exited = WIFEXITED(status);
  if (exited && WEXITSTATUS(status) == (replayed ? 0 : ERROR_REFUSED))
    return replayed;
  if (!ready && *error != NULL)
    return not_ready(error);
  g_clear_error(error);
  g_autofree char *detail =
      exited ? g_strdup_printf("exit %d", WEXITSTATUS(status)) : g_strdup_printf("signal %d", WTERMSIG(status));
  return died(error, detail);
}

gboolean cage_parse(int fd, const CageRequest *request, const RecordSink *sink, GError **error) {
  struct stat info;
  Child child = {0};
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    return error_set(error, ERROR_REFUSED, "not_a_file", NULL);
  if (!start(&child, fd, request, error))
    return FALSE;
  child.deadline = g_get_monotonic_time() + (WALL_SECONDS + info.st_size / BYTES_A_SECOND) * G_USEC_PER_SEC;
  child.allowance = OUTPUT_LEAST + (gint64)info.st_size * OUTPUT_A_BYTE;
  g_autoptr(FrameReader) reader = frame_reader_new(sink);
  GError *failure = NULL;
  gboolean replayed = replay(&child, reader, &failure);
  int status = reap(&child);
  if (child.over)
    replayed = judge(status, frame_reader_ready(reader), replayed, &failure);
  if (failure != NULL)
    g_propagate_error(error, failure);
  return replayed;
}
