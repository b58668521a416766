#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"

#define SECRET_MAX 16384

void secret_clear(Secret *secret) {
  if (secret->bytes != NULL)
    OPENSSL_cleanse(secret->bytes, SECRET_MAX);
  g_clear_pointer(&secret->bytes, g_free);
}

/* systemd lets the service's user read a credential by an access list, which shows as the group's mode; the folder is
 * closed to others (systemd.exec(5), CREDENTIALS). */
static mode_t forbidden_mode(const char *path) {
  const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
  gboolean credential =
      folder != NULL && g_str_has_prefix(path, folder) && path[strlen(folder)] == '/' && strstr(path, "/../") == NULL;
  return credential ? 037 : 077;
}

gboolean secret_read(const char *path, const char *reason, Secret *secret, GError **error) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    return error_set(error, ERROR_PERMANENT, reason, "file", path, "detail", g_strerror(errno), NULL);
  struct stat st;
  gboolean shaped = fstat(fd, &st) == 0 && S_ISREG(st.st_mode),
           closed = shaped && (st.st_mode & forbidden_mode(path)) == 0;
  secret->bytes = g_malloc0(SECRET_MAX);
  ssize_t got = closed ? read(fd, secret->bytes, SECRET_MAX - 1) : -1;
  close(fd);
  if (got <= 0)
    return error_set(error, ERROR_PERMANENT, reason, "file", path, "detail",
                     shaped && !closed ? "others may read it, expected mode 0600" : "unreadable", NULL);
  secret->size = (gsize)got;
  return TRUE;
}

void secret_strip_line_end(Secret *secret) {
  while (secret->size > 0 && (secret->bytes[secret->size - 1] == '\n' || secret->bytes[secret->size - 1] == '\r'))
    secret->bytes[--secret->size] = '\0';
}
