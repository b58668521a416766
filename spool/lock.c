#include "spool/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"

#define BELL_LIMIT (1 << 20) /* a bell file is emptied when it has grown so long */

struct Bell {
  int inotify;
};

static gboolean failed(GError **error, const char *path) {
  return error_set(error, ERROR_PERMANENT, "store", "file", path, "detail", g_strerror(errno), NULL);
}

int lock_role(const char *state_dir, const char *role, GError **error) {
  g_autofree char *name = g_strconcat(role, ".lock", NULL);
  g_autofree char *path = g_build_filename(state_dir, "run", name, NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    (void)failed(error, path);
    return -1;
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0)
    return fd;
  (void)close(fd);
  (void)error_set(error, ERROR_TEMPORARY, "role_taken", "value", role, NULL);
  return -1;
}

gboolean lock_held(const char *state_dir, const char *role) {
  g_autofree char *name = g_strconcat(role, ".lock", NULL);
  g_autofree char *path = g_build_filename(state_dir, "run", name, NULL);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return FALSE;
  gboolean held = flock(fd, LOCK_SH | LOCK_NB) != 0;
  (void)close(fd);
  return held;
}

static int open_bell(const char *state_dir, const char *role, char **path, GError **error) {
  g_autofree char *dir = g_build_filename(state_dir, "run", "bell", NULL);
  *path = g_build_filename(dir, role, NULL);
  int fd = open(*path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 && errno == ENOENT && mkdir(dir, 0700) == 0)
    fd = open(*path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    (void)failed(error, *path);
  return fd;
}

gboolean bell_ring(const char *state_dir, const char *role, GError **error) {
  g_autofree char *path = NULL;
  int fd = open_bell(state_dir, role, &path, error);
  if (fd < 0)
    return FALSE;
  gboolean ok = write(fd, "!", 1) == 1 || failed(error, path);
  (void)close(fd);
  return ok;
}

Bell *bell_open(const char *state_dir, const char *role, GError **error) {
  g_autofree char *path = NULL;
  int fd = open_bell(state_dir, role, &path, error);
  if (fd < 0)
    return NULL;
  struct stat status;
  gboolean long_ok = fstat(fd, &status) == 0 && (status.st_size <= BELL_LIMIT || ftruncate(fd, 0) == 0);
  (void)close(fd);
  if (!long_ok) {
    (void)failed(error, path);
    return NULL;
  }
  g_autoptr(Bell) bell = g_new0(Bell, 1);
  bell->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (bell->inotify < 0 || inotify_add_watch(bell->inotify, path, IN_MODIFY) < 0) {
    (void)failed(error, path);
    return NULL;
  }
  return g_steal_pointer(&bell);
}

int bell_fd(const Bell *bell) {
  return bell->inotify;
}

void bell_drain(Bell *bell) {
  char events[4096];
  while (read(bell->inotify, events, sizeof events) > 0)
    ;
}

void bell_close(Bell *bell) {
  if (bell == NULL)
    return;
  if (bell->inotify >= 0)
    (void)close(bell->inotify);
  g_free(bell);
}
