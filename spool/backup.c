#include "spool/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/durable.h"
#include "spool/store_internal.h"

enum { STEP = 2000 }; /* pages between two words about progress */

typedef sqlite3 Database;
static void database_close(Database *db) {
  g_assert(sqlite3_close(db) == SQLITE_OK);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Database, database_close)

static gboolean broken(const char *detail, GError **error) {
  return error_set(error, ERROR_PERMANENT, "store", "detail", detail, NULL);
}

/* The first word of a check's answer must be this; NULL: it must answer nothing. */
static gboolean answers(sqlite3 *db, const char *sql, const char *want, GError **error) {
  g_autofree char *got = NULL;
  return store_pragma(db, sql, &got, error) && (g_strcmp0(got, want) == 0 || broken(got != NULL ? got : sql, error));
}

static gboolean check(sqlite3 *db, GError **error) {
  return answers(db, "PRAGMA integrity_check(1)", "ok", error) && answers(db, "PRAGMA foreign_key_check", NULL, error);
}

gboolean store_check(Store *store, GError **error) {
  return check(store_database(store), error);
}

static gboolean copy_pages(sqlite3 *from, sqlite3 *to, BackupProgress *progress, gpointer user, GError **error) {
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
  if (backup == NULL)
    return store_error(to, error);
  int code;
  while ((code = sqlite3_backup_step(backup, STEP)) == SQLITE_OK)
    if (progress != NULL)
      progress(user, sqlite3_backup_pagecount(backup) - sqlite3_backup_remaining(backup),
               sqlite3_backup_pagecount(backup));
  (void)sqlite3_backup_finish(backup);
  return code == SQLITE_DONE || broken(sqlite3_errstr(code), error);
}

/* Within one read transaction, so that what others commit meanwhile does not make the copy begin anew. */
static gboolean copy(Store *store, sqlite3 *to, BackupProgress *progress, gpointer user, GError **error) {
  if (!store_script(store, "BEGIN; SELECT count(*) FROM sqlite_schema", error))
    return FALSE;
  gboolean done = copy_pages(store_database(store), to, progress, user, error);
  store_rollback(store);
  return done && answers(to, "PRAGMA journal_mode=DELETE", "delete", error) && check(to, error);
}

static gboolean fill(Store *store, const char *path, BackupProgress *progress, gpointer user, GError **error) {
  g_autoptr(Database) to = NULL;
  if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return store_error(to, error);
  return copy(store, to, progress, user, error);
}

static gboolean fail(const char *path, GError **error) {
  int why = errno;
  ErrorKind kind = why == ENOENT || why == ENOTDIR || why == EACCES ? ERROR_REFUSED : ERROR_PERMANENT;
  return error_set(error, kind, "file_system", "file", path, "detail", g_strerror(why), NULL);
}

/* SQLite synced what it wrote; that its file is synced whole is our own word. */
static gboolean settle(const char *path, goffset *bytes, GError **error) {
  struct stat status;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  gboolean done = fd >= 0 && fsync(fd) == 0 && fstat(fd, &status) == 0;
  gboolean told = done || fail(path, error);
  if (fd >= 0)
    (void)close(fd);
  *bytes = done ? (goffset)status.st_size : 0;
  return told;
}

gboolean store_backup(Store *store, const char *path, BackupProgress *progress, gpointer user, goffset *bytes,
                      GError **error) {
  g_autofree char *dir = g_path_get_dirname(path), *name = g_path_get_basename(path);
  g_autofree char *part_name = g_strconcat(".", name, ".part", NULL), *part = g_build_filename(dir, part_name, NULL);
  if (access(path, F_OK) == 0)
    return error_set(error, ERROR_REFUSED, "exists", "file", path, NULL);
  int fd = open(part, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail(part, error);
  (void)close(fd);
  if (fill(store, part, progress, user, error) && settle(part, bytes, error) &&
      durable_move(dir, part_name, dir, name, error))
    return TRUE;
  (void)unlink(part);
  return FALSE;
}
