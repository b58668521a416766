/* Transfers in the store: what each piece of evidence does to transfer, round, proof, batch and cases. */
#include "tests/unit/orderstore.h"

#include <openssl/sha.h>

#include "rules/code.h"
#include "spool/batches.h"
#include "spool/cases.h"
#include "spool/holds.h"
#include "spool/instance.h"
#include "spool/rounds.h"
#include "spool/transfers.h"

static const SealKey code_key = {.bytes = {1}, .id = "c"}, batch_key = {.bytes = {2}, .id = "b"};

static Learner learner(Fixture *f) {
  return (Learner){.actor = "pay", .now = f->by.now, .calendar = f->calendar, .valid_days = 10};
}

static void plan_round(Fixture *f) {
  g_autoptr(GError) error = NULL;
  gboolean ours = FALSE;
  g_assert_true(instance_ready(f->store, f->calendar, "pay", f->by.now, &ours, &error) && ours); /* as pay begins */
  g_auto(RoundOrder) order = {0};
  const Learner by = learner(f);
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(round_order_load(f->store, NO, 0, &order, &error));
  g_assert_no_error(error);
  g_assert_cmpint(order.need, ==, ROUND_NEEDED);
  g_assert_true(round_plan(f->store, &order, "icbc", (Money){1, "CNY"}, day_of_instant(SPOOLDIR_NOW), &by, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static RoundNeed need(Fixture *f, gboolean *mending) {
  g_autoptr(GError) error = NULL;
  g_auto(RoundOrder) order = {0};
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(round_order_load(f->store, NO, 0, &order, &error));
  store_rollback(f->store);
  if (mending != NULL)
    *mending = order.mending;
  return order.need;
}

static void build(Fixture *f) {
  g_autoptr(GError) error = NULL;
  const Learner by = learner(f);
  const BatchPlan plan = {.account = "icbc",
                          .channel = "icbc-sftp",
                          .payer_name = "我方",
                          .payer_account = "4000021219200888866",
                          .payer_bank = "中国工商银行",
                          .version = "pain.001.001.03",
                          .remark = "办理数字证书编码: {code}",
                          .code_key = &code_key,
                          .batch_key = &batch_key};
  g_autoptr(GPtrArray) transfers = transfers_to_send(f->store, "icbc", "verification", f->by.now, 10, &error);
  g_assert_cmpuint(transfers->len, >, 0);
  g_assert_true(batch_build(f->store, &plan, transfers, &by, &error));
  g_assert_no_error(error);
}

static Batch only_batch(Fixture *f) {
  g_autoptr(GError) error = NULL;
  Batch batch = {0};
  g_assert_true(batch_by_id(f->store, 1, &batch, &error));
  g_assert_no_error(error);
  return batch;
}

static void sent(Fixture *f) {
  g_autoptr(GError) error = NULL;
  const Learner by = learner(f);
  plan_round(f);
  build(f);
  g_auto(Batch) batch = only_batch(f);
  gboolean held = TRUE;
  g_assert_true(batch_uploading(f->store, &batch, &by, &error) &&
                batch_releasing(f->store, &batch, &by, &held, &error) && !held &&
                batch_delivered(f->store, &batch, f->by.now + DAY_US, &by, &error));
  g_assert_no_error(error);
}

/* A line of our statement that evidence can point at. */
static void add_entry(Fixture *f) {
  run(f, "INSERT INTO file (origin, name, path, size, sha256, state, received_at, changed_at) "
         "VALUES ('inbox:x', 'x', 'x', 1, x'00', 'taken', 0, 0)");
  run(f, "INSERT INTO statement (file_id, number, account, currency, page, last_page, source, entries, credits, "
         "debits, proof) "
         "VALUES (1, 1, 'icbc', 'CNY', 1, 1, 'csv', 1, 0, 1, 'none')");
  run(f,
      "INSERT INTO entry (account, identity, statement_id, line, booking_on, amount, currency, direction, disposition) "
      "VALUES ('icbc', 'a', 1, 1, '2026-11-22', 1, 'CNY', 'debit', 'pending'), "
      "('icbc', 'b', 1, 2, '2026-11-22', 1, 'CNY', 'credit', 'pending')");
}

/* A step of a story: news of the transfer, or the applicant's right code. */
typedef enum {
  STOP,
  SETTLED,
  PROGRESS,
  REFUSED,
  REFUSED_OURS,
  TWICE,
  LOST,
  DEBIT,
  RETURNED,
  UNDONE,
  SAID_BACK,
  ABSENT,
  BOOKED_BY_PERSON,
  NOT_BY_PERSON,
  CODE
} Step;

static const struct {
  TransferEvent event;
  gboolean ours, settles;
  gint64 entry;
} news[] = {
    [SETTLED] = {TRANSFER_STATUS_SETTLED, FALSE, TRUE, 0},
    [PROGRESS] = {TRANSFER_STATUS_PROGRESS, FALSE, FALSE, 0},
    [REFUSED] = {TRANSFER_STATUS_REJECT, FALSE, FALSE, 0},
    [REFUSED_OURS] = {TRANSFER_STATUS_REJECT, TRUE, FALSE, 0},
    [TWICE] = {TRANSFER_STATUS_DUPLICATE, FALSE, FALSE, 0},
    [LOST] = {TRANSFER_LOST, FALSE, FALSE, 0},
    [DEBIT] = {TRANSFER_DEBIT_LINE, FALSE, TRUE, 1},
    [RETURNED] = {TRANSFER_RETURN_LINE, FALSE, FALSE, 2},
    [UNDONE] = {TRANSFER_RETURN_LINE, TRUE, FALSE, 2},
    [SAID_BACK] = {TRANSFER_STATUS_RETURN, FALSE, FALSE, 0},
    [ABSENT] = {TRANSFER_NOT_FOUND, TRUE, FALSE, 0},
    [BOOKED_BY_PERSON] = {TRANSFER_PERSON_BOOKED, FALSE, TRUE, 0},
    [NOT_BY_PERSON] = {TRANSFER_PERSON_REJECTED, TRUE, FALSE, 0},
};

static void learn(Fixture *f, Step step) {
  g_autoptr(GError) error = NULL;
  const Learner by = learner(f);
  gboolean rejects = news[step].event == TRANSFER_STATUS_REJECT;
  const Evidence evidence = {.event = news[step].event,
                             .source = "test",
                             .status = rejects ? "RJCT" : NULL,
                             .reason = rejects ? "BE01" : NULL,
                             .reason_class = !rejects          ? NULL
                                             : news[step].ours ? "ours"
                                                               : "applicant",
                             .field = rejects && !news[step].ours ? "name" : NULL,
                             .ours = news[step].ours,
                             .settled_on = news[step].settles ? day_of_instant(f->by.now) : DAY_NONE,
                             .entry_id = news[step].entry,
                             .due_at = INSTANT_NONE};
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(transfer_learn(f->store, 1, &evidence, &by, NULL, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static void right_code(Fixture *f) {
  g_autoptr(GError) error = NULL;
  const LifeNews right = {.actor = "hall", .now = f->by.now};
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(
      life_apply(f->store, &life_verification, 1, VERIFICATION_RIGHT_CODE, &right, NULL, NULL, NULL, &error) &&
      life_apply(f->store, &life_proof, 1, PROOF_BY_CODE, &right, NULL, NULL, NULL, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static const struct Story {
  const char *name;
  Step steps[5];
  const char *transfer, *round, *proof, *cases, *batch;
} stories[] = {
    {"delivered", {STOP}, "accepted", "sending", "none", "", "delivered"},
    {"settled", {SETTLED}, "accepted", "awaiting_code", "none", "", "delivered"},
    {"booked", {SETTLED, DEBIT}, "booked", "awaiting_code", "none", "", "closed"},
    {"booked, then an old answer", {DEBIT, PROGRESS}, "booked", "awaiting_code", "none", "", "closed"},
    {"booked, then refused", {DEBIT, REFUSED}, "booked", "awaiting_code", "none", "transfer_contradiction", "closed"},
    {"refused for the applicant", {REFUSED}, "rejected", "failed", "none", "", "closed"},
    {"refused for us", {REFUSED_OURS}, "rejected", "expired", "none", "", "closed"},
    {"refused, then booked", {REFUSED, DEBIT}, "booked", "failed", "none", "transfer_contradiction", "closed"},
    {"duplicate says nothing", {TWICE}, "accepted", "sending", "none", "", "delivered"},
    {"no answer", {LOST}, "unknown", "sending", "none", "transfer_unknown", "delivered"},
    {"no answer, then booked", {LOST, DEBIT}, "booked", "awaiting_code", "none", "", "closed"},
    {"no answer, then answered", {LOST, SETTLED}, "accepted", "awaiting_code", "none", "", "delivered"},
    {"no answer, a person saw it", {LOST, BOOKED_BY_PERSON}, "booked", "awaiting_code", "none", "", "closed"},
    {"no answer, a person knows better", {LOST, NOT_BY_PERSON}, "rejected", "expired", "none", "", "closed"},
    {"no answer, proven absent", {LOST, ABSENT}, "rejected", "expired", "none", "", "closed"},
    {"right code while unknown", {LOST, CODE}, "unknown", "verified", "code", "transfer_unknown", "delivered"},
    {"returned", {DEBIT, RETURNED}, "returned", "failed", "none", "", "closed"},
    {"undone by our own bank", {DEBIT, UNDONE}, "returned", "expired", "none", "bank_reversed", "closed"},
    {"undone after the code",
     {DEBIT, CODE, UNDONE},
     "returned",
     "verified",
     "code",
     "transfer_contradiction",
     "closed"},
    {"said to be back, then its line", {DEBIT, SAID_BACK, RETURNED}, "returned", "failed", "none", "", "closed"},
    {"said to be back before any line", {SAID_BACK, DEBIT}, "returned", "failed", "none", "", "closed"},
    {"said to be back after the code",
     {CODE, SAID_BACK},
     "returned",
     "verified",
     "withdrawn",
     "returned_after_verified",
     "closed"},
    {"refused, then said to be back",
     {REFUSED, SAID_BACK},
     "rejected",
     "failed",
     "none",
     "transfer_contradiction",
     "closed"},
    {"the bank took it and does not find it",
     {ABSENT},
     "unknown",
     "sending",
     "none",
     "transfer_contradiction,transfer_unknown",
     "delivered"},
    {"the bank took it and does not find it, twice",
     {ABSENT, ABSENT},
     "rejected",
     "expired",
     "none",
     "transfer_contradiction",
     "closed"},
    {"not found, then booked after all",
     {LOST, ABSENT, DEBIT},
     "booked",
     "expired",
     "none",
     "transfer_contradiction",
     "closed"},
    {"returned after the code",
     {DEBIT, CODE, RETURNED},
     "returned",
     "verified",
     "withdrawn",
     "returned_after_verified",
     "closed"},
    {"refused, but the code was right",
     {CODE, REFUSED},
     "rejected",
     "verified",
     "code",
     "transfer_contradiction",
     "closed"},
    {"settled, then refused for us",
     {SETTLED, REFUSED_OURS},
     "accepted",
     "awaiting_code",
     "none",
     "transfer_contradiction",
     "delivered"},
    {"settled, then refused for us twice, then lost",
     {SETTLED, REFUSED_OURS, REFUSED_OURS, LOST},
     "unknown",
     "awaiting_code",
     "none",
     "transfer_contradiction,transfer_unknown",
     "delivered"},
    {"settled, then refused for the applicant", {SETTLED, REFUSED}, "rejected", "failed", "none", "", "closed"},
    {"returned before its debit", {RETURNED, DEBIT}, "returned", "failed", "none", "", "closed"},
    {"not paid, but the code was right",
     {CODE, REFUSED_OURS},
     "rejected",
     "verified",
     "code",
     "transfer_contradiction",
     "closed"},
};

static void test_story(Fixture *f, gconstpointer data) {
  const struct Story *story = data;
  OrderTaken taken;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  add_entry(f);
  sent(f);
  for (const Step *step = story->steps; *step != STOP; step++)
    if (*step == CODE)
      right_code(f);
    else
      learn(f, *step);
  assert_text(f, "SELECT state FROM transfer", story->transfer);
  assert_text(f, "SELECT state FROM verification", story->round);
  assert_text(f, "SELECT proof FROM purchase", story->proof);
  assert_text(f, "SELECT group_concat(reason) FROM review_case WHERE state = 'open' AND reason <> 'application'",
              story->cases);
  assert_text(f, "SELECT state FROM batch", story->batch);
  gboolean wiped = g_str_equal(story->batch, "closed");
  g_assert_cmpint(number(f, "SELECT count(*) FROM batch WHERE sealed IS NULL AND length(sha256) = 32"), ==,
                  wiped ? 1 : 0);
  g_assert_cmpint(number(f, "SELECT count(*) FROM evidence"), >=, 2);
}

static void test_batch(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  plan_round(f);
  g_assert_cmpint(need(f, NULL), ==, ROUND_NOT_NEEDED);
  build(f);
  g_auto(Batch) batch = only_batch(f);
  g_assert_cmpint(batch.state, ==, BATCH_SEALED);
  assert_text(f, "SELECT state FROM transfer", "sending");
  assert_text(f, "SELECT state FROM verification", "sending");
  GBytes *message = batch_bytes(&batch, &batch_key, &error);
  g_assert_no_error(error);
  g_auto(Transfer) transfer = {0};
  g_assert_true(transfer_by_id(f->store, 1, &transfer, NULL));
  char code[CODE_SIZE];
  code_derive(code_key.bytes, transfer.reference, 1, code);
  gsize size = 0;
  const char *bytes = g_bytes_get_data(message, &size);
  g_assert_nonnull(g_strstr_len(bytes, (gssize)size, code));
  g_assert_nonnull(g_strstr_len(bytes, (gssize)size, transfer.reference));
  const char *sealed = g_bytes_get_data(batch.sealed, &size);
  g_assert_null(memmem(sealed, size, code, CODE_DIGITS));
  seal_forget(message);
  SealKey other = {.bytes = {3}, .id = "o"};
  g_assert_null(batch_bytes(&batch, &other, &error));
  g_assert_cmpstr(error_reason(error), ==, "batch_key");
}

/* A store that was restored: the batch never left, as we believe, but our own statement shows a fen of it. */
static void test_shown(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  add_entry(f);
  plan_round(f);
  build(f);
  run(f, "INSERT INTO transfer (reference, purpose, purchase_id, account, amount, currency, payee_name, payee_account, "
         "payee_bank, state, batch_id, created_at, changed_at) VALUES ('YTHEOTHER', 'verification', 1, 'icbc', 1, "
         "'CNY', 'x', '1', 'x', 'sending', 1, 0, 0)");
  learn(f, DEBIT);
  assert_text(f, "SELECT group_concat(state) FROM (SELECT state FROM transfer ORDER BY id)", "booked,accepted");
  g_autoptr(GPtrArray) open = batches_open(f->store, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(open->len, ==, 0); /* it is not sent again */
  assert_text(f, "SELECT state FROM batch", "delivered");
}

/* No second fen before a person has looked at what our bank undid, or at what speaks against itself. */
static void test_undone(Fixture *f, gconstpointer data) {
  const Step *steps = data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  add_entry(f);
  sent(f);
  for (const Step *step = steps; *step != STOP; step++)
    learn(f, *step);
  run(f, "DELETE FROM job");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job"), ==, 0);
  g_autoptr(GPtrArray) none = rounds_mended(f->store, &error);
  g_assert_cmpuint(none->len, ==, 0);
  run(f, "UPDATE review_case SET state = 'closed'");
  g_autoptr(GPtrArray) mended = rounds_mended(f->store, &error);
  g_assert_cmpuint(mended->len, ==, 1);
}

/* Who fails for the applicant's reason is told, nobody else. */
static void test_told(Fixture *f, gconstpointer data) {
  (void)data;
  static const struct {
    Step steps[3];
    gint64 jobs;
  } cases[] = {{{REFUSED}, 1},       {{DEBIT, RETURNED}, 1},     {{SAID_BACK, RETURNED}, 1}, {{REFUSED_OURS}, 0},
               {{DEBIT, UNDONE}, 0}, {{LOST, NOT_BY_PERSON}, 0}, {{LOST, ABSENT}, 0},        {{DEBIT}, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture one = {0};
    OrderTaken taken;
    set_up(&one, NULL);
    g_assert_null(take(&one, "CNY", "CNY", &taken, NULL));
    add_entry(&one);
    sent(&one);
    for (const Step *step = cases[i].steps; *step != STOP; step++)
      learn(&one, *step);
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(number(&one, "SELECT count(*) FROM telling WHERE kind = 'bounced'"), ==, cases[i].jobs);
    tear_down(&one, NULL);
  }
  (void)f;
}

static void test_mended(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  gboolean mending = FALSE;
  g_autoptr(GError) error = NULL;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  sent(f);
  learn(f, REFUSED_OURS);
  g_auto(Batch) batch = only_batch(f);
  g_autofree char *subject = g_strconcat("batch:", batch.message_id, NULL);
  const CaseDraft draft = {.reason = "bank_refused", .subject = subject, .card = "{}", .due_on = DAY_NONE};
  g_assert_true(store_begin(f->store, NULL) && case_open(f->store, &draft, "pay", f->by.now, NULL, &error) &&
                store_commit(f->store, NULL));
  g_autoptr(GPtrArray) none = rounds_mended(f->store, &error);
  g_assert_cmpuint(none->len, ==, 0);
  run(f, "UPDATE review_case SET state = 'closed'");
  run(f, "DELETE FROM job");
  g_autoptr(GPtrArray) mended = rounds_mended(f->store, &error);
  g_assert_cmpuint(mended->len, ==, 1);
  g_assert_cmpstr(mended->pdata[0], ==, NO);
  run(f, "INSERT INTO job (role, kind, subject, state, due_at) VALUES ('pay', 'verify', '" NO "', 'due', 9) "
         "ON CONFLICT DO UPDATE SET due_at = 9");
  g_autoptr(GPtrArray) asked = rounds_mended(f->store, &error);
  g_assert_cmpuint(asked->len, ==, 0); /* it waits for tomorrow: asking again would not let it */
  run(f, "DELETE FROM job");
  g_assert_cmpint(need(f, &mending), ==, ROUND_NEEDED);
  g_assert_true(mending);
  plan_round(f);
  assert_text(f, "SELECT group_concat(counted) FROM (SELECT counted FROM verification ORDER BY round)", "0,1");
  g_assert_cmpint(need(f, &mending), ==, ROUND_NOT_NEEDED);
  g_assert_false(mending); /* else the rounds would never be used up */
  g_assert_cmpint(number(f, "SELECT count(DISTINCT reference) FROM transfer"), ==, 2);
  g_autoptr(GPtrArray) over = rounds_mended(f->store, &error);
  g_assert_cmpuint(over->len, ==, 0);
}

static void test_dead(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  plan_round(f);
  g_autoptr(GArray) none = rounds_dead(f->store, &error);
  g_assert_cmpuint(none->len, ==, 0);
  run(f, "UPDATE verification SET state = 'expired'");
  g_autoptr(GArray) dead = rounds_dead(f->store, &error);
  g_assert_cmpuint(dead->len, ==, 1);
}

static void test_expiry(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_autoptr(GError) error = NULL;
  Instant due = 0;
  int count = -1;
  const Learner by = learner(f);
  g_assert_null(take(f, "CNY", "CNY", &taken, NULL));
  sent(f);
  g_assert_true(verifications_next_expiry(f->store, &due, &error) && due == INSTANT_NONE);
  learn(f, SETTLED); /* 2026-11-22 and ten days: 2026-12-02, a Wednesday */
  assert_text(f, "SELECT expires_on FROM verification", "2026-12-02");
  g_assert_true(verifications_next_expiry(f->store, &due, &error));
  Day after = DAY_NONE;
  g_assert_true(day_parse("2026-12-03", &after));
  g_assert_cmpint(due, ==, instant_at(after, 0, 0, 0));
  g_assert_true(store_begin(f->store, &error) && verifications_expire(f->store, after - 1, &by, &count, &error));
  g_assert_cmpint(count, ==, 0);
  g_assert_true(verifications_expire(f->store, after, &by, &count, &error) && store_commit(f->store, &error));
  g_assert_cmpint(count, ==, 1);
  assert_text(f, "SELECT state FROM verification", "expired");
}

static void test_hold(Fixture *f, gconstpointer data) {
  (void)data;
  g_autoptr(GError) error = NULL;
  gboolean held = TRUE;
  g_assert_true(hold_stands(f->store, "icbc", &held, &error) && !held);
  g_assert_true(hold_set(f->store, "abc", "why", "staff:x", f->by.now, &error));
  g_assert_true(hold_stands(f->store, "icbc", &held, &error) && !held);
  g_assert_true(hold_set(f->store, HOLD_ALL, "why", "staff:x", f->by.now, &error));
  g_assert_true(hold_stands(f->store, "icbc", &held, &error) && held);
  g_assert_true(hold_release(f->store, HOLD_ALL, "staff:x", f->by.now, &error));
  g_assert_true(hold_stands(f->store, "icbc", &held, &error) && !held);
  g_assert_false(hold_release(f->store, HOLD_ALL, "staff:x", f->by.now, &error));
  g_assert_cmpstr(error_reason(error), ==, "not_held");
}

static void test_reference(void) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < 1000; i++) {
    char *reference = reference_new('Y');
    g_assert_cmpuint(strlen(reference), ==, 17);
    g_assert_cmpuint(strspn(reference, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), ==, 17);
    g_assert_true(g_hash_table_add(seen, reference));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
    g_autofree char *path = g_strdup_printf("/transfers/%s", stories[i].name);
    add(path, &stories[i], test_story);
  }
  add("/transfers/batch", NULL, test_batch);
  add("/transfers/shown", NULL, test_shown);
  static const Step undone[] = {DEBIT, UNDONE, STOP}, absent[] = {ABSENT, ABSENT, STOP};
  add("/transfers/undone", undone, test_undone);
  add("/transfers/absent", absent, test_undone);
  add("/transfers/told", NULL, test_told);
  add("/transfers/mended", NULL, test_mended);
  add("/transfers/dead", NULL, test_dead);
  add("/transfers/expiry", NULL, test_expiry);
  add("/transfers/hold", NULL, test_hold);
  g_test_add_func("/transfers/reference", test_reference);
  return g_test_run();
}
