/* When a route may pay: every combination of what is known of it. */
#include "rules/route.h"

#define ALL3 .answers = TRUE, .answered = TRUE, .debited = TRUE, .credited = TRUE
#define BOOKED .second = TRUE, .sent = TRUE, .state = TRANSFER_BOOKED

static const struct {
  const char *what;
  RouteFacts facts;
  RouteStand want;
  guint lacks;
  gboolean again;
} cases[] = {
    {"new", {.second = TRUE, .answers = TRUE}, ROUTE_DUE, 7, FALSE},
    {"new, the bank never answers", {.second = TRUE, .answers = FALSE}, ROUTE_DUE, 6, FALSE},
    {"no second account", {0}, ROUTE_ALONE, 6, FALSE},
    {"planned", {.second = TRUE, .sent = TRUE, .state = TRANSFER_PLANNED, .answers = TRUE}, ROUTE_PROVING, 7, FALSE},
    {"at the bank",
     {.second = TRUE, .sent = TRUE, .state = TRANSFER_ACCEPTED, .answers = TRUE, .answered = TRUE},
     ROUTE_PROVING,
     ROUTE_DEBIT | ROUTE_CREDIT,
     FALSE},
    {"unknown", {.second = TRUE, .sent = TRUE, .state = TRANSFER_UNKNOWN, .answers = TRUE}, ROUTE_PROVING, 7, FALSE},
    {"arrived before its debit is seen",
     {.second = TRUE, .sent = TRUE, .state = TRANSFER_ACCEPTED, ALL3},
     ROUTE_PROVING,
     ROUTE_DEBIT,
     FALSE},
    {"all three", {BOOKED, ALL3}, ROUTE_AGREES, 0, FALSE},
    {"all three, the second account is gone since",
     {.sent = TRUE, .state = TRANSFER_BOOKED, ALL3},
     ROUTE_AGREES,
     0,
     FALSE},
    {"no credit line", {BOOKED, .answers = TRUE, .answered = TRUE, .debited = TRUE}, ROUTE_PROVING, ROUTE_CREDIT, TRUE},
    {"no answer", {BOOKED, .answers = TRUE, .debited = TRUE, .credited = TRUE}, ROUTE_PROVING, ROUTE_ANSWER, TRUE},
    {"no answer, and the bank never gives one", {BOOKED, .debited = TRUE, .credited = TRUE}, ROUTE_AGREES, 0, FALSE},
    {"booked by a person's word",
     {BOOKED, .answers = TRUE, .answered = TRUE, .credited = TRUE},
     ROUTE_PROVING,
     ROUTE_DEBIT,
     TRUE},
    {"refused", {.second = TRUE, .sent = TRUE, .state = TRANSFER_REJECTED, .answers = TRUE}, ROUTE_FAILED, 7, TRUE},
    {"came back", {.second = TRUE, .sent = TRUE, .state = TRANSFER_RETURNED, ALL3}, ROUTE_FAILED, ROUTE_DEBIT, TRUE},
    {"refused, and no second account any more",
     {.sent = TRUE, .state = TRANSFER_REJECTED, .answers = TRUE},
     ROUTE_FAILED,
     7,
     FALSE},
    {"proven", {.proven = TRUE, .second = TRUE}, ROUTE_PROVEN, 6, FALSE},
    {"proven long ago, its fen came back since",
     {.proven = TRUE, .sent = TRUE, .state = TRANSFER_RETURNED, ALL3},
     ROUTE_PROVEN,
     ROUTE_DEBIT,
     FALSE},
};

static void test_decide(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].what);
    g_assert_cmpstr(route_word(route_decide(&cases[i].facts)), ==, route_word(cases[i].want));
    g_assert_cmpuint(route_lacks(&cases[i].facts), ==, cases[i].lacks);
    g_assert_cmpint(route_again(&cases[i].facts), ==, cases[i].again);
  }
}

static void test_astray(void) {
  static const RouteFacts booked = {BOOKED, .answers = TRUE, .answered = TRUE, .debited = TRUE};
  static const struct {
    const char *now;
    gboolean want;
  } times[] = {{"2026-11-20T18:00:00+08:00", FALSE}, /* Friday, the debit */
               {"2026-11-24T23:59:59+08:00", FALSE}, /* Tuesday */
               {"2026-11-25T00:00:01+08:00", TRUE}};
  g_autoptr(Calendar) calendar = calendar_parse(calendar_builtin(), -1, NULL);
  Instant at, now;
  g_assert_true(instant_parse("2026-11-20T17:30:00+08:00", &at));
  for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
    g_test_message("%s", times[i].now);
    g_assert_true(instant_parse(times[i].now, &now));
    g_assert_cmpint(route_astray(&booked, calendar, at, now), ==, times[i].want);
  }
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].what);
    g_assert_cmpint(route_astray(&cases[i].facts, calendar, at, now), ==, g_str_equal(cases[i].what, "no credit line"));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/route/decide", test_decide);
  g_test_add_func("/route/astray", test_astray);
  return g_test_run();
}
