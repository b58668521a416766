/* The store: one SQLite database, WAL, synchronous=FULL. All SQL of the project lives in spool/.
 *
 * Calling sequence of a change:
 *     if (!store_begin(store, error)) return FALSE;
 *     if (!... || !audit_append(...) || !store_commit(store, error)) { store_rollback(store); return FALSE; }
 * Never hold a transaction open across a network call.
 *
 * Statements take a string of types for their parameters: 'i' gint64, 't' const char * (NULL binds NULL),
 * 'b' const void *, gsize (NULL pointer binds NULL). They are prepared once and cached by their text, which must be a
 * string constant.
 */
#ifndef YIFEN_SPOOL_STORE_H
#define YIFEN_SPOOL_STORE_H

#include "rules/match.h"

typedef struct Store Store;

/* Opens DIR/store.db. Refuses (ERROR_PERMANENT) a missing file, another schema than ours ("schema"), or settings that
 * do not read back as WAL and FULL; then fsyncs DIR itself. */
Store *store_open(const char *dir, GError **error);
void store_close(Store *store); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Makes the store or brings it to our schema, one migration a transaction, under an exclusive lock; safe to kill.
 * Only `yifend` before its roles and `yifen init` call this. */
gboolean store_migrate(const char *dir, gint64 now, GError **error);

/* The schema this program was built for. */
int store_schema(void);

const char *store_dir(const Store *store);

/* The passes by which matching judges in this store (rules/match_pass.h); NULL, until they are set: the built-in ones.
 * They must outlive the store. */
void store_set_passes(Store *store, const MatchPass *passes);
const MatchPass *store_passes(const Store *store);

/* A write transaction: waits its turn under our own busy handler (200 us, no back-off), visible to bulk writers.
 * ERROR_TEMPORARY "busy" after 10 s. */
gboolean store_begin(Store *store, GError **error);
/* Makes it durable, then rings the bells of the roles that got jobs (job.h). */
gboolean store_commit(Store *store, GError **error);
void store_rollback(Store *store); /* does nothing outside a transaction */
gboolean store_in_transaction(const Store *store);

/* Is somebody waiting to write? Bulk writers commit after 4 ms or 1,000 rows and step aside then. */
gboolean store_awaited(Store *store);
/* Declares this process the bulk writer (or ends that): it alone checkpoints meanwhile. FALSE when another is. */
gboolean store_bulk(Store *store, gboolean on);

/* Rings this role's bell after the next commit of the open transaction; job_add does it. */
void store_ring(Store *store, const char *role);

/* Runs a statement without rows. A broken constraint is ERROR_REFUSED "constraint"; a full disk, I/O error is
 * ERROR_PERMANENT. */
gboolean store_run(Store *store, GError **error, const char *sql, const char *types, ...);
gint64 store_last_id(Store *store);
gint64 store_changes(Store *store); /* rows changed by the last store_run */

/* One row: TRUE with `found` set. Out parameters follow the types of the columns: 'i' gint64 *, (NULL reads as 0),
 * 't' char ** (g_strdup, NULL for NULL), 'b' GBytes **. Written only when found.
 *     store_row(store, error, &found, "SELECT id, state FROM transfer WHERE reference = ?", "t", reference, "it", &id,
 * &state) */
gboolean store_row(Store *store, GError **error, gboolean *found, const char *sql, const char *types, ...);

/* Many rows:
 *     g_auto(Rows) rows = store_rows(store, "SELECT ...", "i", id);
 *     while (rows_next(&rows, error)) ... rows_int(&rows, 0) ...
 *     if (rows.failed) return FALSE;
 * Texts and blobs belong to the row. A Rows must be ended (cleanup does it) before the same text is run again. */
typedef struct {
  Store *store;
  void *statement;
  gboolean failed;
} Rows;
Rows store_rows(Store *store, const char *sql, const char *types, ...);
gboolean rows_next(Rows *rows, GError **error); /* FALSE at the end or when failed */
gint64 rows_int(Rows *rows, int column);        /* 0 for NULL */
gboolean rows_null(Rows *rows, int column);
const char *rows_text(Rows *rows, int column); /* NULL for NULL */
const void *rows_blob(Rows *rows, int column, gsize *size);
void rows_end(Rows *rows);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Rows, rows_end)

#endif
