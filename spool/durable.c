#include "spool/durable.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h> /* renameat2, RENAME_NOREPLACE */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"

#define COPY_PIECE (64 * 1024)

static gboolean failed(GError **error, const char *dir, const char *name) {
  int why = errno;
  g_autofree char *path = g_build_filename(dir, name, NULL);
  if (why == EEXIST)
    return error_set(error, ERROR_REFUSED, "exists", "file", path, NULL);
  ErrorKind kind = why == ENOENT || why == EACCES || why == ELOOP ? ERROR_REFUSED : ERROR_PERMANENT;
  return error_set(error, kind, "file_system", "file", path, "detail", g_strerror(why), NULL);
}

static void close_fd(int *fd) {
  int keep = errno;
  if (*fd >= 0)
    (void)close(*fd);
  errno = keep;
}
typedef int Descriptor;
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(Descriptor, close, -1)

static int open_dir(const char *dir) {
  return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static gboolean write_all(int fd, const guint8 *bytes, gsize size) {
  while (size > 0) {
    ssize_t n = write(fd, bytes, size);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return FALSE;
    bytes += n;
    size -= (gsize)n;
  }
  return TRUE;
}

/* fsync, close and rename a finished temporary file; closes fd in any case. */
static gboolean publish(int dir_fd, int fd, const char *temporary, const char *name, gboolean fresh) {
  gboolean synced = fsync(fd) == 0;
  int why = errno;
  gboolean closed = close(fd) == 0;
  if (!synced || !closed) {
    errno = synced ? errno : why;
    return FALSE;
  }
  return renameat2(dir_fd, temporary, dir_fd, name, fresh ? RENAME_NOREPLACE : 0) == 0 && fsync(dir_fd) == 0;
}

static int open_temporary(int dir_fd, const char *temporary, mode_t mode) {
  int fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
  if (fd >= 0)
    (void)fchmod(fd, mode);
  return fd;
}

static char *temporary_name(const char *name) {
  g_assert(strchr(name, '/') == NULL);
  return g_strconcat(".", name, ".new", NULL);
}

typedef struct {
  const void *bytes;
  gsize size;
} Content;

static gboolean write_content(int fd, const Content *content, DurableMake *make, gpointer user) {
  if (make == NULL)
    return write_all(fd, content->bytes, content->size);
  g_autofree char *text = make(fd, user);
  return text != NULL && write_all(fd, (const guint8 *)text, strlen(text));
}

static gboolean write_file(const char *dir, const char *name, const Content *content, DurableMake *make, gpointer user,
                           mode_t mode, gboolean fresh, GError **error) {
  g_autofree char *temporary = temporary_name(name);
  g_auto(Descriptor) dir_fd = open_dir(dir);
  if (make != NULL && dir_fd >= 0) /* a file of its own, never one that an earlier try began */
    (void)unlinkat(dir_fd, temporary, 0);
  int fd = dir_fd < 0 ? -1 : open_temporary(dir_fd, temporary, mode);
  if (fd < 0)
    return failed(error, dir, name);
  if (!write_content(fd, content, make, user)) {
    close_fd(&fd);
    (void)failed(error, dir, name);
  } else if (publish(dir_fd, fd, temporary, name, fresh))
    return TRUE;
  else
    (void)failed(error, dir, name);
  (void)unlinkat(dir_fd, temporary, 0);
  return FALSE;
}

gboolean durable_write(const char *dir, const char *name, const void *bytes, gsize size, mode_t mode, gboolean fresh,
                       GError **error) {
  const Content content = {bytes, size};
  return write_file(dir, name, &content, NULL, NULL, mode, fresh, error);
}

gboolean durable_write_made(const char *dir, const char *name, DurableMake *make, gpointer user, mode_t mode,
                            GError **error) {
  return write_file(dir, name, NULL, make, user, mode, FALSE, error);
}

typedef struct {
  goffset size;
  EVP_MD_CTX *hash;
} Copy;

/* FALSE with errno: EFBIG past the limit. */
static gboolean copy_pieces(int from, int to, goffset limit, Copy *copy) {
  g_autofree guint8 *piece = g_malloc(COPY_PIECE);
  for (;;) {
    ssize_t n = read(from, piece, COPY_PIECE);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return n == 0;
    copy->size += n;
    if (copy->size > limit) {
      errno = EFBIG;
      return FALSE;
    }
    g_assert(EVP_DigestUpdate(copy->hash, piece, (size_t)n) == 1);
    if (!write_all(to, piece, (gsize)n))
      return FALSE;
  }
}

static gboolean copy_failed(GError **error, const char *dir, const char *name, goffset limit) {
  if (errno != EFBIG)
    return failed(error, dir, name);
  g_autofree char *expected = g_strdup_printf("%" G_GINT64_FORMAT, (gint64)limit);
  return error_set(error, ERROR_REFUSED, "too_large", "file", name, "expected", expected, NULL);
}

gboolean durable_copy(int from, const char *dir, const char *name, mode_t mode, goffset limit, goffset *size,
                      guint8 sha256[32], GError **error) {
  g_autofree char *temporary = temporary_name(name);
  g_auto(Descriptor) dir_fd = open_dir(dir);
  int fd = dir_fd < 0 ? -1 : open_temporary(dir_fd, temporary, mode);
  if (fd < 0)
    return failed(error, dir, name);
  Copy copy = {.hash = EVP_MD_CTX_new()};
  g_assert(EVP_DigestInit_ex(copy.hash, EVP_sha256(), NULL) == 1);
  gboolean ok = copy_pieces(from, fd, limit, &copy);
  guint8 digest[32];
  g_assert(EVP_DigestFinal_ex(copy.hash, digest, NULL) == 1);
  EVP_MD_CTX_free(copy.hash);
  if (!ok)
    close_fd(&fd);
  if (!ok || !publish(dir_fd, fd, temporary, name, TRUE)) {
    (void)copy_failed(error, dir, name, limit);
    (void)unlinkat(dir_fd, temporary, 0);
    return FALSE;
  }
  *size = copy.size;
  memcpy(sha256, digest, sizeof digest);
  return TRUE;
}

gboolean durable_move(const char *from_dir, const char *from_name, const char *to_dir, const char *to_name,
                      GError **error) {
  g_auto(Descriptor) from_fd = open_dir(from_dir);
  g_auto(Descriptor) to_fd = open_dir(to_dir);
  if (from_fd < 0)
    return failed(error, from_dir, "");
  if (to_fd < 0)
    return failed(error, to_dir, "");
  if (renameat2(from_fd, from_name, to_fd, to_name, RENAME_NOREPLACE) != 0)
    return errno == EEXIST ? failed(error, to_dir, to_name) : failed(error, from_dir, from_name);
  /* The new name must be durable before the old one is durably gone. */
  return (fsync(to_fd) == 0 && fsync(from_fd) == 0) || failed(error, to_dir, to_name);
}

gboolean durable_mkdir(const char *root, const char *relative, mode_t mode, GError **error) {
  g_auto(GStrv) parts = g_strsplit(relative, "/", -1);
  g_autofree char *path = g_strdup(root);
  for (char **part = parts; *part != NULL; part++) {
    g_assert(!g_str_equal(*part, "..") && **part != '\0');
    g_auto(Descriptor) parent = open_dir(path);
    if (parent < 0 || (mkdirat(parent, *part, mode) != 0 && errno != EEXIST) || fsync(parent) != 0)
      return failed(error, path, *part);
    char *deeper = g_build_filename(path, *part, NULL);
    g_free(path);
    path = deeper;
  }
  return TRUE;
}

gboolean durable_read_open(int fd, const char *path, gsize limit, char **bytes, gsize *size, GError **error) {
  struct stat status;
  if (fstat(fd, &status) != 0)
    return failed(error, path, NULL);
  if (!S_ISREG(status.st_mode))
    return error_set(error, ERROR_REFUSED, "not_regular", "file", path, NULL);
  g_autofree char *buffer = g_malloc(limit + 1);
  gsize got = 0;
  for (ssize_t n = 1; n != 0 && got <= limit; got += (gsize)n) {
    n = read(fd, buffer + got, limit + 1 - got);
    if (n < 0)
      return failed(error, path, NULL);
  }
  if (got > limit)
    return error_set(error, ERROR_REFUSED, "too_large", "file", path, NULL);
  buffer[got] = '\0';
  *size = got;
  *bytes = g_realloc(g_steal_pointer(&buffer), got + 1);
  return TRUE;
}

gboolean durable_read(const char *path, gsize limit, char **bytes, gsize *size, GError **error) {
  g_auto(Descriptor) fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  return fd < 0 ? failed(error, path, NULL) : durable_read_open(fd, path, limit, bytes, size, error);
}
