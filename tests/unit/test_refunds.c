/* Refunds in the store: what the schema forbids to everybody, and what people may decide. */
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/cases.h"
#include "spool/refund_decide.h"
#include "spool/refund_hall.h"
#include "spool/refund_wish.h"
#include "spool/refunds.h"
#include "tests/unit/orderstore.h"

#define PRICE 104800
#define WRITERS 8

static const RefundAccount accounts[] = {{"icbc", TRUE, 2}, {"abc", FALSE, 2}};

static RefundBy person(const Fixture *f, const char *actor, gint64 uid) {
  RefundBy by = {.by = f->by, .uid = uid, .accounts = accounts, .account_count = G_N_ELEMENTS(accounts)};
  by.by.actor = actor;
  return by;
}

/* The good order, a credit of `amount` on `account` that pays `settled` of it, and the case `over` about both. */
static gint64 make_case(Fixture *f, gint64 amount, gint64 settled, const char *account) {
  OrderTaken taken;
  gint64 id = 0, order, entry;
  g_assert_cmpstr(take(f, "1048.00", "1048.00", &taken, NULL), ==, NULL);
  order = number(f, "SELECT id FROM purchase");
  run(f,
      "INSERT INTO file (origin, name, path, size, sha256, state, received_at, changed_at) VALUES ('x', 'x', 'x', 1, "
      "x'00', 'taken', 0, 0)");
  run(f,
      "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, credits, debits, "
      "proof) VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 0, 'none')");
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(store_run(f->store, NULL,
                          "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, "
                          "direction, counterparty_name, counterparty_account, counterparty_bank, disposition) VALUES "
                          "(?, '1', 1, 1, '2026-11-23', ?, 'CNY', 'credit', '甲公司', '6222 0001', '某行', 'review')",
                          "ti", account, amount));
  entry = store_last_id(f->store);
  CaseDraft draft = {.reason = "over",
                     .subject = "entry:1",
                     .card = "{}",
                     .due_on = DAY_NONE,
                     .orders = &order,
                     .order_count = 1,
                     .entries = &entry,
                     .entry_count = 1};
  g_assert_true(case_open(f->store, &draft, "intake", f->by.now, &id, NULL));
  g_assert_true(settled == 0 || store_run(f->store, NULL,
                                          "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, "
                                          "at) VALUES (?, ?, ?, 'person', 1, 'x', 0)",
                                          "iii", entry, order, settled));
  g_assert_true(store_commit(f->store, NULL));
  if (settled == PRICE) {
    apply(f, &life_payment, PAYMENT_EXACT);
    apply(f, &life_proof, PROOF_BY_WIRE);
  }
  return id;
}

static const char *reason_of(gboolean done, GError *error) {
  static char reason[64];
  if (done) {
    g_assert_no_error(error);
    return NULL;
  }
  g_strlcpy(reason, error_reason(error), sizeof reason);
  g_error_free(error);
  return reason;
}

static const char *ask(Fixture *f, gint64 id, gint64 entry, gint64 amount, const char *actor, gint64 uid) {
  GError *error = NULL;
  gint64 waits = 0;
  const RefundBy by = person(f, actor, uid);
  const RefundAsk line = {entry, amount};
  const RefundPayee nobody = {NULL};
  gboolean done = refund_request(f->store, id, &line, entry != 0, &nobody, "不办了", &by, &waits, &error);
  return reason_of(done, error);
}

static const char *approve(Fixture *f, gint64 id, const char *actor, gint64 uid) {
  GError *error = NULL;
  const RefundBy by = person(f, actor, uid);
  gboolean done = refund_approve(f->store, id, &by, &error);
  return reason_of(done, error);
}

/* Nobody approves their own: neither under another name, nor from another account of the same name. */
static void test_two_people(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE, PRICE, "icbc");
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, "refund_none");
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:b", 2), ==, "refund_asked");
  g_assert_cmpstr(approve(f, id, "staff:a", 1), ==, "refund_self");
  g_assert_cmpstr(approve(f, id, "staff:other", 1), ==, "refund_self");
  g_assert_cmpstr(approve(f, id, "staff:a", 2), ==, "refund_self");
  g_assert_cmpint(number(f, "SELECT refunded FROM entry"), ==, 0);
  assert_text(f, "SELECT state FROM refund", "requested");
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, NULL);
  g_assert_cmpint(number(f, "SELECT refunded * 10 + allocated FROM entry"), ==, PRICE * 10);
  assert_text(f, "SELECT payment || '/' || proof FROM purchase", "refunding/none");
  assert_text(f, "SELECT disposition || '/' || reason FROM entry", "explained/person_refund");
  assert_text(f, "SELECT state || '/' || decision || '/' || decided_by FROM review_case WHERE id = 1",
              "closed/approve/staff:b");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay' AND kind = 'refund' AND subject = '1'"), ==,
                  1);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, "case_closed");
  g_assert_cmpstr(ask(f, id, 1, 1, "staff:a", 1), ==, "refund_too_much");
}

static void test_bounds(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE + 5200, PRICE, "icbc");
  g_assert_cmpstr(ask(f, id, 1, PRICE + 5201, "staff:a", 1), ==, "refund_too_much");
  g_assert_cmpstr(ask(f, id, 1, 5201, "staff:a", 1), ==, "refund_half");
  g_assert_cmpstr(ask(f, id, 2, 1, "staff:a", 1), ==, "unknown_entry");
  g_assert_cmpstr(ask(f, id, 0, 0, "staff:a", 1), ==, "refund_lines");
  g_assert_cmpstr(ask(f, 99, 1, 1, "staff:a", 1), ==, "case_unknown");
  g_assert_cmpstr(ask(f, id, 1, 5200, "staff:a", 1), ==, NULL);
  /* meanwhile somebody gave the rest to the order: the price is larger now */
  run(f, "UPDATE purchase_money SET price = 200000");
  run(f, "INSERT INTO purchase (order_no, revision, submitted_at, received_at, changed_at, applicant_name, "
         "applicant_key, uscc, account_name, account_number, account_bank, method, price, currency, payment, proof, "
         "review, body) SELECT 'OTHER', 1, 0, 0, 0, 'x', 'x', uscc, 'x', '1', 'x', 'wire', 5200, 'CNY', 'unpaid', "
         "'none', 'waiting', '{}' FROM purchase");
  run(f, "INSERT INTO purchase_money (purchase_id, price) VALUES (2, 5200)");
  run(f,
      "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (1, 2, 5200, 'person', 0, "
      "'x', 0)");
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, "refund_half");
  g_assert_cmpint(number(f, "SELECT allocated FROM entry"), ==, PRICE + 5200);
}

/* The rest of an overpayment concerns no order. */
static void test_rest(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE + 5200, PRICE, "icbc");
  g_assert_cmpstr(ask(f, id, 1, 5200, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof FROM purchase", "received/wire");
  g_assert_cmpint(number(f, "SELECT allocated - refunded FROM entry"), ==, PRICE - 5200);
}

static void test_account(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE, PRICE, "abc");
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:a", 1), ==, "refund_account");
}

static void test_refused(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE, PRICE, "icbc");
  g_autoptr(GError) error = NULL;
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:a", 1), ==, NULL);
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(refund_refuse(f->store, id, "不对", &f->by, &error));
  g_assert_true(store_commit(f->store, NULL));
  assert_text(f,
              "SELECT r.state || '/' || r.detail || '/' || c.state FROM refund r JOIN review_case c ON c.id = "
              "r.case_id",
              "refused/不对/open");
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, "refund_none");
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:a", 1), ==, NULL);
}

static const char *wish(Fixture *f, const char *order_no) {
  GError *error = NULL;
  const RefundBy hall = person(f, "hall", -1);
  gboolean done = refund_wish(f->store, order_no, "不办了", &hall, &error);
  return reason_of(done, error);
}

/* Its wish, twice, and refused. */
static void test_wish(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE, PRICE, "icbc");
  run(f, "UPDATE review_case SET state = 'closed' WHERE id = 1");
  g_assert_cmpstr(wish(f, "NONE"), ==, "order_unknown");
  g_assert_cmpstr(wish(f, NO), ==, NULL);
  g_assert_cmpstr(wish(f, NO), ==, NULL);
  assert_text(f, "SELECT review FROM purchase", "refund_requested");
  id = number(f, "SELECT id FROM review_case WHERE reason = 'refund' AND state = 'open'");
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(refund_refuse(f->store, id, "已制证", &f->by, NULL));
  g_assert_true(store_commit(f->store, NULL));
  assert_text(f, "SELECT review FROM purchase", "open");
  assert_text(f, "SELECT payment FROM purchase", "received");
}

/* An applicant that wished all of its money back gets all of it, or what is over and its order goes on. */
static void test_wish_in_part(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE + 5200, PRICE, "icbc");
  run(f, "UPDATE review_case SET state = 'closed' WHERE id = 1");
  g_assert_cmpstr(wish(f, NO), ==, NULL);
  id = number(f, "SELECT id FROM review_case WHERE reason = 'refund' AND state = 'open'");
  g_assert_cmpstr(ask(f, id, 1, 5200, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, NULL);
  assert_text(f, "SELECT payment || '/' || review FROM purchase", "received/open");
  g_assert_cmpstr(wish(f, NO), ==, NULL);
  id = number(f, "SELECT id FROM review_case WHERE reason = 'refund' AND state = 'open'");
  g_assert_cmpstr(ask(f, id, 1, PRICE, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, NULL);
  assert_text(f, "SELECT payment || '/' || review FROM purchase", "refunding/refund_requested");
}

/* Nothing of it was the order's yet: what remains would be forgotten. */
static void test_wish_unused(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, PRICE + 5200, 0, "icbc");
  apply(f, &life_payment, PAYMENT_MORE);
  g_assert_cmpstr(wish(f, NO), ==, NULL);
  id = number(f, "SELECT id FROM review_case WHERE reason = 'refund' AND state = 'open'");
  g_assert_cmpstr(ask(f, id, 1, 5200, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, "refund_half");
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(refund_refuse(f->store, id, "全部退", &f->by, NULL));
  g_assert_true(store_commit(f->store, NULL));
  g_assert_cmpstr(ask(f, id, 1, PRICE + 5200, "staff:a", 1), ==, NULL);
  g_assert_cmpstr(approve(f, id, "staff:b", 2), ==, NULL);
  assert_text(f, "SELECT payment || '/' || review FROM purchase", "refunding/refund_requested");
}

/* ---- what the schema forbids, whoever writes ---- */

static int raw(const char *dir, const char *sql) {
  g_autofree char *path = g_build_filename(dir, "store.db", NULL);
  sqlite3 *db = NULL;
  int result = sqlite3_open(path, &db);
  if (result == SQLITE_OK) {
    sqlite3_busy_timeout(db, 20000);
    result = sqlite3_exec(db, sql, NULL, NULL, NULL);
  }
  sqlite3_close(db);
  return result;
}

#define RAW_REFUND(entry, amount, state, approver)                                                                     \
  "INSERT INTO refund (purchase_id, entry_id, case_id, amount, currency, payee_name, payee_account, payee_bank, "      \
  "state, "                                                                                                            \
  "text, requested_by, requested_uid, requested_at, approved_by, approved_uid, approved_at, changed_at) VALUES "       \
  "(1, " entry ", 1, " amount ", 'CNY', '甲公司', '62220001', '某行', '" state "', 'x', 'staff:a', 1, 0, " approver    \
  ", 0, 0)"
#define RAW_TRANSFER(refund, amount, payee, account)                                                                   \
  "INSERT INTO transfer (reference, purpose, purchase_id, refund_id, account, amount, currency, payee_name, "          \
  "payee_account, payee_bank, state, created_at, changed_at) VALUES (hex(randomblob(8)), 'refund', 1, " refund         \
  ", '" account "', " amount ", 'CNY', '甲公司', '" payee "', '某行', 'planned', 0, 0)"

static void test_schema(Fixture *f, gconstpointer data) {
  (void)data;
  make_case(f, PRICE, 0, "icbc");
  static const struct {
    const char *what, *sql;
    int want;
  } steps[] = {
      {"one person", RAW_REFUND("1", "100", "approved", "'staff:a', 2"), SQLITE_CONSTRAINT},
      {"one uid", RAW_REFUND("1", "100", "approved", "'staff:b', 1"), SQLITE_CONSTRAINT},
      {"nobody", RAW_REFUND("1", "100", "approved", "NULL, NULL"), SQLITE_CONSTRAINT},
      {"more than came", RAW_REFUND("1", "104801", "approved", "'staff:b', 2"), SQLITE_CONSTRAINT},
      {"most of it", RAW_REFUND("1", "104700", "approved", "'staff:b', 2"), SQLITE_OK},
      {"one fen too much", RAW_REFUND("1", "101", "approved", "'staff:b', 2"), SQLITE_CONSTRAINT},
      {"asking takes nothing", RAW_REFUND("1", "104800", "requested", "NULL, NULL"), SQLITE_OK},
      {"asking twice", RAW_REFUND("1", "1", "requested", "NULL, NULL"), SQLITE_CONSTRAINT},
      {"approved over the rest",
       "UPDATE refund SET approved_by = 'staff:b', approved_uid = 2, state = 'approved' WHERE "
       "state = 'requested'",
       SQLITE_CONSTRAINT},
      {"another amount later", "UPDATE refund SET amount = 1", SQLITE_CONSTRAINT},
      {"another payee later", "UPDATE refund SET payee_account = '1'", SQLITE_CONSTRAINT},
      {"forgotten", "DELETE FROM refund", SQLITE_CONSTRAINT},
      {"no refund", RAW_TRANSFER("NULL", "104700", "62220001", "icbc"), SQLITE_CONSTRAINT},
      {"not approved", RAW_TRANSFER("2", "104800", "62220001", "icbc"), SQLITE_CONSTRAINT},
      {"another sum", RAW_TRANSFER("1", "104701", "62220001", "icbc"), SQLITE_CONSTRAINT},
      {"to somebody else", RAW_TRANSFER("1", "104700", "999", "icbc"), SQLITE_CONSTRAINT},
      {"from another account", RAW_TRANSFER("1", "104700", "62220001", "abc"), SQLITE_CONSTRAINT},
      {"as approved", RAW_TRANSFER("1", "104700", "62220001", "icbc"), SQLITE_OK},
      {"twice", RAW_TRANSFER("1", "104700", "62220001", "icbc"), SQLITE_CONSTRAINT},
      {"allocated beside",
       "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (1, 1, "
       "101, 'x', 0, 'x', 0)",
       SQLITE_CONSTRAINT},
      {"the rest is free",
       "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (1, 1, "
       "100, 'x', 0, 'x', 0)",
       SQLITE_OK},
      {"online, more than the price", RAW_REFUND("NULL", "104801", "approved", "'staff:b', 2"), SQLITE_CONSTRAINT},
      {"online", RAW_REFUND("NULL", "104800", "approved", "'staff:b', 2"), SQLITE_OK},
      {"online, twice", RAW_REFUND("NULL", "104800", "approved", "'staff:b', 2"), SQLITE_CONSTRAINT},
      {"given up", "UPDATE refund SET state = 'replaced' WHERE entry_id IS NULL", SQLITE_OK},
      {"and again", RAW_REFUND("NULL", "104800", "approved", "'staff:b', 2"), SQLITE_OK},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
    g_test_message("%s", steps[i].what);
    g_assert_cmpint(raw(f->dir, steps[i].sql), ==, steps[i].want);
  }
}

/* Many processes want the same money at once: it goes back once. */
static void test_race(Fixture *f, gconstpointer data) {
  (void)data;
  make_case(f, PRICE, 0, "icbc");
  pid_t writers[WRITERS];
  int won = 0;
  for (int i = 0; i < WRITERS; i++) {
    writers[i] = fork();
    if (writers[i] == 0)
      _exit(raw(f->dir, RAW_REFUND("1", "60000", "approved", "'staff:b', 2")));
  }
  for (int i = 0; i < WRITERS; i++) {
    int status = 0;
    g_assert_cmpint(waitpid(writers[i], &status, 0), ==, writers[i]);
    g_assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == SQLITE_OK || WEXITSTATUS(status) == SQLITE_CONSTRAINT));
    won += WEXITSTATUS(status) == SQLITE_OK;
  }
  g_assert_cmpint(won, ==, 1);
  g_assert_cmpint(number(f, "SELECT refunded FROM entry"), ==, 60000);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  add("/refunds/two_people", NULL, test_two_people);
  add("/refunds/bounds", NULL, test_bounds);
  add("/refunds/rest", NULL, test_rest);
  add("/refunds/account", NULL, test_account);
  add("/refunds/refused", NULL, test_refused);
  add("/refunds/wish", NULL, test_wish);
  add("/refunds/wish_in_part", NULL, test_wish_in_part);
  add("/refunds/wish_unused", NULL, test_wish_unused);
  add("/refunds/schema", NULL, test_schema);
  add("/refunds/race", NULL, test_race);
  return g_test_run();
}
