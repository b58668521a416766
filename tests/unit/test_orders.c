#include "tests/unit/orderstore.h"

#include "spool/cases.h"
#include "spool/documents.h"
#include "spool/order_view.h"
#include "spool/overdue.h"
#include "spool/receipts.h"

static void test_wire(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_assert_null(take(f, "1048.00", "1048.00", &taken, NULL));
  g_assert_cmpint(taken, ==, ORDER_NEW);
  g_assert_null(take(f, "1048.00", "1048", &taken, NULL));
  g_assert_cmpint(taken, ==, ORDER_SAME);
  g_assert_cmpint(number(f, "SELECT count(*) FROM purchase"), ==, 1);
  g_assert_cmpint(number(f, "SELECT count(*) FROM purchase_revision"), ==, 1);
  g_assert_cmpint(number(f, "SELECT price - settled FROM purchase_money"), ==, 104800);
  assert_text(f, "SELECT payment || proof || review FROM purchase", "unpaidnonewaiting");
  assert_text(f, "SELECT group_concat(role || kind || subject) FROM job", "intakematch" NO);
  assert_text(f, "SELECT group_concat(action || subject) FROM audit WHERE subject LIKE 'order:%'",
              "order.neworder:" NO);
}

static void test_online(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_assert_null(take(f, WIRE, ALIPAY, &taken, NULL));
  assert_text(f, "SELECT payment || proof || review FROM purchase", "receivednonewaiting");
  assert_text(f, "SELECT group_concat(role || kind || subject) FROM job", "intakematch" NO ",payverify" NO);
}

static void test_load(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_autoptr(Order) order = order_load(f->store, NO, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(order->handler_email, ==, "zs@example.com");
  g_assert_cmpint(order->revision, ==, 1);
  g_assert_cmpint(order->id, ==, 1);
  g_assert_null(order_load(f->store, "X", &error));
  g_assert_cmpstr(error_reason(error), ==, "order_unknown");
}

static void test_revise(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_null(take(f, "\"years\":2", "\"years\":3", &taken, NULL));
  g_assert_cmpint(taken, ==, ORDER_REVISED);
  g_assert_null(take(f, "1048.00", "748.00", &taken, NULL));
  g_assert_cmpint(number(f, "SELECT revision FROM purchase"), ==, 3);
  g_assert_cmpint(number(f, "SELECT count(*) FROM purchase_revision"), ==, 3);
  g_assert_cmpint(number(f, "SELECT price FROM purchase_money"), ==, 74800);
  assert_text(f, "SELECT payment FROM purchase", "unpaid");
}

/* The hall took the money after all. */
static void test_unpaid_to_online(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_null(take(f, WIRE, ALIPAY, &taken, NULL));
  assert_text(f, "SELECT method || payment FROM purchase", "alipayreceived");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay'"), ==, 1);
}

static void test_fixed(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autofree char *field = NULL, *method = NULL;
  take(f, WIRE, ALIPAY, &taken, NULL);
  g_assert_cmpstr(take(f, "\"years\":2", "\"years\":3", &taken, &field), ==, "order_fixed");
  g_assert_cmpstr(field, ==, "certificates[1].years");
  apply(f, &life_review, REVIEW_SEND_BACK);
  g_assert_cmpstr(take(f, "\"years\":2", "\"years\":3", &taken, &method), ==, "order_fixed");
  g_assert_cmpstr(method, ==, "payment.method");
  g_assert_cmpint(number(f, "SELECT revision FROM purchase"), ==, 1);
}

static int seen(Fixture *f, const char *actor, gint64 uid) {
  gboolean proven;
  const OrderBy by = {.actor = actor, .now = f->by.now, .calendar = f->calendar, .uid = uid};
  return documents_seen(f->store, NO, "开户许可 123456", &by, &proven, NULL) ? proven : -1;
}

/* Documents prove when two different people have seen them, for the order as it stands. */
static void test_documents(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  LifeNews news = {.actor = "x", .cause = "{}", .now = f->by.now};
  take(f, "1048.00", "1048.00", &taken, NULL);
  apply(f, &life_payment, PAYMENT_EXACT);
  g_assert_cmpint(seen(f, "staff:li", 1), ==, 0);
  g_assert_cmpint(seen(f, "staff:li", 1), ==, 0);
  g_assert_cmpint(seen(f, "staff:li", 2), ==, 0);
  g_assert_cmpint(seen(f, "staff:wang", 1), ==, 0);
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.documents'"), ==, 1);
  assert_text(f, "SELECT text FROM document_proof", "开户许可 ******");
  g_assert_true(store_begin(f->store, NULL));
  g_assert_false(life_apply(f->store, &life_proof, 1, PROOF_BY_DOCUMENTS, &news, NULL, NULL, NULL, NULL));
  store_rollback(f->store);
  assert_text(f, "SELECT proof || '/' || review FROM purchase", "none/waiting");
  g_assert_cmpint(seen(f, "staff:wang", 2), ==, 1);
  assert_text(f, "SELECT proof || '/' || review FROM purchase", "documents/open");
  g_assert_cmpint(number(f, "SELECT due_on IS NOT NULL FROM purchase"), ==, 1);
  g_assert_cmpint(seen(f, "staff:zhao", 3), ==, -1);
  apply(f, &life_review, REVIEW_SEND_BACK);
  g_assert_null(take(f, "4000021219200012345", "4000021219200012346", &taken, NULL));
  assert_text(f, "SELECT proof FROM purchase", "none");
  g_assert_cmpint(seen(f, "staff:zhao", 3), ==, 0);
}

static void send_back(Fixture *f) {
  OrderTaken taken;
  take(f, "1048.00", "1048.00", &taken, NULL);
  apply(f, &life_payment, PAYMENT_EXACT);
  apply(f, &life_proof, PROOF_BY_WIRE);
  assert_text(f, "SELECT review FROM purchase", "open");
  apply(f, &life_review, REVIEW_SEND_BACK);
  assert_text(f, "SELECT review FROM purchase", "sent_back");
}

static void test_sent_back(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  send_back(f);
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case WHERE state = 'open'"), ==, 0);
  g_assert_null(take(f, "\"years\":2", "\"years\":3", &taken, NULL));
  assert_text(f, "SELECT review || proof FROM purchase", "openwire");
  assert_text(f, "SELECT group_concat(subject) FROM review_case WHERE state = 'open'", "order:" NO ":2");
}

static const struct {
  const char *from, *to, *proof;
} details[] = {
    {"\"address\":\"深圳市福田区一路1号\"", "\"address\":\"别处\"", "wire"},
    {"\"applicant\":{\"name\":\"深圳市一分科技有限公司\"", "\"applicant\":{\"name\":\"深圳市两分科技有限公司\"",
     "none"},
    {"\"uscc\":\"91440300123456788M\"", "\"uscc\":\"92440305MA5G00000Y\"", "none"},
    {"\"number\":\"4000021219200012345\"", "\"number\":\"4000021219200012346\"", "none"},
    {"\"bank\":\"中国工商银行深圳市分行\"", "\"bank\":\"中国农业银行深圳市分行\"", "none"},
    {",\"cnaps\":\"308584000013\"", "", "none"},
};

static void test_details(Fixture *f, gconstpointer data) {
  gsize i = GPOINTER_TO_SIZE(data);
  OrderTaken taken;
  send_back(f);
  g_assert_null(take(f, details[i].from, details[i].to, &taken, NULL));
  assert_text(f, "SELECT proof FROM purchase", details[i].proof);
}

static void pay_whole(Fixture *f) {
  run(f, "INSERT INTO file (origin, name, path, size, sha256, state, received_at, changed_at) VALUES "
         "('x', 'x', 'x', 1, x'00', 'taken', 0, 0)");
  run(f, "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, credits, "
         "debits, proof) VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 0, 0, 0, 'none')");
  run(f, "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, "
         "disposition) VALUES ('icbc', 'h:1', 1, 1, '2026-11-23', 104800, 'CNY', 'credit', 'settled')");
  run(f, "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) VALUES (1, 1, 104800, 'number', "
         "1, 'intake', 0)");
}

static void test_price(Fixture *f, gconstpointer data) {
  const char *const *row = data; /* new price, payment */
  OrderTaken taken;
  send_back(f);
  pay_whole(f);
  g_assert_null(take(f, "1048.00", row[0], &taken, NULL));
  assert_text(f, "SELECT payment FROM purchase", row[1]);
  g_assert_cmpint(number(f, "SELECT settled <= price FROM purchase_money"), ==, 1);
}

static void test_ready(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  take(f, WIRE, ALIPAY, &taken, NULL);
  assert_text(f, "SELECT due_on FROM purchase", "");
  run(f, "INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, changed_at) "
         "VALUES (1, 1, 'verified', '', '', '', 1795330800000000)");
  apply(f, &life_proof, PROOF_BY_CODE);
  assert_text(f, "SELECT review FROM purchase", "open");
  assert_text(f, "SELECT reason || ':' || subject || ':' || due_on FROM review_case",
              "application:order:" NO ":1:2026-11-26");
  assert_text(f, "SELECT due_on FROM purchase", "2026-11-26");
}

/* Another open case of the order takes it back from the reviewers until it is closed. */
static void test_blocked(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  gint64 one = 1;
  g_autoptr(GError) error = NULL;
  CaseDraft draft = {.reason = "contradiction",
                     .subject = "order:" NO,
                     .card = "{}",
                     .due_on = DAY_NONE,
                     .orders = &one,
                     .order_count = 1};
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(store_begin(f->store, &error) && case_open(f->store, &draft, "test", f->by.now, NULL, &error) &&
                store_commit(f->store, &error));
  apply(f, &life_payment, PAYMENT_EXACT);
  apply(f, &life_proof, PROOF_BY_WIRE);
  assert_text(f, "SELECT review FROM purchase", "waiting");
  g_assert_true(store_begin(f->store, &error) &&
                case_moot(f->store, "contradiction", "order:" NO, "test", f->by.now, &error) &&
                order_refresh(f->store, 1, f->calendar, "test", f->by.now, &error) && store_commit(f->store, &error));
  g_assert_no_error(error);
  assert_text(f, "SELECT review FROM purchase", "open");
}

static void test_withdraw(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(order_withdraw(f->store, NO, &f->by, &error));
  assert_text(f, "SELECT review FROM purchase", "closed");
  g_assert_true(order_withdraw(f->store, NO, &f->by, &error));
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.withdraw'"), ==, 1);
  g_assert_cmpstr(take(f, "1048.00", "748.00", &taken, NULL), ==, "order_closed");
}

static void test_withdraw_paid(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  take(f, WIRE, ALIPAY, &taken, NULL);
  g_assert_false(order_withdraw(f->store, NO, &f->by, &error));
  g_assert_cmpstr(error_reason(error), ==, "order_paid");
}

static void test_lapse(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  int count;
  g_autoptr(GError) error = NULL;
  take(f, "1048.00", "1048.00", &taken, NULL);
  f->by.now += 30 * DAY_US;
  g_assert_true(orders_lapse(f->store, &f->by, 30, &count, &error));
  g_assert_cmpint(count, ==, 0);
  f->by.now += 1;
  g_assert_true(orders_lapse(f->store, &f->by, 30, &count, &error));
  g_assert_cmpint(count, ==, 1);
  assert_text(f, "SELECT review FROM purchase", "closed");
  g_assert_true(orders_lapse(f->store, &f->by, 30, &count, &error));
  g_assert_cmpint(count, ==, 0);
}

static void test_receipt(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  Receipt receipt = {.number = "E1",
                     .amount = {104800, "CNY"},
                     .paid_on = 20000,
                     .payer_name = "深圳市一分科技有限公司",
                     .payer_account = "4000021219200012345"};
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(receipt_take(f->store, NO, &receipt, NULL, &f->by, &error));
  g_assert_no_error(error);
  assert_text(f, "SELECT payment || due_on FROM purchase", "claimed2026-11-26");
  g_assert_true(receipt_take(f->store, NO, &receipt, NULL, &f->by, &error));
  g_assert_cmpint(number(f, "SELECT count(*) FROM receipt"), ==, 1);
  g_assert_cmpstr(take(f, "1048.00", "748.00", &taken, NULL), ==, "order_fixed");
  f->by.now += 40 * DAY_US;
  int count;
  g_assert_true(orders_lapse(f->store, &f->by, 30, &count, &error));
  g_assert_cmpint(count, ==, 0);
}

/* Uploaded on Sunday 22, day 0 is Monday 23; on Thursday 26 two working days are over. */
static void test_overdue(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  Receipt receipt = {
      .number = "E1", .amount = {104800, "CNY"}, .paid_on = 20000, .payer_name = "x", .payer_account = "123456"};
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(receipt_take(f->store, NO, &receipt, NULL, &f->by, &error));
  f->by.now = instant_at(day_of_instant(f->by.now) + 4, 0, 0, 0) - 1;
  g_assert_true(overdue_sweep(f->store, &f->by, &error));
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case"), ==, 0);
  f->by.now += 1;
  for (int i = 0; i < 2; i++)
    g_assert_true(overdue_sweep(f->store, &f->by, &error));
  assert_text(f, "SELECT group_concat(reason || subject) FROM review_case", "receipt_without_moneyorder:" NO);
  apply(f, &life_payment, PAYMENT_EXACT);
  assert_text(f, "SELECT state FROM review_case", "closed");
}

static void test_receipt_online(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  Receipt receipt = {
      .number = "E1", .amount = {1, "CNY"}, .paid_on = 20000, .payer_name = "x", .payer_account = "123456"};
  take(f, WIRE, ALIPAY, &taken, NULL);
  g_assert_false(receipt_take(f->store, NO, &receipt, NULL, &f->by, &error));
  g_assert_cmpstr(error_reason(error), ==, "receipt_online");
}

static gboolean count_views(void *user, const OrderView *view, GError **error) {
  (void)error;
  *(int *)user += view->payment == PAYMENT_UNPAID && view->verification == -1 && view->due_on == DAY_NONE;
  return TRUE;
}

static void test_view(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  int seen = 0;
  g_autoptr(GError) error = NULL;
  g_auto(OrderView) view = {0};
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_true(order_view(f->store, NO, &view, &error));
  g_assert_cmpstr(view.account_number, ==, "4000021219200012345");
  g_assert_cmpint(view.price.minor, ==, 104800);
  g_assert_true(order_view_each(f->store, count_views, &seen, &error));
  g_assert_cmpint(seen, ==, 1);
}

int main(int argc, char **argv) {
  static const char *const less[] = {"748.00", "over"}, *const more[] = {"1348.00", "short"};
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  add("/orders/wire", NULL, test_wire);
  add("/orders/online", NULL, test_online);
  add("/orders/load", NULL, test_load);
  add("/orders/documents", NULL, test_documents);
  add("/orders/revise", NULL, test_revise);
  add("/orders/unpaid-to-online", NULL, test_unpaid_to_online);
  add("/orders/fixed", NULL, test_fixed);
  add("/orders/sent-back", NULL, test_sent_back);
  for (gsize i = 0; i < G_N_ELEMENTS(details); i++) {
    g_autofree char *path = g_strdup_printf("/orders/details/%zu", i);
    add(path, GSIZE_TO_POINTER(i), test_details);
  }
  add("/orders/price-less", less, test_price);
  add("/orders/price-more", more, test_price);
  add("/orders/ready", NULL, test_ready);
  add("/orders/blocked", NULL, test_blocked);
  add("/orders/withdraw", NULL, test_withdraw);
  add("/orders/withdraw-paid", NULL, test_withdraw_paid);
  add("/orders/lapse", NULL, test_lapse);
  add("/orders/receipt", NULL, test_receipt);
  add("/orders/overdue", NULL, test_overdue);
  add("/orders/receipt-online", NULL, test_receipt_online);
  add("/orders/view", NULL, test_view);
  return g_test_run();
}
