/* What store.c shares with migrations.c and backup.c. */
#ifndef YIFEN_SPOOL_STORE_INTERNAL_H
#define YIFEN_SPOOL_STORE_INTERNAL_H

#include <sqlite3.h>

#include "spool/store.h"

/* Opens DIR/store.db with our settings, read back; makes it when `create`. No schema check. */
Store *store_connect(const char *dir, gboolean create, GError **error);

sqlite3 *store_database(Store *store);

/* Turns SQLite's last error into ours. Always FALSE. */
gboolean store_error(sqlite3 *db, GError **error);

/* The first value that a pragma answers, NULL when it answers nothing; the caller frees. */
gboolean store_pragma(sqlite3 *db, const char *sql, char **got, GError **error);

/* Runs SQL that may hold several statements, none with rows. */
gboolean store_script(Store *store, const char *sql, GError **error);

#endif
