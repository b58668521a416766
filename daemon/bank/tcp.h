/* Connecting to a host within a time limit. */
#ifndef YIFEN_DAEMON_BANK_TCP_H
#define YIFEN_DAEMON_BANK_TCP_H

#include <glib.h>

/* A connected blocking socket, or -1 with ERROR_TEMPORARY "sftp_connect" (file: the host, value: the port, detail).
 * Every address of the host is tried, each for at most `timeout_ms`. */
int tcp_connect(const char *host, int port, int timeout_ms, GError **error);

#endif
