#include "daemon/bank/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h> /* renameat2, RENAME_NOREPLACE */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"

#define PIECE (64 * 1024)
#define MODE 0640

typedef int Descriptor;
static void close_fd(int *fd) {
  int keep = errno;
  if (*fd >= 0)
    (void)close(*fd);
  errno = keep;
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(Descriptor, close, -1)

typedef DIR Listing;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Listing, closedir)

static gboolean failed(const char *path, GError **error) {
  return error_set(error, ERROR_TEMPORARY, "exchange", "value", path, "detail", g_strerror(errno), NULL);
}

static gboolean not_given(const char *path, const char *why, GError **error) {
  return error_set(error, ERROR_REFUSED, "exchange_file", "file", path, "detail", why, NULL);
}

static int open_folder(const char *folder) {
  return open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The folder of a path, opened; *name points into the path. */
static int open_parent(const char *path, const char **name) {
  g_autofree char *folder = g_path_get_dirname(path);
  *name = strrchr(path, '/') + 1;
  return open_folder(folder);
}

gboolean folder_reached(const ConfChannel *channel, GError **error) {
  return channel->upload == NULL || access(channel->upload, R_OK | W_OK | X_OK) == 0 || failed(channel->upload, error);
}

/* A file with a second name might be one of ours, shown to us as the bank's. */
static gboolean plain(const struct stat *there) {
  return S_ISREG(there->st_mode) && there->st_nlink == 1;
}

static void add(GPtrArray *files, int folder, const char *name) {
  struct stat there;
  if (exchange_name_fits(name) && fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && plain(&there))
    g_ptr_array_add(files, exchange_file_new(name, there.st_size, there.st_mtim.tv_sec));
}

GPtrArray *folder_list(const char *folder, GError **error) {
  int fd = open_folder(folder);
  g_autoptr(Listing) listing = fd < 0 ? NULL : fdopendir(fd); /* owns fd */
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)exchange_file_free);
  const struct dirent *next = NULL;
  int seen = 0;
  if (listing == NULL) {
    failed(folder, error);
    close_fd(&fd);
    return NULL;
  }
  for (errno = 0; (next = readdir(listing)) != NULL && seen < EXCHANGE_NAMES_MAX; errno = 0, seen++)
    add(files, dirfd(listing), next->d_name);
  if (next != NULL)
    errno = E2BIG;
  if (errno != 0) {
    failed(folder, error);
    return NULL;
  }
  g_ptr_array_sort(files, exchange_by_name);
  return g_steal_pointer(&files);
}

gboolean folder_size(const char *path, gint64 *size, GError **error) {
  const char *name = NULL;
  g_auto(Descriptor) folder = open_parent(path, &name);
  struct stat there;
  if (folder < 0)
    return failed(path, error);
  if (fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0)
    *size = there.st_size;
  else if (errno == ENOENT)
    *size = -1;
  else
    return failed(path, error);
  return TRUE;
}

static gboolean write_all(int fd, const guint8 *bytes, gsize size) {
  while (size > 0) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return FALSE;
    bytes += n;
    size -= (gsize)n;
  }
  return TRUE;
}

/* Whatever a dead try left goes first: a new file, so that an fsync that failed for the old one is not forgotten. */
static int create(int folder, const char *name) {
  if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
    return -1;
  return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
}

/* Writes, makes durable and closes; looks at what is there then. */
static gboolean fill(int fd, const void *bytes, gsize size) {
  struct stat there = {0};
  gboolean done = write_all(fd, bytes, size) && fchmod(fd, MODE) == 0 && fsync(fd) == 0 && fstat(fd, &there) == 0;
  int why = !done ? errno : there.st_size != (off_t)size ? EIO : 0;
  if (close(fd) != 0 && why == 0)
    why = errno;
  errno = why;
  return why == 0;
}

ChannelOutcome folder_put(const char *path, const void *bytes, gsize size, GError **error) {
  const char *name = NULL;
  g_auto(Descriptor) folder = open_parent(path, &name);
  int fd = folder < 0 ? -1 : create(folder, name);
  if (fd >= 0 && fill(fd, bytes, size) && fsync(folder) == 0)
    return CHANNEL_DONE;
  failed(path, error);
  return CHANNEL_RETRY;
}

/* NFS and some others cannot refuse to replace. The caller has seen that the name is free, and nobody else makes it. */
static int rename_name(int folder, const char *from, const char *to) {
  int done = renameat2(folder, from, folder, to, RENAME_NOREPLACE);
  return done != 0 && errno == EINVAL ? renameat(folder, from, folder, to) : done;
}

/* The kernel has answered, but a mounted share may have lost the answer of its server: the next look tells. */
ChannelOutcome folder_rename(const char *from, const char *to, GError **error) {
  const char *old = NULL, *name = strrchr(to, '/') + 1;
  g_auto(Descriptor) folder = open_parent(from, &old);
  if (folder >= 0 && rename_name(folder, old, name) == 0)
    return CHANNEL_DONE;
  failed(to, error);
  return CHANNEL_RETRY;
}

gboolean folder_sync(const char *folder, GError **error) {
  g_auto(Descriptor) fd = open_folder(folder);
  if (fd < 0)
    return failed(folder, error);
  return fsync(fd) == 0 ||
         error_set(error, ERROR_PERMANENT, "exchange_sync", "file", folder, "detail", g_strerror(errno), NULL);
}

static gboolean too_large(const char *path, gint64 limit, GError **error) {
  g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, limit);
  return error_set(error, ERROR_REFUSED, "too_large", "file", path, "expected", most, NULL);
}

static gboolean copy(int from, const char *path, int to, gint64 limit, gint64 *size, GError **error) {
  g_autofree guint8 *piece = g_malloc(PIECE);
  for (gint64 total = 0;;) {
    ssize_t n = read(from, piece, PIECE);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return failed(path, error);
    if (n == 0) {
      *size = total;
      return TRUE;
    }
    total += n;
    if (total > limit)
      return too_large(path, limit, error);
    if (!write_all(to, piece, (gsize)n))
      return error_set(error, ERROR_PERMANENT, "disk", "detail", g_strerror(errno), NULL);
  }
}

/* O_NONBLOCK: a pipe that took the name meanwhile must not hold us. */
gboolean folder_get(const char *path, int to, gint64 limit, gint64 *size, GError **error) {
  const char *name = NULL;
  g_auto(Descriptor) folder = open_parent(path, &name);
  if (folder < 0)
    return failed(path, error);
  g_auto(Descriptor) from = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat there;
  if (from < 0)
    return not_given(path, g_strerror(errno), error);
  if (fstat(from, &there) != 0 || !plain(&there))
    return not_given(path, "not a plain file", error);
  return copy(from, path, to, limit, size, error);
}
