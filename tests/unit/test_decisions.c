/* What people decide about cases: who may what, and what follows. */
#include <stdlib.h>

#include "spool/case_facts.h"
#include "spool/cases.h"
#include "spool/decisions.h"
#include "spool/matching.h"
#include "tests/unit/orderstore.h"

#define PRICE 104800

/* The good order by wire, one credit of `amount` from `payer`, and an open case about both. */
static gint64 make_case(Fixture *f, const char *reason, gint64 amount, const char *payer) {
  OrderTaken taken;
  g_assert_cmpstr(take(f, "1048.00", "1048.00", &taken, NULL), ==, NULL);
  gint64 order = number(f, "SELECT id FROM purchase"), id = 0;
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(store_run(f->store, NULL,
                          "INSERT INTO file (origin, name, path, size, sha256, state, received_at, changed_at) "
                          "VALUES ('x', 'x', 'x', 1, x'00', 'taken', 0, 0)",
                          ""));
  g_assert_true(
      store_run(f->store, NULL,
                "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, "
                "credits, debits, proof) VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 0, 'none')",
                ""));
  g_assert_true(store_run(
      f->store, NULL,
      "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, "
      "counterparty_name, disposition) VALUES ('icbc', '1', 1, 1, '2026-11-23', ?, 'CNY', 'credit', ?, 'review')",
      "it", amount, payer));
  gint64 entry = store_last_id(f->store);
  CaseDraft draft = {.reason = reason,
                     .subject = "entry:1",
                     .card = "{}",
                     .due_on = DAY_NONE,
                     .orders = &order,
                     .order_count = 1,
                     .entries = &entry,
                     .entry_count = 1};
  g_assert_true(case_open(f->store, &draft, "intake", f->by.now, &id, NULL));
  g_assert_true(store_commit(f->store, NULL));
  f->by.actor = "staff:li";
  return id;
}

static const char *settle(Fixture *f, gint64 id, gint64 minor) {
  static char reason[64];
  Share share = {.order_no = (char[]){NO}, .amount = {.minor = minor, .currency = "CNY"}};
  g_autoptr(GError) error = NULL;
  const Settlement is = {.shares = &share, .count = 1, .text = "已核实 123456"};
  if (decision_settle(f->store, id, &is, &f->by, &error))
    return NULL;
  (void)g_strlcpy(reason, error_reason(error), sizeof reason);
  return reason;
}

static const char *applicant = "深圳市一分科技有限公司";

/* A wire of the applicant pays and proves; the rest of an overpayment stays on the line for a refund. */
static void test_settle_own(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "over", PRICE + 100, applicant);
  g_assert_cmpstr(settle(f, id, PRICE), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof || '/' || review FROM purchase", "received/wire/open");
  assert_text(f, "SELECT disposition FROM entry", "settled");
  g_assert_cmpint(number(f, "SELECT amount - allocated FROM entry"), ==, 100);
  assert_text(f, "SELECT decision || '/' || decided_by FROM review_case WHERE id = 1", "settle/staff:li");
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case WHERE reason = 'application' AND state = 'open'"), ==, 1);
  g_assert_cmpstr(settle(f, id, 1), ==, "case_closed");
}

/* Somebody else's wire pays and proves nothing: the order takes the way of fen and code. */
static void test_settle_third_party(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "third_party", PRICE, "张三");
  g_assert_cmpstr(settle(f, id, PRICE), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof || '/' || review FROM purchase", "received/none/waiting");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay' AND kind = 'verify'"), ==, 1);
}

static void test_settle_bounds(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "short", PRICE - 5, applicant);
  static const struct {
    gint64 minor;
    const char *refused;
  } table[] = {{PRICE + 1, "settle_over_price"},
               {0, "settle_over_price"},
               {-1, "settle_over_price"},
               {PRICE, "settle_too_much"}};
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_assert_cmpstr(settle(f, id, table[i].minor), ==, table[i].refused);
    g_assert_cmpint(number(f, "SELECT count(*) FROM allocation"), ==, 0);
    assert_text(f, "SELECT state FROM review_case", "open");
  }
  g_assert_cmpstr(settle(f, id, PRICE - 5), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof FROM purchase", "short/none");
}

/* Much money takes two people who decide the same: neither name nor uid may be the first one's. */
static void test_settle_second(Fixture *f, gconstpointer data) {
  (void)data;
  static const struct {
    gint64 uid, minor;
    const char *actor, *refused;
    int kept;
  } table[] = {{1, PRICE + 1, "staff:li", "settle_over_price", 0}, /* what cannot be is not kept */
               {1, PRICE, "staff:li", "second_waits", 1},          {1, PRICE, "staff:li", "second_waits", 1},
               {1, PRICE, "staff:wang", "second_waits", 1},        {2, PRICE, "staff:li", "second_waits", 2},
               {3, PRICE - 1, "staff:wang", "second_waits", 3},    {3, PRICE, "staff:wang", NULL, 3}};
  gint64 id = make_case(f, "third_party", PRICE, "张三");
  f->by.second_above = PRICE - 2;
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_assert_cmpint(number(f, "SELECT count(*) FROM allocation"), ==, 0);
    assert_text(f, "SELECT state FROM review_case WHERE id = 1", "open");
    f->by.uid = table[i].uid;
    f->by.actor = table[i].actor;
    g_assert_cmpstr(settle(f, id, table[i].minor), ==, table[i].refused);
    g_assert_cmpint(number(f, "SELECT count(*) FROM second_person"), ==, table[i].kept);
    g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'case.second'"), ==, table[i].kept);
  }
  assert_text(f, "SELECT payment FROM purchase", "received");
  assert_text(f, "SELECT decided_by FROM review_case WHERE id = 1", "staff:wang");
}

static const char *waive(Fixture *f, gint64 id, gint64 minor, gint64 waived) {
  static char reason[64];
  const Share share = {.order_no = (char[]){NO}, .amount = {.minor = minor, .currency = "CNY"}},
              waiver = {.order_no = (char[]){NO}, .amount = {.minor = waived, .currency = "CNY"}};
  const Settlement is = {&share, &waiver, minor != 0, 1, "少付的手续费"};
  g_autoptr(GError) error = NULL;
  if (decision_settle(f->store, id, &is, &f->by, &error))
    return NULL;
  (void)g_strlcpy(reason, error_reason(error), sizeof reason);
  return reason;
}

static gboolean breaks(Fixture *f, const char *sql) {
  g_autoptr(GError) error = NULL;
  return !store_begin(f->store, NULL) || !store_run(f->store, &error, sql, "") ? (store_rollback(f->store), TRUE)
                                                                               : (store_rollback(f->store), FALSE);
}

/* What is lacking of the price is let go: the order is paid and proven, the books say how, and no money is used twice.
 */
static void test_waive_short(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "short", PRICE - 500, applicant);
  static const struct {
    gint64 minor, waived;
    const char *refused;
  } table[] = {
      {0, 500, "waive_unpaid"},           {0, PRICE, "waive_unpaid"},          {PRICE - 500, 501, "waive_too_much"},
      {PRICE - 500, 0, "waive_too_much"}, {PRICE - 500, -1, "waive_too_much"}, {PRICE - 400, 400, "settle_too_much"}};
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_assert_cmpstr(waive(f, id, table[i].minor, table[i].waived), ==, table[i].refused);
    g_assert_cmpint(number(f, "SELECT (SELECT count(*) FROM allocation) + (SELECT count(*) FROM waiver)"), ==, 0);
  }
  g_assert_cmpstr(waive(f, id, PRICE - 500, 500), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof || '/' || review FROM purchase", "received/wire/open");
  assert_text(f, "SELECT price || '/' || settled || '/' || waived FROM purchase_money", "104800/104300/500");
  assert_text(f, "SELECT by || '/' || text FROM waiver", "staff:li/少付的手续费");
  assert_text(f, "SELECT text FROM review_case WHERE id = 1", "少付的手续费");
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.waive'"), ==, 1);
  static const char *const wrong[] = {
      "UPDATE purchase_money SET waived = 499",
      "UPDATE purchase_money SET waived = 0",
      "DELETE FROM waiver",
      "UPDATE waiver SET amount = 400",
      "UPDATE waiver SET by = 'x'",
      "UPDATE entry SET waived = 1",
      "INSERT INTO waiver (purchase_id, case_id, amount, by, at) VALUES (1, 1, 1, 'x', 0)",
      "INSERT INTO waiver (purchase_id, entry_id, case_id, amount, by, at) VALUES (1, 1, 1, 1, 'x', 0)"};
  for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_true(breaks(f, wrong[i]));
}

/* Matching, asked again, sees an order that is paid. */
static void test_waive_stays(Fixture *f, gconstpointer data) {
  (void)data;
  const MatchingBy by = {.actor = "intake", .now = f->by.now, .calendar = f->by.calendar};
  gint64 id = make_case(f, "short", PRICE - 500, applicant);
  g_assert_cmpstr(waive(f, id, PRICE - 500, 500), ==, NULL);
  g_assert_true(store_begin(f->store, NULL));
  g_assert_true(matching_order(f->store, (char[]){NO}, &by, NULL));
  g_assert_true(store_commit(f->store, NULL));
  assert_text(f, "SELECT payment || '/' || proof || '/' || review FROM purchase", "received/wire/open");
}

/* What came over the price stays with us: it can neither be settled nor refunded any more. */
static void test_waive_over(Fixture *f, gconstpointer data) {
  (void)data;
  unsigned acts;
  gint64 id = make_case(f, "over", PRICE + 30, applicant);
  g_assert_cmpstr(waive(f, id, PRICE, 31), ==, "waive_too_much");
  g_assert_cmpstr(waive(f, id, PRICE, 30), ==, NULL);
  assert_text(f, "SELECT allocated || '/' || waived || '/' || amount FROM entry", "104800/30/104830");
  assert_text(f, "SELECT settled || '/' || waived FROM purchase_money", "104800/0");
  assert_text(f, "SELECT payment FROM purchase", "received");
  g_assert_true(case_acts_of(f->store, id, &acts, NULL));
  g_assert_cmpuint(acts & (CASE_ACT_SETTLE | CASE_ACT_REFUND), ==, 0);
  g_assert_true(breaks(f, "UPDATE entry SET refunded = 1"));
}

/* It falls with the settlement, or when the order has another price. */
static void test_waive_undone(Fixture *f, gconstpointer data) {
  (void)data;
  UndoResult result;
  gint64 id = make_case(f, "short", PRICE - 500, applicant);
  g_assert_cmpstr(waive(f, id, PRICE - 500, 500), ==, NULL);
  g_assert_true(decision_undo(f->store, id, "认错了", &f->by, &result, NULL));
  assert_text(f, "SELECT settled || '/' || waived FROM purchase_money", "0/0");
  assert_text(f, "SELECT payment || '/' || proof FROM purchase", "unpaid/none");
  g_assert_cmpint(number(f, "SELECT count(*) FROM waiver WHERE undone_at IS NOT NULL"), ==, 1);
  g_assert_true(breaks(f, "UPDATE waiver SET undone_at = NULL"));
  g_assert_cmpstr(waive(f, result.case_id, PRICE - 500, 500), ==, NULL);
  assert_text(f, "SELECT settled || '/' || waived FROM purchase_money", "104300/500");
}

/* Both together are what a second person is asked about. */
static void test_waive_second(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "short", PRICE - 500, applicant);
  f->by.second_above = PRICE - 2;
  f->by.uid = 1;
  g_assert_cmpstr(waive(f, id, PRICE - 500, 500), ==, "second_waits");
  assert_text(f, "SELECT decision FROM second_person", "settle 202611220000038=1043.00 waive 202611220000038=5.00");
  g_assert_cmpint(number(f, "SELECT count(*) FROM waiver"), ==, 0);
  f->by.uid = 2;
  f->by.actor = "staff:wang";
  g_assert_cmpstr(waive(f, id, PRICE - 500, 499), ==, "second_waits");
  g_assert_cmpstr(waive(f, id, PRICE - 500, 500), ==, NULL);
}

/* Up to the amount one person is enough. */
static void test_settle_alone(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "third_party", PRICE, "张三");
  f->by.second_above = PRICE;
  g_assert_cmpstr(settle(f, id, PRICE), ==, NULL);
}

/* Money of the case that the person left over is not explained by that: matching judges it anew. */
static void test_settle_rest(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "ambiguous", PRICE, applicant);
  run(f, "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, "
         "counterparty_name, disposition, reason, payer_key) VALUES ('icbc', '2', 1, 2, '2026-11-23', 7, 'CNY', "
         "'credit', '路人', 'review', 'ambiguous', '路人')");
  run(f, "INSERT INTO case_entry VALUES (1, 2)");
  g_assert_cmpstr(settle(f, id, PRICE), ==, NULL);
  assert_text(f, "SELECT disposition FROM entry WHERE id = 1", "settled");
  assert_text(f, "SELECT disposition FROM entry WHERE id = 2", "pending");
}

/* A returned fen pays nothing, nor does money that a rule explained. */
static void test_settle_gone(Fixture *f, gconstpointer data) {
  (void)data;
  static const char *const gone[] = {"'returned', reason = NULL", "'own_transfer', reason = NULL",
                                     "'explained', reason = 'reversal'"};
  gint64 id = make_case(f, "reversed", PRICE, applicant);
  for (gsize i = 0; i < G_N_ELEMENTS(gone); i++) {
    g_autofree char *sql = g_strdup_printf("UPDATE entry SET disposition = %s", gone[i]);
    run(f, sql);
    g_assert_cmpstr(settle(f, id, PRICE), ==, "settle_too_much");
  }
}

/* What was paid online owes nothing; what is closed takes nothing; a part proves only when all that paid does. */
static void test_settle_order(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "already_paid", PRICE, applicant);
  run(f, "UPDATE purchase SET method = 'alipay'");
  g_assert_cmpstr(settle(f, id, PRICE), ==, "settle_over_price");
  run(f, "UPDATE purchase SET method = 'wire', review = 'closed'");
  g_assert_cmpstr(settle(f, id, PRICE), ==, "order_closed");
  run(f, "UPDATE purchase SET review = 'waiting'");
  run(f, "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, "
         "counterparty_name, disposition) VALUES ('icbc', '2', 1, 2, '2026-11-23', 5, 'CNY', 'credit', '张三', "
         "'settled')");
  run(f, "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (2, 1, 5, 'person', 0, "
         "'staff:li', 0)");
  g_assert_cmpstr(settle(f, id, PRICE - 5), ==, NULL);
  assert_text(f, "SELECT payment || '/' || proof FROM purchase", "received/none");
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'entry.settle' AND actor = 'staff:li'"), ==, 1);
}

static void test_close(Fixture *f, gconstpointer data) {
  (void)data;
  gint64 id = make_case(f, "unknown_payer", 5, "路人");
  g_assert_true(decision_close(f->store, id, "与业务无关", &f->by, NULL));
  assert_text(f, "SELECT disposition || '/' || reason FROM entry", "explained/person");
  assert_text(f, "SELECT decision || '/' || text FROM review_case", "close/与业务无关");
  assert_text(f, "SELECT payment FROM purchase", "unpaid");
}

/* The ordinary review is accepted or sent back, once, and not while something else is open. */
static void test_application(Fixture *f, gconstpointer accept) {
  gint64 other = make_case(f, "short", PRICE, applicant);
  g_autoptr(GError) error = NULL, blocked = NULL;
  g_assert_false(decision_accept(f->store, other, NULL, &f->by, &error));
  g_assert_cmpstr(error_reason(error), ==, "case_action");
  g_assert_cmpstr(settle(f, other, PRICE), ==, NULL);
  gint64 id = number(f, "SELECT id FROM review_case WHERE reason = 'application'");
  run(f, "UPDATE review_case SET state = 'open' WHERE reason = 'short'");
  g_assert_false(decision_accept(f->store, id, NULL, &f->by, &blocked));
  g_assert_cmpstr(error_reason(blocked), ==, "case_blocked");
  run(f, "UPDATE review_case SET state = 'closed' WHERE reason = 'short'");
  g_assert_true(accept != NULL ? decision_accept(f->store, id, NULL, &f->by, NULL)
                               : decision_send_back(f->store, id, (const char *const[]){"applicant.name", NULL},
                                                    "营业执照不清楚", &f->by, NULL));
  assert_text(f, "SELECT review FROM purchase", accept != NULL ? "accepted" : "sent_back");
  g_assert_false(decision_accept(f->store, id, NULL, &f->by, NULL));
  g_assert_false(decision_accept(f->store, 99, NULL, &f->by, NULL));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  add("/decisions/settle-own", NULL, test_settle_own);
  add("/decisions/settle-third-party", NULL, test_settle_third_party);
  add("/decisions/settle-bounds", NULL, test_settle_bounds);
  add("/decisions/settle-second", NULL, test_settle_second);
  add("/decisions/waive-short", NULL, test_waive_short);
  add("/decisions/waive-stays", NULL, test_waive_stays);
  add("/decisions/waive-over", NULL, test_waive_over);
  add("/decisions/waive-undone", NULL, test_waive_undone);
  add("/decisions/waive-second", NULL, test_waive_second);
  add("/decisions/settle-alone", NULL, test_settle_alone);
  add("/decisions/settle-rest", NULL, test_settle_rest);
  add("/decisions/settle-gone", NULL, test_settle_gone);
  add("/decisions/settle-order", NULL, test_settle_order);
  add("/decisions/close", NULL, test_close);
  add("/decisions/accept", "accept", test_application);
  add("/decisions/send-back", NULL, test_application);
  return g_test_run();
}
