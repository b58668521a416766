/* What the folders of a channel showed when it was fetched, so that each remote file is fetched once. */
#ifndef YIFEN_SPOOL_REMOTE_H
#define YIFEN_SPOOL_REMOTE_H

#include "spool/files.h"

/* A file in a bank's folder, as its listing shows it. */
typedef struct {
  const char *channel, *folder, *name;
  gint64 size, mtime; /* seconds, the bank's clock */
} RemoteFile;

/* Was it fetched as it is now? */
gboolean remote_known(Store *store, const RemoteFile *remote, gboolean *known, GError **error);

/* In a transaction of its own: our copy of it is `file` (path, size, sha256, kind, origin, name, account are set).
 * Content that this channel brought under this name before gets no second row; *fresh FALSE: the copy may go. Else the
 * row, and its job: intake's for a statement, pay's for a status file. */
gboolean remote_taken(Store *store, const RemoteFile *remote, FileRow *file, Instant now, gboolean *fresh,
                      GError **error);

#endif
