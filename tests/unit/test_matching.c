/* Matching in the store: the same end from every order of arrival; people's decisions stay; what no longer follows goes
 * back and becomes a case. */
#include <string.h>

#include "rules/life.h"
#include "spool/decisions.h"
#include "spool/entries.h"
#include "spool/files.h"
#include "spool/life.h"
#include "spool/matching.h"
#include "spool/statements.h"
#include "spool/tied.h"
#include "tests/unit/orderstore.h"

#define A "甲乙丙丁科技有限公司"
#define B "戊己庚辛贸易有限公司"

/* Arrivals, one a text: "order NUMBER NAME ACCOUNT PRICE" or "line DAY AMOUNT NAME ACCOUNT REMARK" ("-" is nothing, a
 * minus before the amount a debit that is marked as reversal). */
typedef struct {
  Fixture *f;
  EntryCounter *counter;
  gint64 statement;
} World;

static void must(gboolean done, GError *error) {
  if (!done)
    g_error("%s", error != NULL ? error->message : "?");
}

static MatchingBy by_intake(const World *world) {
  return (MatchingBy){.actor = "intake", .now = world->f->by.now, .calendar = world->f->calendar};
}

static void open_world(World *world, Fixture *f) {
  GError *error = NULL;
  FileRow file = {.origin = (char *)(gsize) "inbox:x", .name = (char *)(gsize) "a.csv", .path = (char *)(gsize) "a"};
  StatementRow statement = {.account = (char *)(gsize) "icbc", .source = (char *)(gsize) "csv"};
  statement.head = (Statement){
      .number = 1, .currency = (char *)(gsize) "CNY", .page = 1, .last_page = TRUE, .from = DAY_NONE, .to = DAY_NONE};
  must(store_begin(f->store, &error) && file_receive(f->store, &file, "intake", f->by.now, &error), error);
  statement.file_id = file.id;
  must(statement_put(f->store, &statement, &error) && store_commit(f->store, &error), error);
  *world = (World){f, entry_counter_new(), statement.id};
}

static void close_world(World *world) {
  entry_counter_free(world->counter);
}

static char *given(const char *text) {
  return strcmp(text, "-") == 0 ? NULL : g_strdup(text);
}

static void order_comes(World *world, char **words) {
  Order order = {.order_no = words[1],
                 .applicant_name = words[2],
                 .uscc = (char *)(gsize) "91440300123456788M",
                 .account_name = words[2],
                 .account_number = words[3],
                 .account_bank = (char *)(gsize) "工商银行",
                 .method = METHOD_WIRE,
                 .paid_at = INSTANT_NONE,
                 .body = (char *)(gsize) "{}"};
  GError *error = NULL;
  OrderTaken taken;
  MatchingBy by = by_intake(world);
  g_assert_true(instant_parse("2026-10-12T09:00:00+08:00", &order.submitted_at));
  g_assert_true(money_parse(words[4], "CNY", &order.price, NULL));
  must(order_take(world->f->store, &order, &world->f->by, &taken, &error) && store_begin(world->f->store, &error) &&
           matching_order(world->f->store, words[1], &by, &error) && store_commit(world->f->store, &error),
       error);
}

static void line_comes(World *world, char **words) {
  gboolean debit = words[2][0] == '-';
  g_auto(Entry) line = {.status = ENTRY_BOOKED,
                        .value_date = DAY_NONE,
                        .direction = debit ? DIRECTION_DEBIT : DIRECTION_CREDIT,
                        .reversal = debit,
                        .counterparty_name = given(words[3]),
                        .counterparty_account = given(words[4]),
                        .remark = given(words[5])};
  GError *error = NULL;
  gint64 id;
  gboolean conflict;
  MatchingBy by = by_intake(world);
  g_assert_true(day_parse(words[1], &line.booking_date));
  g_assert_true(money_parse(words[2] + debit, "CNY", &line.amount, NULL));
  g_autofree char *identity = entry_identity(world->counter, "icbc", &line, FALSE);
  EntryDraft draft = {.line = &line,
                      .account = "icbc",
                      .identity = identity,
                      .statement_id = world->statement,
                      .disposition = DISPOSITION_PENDING,
                      .reason = ENTRY_REASON_NEW,
                      .match = TRUE};
  must(store_begin(world->f->store, &error) && entry_put(world->f->store, &draft, &id, &conflict, &error) &&
           store_commit(world->f->store, &error) && matching_new(world->f->store, &by, &error),
       error);
}

static void arrive(World *world, const char *text) {
  g_auto(GStrv) words = g_strsplit(text, " ", -1);
  if (strcmp(words[0], "order") == 0)
    order_comes(world, words);
  else
    line_comes(world, words);
}

/* What must not depend on arrival. */
static char *state_of(World *world) {
  return text(
      world->f,
      "SELECT (SELECT group_concat(x, '; ') FROM (SELECT booking_on || ' ' || direction || ' ' || amount || ' ' "
      "|| disposition || ' ' || coalesce(reason, '') || ' ' || coalesce((SELECT group_concat(o, '+') FROM "
      "(SELECT p.order_no AS o FROM allocation a JOIN purchase p ON p.id = a.purchase_id WHERE a.entry_id = "
      "e.id ORDER BY o)), '') AS x FROM entry e ORDER BY x)) || ' | ' || coalesce((SELECT group_concat(x, '; ') "
      "FROM (SELECT order_no || ' ' || payment || ' ' || proof || ' ' || review AS x FROM purchase ORDER BY "
      "x)), '') || ' | ' || coalesce((SELECT group_concat(reason, ' ') FROM (SELECT reason FROM review_case "
      "WHERE state = 'open' ORDER BY reason)), '')");
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ORDER_A "order 202610120000001 " A " 410001 735.00"
#define ORDER_A2 "order 202610120000002 " A " 410001 735.00"
#define ORDER_B "order 202610120000003 " B " 410002 735.00"

static const struct {
  const char *name;
  const char *const *arrivals;
  const char *want; /* part of the state */
} scenes[] = {
    {"a wire that names its order", LIST(ORDER_A, "line 2026-10-13 735.00 " A " 410001 202610120000001"),
     "735"
     "00 settled  202610120000001 | 202610120000001 received wire open | application"},
    {"a wire without an order waits", LIST("line 2026-10-13 735.00 " A " 410001 -"), "pending"},
    {"two orders, nothing named", LIST(ORDER_A, ORDER_A2, "line 2026-10-13 735.00 " A " 410001 -"), "ambiguous"},
    {"paid twice",
     LIST(ORDER_A, "line 2026-10-13 735.00 " A " 410001 202610120000001",
          "line 2026-10-14 735.00 " A " 410001 202610120000001"),
     "already_paid"},
    {"another's number is a veto", LIST(ORDER_A, ORDER_B, "line 2026-10-13 735.00 " A " 410001 202610120000003"),
     "contradiction"},
    {"less than the price", LIST(ORDER_A, "line 2026-10-13 730.00 " A " 410001 202610120000001"),
     "202610120000001 short none waiting | short"},
    {"more than the price", LIST(ORDER_A, "line 2026-10-13 800.00 " A " 410001 202610120000001"),
     "202610120000001 over none waiting | over"},
    {"two parts that each name the order",
     LIST(ORDER_A, "line 2026-10-13 700.00 " A " 410001 202610120000001",
          "line 2026-10-14 35.00 " A " 410001 202610120000001"),
     "202610120000001 received wire open"},
    {"taken back by the bank",
     LIST(ORDER_A, "line 2026-10-13 735.00 " A " 410001 202610120000001", "line 2026-10-14 -735.00 " A " 410001 冲正"),
     "202610120000001 unpaid none waiting"},
};

/* Every order of up to four arrivals; the state of the first is the measure. */
static void try_orders(const char *const *arrivals, guint count, guint *turn, guint depth, const char *want,
                       char **first) {
  if (depth < count) {
    for (guint i = depth; i < count; i++) {
      guint kept = turn[depth];
      turn[depth] = turn[i];
      turn[i] = kept;
      try_orders(arrivals, count, turn, depth + 1, want, first);
      turn[i] = turn[depth];
      turn[depth] = kept;
    }
    return;
  }
  Fixture f;
  World world;
  set_up(&f, NULL);
  open_world(&world, &f);
  for (guint i = 0; i < count; i++)
    arrive(&world, arrivals[turn[i]]);
  g_autofree char *state = state_of(&world);
  if (*first == NULL) {
    *first = g_strdup(state);
    g_assert_nonnull(strstr(state, want));
    if (strstr(state, want) == NULL)
      g_test_message("%s", state);
  }
  g_assert_cmpstr(state, ==, *first);
  close_world(&world);
  tear_down(&f, NULL);
}

static void test_scenes(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++) {
    guint turn[] = {0, 1, 2, 3}, count = g_strv_length((char **)(gsize)scenes[i].arrivals);
    g_autofree char *first = NULL;
    g_test_message("%s", scenes[i].name);
    try_orders(scenes[i].arrivals, count, turn, 0, scenes[i].want, &first);
  }
}

/* After acceptance nothing moves without a person. */
static void test_accepted(Fixture *f, gconstpointer data) {
  World world;
  (void)data;
  open_world(&world, f);
  arrive(&world, ORDER_A);
  arrive(&world, "line 2026-10-13 735.00 " A " 410001 -");
  run(f, "UPDATE purchase SET review = 'accepted'");
  arrive(&world, ORDER_A2); /* would have made it ambiguous */
  assert_text(f, "SELECT disposition FROM entry", "settled");
  assert_text(f, "SELECT p.order_no FROM allocation a JOIN purchase p ON p.id = a.purchase_id", "202610120000001");
  close_world(&world);
}

/* Before acceptance it does: the settlement goes back and a case asks. */
static void test_goes_back(Fixture *f, gconstpointer data) {
  World world;
  (void)data;
  open_world(&world, f);
  arrive(&world, ORDER_A);
  arrive(&world, "line 2026-10-13 735.00 " A " 410001 -");
  assert_text(f, "SELECT payment || proof || review FROM purchase", "receivedwireopen");
  arrive(&world, ORDER_A2);
  assert_text(f, "SELECT disposition || reason FROM entry", "reviewambiguous");
  assert_text(f, "SELECT payment || proof || review FROM purchase WHERE id = 1", "unpaidnonewaiting");
  g_assert_cmpint(number(f, "SELECT count(*) FROM allocation"), ==, 0);
  g_assert_cmpint(number(f, "SELECT settled FROM purchase_money WHERE purchase_id = 1"), ==, 0);
  g_assert_cmpint(number(f, "SELECT count(*) FROM review_case WHERE state = 'open' AND reason = 'application'"), ==, 0);
  close_world(&world);
}

/* What a person decided stays, and the rest is judged around it. */
static void test_person(Fixture *f, gconstpointer data) {
  World world;
  GError *error = NULL;
  (void)data;
  open_world(&world, f);
  arrive(&world, ORDER_A);
  arrive(&world, ORDER_A2);
  arrive(&world, "line 2026-10-13 735.00 " A " 410001 -");
  Share share = {.order_no = (char *)(gsize) "202610120000002"};
  g_assert_true(money_parse("735.00", "CNY", &share.amount, NULL));
  gint64 id = number(f, "SELECT id FROM review_case WHERE reason = 'ambiguous' AND state = 'open'");
  must(decision_settle(f->store, id, &(Settlement){.shares = &share, .count = 1}, &f->by, &error), error);
  arrive(&world, "line 2026-10-14 735.00 " A " 410001 -"); /* only one order is left for it */
  assert_text(f,
              "SELECT group_concat(x) FROM (SELECT e.booking_on || p.order_no AS x FROM allocation a JOIN purchase p "
              "ON p.id = a.purchase_id JOIN entry e ON e.id = a.entry_id ORDER BY x)",
              "2026-10-13202610120000002,2026-10-14202610120000001");
  close_world(&world);
}

static const struct {
  const char *kind, *amount;
  const char *want; /* disposition, reason, open cases */
} ties[] = {
    {"debit", "-0.01", "own_transfer - -"},
    {"return", "0.01", "returned - -"},
    {"sent_back", "0.01", "explained fen_sent_back -"},
    {"ordinary", "-0.01", "explained ordinary_debit -"},
    {"ordinary", "0.01", "pending unknown_payer -"},
    {"unknown_debit", "-0.01", "review unknown_debit unknown_debit"},
    {"unknown_return", "0.01", "review unknown_return unknown_return"},
};

/* Pay speaks; the last word counts, and its case is the only one. */
static void test_ties(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(ties); i++) {
    Fixture f;
    World world;
    GError *error = NULL;
    set_up(&f, NULL);
    open_world(&world, &f);
    MatchingBy by = by_intake(&world);
    g_autofree char *line = g_strdup_printf("line 2026-10-13 %s 某某公司 410009 -", ties[i].amount);
    arrive(&world, line);
    run(&f, "UPDATE entry SET disposition = 'pending', reason = 'tie', payer_key = NULL, sealed = x'00'");
    run(&f, "DELETE FROM case_entry");
    run(&f, "DELETE FROM review_case");
    for (int turn = 0; turn < 2; turn++) {
      g_autofree char *kind = g_strdup(turn == 0 ? "unknown_return" : ties[i].kind);
      must(store_begin(f.store, &error) && store_run(f.store, &error, "DELETE FROM tie", "") &&
               store_run(f.store, &error, "INSERT INTO tie (entry_id, kind, at) VALUES (1, ?, 0)", "t", kind) &&
               tied_apply(f.store, 1, &by, &error) && store_commit(f.store, &error),
           error);
    }
    g_test_message("%s %s", ties[i].kind, ties[i].amount);
    assert_text(&f,
                "SELECT disposition || ' ' || coalesce(reason, '-') || ' ' || coalesce((SELECT group_concat(reason) "
                "FROM review_case WHERE state = 'open'), '-') FROM entry",
                ties[i].want);
    gboolean known = strstr(ties[i].kind, "unknown") == NULL;
    g_assert_cmpint(number(&f, "SELECT sealed IS NULL FROM entry"), ==, known);
    close_world(&world);
    tear_down(&f, NULL);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/matching/scenes", test_scenes);
  add("/matching/accepted", NULL, test_accepted);
  add("/matching/goes_back", NULL, test_goes_back);
  add("/matching/person", NULL, test_person);
  g_test_add_func("/matching/ties", test_ties);
  return g_test_run();
}
