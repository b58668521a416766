/* The store: settings, transactions, constraints, migrations, waiting writers, jobs, cases. */
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/day.h"
#include "rules/error.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/lock.h"
#include "tests/unit/spooldir.h"

static gint64 count(Store *store, const char *sql) {
  gboolean found;
  gint64 n = -1;
  g_assert_true(store_row(store, NULL, &found, sql, "", "i", &n));
  return n;
}

static void ok(gboolean done, GError *error) {
  if (!done)
    g_test_message("%s", error->message);
  g_assert_true(done);
}

static void add_order(Store *store, const char *no, gint64 price) {
  g_assert_true(store_run(
      store, NULL,
      "INSERT INTO purchase (order_no, revision, submitted_at, received_at, changed_at, applicant_name, "
      "applicant_key, uscc, account_name, account_number, account_bank, method, price, currency, payment, proof, "
      "review, body) VALUES (?, 1, 0, 0, 0, 'n', 'n', 'u', 'n', '1', 'b', 'wire', ?, 'CNY', 'unpaid', 'none', "
      "'waiting', '{}')",
      "ti", no, price));
  g_assert_true(store_run(store, NULL, "INSERT INTO purchase_money (purchase_id, price) VALUES (?, ?)", "ii",
                          store_last_id(store), price));
}

static void add_entry(Store *store, const char *identity, gint64 amount) {
  g_assert_true(store_run(
      store, NULL,
      "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, disposition) "
      "VALUES ('icbc', ?, 1, 1, '2026-11-22', ?, 'CNY', 'credit', 'pending')",
      "ti", identity, amount));
}

static gboolean settle(Store *store, gint64 entry, gint64 order, gint64 amount, GError **error) {
  return store_run(
      store, error,
      "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (?, ?, ?, 'r', 1, 'x', 0)",
      "iii", entry, order, amount);
}

static void test_settings(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  g_assert_cmpint(count(store, "PRAGMA synchronous"), ==, 2);
  g_autofree char *path = g_build_filename(dir, "store.db-wal", NULL);
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  g_assert_cmpint(count(store, "PRAGMA foreign_keys"), ==, 1);
  g_assert_cmpint(count(store, "SELECT count(*) FROM audit"), ==, 1);
  ok(store_migrate(dir, SPOOLDIR_NOW, NULL), NULL);
  g_assert_cmpint(count(store, "SELECT count(*) FROM audit"), ==, 1);
  store_close(store);
  spooldir_remove(dir);
}

static void test_other_schema(void) {
  char *dir = spooldir_new();
  g_autofree char *path = g_build_filename(dir, "store.db", NULL);
  sqlite3 *db;
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL), ==, SQLITE_OK);
  (void)sqlite3_close(db);
  g_autoptr(GError) error = NULL, error2 = NULL;
  g_assert_null(store_open(dir, &error));
  g_assert_cmpstr(error_reason(error), ==, "schema");
  g_assert_cmpint(error_kind(error), ==, ERROR_PERMANENT);
  g_assert_false(store_migrate(dir, 0, &error2));
  spooldir_remove(dir);
}

static void test_missing_store(void) {
  g_autofree char *dir = g_dir_make_tmp("yifen-test-XXXXXX", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(dir, &error));
  g_assert_cmpint(error_kind(error), ==, ERROR_PERMANENT);
  (void)g_rmdir(dir);
}

/* Promise 5: constraints, not queries, forbid double use. */
static void test_one_line_one_use(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  ok(store_begin(store, NULL), NULL);
  g_assert_true(store_run(store, NULL,
                          "INSERT INTO file (origin, name, path, size, sha256, state, received_at, changed_at) "
                          "VALUES ('x', 'x', 'x', 1, x'00', 'taken', 0, 0)",
                          ""));
  g_assert_true(store_run(store, NULL,
                          "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, "
                          "entries, credits, debits, proof) "
                          "VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 0, 0, 0, 'none')",
                          ""));
  add_order(store, "A", 100);
  add_order(store, "B", 100);
  add_entry(store, "1", 150);
  add_entry(store, "2", 100);
  static const struct {
    gint64 entry, order, amount;
    gboolean allowed;
  } steps[] = {
      {1, 1, 101, FALSE},                                                        /* beyond the price */
      {1, 1, 100, TRUE},  {1, 1, 1, FALSE},                                      /* the same pair again */
      {1, 2, 51, FALSE},                                                         /* beyond what the line still has */
      {2, 1, 1, FALSE},                                                          /* the order is paid */
      {1, 2, 50, TRUE},   {2, 2, 51, FALSE}, {2, 2, 50, TRUE}, {2, 9, 1, FALSE}, /* no such order */
  };
  for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
    g_autoptr(GError) error = NULL;
    gboolean done = settle(store, steps[i].entry, steps[i].order, steps[i].amount, &error);
    g_test_message("step %zu", i);
    g_assert_cmpint(done, ==, steps[i].allowed);
    if (!done)
      g_assert_cmpstr(error_reason(error), ==, "constraint");
  }
  g_assert_cmpint(count(store, "SELECT settled FROM purchase_money WHERE purchase_id = 2"), ==, 100);
  g_assert_false(store_run(store, NULL, "UPDATE allocation SET amount = 1", ""));
  g_assert_true(store_run(store, NULL, "DELETE FROM allocation WHERE entry_id = 1", ""));
  g_assert_cmpint(count(store, "SELECT allocated FROM entry WHERE id = 1"), ==, 0);
  g_assert_cmpint(count(store, "SELECT settled FROM purchase_money WHERE purchase_id = 1"), ==, 0);
  store_rollback(store);
  g_assert_cmpint(count(store, "SELECT count(*) FROM purchase"), ==, 0);
  store_close(store);
  spooldir_remove(dir);
}

static void test_nested_rows(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  ok(store_begin(store, NULL), NULL);
  add_order(store, "A", 1);
  add_order(store, "B", 2);
  static const char sql[] = "SELECT order_no FROM purchase ORDER BY id";
  int pairs = 0;
  g_auto(Rows) outer = store_rows(store, sql, "");
  while (rows_next(&outer, NULL)) {
    g_auto(Rows) inner = store_rows(store, sql, "");
    while (rows_next(&inner, NULL))
      pairs++;
    g_assert_false(inner.failed);
  }
  g_assert_cmpint(pairs, ==, 4);
  rows_end(&outer);
  store_rollback(store);
  store_close(store);
  spooldir_remove(dir);
}

static void test_jobs(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  gboolean found;
  ok(store_begin(store, NULL), NULL);
  ok(job_add(store, "pay", "tie", "1", 50, NULL), NULL);
  ok(job_add(store, "pay", "tie", "1", 90, NULL), NULL); /* the earlier time wins */
  ok(job_add(store, "pay", "tie", "2", 20, NULL), NULL);
  ok(store_commit(store, NULL), NULL);
  g_auto(Job) job = {0};
  ok(job_claim(store, "pay", 10, &job, &found, NULL), NULL);
  g_assert_false(found);
  ok(job_claim(store, "pay", 60, &job, &found, NULL), NULL);
  g_assert_true(found);
  g_assert_cmpstr(job.subject, ==, "2");
  ok(store_begin(store, NULL), NULL);
  ok(job_add(store, "pay", "tie", "2", 30, NULL), NULL); /* asked again while it runs */
  ok(job_done(store, &job, NULL), NULL);
  ok(store_commit(store, NULL), NULL);
  Instant due;
  ok(job_next_due(store, "pay", &due, NULL), NULL);
  g_assert_cmpint(due, ==, 30);
  job_clear(&job);
  ok(job_claim(store, "pay", 60, &job, &found, NULL), NULL);
  g_assert_cmpstr(job.subject, ==, "2");
  ok(job_recover(store, "pay", NULL), NULL); /* killed while it ran */
  job_clear(&job);
  ok(job_claim(store, "pay", 60, &job, &found, NULL), NULL);
  g_assert_cmpstr(job.subject, ==, "2");
  g_assert_cmpint(job.attempts, ==, 2);
  ok(store_begin(store, NULL), NULL);
  ok(job_done(store, &job, NULL), NULL);
  ok(store_commit(store, NULL), NULL);
  g_assert_cmpint(count(store, "SELECT count(*) FROM job"), ==, 1);
  ok(store_begin(store, NULL), NULL); /* the clock is set back a year */
  ok(job_add(store, "pay", "tie", "far", 100 + 2 * JOB_LONGEST_WAIT, NULL), NULL);
  ok(job_add(store, "pay", "tie", "tomorrow", 100 + JOB_LONGEST_WAIT, NULL), NULL);
  ok(job_add(store, "fetch", "x", "far", 100 + 2 * JOB_LONGEST_WAIT, NULL), NULL);
  ok(store_commit(store, NULL), NULL);
  ok(job_hurry(store, "pay", 100, NULL), NULL);
  g_assert_cmpint(count(store, "SELECT due_at FROM job WHERE role = 'pay' AND subject = 'far'"), ==, 100);
  g_assert_cmpint(count(store, "SELECT count(*) FROM job WHERE due_at > 100"), ==, 2);
  store_close(store);
  spooldir_remove(dir);
}

static void test_cases(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  ok(store_begin(store, NULL), NULL);
  add_order(store, "A", 1);
  gint64 order = 1, first = 0, again = 0;
  CaseDraft draft = {
      .reason = "short", .subject = "entry:1", .card = "{}", .due_on = DAY_NONE, .orders = &order, .order_count = 1};
  ok(case_open(store, &draft, "intake", 1, &first, NULL), NULL);
  ok(case_open(store, &draft, "intake", 2, &again, NULL), NULL);
  g_assert_cmpint(first, ==, again);
  gboolean blocked;
  ok(case_blocks(store, 1, &blocked, NULL), NULL);
  g_assert_true(blocked);
  ok(case_moot(store, "short", "entry:1", "intake", 3, NULL), NULL);
  ok(case_blocks(store, 1, &blocked, NULL), NULL);
  g_assert_false(blocked);
  draft.reason = "application";
  ok(case_open(store, &draft, "intake", 4, &again, NULL), NULL);
  g_assert_cmpint(first, !=, again);
  ok(case_blocks(store, 1, &blocked, NULL), NULL);
  g_assert_false(blocked);
  store_rollback(store);
  store_close(store);
  spooldir_remove(dir);
}

static void test_bell_after_commit(void) {
  char *dir = spooldir_new();
  Store *store = spooldir_open(dir);
  g_autoptr(Bell) bell = bell_open(dir, "pay", NULL);
  char event[256];
  ok(store_begin(store, NULL), NULL);
  ok(job_add(store, "pay", "tie", "1", 0, NULL), NULL);
  g_assert_cmpint(read(bell_fd(bell), event, sizeof event), ==, -1);
  ok(store_commit(store, NULL), NULL);
  g_assert_cmpint(read(bell_fd(bell), event, sizeof event), >, 0);
  ok(store_begin(store, NULL), NULL);
  ok(job_add(store, "pay", "tie", "2", 0, NULL), NULL);
  store_rollback(store);
  g_assert_cmpint(read(bell_fd(bell), event, sizeof event), ==, -1);
  store_close(store);
  spooldir_remove(dir);
}

static void test_role_lock(void) {
  char *dir = spooldir_new();
  int fd = lock_role(dir, "pay", NULL);
  g_assert_cmpint(fd, >=, 0);
  g_autoptr(GError) error = NULL;
  g_assert_cmpint(lock_role(dir, "pay", &error), ==, -1);
  g_assert_cmpstr(error_reason(error), ==, "role_taken");
  (void)close(fd);
  fd = lock_role(dir, "pay", NULL);
  g_assert_cmpint(fd, >=, 0);
  (void)close(fd);
  spooldir_remove(dir);
}

/* A second writer waits for the first, and the first can see it. The child is forked before anything is open: SQLite's
 * locks do not survive a fork. */
static void test_awaited(void) {
  char *dir = spooldir_new();
  int go[2];
  g_assert_cmpint(pipe(go), ==, 0);
  pid_t child = fork();
  if (child == 0) {
    char byte;
    Store *other = read(go[0], &byte, 1) == 1 ? store_open(dir, NULL) : NULL;
    _exit(other != NULL && store_begin(other, NULL) && store_commit(other, NULL) ? 0 : 1);
  }
  Store *store = spooldir_open(dir);
  ok(store_begin(store, NULL), NULL);
  g_assert_false(store_awaited(store));
  g_assert_cmpint(write(go[1], "!", 1), ==, 1);
  for (int i = 0; i < 2000 && !store_awaited(store); i++)
    g_usleep(1000);
  g_assert_true(store_awaited(store));
  ok(store_commit(store, NULL), NULL);
  int status;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_cmpint(status, ==, 0);
  g_assert_false(store_awaited(store));
  store_close(store);
  (void)close(go[0]);
  (void)close(go[1]);
  spooldir_remove(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/store/settings", test_settings);
  g_test_add_func("/store/other-schema", test_other_schema);
  g_test_add_func("/store/missing", test_missing_store);
  g_test_add_func("/store/one-line-one-use", test_one_line_one_use);
  g_test_add_func("/store/nested-rows", test_nested_rows);
  g_test_add_func("/store/jobs", test_jobs);
  g_test_add_func("/store/cases", test_cases);
  g_test_add_func("/store/bell-after-commit", test_bell_after_commit);
  g_test_add_func("/store/role-lock", test_role_lock);
  g_test_add_func("/store/awaited", test_awaited);
  return g_test_run();
}
