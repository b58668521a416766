#include "daemon/bank/sftp.h"

#include <fcntl.h>
#include <libssh2.h>
#include <libssh2_sftp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/bank/login.h"
#include "daemon/bank/tcp.h"
#include "rules/error.h"

#define PIECE 32768
#define NAME_SIZE 512

struct Sftp {
  int fd;
  LIBSSH2_SESSION *session;
  LIBSSH2_SFTP *sftp;
  gint64 until; /* monotonic: a server that drips must not hold us for ever */
};

typedef LIBSSH2_SFTP_HANDLE Handle;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Handle, libssh2_sftp_close_handle)

/* The server's fingerprint as people write it: SHA256: and unpadded base64. */
static char *fingerprint(LIBSSH2_SESSION *session) {
  const char *hash = libssh2_hostkey_hash(session, LIBSSH2_HOSTKEY_HASH_SHA256);
  if (hash == NULL)
    return g_strdup("-");
  g_autofree char *base64 = g_base64_encode((const guchar *)hash, 32);
  base64[strcspn(base64, "=")] = '\0';
  return g_strconcat("SHA256:", base64, NULL);
}

static gboolean failed(LIBSSH2_SESSION *session, const char *what, GError **error) {
  char *words = NULL;
  libssh2_session_last_error(session, &words, NULL, 0);
  return error_set(error, ERROR_TEMPORARY, "sftp", "value", what, "detail", words, NULL);
}

static gboolean handshake(Sftp *sftp, const ConfChannel *channel, GError **error) {
  static const char kinds[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,ssh-rsa";
  sftp->session = libssh2_session_init();
  if (sftp->session == NULL)
    g_error("out of memory");
  libssh2_session_set_blocking(sftp->session, 1);
  libssh2_session_set_timeout(sftp->session, SFTP_TIMEOUT_MS);
  if (libssh2_session_method_pref(sftp->session, LIBSSH2_METHOD_HOSTKEY, kinds) != 0 ||
      libssh2_session_handshake(sftp->session, sftp->fd) != 0)
    return failed(sftp->session, channel->host, error);
  return TRUE;
}

static gboolean check_host(Sftp *sftp, const ConfChannel *channel, GError **error) {
  g_autofree char *theirs = fingerprint(sftp->session);
  if (g_strcmp0(theirs, channel->host_key) == 0)
    return TRUE;
  return error_set(error, ERROR_PERMANENT, "host_key", "file", channel->host, "value", theirs, "expected",
                   channel->host_key, NULL);
}

Sftp *sftp_open(const ConfChannel *channel, GError **error) {
  static gsize ready = 0;
  if (g_once_init_enter(&ready))
    g_once_init_leave(&ready, libssh2_init(0) == 0 ? 1 : 2);
  g_assert(ready == 1);
  g_autoptr(Sftp) sftp = g_new0(Sftp, 1);
  sftp->until = g_get_monotonic_time() + SFTP_LONGEST_US;
  sftp->fd = tcp_connect(channel->host, channel->port, SFTP_TIMEOUT_MS, error);
  if (sftp->fd < 0 || !handshake(sftp, channel, error) || !check_host(sftp, channel, error) ||
      !login(sftp->session, channel, error))
    return NULL;
  sftp->sftp = libssh2_sftp_init(sftp->session);
  if (sftp->sftp == NULL) {
    failed(sftp->session, channel->host, error);
    return NULL;
  }
  return g_steal_pointer(&sftp);
}

void sftp_close(Sftp *sftp) {
  if (sftp == NULL)
    return;
  if (sftp->session != NULL)
    libssh2_session_set_timeout(sftp->session, 1000); /* a dead peer must not hold us up once more */
  if (sftp->sftp != NULL)
    libssh2_sftp_shutdown(sftp->sftp);
  if (sftp->session != NULL) {
    libssh2_session_disconnect(sftp->session, "done");
    libssh2_session_free(sftp->session);
  }
  if (sftp->fd >= 0)
    close(sftp->fd);
  g_free(sftp);
}

static void add_name(GPtrArray *files, const char *name, const LIBSSH2_SFTP_ATTRIBUTES *attributes) {
  gboolean wanted = exchange_name_fits(name) && (attributes->flags & LIBSSH2_SFTP_ATTR_PERMISSIONS) != 0 &&
                    LIBSSH2_SFTP_S_ISREG(attributes->permissions) && (attributes->flags & LIBSSH2_SFTP_ATTR_SIZE) != 0;
  gint64 mtime = (attributes->flags & LIBSSH2_SFTP_ATTR_ACMODTIME) != 0 ? (gint64)attributes->mtime : 0;
  if (wanted)
    g_ptr_array_add(files, exchange_file_new(name, (gint64)attributes->filesize, mtime));
}

static gboolean refuse(const char *path, const char *detail, GError **error) {
  return error_set(error, ERROR_TEMPORARY, "sftp", "value", path, "detail", detail, NULL);
}

static gboolean in_time(const Sftp *sftp, const char *path, GError **error) {
  return g_get_monotonic_time() < sftp->until || refuse(path, "the server is too slow", error);
}

GPtrArray *sftp_list(Sftp *sftp, const char *folder, GError **error) {
  g_autoptr(Handle) handle = libssh2_sftp_opendir(sftp->sftp, folder);
  if (handle == NULL) {
    failed(sftp->session, folder, error);
    return NULL;
  }
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)exchange_file_free);
  for (int seen = 0;; seen++) {
    char name[NAME_SIZE];
    LIBSSH2_SFTP_ATTRIBUTES attributes = {0};
    int size = libssh2_sftp_readdir(handle, name, sizeof name - 1, &attributes);
    if (size == 0)
      break;
    if (size < 0) {
      failed(sftp->session, folder, error);
      return NULL;
    }
    if (seen == EXCHANGE_NAMES_MAX) {
      refuse(folder, "too many files in the folder", error);
      return NULL;
    }
    if (!in_time(sftp, folder, error))
      return NULL;
    name[size] = '\0';
    add_name(files, name, &attributes);
  }
  g_ptr_array_sort(files, exchange_by_name);
  return g_steal_pointer(&files);
}

/* Did the server itself answer, with this status? Everything else is silence. */
static gboolean answered(Sftp *sftp, int result) {
  return result == LIBSSH2_ERROR_SFTP_PROTOCOL && libssh2_sftp_last_error(sftp->sftp) != LIBSSH2_FX_OK;
}

static gboolean answered_missing(Sftp *sftp, int result) {
  return answered(sftp, result) && libssh2_sftp_last_error(sftp->sftp) == LIBSSH2_FX_NO_SUCH_FILE;
}

gboolean sftp_size(Sftp *sftp, const char *path, gint64 *size, GError **error) {
  LIBSSH2_SFTP_ATTRIBUTES attributes = {0};
  int result = libssh2_sftp_stat_ex(sftp->sftp, path, (unsigned)strlen(path), LIBSSH2_SFTP_LSTAT, &attributes);
  if (result == 0 && (attributes.flags & LIBSSH2_SFTP_ATTR_SIZE) != 0) {
    *size = (gint64)attributes.filesize;
    return TRUE;
  }
  if (!answered_missing(sftp, result))
    return failed(sftp->session, path, error);
  *size = -1;
  return TRUE;
}

static gboolean write_all(Handle *handle, const char *bytes, gsize size) {
  while (size > 0) {
    ssize_t written = libssh2_sftp_write(handle, bytes, MIN(size, PIECE));
    if (written <= 0)
      return FALSE;
    bytes += written;
    size -= (gsize)written;
  }
  return TRUE;
}

static gboolean put(Sftp *sftp, const char *path, const void *bytes, gsize size, GError **error) {
  g_autoptr(Handle) handle =
      libssh2_sftp_open(sftp->sftp, path, LIBSSH2_FXF_WRITE | LIBSSH2_FXF_CREAT | LIBSSH2_FXF_TRUNC,
                        LIBSSH2_SFTP_S_IRUSR | LIBSSH2_SFTP_S_IWUSR | LIBSSH2_SFTP_S_IRGRP);
  if (handle == NULL || !write_all(handle, bytes, size))
    return failed(sftp->session, path, error);
  int synced = libssh2_sftp_fsync(handle);
  if (synced != 0 && !answered(sftp, synced)) /* a server without fsync@openssh.com says so */
    return failed(sftp->session, path, error);
  if (libssh2_sftp_close_handle(g_steal_pointer(&handle)) != 0)
    return failed(sftp->session, path, error);
  return TRUE;
}

ChannelOutcome sftp_put(Sftp *sftp, const char *path, const void *bytes, gsize size, GError **error) {
  gint64 there = -1;
  if (!put(sftp, path, bytes, size, error) || !sftp_size(sftp, path, &there, error))
    return CHANNEL_RETRY;
  if (there == (gint64)size)
    return CHANNEL_DONE;
  error_set(error, ERROR_TEMPORARY, "sftp", "value", path, "detail", "size differs after upload", NULL);
  return CHANNEL_RETRY;
}

ChannelOutcome sftp_rename(Sftp *sftp, const char *from, const char *to, GError **error) {
  /* No flags: SFTP 3 has none, and OpenSSH never replaces. */
  int result = libssh2_sftp_rename_ex(sftp->sftp, from, (unsigned)strlen(from), to, (unsigned)strlen(to), 0);
  if (result == 0)
    return CHANNEL_DONE;
  failed(sftp->session, to, error);
  return answered(sftp, result) ? CHANNEL_RETRY : CHANNEL_UNKNOWN;
}

static gboolean write_fd(int to, const char *bytes, gsize size, GError **error) {
  while (size > 0) {
    ssize_t written = write(to, bytes, size);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return error_set(error, ERROR_PERMANENT, "disk", "detail", g_strerror(errno), NULL);
    bytes += written;
    size -= (gsize)written;
  }
  return TRUE;
}

/* One file that the server will not give must not stand in the way of the others. */
static gboolean not_given(Sftp *sftp, const char *path, GError **error) {
  char *words = NULL;
  if (!answered(sftp, libssh2_session_last_error(sftp->session, &words, NULL, 0)))
    return failed(sftp->session, path, error);
  return error_set(error, ERROR_REFUSED, "sftp_missing", "file", path, "detail", words, NULL);
}

gboolean sftp_get(Sftp *sftp, const char *path, int to, gint64 limit, gint64 *size, GError **error) {
  g_autoptr(Handle) handle = libssh2_sftp_open(sftp->sftp, path, LIBSSH2_FXF_READ, 0);
  if (handle == NULL)
    return not_given(sftp, path, error);
  g_autofree char *piece = g_malloc(PIECE);
  for (gint64 total = 0;;) {
    ssize_t got = libssh2_sftp_read(handle, piece, PIECE);
    if (got < 0)
      return not_given(sftp, path, error);
    if (!in_time(sftp, path, error))
      return FALSE;
    if (got == 0) {
      *size = total;
      return TRUE;
    }
    total += got;
    if (total > limit) {
      g_autofree char *most = g_strdup_printf("%" G_GINT64_FORMAT, limit);
      return error_set(error, ERROR_REFUSED, "too_large", "file", path, "expected", most, NULL);
    }
    if (!write_fd(to, piece, (gsize)got, error))
      return FALSE;
  }
}
