/* The sockets of the HTTP API. */
#ifndef YIFEN_DAEMON_HTTP_LISTEN_H
#define YIFEN_DAEMON_HTTP_LISTEN_H

#include <glib.h>

/* A listening Unix socket, mode 0660, in place of a stale one. `path` appears only when it can be
 * connected to. -1 with ERROR_PERMANENT "listen" (file, detail). */
int listen_unix(const char *path, GError **error);

/* A listening TCP socket on a loopback address, "127.0.0.1:8080" or "[::1]:8080". Anything else is ERROR_PERMANENT
 * "listen". */
int listen_loopback(const char *address, GError **error);

#endif
