/* SFTP edge over libssh2: one connection, used and closed. Blocking, every wait bounded.
 *
 * The server's host key (SHA-256 of the key, as `ssh-keygen -lf` prints it) is compared with the pin before any byte of
 * authentication is sent. ed25519 is asked for first, then ecdsa. Login is by public key only; Debian 12's libssh2 1.10
 * signs with RSA only over SHA-1, which OpenSSH refuses since 8.8: that has its own reason word.
 *
 * Reasons: "host_key" (value: theirs, expected: the pin), "ssh_key" (key file missing, open to others, unreadable,
 * wrong passphrase), "ssh_key_rsa", "ssh_login" are ERROR_PERMANENT; "sftp" (detail: libssh2's words) and
 * "sftp_connect" are ERROR_TEMPORARY; "sftp_missing" (the server does not give that file) and "too_large" are
 * ERROR_REFUSED. All name the file or the host.
 */
#ifndef YIFEN_DAEMON_BANK_SFTP_H
#define YIFEN_DAEMON_BANK_SFTP_H

#include <glib.h>

#include "daemon/bank/exchange.h"

#define SFTP_TIMEOUT_MS 30000                   /* of each wait for the other side */
#define SFTP_LONGEST_US (1800 * G_USEC_PER_SEC) /* of a connection that lists and copies */

typedef struct Sftp Sftp;

Sftp *sftp_open(const ConfChannel *channel, GError **error);
void sftp_close(Sftp *sftp);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sftp, sftp_close)

/* These do what daemon/bank/exchange.h says. */
GPtrArray *sftp_list(Sftp *sftp, const char *folder, GError **error);
gboolean sftp_size(Sftp *sftp, const char *path, gint64 *size, GError **error);
ChannelOutcome sftp_put(Sftp *sftp, const char *path, const void *bytes, gsize size, GError **error);
ChannelOutcome sftp_rename(Sftp *sftp, const char *from, const char *to, GError **error);
gboolean sftp_get(Sftp *sftp, const char *path, int to, gint64 limit, gint64 *size, GError **error);

#endif
