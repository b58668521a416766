/* Migrations: numbered, each one transaction together with its number, so that a kill leaves the schema before or
 * after. */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/audit.h"
#include "spool/store_internal.h"

#define INCLUDE_TEXT(name, path)                                                                                       \
  __asm__(".section .rodata\n" #name ":\n.incbin \"" path "\"\n.byte 0\n.previous\n");                                 \
  extern const char name[]

INCLUDE_TEXT(schema_001, "spool/schema/001.sql");
INCLUDE_TEXT(schema_002, "spool/schema/002.sql");
INCLUDE_TEXT(schema_003, "spool/schema/003.sql");
INCLUDE_TEXT(schema_004, "spool/schema/004.sql");
INCLUDE_TEXT(schema_005, "spool/schema/005.sql");
INCLUDE_TEXT(schema_006, "spool/schema/006.sql");
INCLUDE_TEXT(schema_007, "spool/schema/007.sql");
INCLUDE_TEXT(schema_008, "spool/schema/008.sql");
INCLUDE_TEXT(schema_009, "spool/schema/009.sql");
INCLUDE_TEXT(schema_010, "spool/schema/010.sql");
INCLUDE_TEXT(schema_011, "spool/schema/011.sql");
INCLUDE_TEXT(schema_012, "spool/schema/012.sql");
INCLUDE_TEXT(schema_013, "spool/schema/013.sql");
INCLUDE_TEXT(schema_014, "spool/schema/014.sql");
INCLUDE_TEXT(schema_015, "spool/schema/015.sql");
INCLUDE_TEXT(schema_016, "spool/schema/016.sql");
INCLUDE_TEXT(schema_017, "spool/schema/017.sql");

static const char *const migrations[] = {schema_001, schema_002, schema_003, schema_004, schema_005, schema_006,
                                         schema_007, schema_008, schema_009, schema_010, schema_011, schema_012,
                                         schema_013, schema_014, schema_015, schema_016, schema_017};

int store_schema(void) {
  return (int)G_N_ELEMENTS(migrations);
}

static gboolean name_instance(Store *store, gint64 now, GError **error) {
  guint8 random[8];
  g_assert(getrandom(random, sizeof random, 0) == sizeof random);
  g_autofree char *name = g_compute_checksum_for_data(G_CHECKSUM_SHA256, random, sizeof random);
  name[16] = '\0';
  return store_run(store, error, "INSERT INTO instance (id, name, created_at) VALUES (1, ?, ?)", "ti", name, now) &&
         audit_append(store, now, "yifend", "instance.create", "instance", "{}", error);
}

/* A table that is made anew is missing for a moment, so its references are checked here and not meanwhile. */
static gboolean check_references(Store *store, GError **error) {
  gboolean broken = FALSE;
  g_autofree char *table = NULL;
  return store_row(store, error, &broken, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", "", "t", &table) &&
         (!broken || error_set(error, ERROR_PERMANENT, "store", "detail", table, NULL));
}

static gboolean migrate_one(Store *store, int number, gint64 now, GError **error) {
  g_autofree char *set_version = g_strdup_printf("PRAGMA user_version=%d", number + 1);
  if (!store_begin(store, error))
    return FALSE;
  if (store_script(store, migrations[number], error) && check_references(store, error) &&
      (number > 0 || name_instance(store, now, error)) && store_script(store, set_version, error) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean migrate_all(const char *dir, gint64 now, GError **error) {
  g_autoptr(Store) store = store_connect(dir, TRUE, error);
  gboolean found;
  gint64 version = 0;
  if (store == NULL || !store_row(store, error, &found, "PRAGMA user_version", "", "i", &version) ||
      !store_script(store, "PRAGMA foreign_keys=OFF", error))
    return FALSE;
  if (version > store_schema()) {
    g_autofree char *got = g_strdup_printf("%" G_GINT64_FORMAT, version), *want = g_strdup_printf("%d", store_schema());
    return error_set(error, ERROR_PERMANENT, "schema", "file", dir, "value", got, "expected", want, NULL);
  }
  for (int i = (int)version; i < store_schema(); i++)
    if (!migrate_one(store, i, now, error))
      return FALSE;
  return TRUE;
}

gboolean store_migrate(const char *dir, gint64 now, GError **error) {
  g_autofree char *path = g_build_filename(dir, "run", "migrate.lock", NULL);
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (lock < 0 || flock(lock, LOCK_EX) != 0) {
    (void)error_set(error, ERROR_PERMANENT, "store", "file", path, "detail", g_strerror(errno), NULL);
    if (lock >= 0)
      (void)close(lock);
    return FALSE;
  }
  gboolean ok = migrate_all(dir, now, error);
  (void)close(lock);
  return ok;
}
