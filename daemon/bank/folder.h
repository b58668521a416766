/* The exchange directory of a bank's front-end machine (前置机): folders on this machine or mounted from that one. The
 * bank's side moves files in and out at any moment, and nothing that lies there is trusted: no name, link, pipe or
 * device. A folder is opened for each step, never kept: a share that was mounted anew must not be missed.
 *
 * Reasons: "exchange" (value: the path, detail) is ERROR_TEMPORARY; "exchange_file" (file, detail) and "too_large" are
 * ERROR_REFUSED; "exchange_sync", a directory that could not be made durable, is ERROR_PERMANENT: what was renamed may
 * or may not be there after a power cut, and a second fsync would not tell. */
#ifndef YIFEN_DAEMON_BANK_FOLDER_H
#define YIFEN_DAEMON_BANK_FOLDER_H

#include "daemon/bank/exchange.h"

/* May we write where we must? A share that is not mounted shows its empty mount point, which is not ours to write: no
 * look at it may tell that a file has been taken. */
gboolean folder_reached(const ConfChannel *channel, GError **error);

/* These do what daemon/bank/exchange.h says. */
GPtrArray *folder_list(const char *folder, GError **error);
gboolean folder_size(const char *path, gint64 *size, GError **error);
ChannelOutcome folder_put(const char *path, const void *bytes, gsize size, GError **error);
ChannelOutcome folder_rename(const char *from, const char *to, GError **error);
gboolean folder_sync(const char *folder, GError **error);
gboolean folder_get(const char *path, int to, gint64 limit, gint64 *size, GError **error);

#endif
