/* A store of each older schema, with rows, is brought to ours and keeps them. */
#include <sqlite3.h>

#include "spool/case_list.h"
#include "spool/entries.h"
#include "spool/held.h"
#include "spool/routes.h"
#include "spool/statements.h"
#include "tests/unit/spooldir.h"

/* Rows as schema 1 held them. */
static const char rows_001[] =
    "INSERT INTO instance (id, name, created_at) VALUES (1, 'old', 1);"
    "INSERT INTO file (origin, name, path, size, sha256, state, entries, added, received_at, changed_at) VALUES "
    "('inbox:1', 'old.csv', 'archive/old.csv', 1, x'00', 'taken', 1, 1, 1, 1);"
    "INSERT INTO statement (file_id, number, account, currency, page, last_page, from_on, to_on, opening, closing, "
    "source, entries, credits, debits, proof) VALUES (1, 1, 'icbc', 'CNY', 1, 1, '2026-11-02', '2026-11-02', 0, 73500, "
    "'csv', 1, 73500, 0, 'balance');"
    "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, remark, "
    "disposition) VALUES ('icbc', 'h:1', 1, 2, '2026-11-02', 73500, 'CNY', 'credit', '货款', 'pending');"
    "INSERT INTO file (origin, name, path, size, sha256, state, reason, received_at, changed_at) VALUES "
    "('inbox:1', 'held.csv', 'archive/held.csv', 1, x'01', 'held', 'balance_mismatch', 1, 1);"
    "INSERT INTO review_case (reason, subject, state, card, opened_at) VALUES ('balance_mismatch', "
    "'account:icbc:2026-11-03', 'open', "
    "'{\"facts\":{\"expected\":\"8.36\",\"field\":\"1\",\"value\":\"8.35\"},\"file\":2}', 1);"
    "INSERT INTO purchase (order_no, revision, submitted_at, received_at, changed_at, applicant_name, applicant_key, "
    "uscc, "
    "account_name, account_number, account_bank, method, price, currency, payment, proof, review, body) VALUES "
    "('1', 1, 1, 1, 1, 'a', 'a', 'u', 'a', '1', 'b', 'alipay', 100, 'CNY', 'received', 'code', 'open', '{}');"
    "INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, changed_at) "
    "VALUES (1, 1, 'verified', 'a', '1', 'b', 1);"
    "INSERT INTO batch (message_id, account, channel, file_name, state, transfers, total, sha256, key_id, created_at, "
    "changed_at) VALUES ('M1', 'icbc', 'icbc-sftp', 'M1.xml', 'closed', 1, 1, x'00', 'k', 7, 7);"
    "INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, currency, payee_name, "
    "payee_account, payee_bank, state, batch_id, debit_entry_id, created_at, changed_at) VALUES ('YOLD', "
    "'verification', 1, 1, 'icbc', 1, 'CNY', 'a', '1', 'b', 'booked', 1, 1, 1, 1);"
    "INSERT INTO evidence (transfer_id, event, verdict, source, at) VALUES (1, 'debit_line', 'move', 'entry:1', 1);"
    "INSERT INTO tie (entry_id, kind, transfer_id, at) VALUES (1, 'debit', 1, 1);";

static void make_old(const char *dir) {
  g_autofree char *path = g_build_filename(dir, "store.db", NULL), *schema = NULL;
  sqlite3 *db = NULL;
  g_assert_true(g_file_get_contents("spool/schema/001.sql", &schema, NULL, NULL));
  g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
  if (sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_exec(db, rows_001, NULL, NULL, NULL) != SQLITE_OK ||
      sqlite3_exec(db, "PRAGMA user_version=1", NULL, NULL, NULL) != SQLITE_OK)
    g_error("%s", sqlite3_errmsg(db));
  sqlite3_close(db);
}

static char *old_dir(void) {
  char *dir = g_dir_make_tmp("yifen-test-XXXXXX", NULL);
  g_autofree char *run = g_build_filename(dir, "run", NULL);
  g_assert(g_mkdir(run, 0700) == 0);
  make_old(dir);
  return dir;
}

/* A file that was held before can be decided about. */
static void check_case(Store *store) {
  gint64 id = 0;
  g_assert_true(held_case(store, 2, &id, NULL));
  g_assert_cmpint(id, ==, 1);
  json_auto_t *one = case_show(store, id, 20000, NULL);
  g_autofree char *card = json_dumps(json_object_get(one, "card"), JSON_COMPACT | JSON_SORT_KEYS);
  g_assert_cmpstr(card, ==,
                  "{\"held\":{\"file\":2,\"mismatches\":[{\"claimed\":\"8.36\",\"counted\":\"8.35\",\"reason\":"
                  "\"balance_mismatch\",\"statement\":1}],\"name\":\"held.csv\"}}");
}

/* What paid before counts as proven, with the configuration that it has. */
static void check_route(Store *store) {
  const RouteKey here = {"icbc", "icbc-sftp", "f"}, other_channel = {"icbc", "icbc-link", "f"},
                 never = {"cmb", "cmb-sftp", "f"};
  g_auto(Route) route = {0}, other = {0}, none = {0};
  g_assert_true(route_load(store, &here, &route, NULL) && route_load(store, &other_channel, &other, NULL) &&
                route_load(store, &never, &none, NULL));
  g_assert_cmpint(route.proven_at, ==, 7);
  g_assert_cmpint(other.proven_at, ==, INSTANT_NONE);
  g_assert_cmpint(none.proven_at, ==, INSTANT_NONE);
}

static void check_transfer(Store *store) {
  g_auto(Transfer) transfer = {0};
  g_assert_true(transfer_load(store, "YOLD", &transfer, NULL));
  g_autoptr(GPtrArray) evidence = transfer_evidence(store, transfer.id, NULL);
  g_assert_cmpint(transfer.debit_entry_id, ==, 1);
  g_assert_cmpstr(transfer.order_no, ==, "1");
  g_assert_cmpuint(evidence->len, ==, 1);
}

static void check_rows(Store *store) {
  g_auto(EntryRow) row = {0};
  g_autoptr(GPtrArray) statements = statement_list(store, NULL, NULL);
  g_assert_cmpuint(statements->len, ==, 1);
  const StatementRow *statement = statements->pdata[0];
  g_assert_cmpint(statement->head.kind, ==, STATEMENT_LEDGER);
  g_assert_cmpint(statement->head.closing.minor, ==, 73500);
  g_assert_true(entry_load(store, 1, &row, NULL));
  g_assert_cmpstr(row.line.remark, ==, "货款");
  g_assert_cmpint(row.line.amount.minor, ==, 73500);
  g_assert_null(row.line.origin);
  check_case(store);
  check_transfer(store);
  check_route(store);
}

static void test_from_001(void) {
  char *dir = old_dir();
  g_autoptr(GError) error = NULL;
  g_assert_null(store_open(dir, &error)); /* another schema: only a migration may touch it */
  for (int i = 0; i < 2; i++) {
    g_assert_true(store_migrate(dir, SPOOLDIR_NOW, NULL));
    g_autoptr(Store) store = spooldir_open(dir);
    check_rows(store);
  }
  spooldir_remove(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/migrations/from_001", test_from_001);
  return g_test_run();
}
