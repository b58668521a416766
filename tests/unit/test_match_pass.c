/* Which passes may be, and what closer conditions do. */
#include "rules/match_pass.h"

#include <string.h>

#define SELF PAYER_SELF
#define APPLICANT (PAYER_SELF | PAYER_OTHER_ACCOUNT)
#define SETTLED .disposition = DISPOSITION_SETTLED
#define EXACT .payers = APPLICANT, .due = DUE_OPEN, .amount = AMOUNT_EXACT, SETTLED

static const struct {
  MatchPass pass;
  const char *want;
} safety[] = {
    {{"a", NUMBER_ONE, EXACT}, NULL},
    {{"a", NUMBER_ONE, EXACT, .grades = 1u << NAME_EQUAL, .days = 30}, NULL},
    {{"a", NUMBER_SEVERAL, EXACT}, "pass_number"},
    {{"a", NUMBER_ANY, EXACT}, "pass_number"},
    {{"a", NUMBER_NONE, EXACT, .in_time = TRUE}, "pass_payer"},
    {{"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, TRUE, SETTLED}, NULL},
    {{"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, FALSE, SETTLED}, "pass_date"},
    {{"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_PARTS, TRUE, SETTLED}, "pass_number"},
    {{"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_SUM, TRUE, SETTLED}, "pass_number"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_PARTS, SETTLED}, NULL},
    {{"a", NUMBER_SEVERAL, APPLICANT, DUE_OPEN, AMOUNT_PARTS, SETTLED}, "pass_number"},
    {{"a", NUMBER_SEVERAL, APPLICANT, DUE_OPEN, AMOUNT_SUM, SETTLED}, NULL},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_SUM, SETTLED}, "pass_number"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_ANY, SETTLED}, "pass_amount"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_LESS, SETTLED}, "pass_amount"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_MORE, SETTLED}, "pass_amount"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_PRICE, SETTLED}, "pass_amount"},
    {{"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_SILENT_SUM, TRUE, SETTLED}, "pass_amount"},
    {{"a", NUMBER_ONE, APPLICANT | PAYER_RELATED, DUE_OPEN, AMOUNT_EXACT, SETTLED}, "pass_payer"},
    {{"a", NUMBER_ONE, PAYER_ACCOUNT, DUE_OPEN, AMOUNT_EXACT, SETTLED}, "pass_payer"},
    {{"a", NUMBER_ONE, PAYER_STRANGER, DUE_OPEN, AMOUNT_EXACT, SETTLED}, "pass_payer"},
    {{"a", NUMBER_ONE, PAYER_NAMELESS, DUE_OPEN, AMOUNT_EXACT, SETTLED}, "pass_payer"},
    {{"a", NUMBER_ONE, 0, DUE_OPEN, AMOUNT_EXACT, SETTLED}, "pass_payer"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_OPEN | DUE_NOTHING, AMOUNT_EXACT, SETTLED}, "pass_due"},
    {{"a", NUMBER_ONE, APPLICANT, DUE_GONE, AMOUNT_EXACT, SETTLED}, "pass_due"},
    {{"a", NUMBER_ONE, EXACT, .own_besides = TRUE}, "pass_own"},
    {{"a", NUMBER_ONE, EXACT, .reason = "short"}, "pass_reason"},
    {{"a", .disposition = DISPOSITION_REVIEW}, "pass_reason"},
    {{"a", .disposition = DISPOSITION_REVIEW, .reason = "application"}, "pass_reason"},
    {{"a", .disposition = DISPOSITION_REVIEW, .reason = "short"}, NULL},
    {{"a", .amount = AMOUNT_SUM, .disposition = DISPOSITION_REVIEW, .reason = "short"}, "pass_case_amount"},
    {{"a", .disposition = DISPOSITION_PENDING, .reason = "short"}, "pass_reason"},
    {{"a", .disposition = DISPOSITION_EXPLAINED, .reason = "short"}, "pass_reason"},
};

static void test_safety(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(safety); i++) {
    const char *got = match_pass_unsafe(&safety[i].pass);
    if (g_strcmp0(got, safety[i].want) != 0)
      g_test_fail_printf("row %d: want %s, got %s", (int)i, safety[i].want, got);
  }
}

static void test_builtin(void) {
  for (const MatchPass *pass = match_passes; pass->name != NULL; pass++) {
    g_assert_cmpstr(match_pass_unsafe(pass), ==, NULL);
    g_assert_false(match_pass_reserved(pass->name));
  }
  g_assert_true(match_pass_reserved("fixed"));
  g_assert_true(match_pass_reserved("person"));
}

#define N1 "202611010000001"
#define N2 "202611010000002"
#define JIA "深圳市甲乙科技有限公司"
#define WIDE "深圳市 甲乙科技有限公司"

/* One wire on day 40 for 100 from JIA's account, two orders of JIA (price 0: none). */
static const struct {
  const char *name;
  MatchPass pass;
  Day first, second; /* submission; 0: no such order */
  const char *payer, *remark, *want;
} scenes[] = {
    {"within the days", {"a", NUMBER_ONE, EXACT, .days = 30}, 10, 0, JIA, N1, N1},
    {"out of the days", {"a", NUMBER_ONE, EXACT, .days = 29}, 10, 0, JIA, N1, ""},
    {"equal name asked", {"a", NUMBER_ONE, EXACT, .grades = 1u << NAME_EQUAL}, 10, 0, JIA, N1, N1},
    {"equal name asked, another came", {"a", NUMBER_ONE, EXACT, .grades = 1u << NAME_EQUAL}, 10, 0, WIDE, N1, ""},
    {"a window does not choose between equals",
     {"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, TRUE, SETTLED, .days = 5},
     10,
     38,
     JIA,
     "",
     ""},
    {"alone in the window",
     {"a", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, TRUE, SETTLED, .days = 5},
     38,
     0,
     JIA,
     "",
     N1},
};

static void test_scenes(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(scenes); i++) {
    const Money price = {.minor = 100, .currency = "CNY"};
    Order orders[2] = {{.order_no = (char *)N1, .applicant_name = (char *)JIA, .account_number = (char *)"11"},
                       {.order_no = (char *)N2, .applicant_name = (char *)JIA, .account_number = (char *)"11"}};
    orders[0].price = orders[1].price = price;
    orders[0].submitted_at = instant_at(scenes[i].first, 12, 0, 0);
    orders[1].submitted_at = instant_at(scenes[i].second, 13, 0, 0);
    const Entry line = {.amount = price,
                        .booking_date = 40,
                        .direction = DIRECTION_CREDIT,
                        .transactions = 1,
                        .counterparty_name = (char *)scenes[i].payer,
                        .counterparty_account = (char *)"11",
                        .remark = (char *)scenes[i].remark};
    const MatchEntry entry = {.line = &line};
    const MatchOrder match_orders[2] = {{&orders[0], MATCH_OPEN}, {&orders[1], MATCH_OPEN}};
    const MatchPass passes[2] = {scenes[i].pass, {NULL}};
    const MatchGroup group = {.entries = &entry,
                              .entry_count = 1,
                              .orders = match_orders,
                              .order_count = scenes[i].second > 0 ? 2 : 1,
                              .passes = passes};
    g_autoptr(MatchResult) result = match_decide(&group);
    const GArray *given = result->outcomes[0].allocations;
    const char *got = given->len == 0 ? "" : orders[g_array_index(given, MatchAllocation, 0).order].order_no;
    if (strcmp(got, scenes[i].want) != 0)
      g_test_fail_printf("%s: want %s, got %s", scenes[i].name, scenes[i].want, got);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/match_pass/safety", test_safety);
  g_test_add_func("/match_pass/builtin", test_builtin);
  g_test_add_func("/match_pass/scenes", test_scenes);
  return g_test_run();
}
