/* A backup: the whole store as it stands at one moment, in one file, while everybody goes on working. */
#ifndef YIFEN_SPOOL_BACKUP_H
#define YIFEN_SPOOL_BACKUP_H

#include "spool/store.h"

typedef void BackupProgress(gpointer user, int done, int total); /* pages */

/* Copies the store to the new file `path` (mode 0600), outside a transaction. The file appears under its name only when
 * it is whole, checked (PRAGMA integrity_check, foreign_key_check) and fsynced; it is a database in journal mode
 * DELETE, so it needs no other file. ERROR_REFUSED "exists" when `path` is there; what SQLite says of the copy is
 * ERROR_PERMANENT "store". Gives its bytes. */
gboolean store_backup(Store *store, const char *path, BackupProgress *progress, gpointer user, goffset *bytes,
                      GError **error);

/* Is the store whole? The same two checks, on the store itself. */
gboolean store_check(Store *store, GError **error);

#endif
