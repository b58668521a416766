/* Files of secrets: private keys, passphrases, shared keys. Only their owner may read them. */
#ifndef YIFEN_DAEMON_SECRET_H
#define YIFEN_DAEMON_SECRET_H

#include <glib.h>

/* The file in memory, ended by a NUL; overwritten when it goes. */
typedef struct {
  char *bytes;
  gsize size;
} Secret;
void secret_clear(Secret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Secret, secret_clear)

/* Reads a file of at most 16 KiB and mode 0600 or less, or a systemd credential (mode 0440 or less); else
 * ERROR_PERMANENT with that reason, file and detail. */
gboolean secret_read(const char *path, const char *reason, Secret *secret, GError **error);

/* Without the line end that an editor leaves. */
void secret_strip_line_end(Secret *secret);

#endif
