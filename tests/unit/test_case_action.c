/* What may be done in a case, by reason and state. */
#include "rules/case_action.h"

#define A CASE_ACT_ACCEPT
#define B CASE_ACT_SEND_BACK
#define C CASE_ACT_CLOSE
#define F CASE_ACT_REFUND
#define N (CASE_ACT_ASSIGN | CASE_ACT_NOTE)
#define O CASE_ACT_CONSENT
#define R CASE_ACT_REFUSE
#define S CASE_ACT_SETTLE
#define U CASE_ACT_UNDO
#define V CASE_ACT_APPROVE

static const struct {
  const char *name;
  CaseFacts is;
  unsigned want;
} table[] = {
    {"the review", {.reason = "application", .open = TRUE, .one_order = TRUE}, A | B | F | N},
    {"the review of an order that a wire pays",
     {.reason = "application", .open = TRUE, .one_order = TRUE, .settled = TRUE},
     A | B | F | U | N},
    {"accepted", {.reason = "application", .one_order = TRUE, .settled = TRUE}, U | CASE_ACT_NOTE},
    {"accepted, paid online", {.reason = "application", .one_order = TRUE}, CASE_ACT_NOTE},
    {"a credit", {.reason = "short", .open = TRUE, .credits = TRUE, .one_order = TRUE}, S | F | C | N},
    {"a credit of two orders", {.reason = "combined", .open = TRUE, .credits = TRUE}, S | F | C | N},
    {"no money is left", {.reason = "over", .open = TRUE, .one_order = TRUE}, C | N},
    {"another payer", {.reason = "third_party", .open = TRUE, .credits = TRUE, .one_order = TRUE}, S | O | F | C | N},
    {"another name", {.reason = "name_differs", .open = TRUE, .credits = TRUE, .one_order = TRUE}, S | O | F | C | N},
    {"another payer, several orders", {.reason = "third_party", .open = TRUE, .credits = TRUE}, S | F | C | N},
    {"another payer, no money", {.reason = "third_party", .open = TRUE, .one_order = TRUE}, C | N},
    {"settled", {.reason = "third_party", .one_order = TRUE, .settled = TRUE}, U | CASE_ACT_NOTE},
    {"closed", {.reason = "third_party", .credits = TRUE, .one_order = TRUE}, CASE_ACT_NOTE},
    {"a refund waits",
     {.reason = "over", .open = TRUE, .credits = TRUE, .refund_waits = TRUE, .one_order = TRUE},
     V | R | S | N},
    {"it waits for all of it", {.reason = "refund", .open = TRUE, .refund_waits = TRUE}, V | R | N},
    {"the wish for one", {.reason = "refund", .open = TRUE, .one_order = TRUE}, F | R | N},
    {"it failed", {.reason = "refund_failed", .open = TRUE, .one_order = TRUE}, F | C | N},
    {"it came back", {.reason = "refund_returned", .open = TRUE, .one_order = TRUE}, F | C | N},
    {"a file", {.reason = "balance_mismatch", .about = CASE_ABOUT_FILE, .open = TRUE}, A | R | C | N},
    {"a file, decided", {.reason = "balance_mismatch", .about = CASE_ABOUT_FILE}, CASE_ACT_NOTE},
    {"a round", {.reason = "account_shared", .about = CASE_ABOUT_ROUND, .open = TRUE, .one_order = TRUE}, A | R | N},
    {"a round of a paid order",
     {.reason = "account_shared", .about = CASE_ABOUT_ROUND, .open = TRUE, .settled = TRUE},
     A | R | N},
    {"a gap", {.reason = "statement_gap", .open = TRUE}, C | N},
};

static void test_table(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_test_message("%s", table[i].name);
    g_assert_cmphex(case_acts(&table[i].is), ==, table[i].want);
  }
}

static void test_words(void) {
  g_assert_cmpstr(case_act_word(0), ==, "accept");
  g_assert_cmpstr(case_act_word(2), ==, "send_back");
  g_assert_cmpstr(case_act_word(CASE_ACTS - 1), ==, "note");
  g_assert_cmphex(1U << (CASE_ACTS - 1), ==, CASE_ACT_NOTE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/case-action/table", test_table);
  g_test_add_func("/case-action/words", test_words);
  return g_test_run();
}
