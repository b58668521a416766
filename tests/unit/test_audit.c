/* The audit chain: every edit, removal, reorder and cut is found. */
#include <sqlite3.h>

#include "rules/error.h"
#include "spool/audit.h"
#include "tests/unit/spooldir.h"

static char *make_log(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  g_assert_true(store_begin(store, NULL));
  for (int i = 0; i < 20; i++)
    g_assert_true(audit_append(store, i, "pay", "transfer.send", "transfer:Y1", "{\"n\":1}", NULL));
  g_assert_true(store_commit(store, NULL));
  store_close(store);
  return dir;
}

/* What somebody with the file in hands can do; the triggers are no obstacle to them. */
static gboolean verify_after(const char *sql) {
  char *dir = make_log();
  g_autofree char *path = g_build_filename(dir, "store.db", NULL);
  sqlite3 *db;
  g_assert_true(sqlite3_open(path, &db) == SQLITE_OK);
  g_assert_true(sqlite3_exec(db, "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete", NULL, NULL, NULL) ==
                SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_true(sqlite3_close(db) == SQLITE_OK);
  Store *store = spooldir_open(dir);
  gint64 rows;
  g_autofree char *head = NULL;
  g_autoptr(GError) error = NULL;
  gboolean whole = audit_verify(store, &rows, &head, &error);
  if (!whole)
    g_assert_cmpstr(error_reason(error), ==, "audit_broken");
  store_close(store);
  spooldir_remove(dir);
  return whole;
}

static void test_tampering(void) {
  static const struct {
    const char *name, *sql;
    gboolean whole;
  } table[] = {
      {"untouched", "SELECT 1", TRUE},
      {"retention wiped details", "DELETE FROM audit_detail WHERE audit_id < 9", TRUE},
      {"actor", "UPDATE audit SET actor = 'x' WHERE id = 7", FALSE},
      {"time", "UPDATE audit SET at = at + 1 WHERE id = 7", FALSE},
      {"action", "UPDATE audit SET action = 'y' WHERE id = 1", FALSE},
      {"subject", "UPDATE audit SET subject = 'y' WHERE id = 21", FALSE},
      {"detail", "UPDATE audit_detail SET detail = '{}' WHERE audit_id = 7", FALSE},
      {"salt", "UPDATE audit_detail SET salt = x'00' WHERE audit_id = 7", FALSE},
      {"hash", "UPDATE audit SET hash = zeroblob(32) WHERE id = 21", FALSE},
      {"removed", "DELETE FROM audit_detail WHERE audit_id = 7; DELETE FROM audit WHERE id = 7", FALSE},
      {"tail cut", "DELETE FROM audit_detail WHERE audit_id > 15; DELETE FROM audit WHERE id > 15", FALSE},
      {"swapped",
       "UPDATE audit SET id = 100 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = 6; UPDATE audit SET id = 6 WHERE id "
       "= 100",
       FALSE},
      {"inserted",
       "INSERT INTO audit SELECT 22, at, actor, action, subject, detail_digest, hash FROM audit WHERE id = 21", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_test_message("%s", table[i].name);
    g_assert_cmpint(verify_after(table[i].sql), ==, table[i].whole);
  }
}

static void test_append_only(void) {
  char *dir = make_log();
  Store *store = spooldir_open(dir);
  g_assert_false(store_run(store, NULL, "UPDATE audit SET at = 0 WHERE id = 3", ""));
  g_assert_false(store_run(store, NULL, "DELETE FROM audit WHERE id = 3", ""));
  gint64 rows = 0;
  g_autofree char *head = NULL;
  g_assert_true(audit_verify(store, &rows, &head, NULL));
  g_assert_cmpint(rows, ==, 21);
  g_assert_cmpint((int)strlen(head), ==, 64);
  store_close(store);
  spooldir_remove(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/audit/tampering", test_tampering);
  g_test_add_func("/audit/append-only", test_append_only);
  return g_test_run();
}
