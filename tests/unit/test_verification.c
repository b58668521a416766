#include "tests/unit/orderstore.h"

#include "rules/code.h"
#include "spool/evidence.h"
#include "spool/verification.h"

static const guint8 key[32] = {1, 2, 3};
static const VerificationLimits limits = {.tries = 3, .rounds = 3};

/* What pay would have made: a round and its transfer. */
static void make_round(Fixture *f, int round, const char *state, const char *transfer) {
  g_autofree char *reference = g_strdup_printf("Y000000000000000%d", round);
  g_autoptr(GError) error = NULL;
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(store_run(f->store, &error,
                          "INSERT INTO verification (purchase_id, round, state, account_name, account_number, "
                          "account_bank, expires_on, changed_at) VALUES (1, ?, ?, 'a', 'b', 'c', '2026-12-02', 0)",
                          "it", (gint64)round, state));
  g_assert_true(store_run(f->store, &error,
                          "INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, "
                          "currency, payee_name, payee_account, payee_bank, state, created_at, changed_at) VALUES "
                          "(?, 'verification', 1, ?, 'icbc', 1, 'CNY', 'a', 'b', 'c', ?, 0, 0)",
                          "tit", reference, store_last_id(f->store), transfer));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static void prepare(Fixture *f, const char *state, const char *transfer) {
  OrderTaken taken;
  take(f, WIRE, ALIPAY, &taken, NULL);
  make_round(f, 1, state, transfer);
}

static void right_code(int round, char code[CODE_SIZE]) {
  g_autofree char *reference = g_strdup_printf("Y000000000000000%d", round);
  code_derive(key, reference, (guint64)round, code);
}

static void wrong_code(int round, char code[CODE_SIZE]) {
  right_code(round, code);
  code[0] = code[0] == '9' ? '0' : code[0] + 1;
}

static void confirm(Fixture *f, const char *typed, const char *word, int left) {
  Confirmation is = {0};
  g_autoptr(GError) error = NULL;
  g_assert_true(verification_confirm(f->store, key, NO, typed, &limits, &f->by, &is, &error));
  g_assert_no_error(error);
  g_assert_cmpstr(confirm_words[is.word], ==, word);
  g_assert_cmpint(is.tries_left, ==, left);
}

static void test_right(Fixture *f, gconstpointer data) {
  const char *const *states = data; /* of the round, of its transfer */
  char code[CODE_SIZE];
  prepare(f, states[0], states[1]);
  right_code(1, code);
  confirm(f, code, "verified", 2);
  assert_text(f, "SELECT v.state || p.proof || p.review FROM verification v, purchase p", "verifiedcodeopen");
  assert_text(f, "SELECT reason FROM review_case", "application");
  confirm(f, code, "not_due", 0);
}

/* Full-width digits and blanks are how phones type. */
static void test_typed(Fixture *f, gconstpointer data) {
  char code[CODE_SIZE];
  g_autoptr(GString) typed = g_string_new(" ");
  (void)data;
  prepare(f, "awaiting_code", "booked");
  right_code(1, code);
  for (const char *c = code; *c != '\0'; c++)
    g_string_append_unichar(typed, 0xFF10 + (gunichar)(*c - '0'));
  g_string_append(typed, "\xE3\x80\x80");
  confirm(f, typed->str, "verified", 2);
}

static void test_wrong(Fixture *f, gconstpointer data) {
  char right[CODE_SIZE], wrong[CODE_SIZE];
  (void)data;
  prepare(f, "awaiting_code", "booked");
  right_code(1, right);
  wrong_code(1, wrong);
  confirm(f, wrong, "wrong", 2);
  confirm(f, "12345", "malformed", 2);
  confirm(f, "", "malformed", 2);
  confirm(f, wrong, "wrong", 1);
  confirm(f, wrong, "locked", 0);
  confirm(f, right, "locked", 0);
  confirm(f, "12345x", "malformed", 0);
  g_assert_cmpint(number(f, "SELECT tries FROM verification"), ==, 3);
  assert_text(f, "SELECT v.state || p.proof FROM verification v, purchase p", "lockednone");
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case"), ==, 0);
}

static void test_last_round(Fixture *f, gconstpointer data) {
  char wrong[CODE_SIZE];
  (void)data;
  prepare(f, "expired", "booked");
  make_round(f, 2, "failed", "returned");
  make_round(f, 3, "awaiting_code", "booked");
  wrong_code(3, wrong);
  for (int i = 0; i < 3; i++)
    confirm(f, wrong, i < 2 ? "wrong" : "locked", 2 - i);
  assert_text(f, "SELECT reason FROM review_case WHERE state = 'open'", "proof_impossible");
}

/* The code of a dead round is worth nothing in the next. */
static void test_older(Fixture *f, gconstpointer data) {
  char older[CODE_SIZE];
  (void)data;
  prepare(f, "awaiting_code", "booked");
  right_code(1, older);
  g_autoptr(GError) error = NULL;
  g_assert_true(verification_again(f->store, NO, "没收到", &limits, &f->by, &error));
  confirm(f, older, "expired", 0);
  make_round(f, 2, "awaiting_code", "booked");
  confirm(f, older, "wrong", 2);
}

static void test_expired(Fixture *f, gconstpointer data) {
  char code[CODE_SIZE];
  (void)data;
  prepare(f, "awaiting_code", "booked");
  right_code(1, code);
  Day last;
  g_assert_true(day_parse("2026-12-02", &last));
  f->by.now = instant_at(last + 1, 0, 0, 0) - 1; /* its last microsecond */
  confirm(f, "12345", "malformed", 3);
  f->by.now += 1;
  confirm(f, code, "expired", 0);
  g_assert_cmpint(number(f, "SELECT tries FROM verification"), ==, 0);
  f->by.now -= 1;
  confirm(f, code, "verified", 2);
}

static void test_not_due(Fixture *f, gconstpointer data) {
  char code[CODE_SIZE];
  prepare(f, data, "planned");
  right_code(1, code);
  confirm(f, code, g_str_equal(data, "locked") ? "locked" : g_str_equal(data, "expired") ? "expired" : "not_due", 0);
  g_assert_cmpint(number(f, "SELECT tries FROM verification"), ==, 0);
  assert_text(f, "SELECT proof FROM purchase", "none");
}

static void test_unknown(Fixture *f, gconstpointer data) {
  (void)data;
  confirm(f, "123456", "not_due", 0);
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.try_refused'"), ==, 1);
}

/* Killed between count and compare: the try is spent all the same. */
static void test_killed(Fixture *f, gconstpointer data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  char right[CODE_SIZE];
  prepare(f, "awaiting_code", "booked");
  right_code(1, right);
  for (int i = 0; i < 5; i++) {
    g_auto(Try) try = {0};
    g_assert_true(verification_count(f->store, NO, &limits, &f->by, &try, &error));
    g_assert_cmpint(try.verification_id != 0, ==, i < 3);
    store_close(f->store);
    f->store = spooldir_open(f->dir);
    g_assert_cmpint(number(f, "SELECT tries FROM verification"), ==, MIN(i + 1, 3));
  }
  confirm(f, right, "locked", 0);
}

static gpointer guess(gpointer data) {
  const Fixture *f = data;
  g_autoptr(Store) store = spooldir_open(f->dir);
  char wrong[CODE_SIZE];
  int compared = 0;
  wrong_code(1, wrong);
  for (int i = 0; i < 10; i++) {
    Confirmation is = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(verification_confirm(store, key, NO, wrong, &limits, &f->by, &is, &error));
    g_assert_no_error(error);
    compared += is.word == CONFIRM_WRONG || (is.word == CONFIRM_LOCKED && is.tries_left > 0);
  }
  return GINT_TO_POINTER(compared);
}

/* However many guess at once, three tries are all there are. */
static void test_parallel(Fixture *f, gconstpointer data) {
  GThread *threads[4];
  int compared = 0;
  (void)data;
  prepare(f, "awaiting_code", "booked");
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    threads[i] = g_thread_new("guess", guess, f);
  for (gsize i = 0; i < G_N_ELEMENTS(threads); i++)
    compared += GPOINTER_TO_INT(g_thread_join(threads[i]));
  g_assert_cmpint(compared, <=, 2);
  g_assert_cmpint(number(f, "SELECT tries FROM verification"), ==, 3);
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.try'"), ==, 3);
  assert_text(f, "SELECT state FROM verification", "locked");
}

/* A code that is right but whose round died meanwhile proves nothing. */
static void test_overtaken(Fixture *f, gconstpointer data) {
  (void)data;
  g_auto(Try) try = {0};
  Confirmation is = {0};
  g_autoptr(GError) error = NULL;
  char right[CODE_SIZE];
  prepare(f, "awaiting_code", "booked");
  right_code(1, right);
  g_assert_true(verification_count(f->store, NO, &limits, &f->by, &try, &error));
  g_assert_true(verification_again(f->store, NO, "x", &limits, &f->by, &error));
  g_assert_true(verification_judge(f->store, key, right, &try, &limits, &f->by, &is, &error));
  g_assert_cmpstr(confirm_words[is.word], ==, "not_due");
  assert_text(f, "SELECT proof FROM purchase", "none");
}

static const char *again(Fixture *f) {
  static char reason[64];
  g_autoptr(GError) error = NULL;
  if (verification_again(f->store, NO, "没收到", &limits, &f->by, &error))
    return "done";
  g_strlcpy(reason, error_reason(error), sizeof reason);
  return reason;
}

typedef struct {
  const char *name, *round, *transfer, *want;
} Again;
static const Again agains[] = {
    {"awaiting", "awaiting_code", "booked", "done"},
    {"failed", "failed", "returned", "done"},
    {"rejected", "failed", "rejected", "done"},
    {"locked", "locked", "booked", "done"},
    {"expired", "expired", "booked", "done"},
    {"planned", "due", "planned", "transfer_open"},
    {"sending", "sending", "sending", "transfer_open"},
    {"accepted", "awaiting_code", "accepted", "transfer_open"},
    {"unknown", "awaiting_code", "unknown", "transfer_open"},
};

static void test_again(Fixture *f, gconstpointer data) {
  const Again *row = data;
  prepare(f, row->round, row->transfer);
  run(f, "DELETE FROM job");
  g_assert_cmpstr(again(f), ==, row->want);
  gboolean done = g_str_equal(row->want, "done");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay' AND kind = 'verify'"), ==, done);
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'order.resend'"), ==, done);
}

static void test_rounds_used(Fixture *f, gconstpointer data) {
  char code[CODE_SIZE];
  (void)data;
  prepare(f, "expired", "booked");
  make_round(f, 2, "failed", "returned");
  run(f, "UPDATE verification SET counted = 0 WHERE round = 2");
  make_round(f, 3, "expired", "booked");
  g_assert_cmpstr(again(f), ==, "done");
  make_round(f, 4, "awaiting_code", "booked");
  g_assert_cmpstr(again(f), ==, "rounds_used");
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case"), ==, 0); /* its code may still be typed */
  run(f, "UPDATE verification SET state = 'locked' WHERE round = 4");
  g_assert_cmpstr(again(f), ==, "rounds_used");
  assert_text(f, "SELECT reason || subject FROM review_case", "proof_impossibleorder:" NO);
  g_assert_cmpstr(again(f), ==, "rounds_used");
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case"), ==, 1);
  run(f, "UPDATE verification SET state = 'awaiting_code' WHERE round = 4");
  right_code(4, code);
  confirm(f, code, "verified", 2);
  assert_text(f, "SELECT state FROM review_case WHERE reason = 'proof_impossible'", "closed");
  assert_text(f, "SELECT review FROM purchase", "open");
}

/* The bank refuses the last round, or its last day passes: nobody has to ask before people know. */
static void test_last_ends(Fixture *f, gconstpointer data) {
  gboolean refused = data != NULL;
  int count;
  g_autoptr(GError) error = NULL;
  const Evidence evidence = {.event = TRANSFER_STATUS_REJECT,
                             .source = "file:1",
                             .field = "name",
                             .settled_on = DAY_NONE,
                             .due_at = INSTANT_NONE};
  const Learner by = {.actor = "pay", .now = f->by.now, .calendar = f->calendar, .valid_days = 10, .rounds = 2};
  prepare(f, "expired", "booked");
  make_round(f, 2, refused ? "sending" : "awaiting_code", refused ? "accepted" : "booked");
  g_assert_true(store_begin(f->store, &error));
  if (refused)
    g_assert_true(transfer_learn(f->store, number(f, "SELECT max(id) FROM transfer"), &evidence, &by, NULL, &error));
  else
    g_assert_true(verifications_expire(f->store, day_of_instant(f->by.now) + 100, &by, &count, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
  assert_text(f, "SELECT state FROM verification WHERE round = 2", refused ? "failed" : "expired");
  assert_text(f, "SELECT reason || subject FROM review_case", "proof_impossibleorder:" NO);
}

static void test_again_wire(Fixture *f, gconstpointer data) {
  OrderTaken taken;
  (void)data;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_cmpstr(again(f), ==, "not_by_code");
}

static void test_again_proven(Fixture *f, gconstpointer data) {
  (void)data;
  prepare(f, "verified", "booked");
  apply(f, &life_proof, PROOF_BY_CODE);
  g_assert_cmpstr(again(f), ==, "proof_done");
}

static const BankAccount other = {"深圳市一分科技有限公司", "4000021219200099999", "中国工商银行深圳市分行", NULL};

static const char *account(Fixture *f, const BankAccount *to) {
  static char reason[64];
  g_autoptr(GError) error = NULL;
  if (verification_account(f->store, NO, to, &limits, &f->by, &error))
    return "done";
  g_strlcpy(reason, error_reason(error), sizeof reason);
  return reason;
}

static void test_account(Fixture *f, gconstpointer data) {
  const BankAccount bad = {"x", "12", "y", NULL};
  (void)data;
  prepare(f, "failed", "rejected");
  run(f, "DELETE FROM job");
  g_assert_cmpstr(account(f, &bad), ==, "field_length");
  g_assert_cmpstr(account(f, &other), ==, "done");
  assert_text(f, "SELECT account_number || revision || coalesce(account_cnaps, '-') FROM purchase",
              "40000212192000999992-");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay' AND kind = 'verify'"), ==, 1);
}

static void test_account_live(Fixture *f, gconstpointer data) {
  char code[CODE_SIZE];
  (void)data;
  prepare(f, "awaiting_code", "booked");
  right_code(1, code);
  g_assert_cmpstr(account(f, &other), ==, "done");
  confirm(f, code, "expired", 0);
}

static void test_account_open(Fixture *f, gconstpointer data) {
  (void)data;
  prepare(f, "sending", "unknown");
  g_assert_cmpstr(account(f, &other), ==, "transfer_open");
  g_assert_cmpint(number(f, "SELECT revision FROM purchase"), ==, 1);
}

static void test_account_wire(Fixture *f, gconstpointer data) {
  OrderTaken taken;
  (void)data;
  take(f, "1048.00", "1048.00", &taken, NULL);
  g_assert_cmpstr(account(f, &other), ==, "done");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'pay'"), ==, 0);
  apply(f, &life_payment, PAYMENT_EXACT);
  g_assert_cmpstr(account(f, &other), ==, "order_fixed");
}

int main(int argc, char **argv) {
  static const char *const sending[] = {"sending", "sending"}, *const unknown[] = {"awaiting_code", "unknown"},
                           *const booked[] = {"awaiting_code", "booked"};
  static const char *const states[] = {"due", "failed", "verified", "locked", "expired"};
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  add("/verification/right/sending", sending, test_right);
  add("/verification/right/unknown", unknown, test_right);
  add("/verification/right/booked", booked, test_right);
  add("/verification/typed", NULL, test_typed);
  add("/verification/wrong", NULL, test_wrong);
  add("/verification/last-round", NULL, test_last_round);
  add("/verification/older", NULL, test_older);
  add("/verification/expired", NULL, test_expired);
  for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
    g_autofree char *path = g_strconcat("/verification/not-due/", states[i], NULL);
    add(path, states[i], test_not_due);
  }
  add("/verification/unknown", NULL, test_unknown);
  add("/verification/killed", NULL, test_killed);
  add("/verification/parallel", NULL, test_parallel);
  add("/verification/overtaken", NULL, test_overtaken);
  for (gsize i = 0; i < G_N_ELEMENTS(agains); i++) {
    g_autofree char *path = g_strconcat("/verification/again/", agains[i].name, NULL);
    add(path, &agains[i], test_again);
  }
  add("/verification/rounds-used", NULL, test_rounds_used);
  add("/verification/last-refused", "refused", test_last_ends);
  add("/verification/last-expired", NULL, test_last_ends);
  add("/verification/again-wire", NULL, test_again_wire);
  add("/verification/again-proven", NULL, test_again_proven);
  add("/verification/account", NULL, test_account);
  add("/verification/account-live", NULL, test_account_live);
  add("/verification/account-open", NULL, test_account_open);
  add("/verification/account-wire", NULL, test_account_wire);
  return g_test_run();
}
