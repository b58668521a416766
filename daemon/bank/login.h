/* Login to an SSH server with a private key file. */
#ifndef YIFEN_DAEMON_BANK_LOGIN_H
#define YIFEN_DAEMON_BANK_LOGIN_H

#include <libssh2.h>

#include "daemon/conf.h"

/* The session's host key must have been checked. Key and passphrase files must be readable by their owner alone.
 * ERROR_PERMANENT "ssh_key", "ssh_key_rsa", "ssh_login"; ERROR_TEMPORARY "sftp" when the connection broke. */
gboolean login(LIBSSH2_SESSION *session, const ConfChannel *channel, GError **error);

#endif
