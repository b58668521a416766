#include "spool/store.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/lock.h"
#include "spool/store_internal.h"

#define BUSY_SLEEP_US 200
#define BUSY_LIMIT_US (10 * G_USEC_PER_SEC)
#define CHECKPOINT_PAGES 1000

struct Store {
  sqlite3 *db;
  char *dir;
  GHashTable *idle; /* text of SQL -> prepared statement that nobody uses */
  GPtrArray *bells; /* roles to ring after the commit */
  int wait_fd;      /* flock: shared by who waits to write */
  int bulk_fd;      /* flock: exclusive for the bulk writer */
  gboolean bulk;
  gint64 waited_since; /* monotonic, 0 while not waiting */
  const MatchPass *passes;
};

void store_set_passes(Store *store, const MatchPass *passes) {
  store->passes = passes;
}

const MatchPass *store_passes(const Store *store) {
  return store->passes;
}

const char *store_dir(const Store *store) {
  return store->dir;
}

gboolean store_error(sqlite3 *db, GError **error) {
  const char *detail = sqlite3_errmsg(db);
  switch (sqlite3_errcode(db)) {
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return error_set(error, ERROR_TEMPORARY, "busy", "detail", detail, NULL);
  case SQLITE_CONSTRAINT:
    return error_set(error, ERROR_REFUSED, "constraint", "detail", detail, NULL);
  default:
    return error_set(error, ERROR_PERMANENT, "store", "detail", detail, NULL);
  }
}

sqlite3 *store_database(Store *store) {
  return store->db;
}

/* Our own busy handler: no back-off, so that a small commit beside an import waits milliseconds, not seconds. */
static int on_busy(void *user, int calls) {
  Store *store = user;
  gint64 now = g_get_monotonic_time();
  if (calls == 0) {
    store->waited_since = now;
    (void)flock(store->wait_fd, LOCK_SH | LOCK_NB);
  }
  if (now - store->waited_since > BUSY_LIMIT_US)
    return 0;
  g_usleep(BUSY_SLEEP_US);
  return 1;
}

static void end_waiting(Store *store) {
  if (store->waited_since != 0)
    (void)flock(store->wait_fd, LOCK_UN);
  store->waited_since = 0;
}

gboolean store_awaited(Store *store) {
  if (flock(store->wait_fd, LOCK_EX | LOCK_NB) != 0)
    return TRUE;
  (void)flock(store->wait_fd, LOCK_UN);
  return FALSE;
}

gboolean store_bulk(Store *store, gboolean on) {
  if (on && flock(store->bulk_fd, LOCK_EX | LOCK_NB) != 0)
    return FALSE;
  if (!on)
    (void)flock(store->bulk_fd, LOCK_UN);
  store->bulk = on;
  return TRUE;
}

/* Beside a bulk writer nobody else checkpoints: they would make it wait for the disk and the WAL would grow without
 * end. */
static int on_commit_to_wal(void *user, sqlite3 *db, const char *name, int pages) {
  Store *store = user;
  if (pages < CHECKPOINT_PAGES)
    return SQLITE_OK;
  gboolean mine = store->bulk || flock(store->bulk_fd, LOCK_SH | LOCK_NB) == 0;
  if (!mine)
    return SQLITE_OK;
  (void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  if (!store->bulk)
    (void)flock(store->bulk_fd, LOCK_UN);
  return SQLITE_OK;
}

gboolean store_pragma(sqlite3 *db, const char *sql, char **got, GError **error) {
  sqlite3_stmt *statement = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
    return store_error(db, error);
  gboolean row = sqlite3_step(statement) == SQLITE_ROW;
  g_autofree char *first = row ? g_strdup((const char *)sqlite3_column_text(statement, 0)) : NULL;
  if (sqlite3_finalize(statement) != SQLITE_OK)
    return store_error(db, error);
  *got = g_steal_pointer(&first);
  return TRUE;
}

static gboolean setting_reads(sqlite3 *db, const char *sql, const char *want, GError **error) {
  g_autofree char *got = NULL;
  if (!store_pragma(db, sql, &got, error))
    return FALSE;
  if (g_strcmp0(got, want) == 0)
    return TRUE;
  return error_set(error, ERROR_PERMANENT, "store_setting", "field", sql, "value", got, "expected", want, NULL);
}

static gboolean configure(Store *store, GError **error) {
  sqlite3 *db = store->db;
  (void)sqlite3_busy_handler(db, on_busy, store);
  gboolean ok =
      setting_reads(db, "PRAGMA journal_mode=WAL", "wal", error) &&
      store_script(store, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF", error) &&
      setting_reads(db, "PRAGMA synchronous", "2", error) && setting_reads(db, "PRAGMA foreign_keys", "1", error);
  end_waiting(store);
  if (!ok)
    return FALSE;
  (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  (void)sqlite3_wal_hook(db, on_commit_to_wal, store);
  return TRUE;
}

/* SQLite does not report a failed fsync of the directory that holds a new -wal file, so we sync it ourselves. */
static gboolean sync_dir(const char *dir, GError **error) {
  int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync(fd) == 0;
  const char *why = g_strerror(errno);
  if (fd >= 0)
    (void)close(fd);
  return ok || error_set(error, ERROR_PERMANENT, "store", "file", dir, "detail", why, NULL);
}

static int open_lock(const char *dir, const char *name, GError **error) {
  g_autofree char *path = g_build_filename(dir, "run", name, NULL);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    (void)error_set(error, ERROR_PERMANENT, "store", "file", path, "detail", g_strerror(errno), NULL);
  return fd;
}

/* SQLite gives -wal and -shm the mode of the file itself: applicants' data is for the service alone. */
static gboolean make_private(const char *path, GError **error) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return error_set(error, ERROR_PERMANENT, "store", "file", path, "detail", g_strerror(errno), NULL);
  (void)close(fd);
  return TRUE;
}

Store *store_connect(const char *dir, gboolean create, GError **error) {
  g_autoptr(Store) store = g_new0(Store, 1);
  store->dir = g_strdup(dir);
  store->wait_fd = store->bulk_fd = -1;
  store->idle = g_hash_table_new(g_str_hash, g_str_equal);
  store->bells = g_ptr_array_new_with_free_func(g_free);
  if ((store->wait_fd = open_lock(dir, "wait.lock", error)) < 0 ||
      (store->bulk_fd = open_lock(dir, "bulk.lock", error)) < 0)
    return NULL;
  g_autofree char *path = g_build_filename(dir, "store.db", NULL);
  if (create && !make_private(path, error))
    return NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
    (void)store_error(store->db, error);
    error_add(error, "file", path);
    return NULL;
  }
  (void)sqlite3_extended_result_codes(store->db, 0);
  if (!configure(store, error) || !sync_dir(dir, error))
    return NULL;
  return g_steal_pointer(&store);
}

Store *store_open(const char *dir, GError **error) {
  g_autoptr(Store) store = store_connect(dir, FALSE, error);
  gint64 version = -1;
  gboolean found = FALSE;
  if (store == NULL || !store_row(store, error, &found, "PRAGMA user_version", "", "i", &version))
    return NULL;
  if (version != store_schema()) {
    g_autofree char *got = g_strdup_printf("%" G_GINT64_FORMAT, version), *want = g_strdup_printf("%d", store_schema());
    (void)error_set(error, ERROR_PERMANENT, "schema", "file", dir, "value", got, "expected", want, NULL);
    return NULL;
  }
  return g_steal_pointer(&store);
}

void store_close(Store *store) {
  if (store == NULL)
    return;
  GHashTableIter iter;
  gpointer statement;
  g_hash_table_iter_init(&iter, store->idle);
  while (g_hash_table_iter_next(&iter, NULL, &statement))
    (void)sqlite3_finalize(statement);
  g_hash_table_unref(store->idle);
  g_ptr_array_unref(store->bells);
  if (store->db != NULL)
    g_assert(sqlite3_close(store->db) == SQLITE_OK);
  if (store->wait_fd >= 0)
    (void)close(store->wait_fd);
  if (store->bulk_fd >= 0)
    (void)close(store->bulk_fd);
  g_free(store->dir);
  g_free(store);
}

gboolean store_script(Store *store, const char *sql, GError **error) {
  return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_error(store->db, error);
}

gboolean store_in_transaction(const Store *store) {
  return !sqlite3_get_autocommit(store->db);
}

gboolean store_begin(Store *store, GError **error) {
  g_assert(!store_in_transaction(store));
  g_ptr_array_set_size(store->bells, 0);
  gboolean ok = store_script(store, "BEGIN IMMEDIATE", error);
  end_waiting(store);
  return ok;
}

gboolean store_commit(Store *store, GError **error) {
  if (!store_script(store, "COMMIT", error))
    return FALSE;
  /* A lost bell costs at most 30 s, so an error here is no error of the commit. */
  for (guint i = 0; i < store->bells->len; i++)
    (void)bell_ring(store->dir, store->bells->pdata[i], NULL);
  g_ptr_array_set_size(store->bells, 0);
  return TRUE;
}

void store_rollback(Store *store) {
  g_ptr_array_set_size(store->bells, 0);
  if (store_in_transaction(store))
    (void)store_script(store, "ROLLBACK", NULL);
}

void store_ring(Store *store, const char *role) {
  g_assert(store_in_transaction(store));
  if (!g_ptr_array_find_with_equal_func(store->bells, role, g_str_equal, NULL))
    g_ptr_array_add(store->bells, g_strdup(role));
}

/* Takes a prepared statement out of the cache, so that the same text may be in use twice at once. NULL with the
 * database's error. */
static sqlite3_stmt *take(Store *store, const char *sql) {
  sqlite3_stmt *statement = g_hash_table_lookup(store->idle, sql);
  if (statement != NULL) {
    g_hash_table_remove(store->idle, sql);
    return statement;
  }
  int rc = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
  if (rc == SQLITE_ERROR)
    g_error("SQL: %s: %s", sqlite3_errmsg(store->db), sql);
  return statement;
}

/* The key of the cache is the statement's own copy of its text. */
static void give_back(Store *store, sqlite3_stmt *statement) {
  (void)sqlite3_reset(statement);
  (void)sqlite3_clear_bindings(statement);
  const char *sql = sqlite3_sql(statement);
  if (g_hash_table_contains(store->idle, sql))
    (void)sqlite3_finalize(statement);
  else
    (void)g_hash_table_insert(store->idle, (gpointer)(gintptr)sql, statement);
}

static void bind(sqlite3_stmt *statement, const char *types, va_list *values) {
  g_assert((int)strlen(types) == sqlite3_bind_parameter_count(statement));
  for (int i = 0; types[i] != '\0'; i++) {
    int rc = SQLITE_MISUSE;
    if (types[i] == 'i')
      rc = sqlite3_bind_int64(statement, i + 1, va_arg(*values, gint64));
    else if (types[i] == 't')
      rc = sqlite3_bind_text(statement, i + 1, va_arg(*values, const char *), -1, SQLITE_TRANSIENT);
    else if (types[i] == 'b') {
      const void *bytes = va_arg(*values, const void *);
      rc = sqlite3_bind_blob64(statement, i + 1, bytes, va_arg(*values, gsize), SQLITE_TRANSIENT);
    }
    g_assert(rc == SQLITE_OK);
  }
}

gboolean store_run(Store *store, GError **error, const char *sql, const char *types, ...) {
  sqlite3_stmt *statement = take(store, sql);
  if (statement == NULL)
    return store_error(store->db, error);
  va_list values;
  va_start(values, types);
  bind(statement, types, &values);
  va_end(values);
  gboolean ok = sqlite3_step(statement) == SQLITE_DONE || store_error(store->db, error);
  give_back(store, statement);
  return ok;
}

gint64 store_last_id(Store *store) {
  return sqlite3_last_insert_rowid(store->db);
}

gint64 store_changes(Store *store) {
  return sqlite3_changes(store->db);
}

static void read_columns(sqlite3_stmt *statement, const char *columns, va_list *values) {
  g_assert((int)strlen(columns) == sqlite3_column_count(statement));
  for (int i = 0; columns[i] != '\0'; i++) {
    if (columns[i] == 'i')
      *va_arg(*values, gint64 *) = sqlite3_column_int64(statement, i);
    else if (columns[i] == 't')
      *va_arg(*values, char **) = g_strdup((const char *)sqlite3_column_text(statement, i));
    else {
      g_assert(columns[i] == 'b');
      const void *bytes = sqlite3_column_blob(statement, i);
      *va_arg(*values, GBytes **) =
          bytes == NULL ? NULL : g_bytes_new(bytes, (gsize)sqlite3_column_bytes(statement, i));
    }
  }
}

gboolean store_row(Store *store, GError **error, gboolean *found, const char *sql, const char *types, ...) {
  *found = FALSE;
  sqlite3_stmt *statement = take(store, sql);
  if (statement == NULL)
    return store_error(store->db, error);
  va_list values;
  va_start(values, types);
  bind(statement, types, &values);
  const char *columns = va_arg(values, const char *);
  int rc = sqlite3_step(statement);
  if (rc == SQLITE_ROW) {
    *found = TRUE;
    read_columns(statement, columns, &values);
  }
  va_end(values);
  gboolean ok = rc == SQLITE_ROW || rc == SQLITE_DONE || store_error(store->db, error);
  give_back(store, statement);
  return ok;
}

Rows store_rows(Store *store, const char *sql, const char *types, ...) {
  Rows rows = {.store = store, .statement = take(store, sql)};
  if (rows.statement == NULL)
    return rows;
  va_list values;
  va_start(values, types);
  bind(rows.statement, types, &values);
  va_end(values);
  return rows;
}

gboolean rows_next(Rows *rows, GError **error) {
  int rc = rows->statement == NULL ? SQLITE_ERROR : sqlite3_step(rows->statement);
  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE) {
    rows->failed = TRUE;
    (void)store_error(rows->store->db, error);
  }
  return FALSE;
}

gint64 rows_int(Rows *rows, int column) {
  return sqlite3_column_int64(rows->statement, column);
}

gboolean rows_null(Rows *rows, int column) {
  return sqlite3_column_type(rows->statement, column) == SQLITE_NULL;
}

const char *rows_text(Rows *rows, int column) {
  return (const char *)sqlite3_column_text(rows->statement, column);
}

const void *rows_blob(Rows *rows, int column, gsize *size) {
  const void *bytes = sqlite3_column_blob(rows->statement, column);
  *size = (gsize)sqlite3_column_bytes(rows->statement, column);
  return bytes;
}

void rows_end(Rows *rows) {
  if (rows->statement != NULL)
    give_back(rows->store, rows->statement);
  rows->statement = NULL;
}
