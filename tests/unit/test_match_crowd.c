/* A payer with thousands of orders and wires: whoever names his order is settled as ever, whoever names none is left to
 * a person, and neither the order of arrival nor withdrawn orders change anything. */
#include "rules/match.h"

#include <string.h>

#define NAME "深圳市大客户集团有限公司"
#define MANY 3000

typedef struct {
  gsize orders, wires;
  Order *order_rows;
  MatchOrder *order_list;
  Entry *lines;
  MatchEntry *entries;
  MatchGroup group;
} Crowd;

/* Wire i names order i, but for each tenth, which says nothing. */
static Crowd crowd_new(gsize count, gsize gone) {
  Crowd crowd = {count + gone,
                 count,
                 g_new0(Order, count + gone),
                 g_new0(MatchOrder, count + gone),
                 g_new0(Entry, count),
                 g_new0(MatchEntry, count),
                 {0}};
  for (gsize i = 0; i < count + gone; i++) {
    crowd.order_rows[i] = (Order){.id = (gint64)i + 1,
                                  .order_no = g_strdup_printf("20261101%07" G_GSIZE_FORMAT, i),
                                  .applicant_name = g_strdup(NAME),
                                  .account_number = g_strdup("4000001"),
                                  .submitted_at = instant_at(1, 9, 0, 0),
                                  .price = {(gint64)(1000 + i), "CNY"}};
    crowd.order_list[i] = (MatchOrder){&crowd.order_rows[i], i < count ? MATCH_OPEN : MATCH_GONE};
  }
  for (gsize i = 0; i < count; i++) {
    crowd.lines[i] = (Entry){.id = (gint64)i + 1,
                             .account = g_strdup("own"),
                             .booking_date = 2 + (Day)(i % 9),
                             .amount = {(gint64)(1000 + i), "CNY"},
                             .counterparty_name = g_strdup(NAME),
                             .counterparty_account = g_strdup("4000001"),
                             .remark = i % 10 == 0 ? NULL : g_strdup(crowd.order_rows[i].order_no)};
    crowd.entries[i] = (MatchEntry){.line = &crowd.lines[i]};
  }
  crowd.group = (MatchGroup){
      .entries = crowd.entries, .entry_count = count, .orders = crowd.order_list, .order_count = count + gone};
  return crowd;
}

static void crowd_clear(Crowd *crowd) {
  for (gsize i = 0; i < crowd->orders; i++)
    order_clear(&crowd->order_rows[i]);
  for (gsize i = 0; i < crowd->wires; i++)
    entry_clear(&crowd->lines[i]);
  g_free(crowd->order_rows);
  g_free(crowd->order_list);
  g_free(crowd->lines);
  g_free(crowd->entries);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Crowd, crowd_clear)

static const MatchOutcome *outcome_of(const Crowd *crowd, const MatchResult *result, gsize wire) {
  for (gsize i = 0; i < crowd->wires; i++)
    if (crowd->entries[i].line == &crowd->lines[wire])
      return &result->outcomes[i];
  g_assert_not_reached();
}

static void check(const Crowd *crowd) {
  g_autoptr(MatchResult) result = match_decide(&crowd->group);
  for (gsize i = 0; i < crowd->wires; i++) {
    const MatchOutcome *outcome = outcome_of(crowd, result, i);
    g_assert_cmpint(outcome->disposition, ==, i % 10 == 0 ? DISPOSITION_REVIEW : DISPOSITION_SETTLED);
    g_assert_cmpuint(outcome->allocations->len, ==, i % 10 == 0 ? 0 : 1);
    if (outcome->allocations->len == 1)
      g_assert_true(crowd->order_list[g_array_index(outcome->allocations, MatchAllocation, 0).order].order ==
                    &crowd->order_rows[i]);
    else
      g_assert_cmpstr(outcome->reason, ==, i / 10 < 7 ? "ambiguous" : "combined");
    g_assert_cmpuint(outcome->candidates->len, <=, MATCH_CROWD + MATCH_FEW + 1);
  }
}

static void turn_round(Crowd *crowd) {
  for (gsize i = 0; i < crowd->orders / 2; i++) {
    MatchOrder kept = crowd->order_list[i];
    crowd->order_list[i] = crowd->order_list[crowd->orders - 1 - i];
    crowd->order_list[crowd->orders - 1 - i] = kept;
  }
  for (gsize i = 0; i < crowd->wires / 2; i++) {
    MatchEntry kept = crowd->entries[i];
    crowd->entries[i] = crowd->entries[crowd->wires - 1 - i];
    crowd->entries[crowd->wires - 1 - i] = kept;
  }
}

static void test_crowd(void) {
  g_auto(Crowd) crowd = crowd_new(MANY, 0);
  check(&crowd);
  turn_round(&crowd);
  check(&crowd);
}

/* Withdrawn orders are no crowd: a group need not hold them. */
static void test_gone(void) {
  g_auto(Crowd) crowd = crowd_new(10, MANY);
  g_autoptr(MatchResult) result = match_decide(&crowd.group);
  for (gsize i = 0; i < crowd.wires; i++)
    g_assert_cmpint(result->outcomes[i].disposition, ==, DISPOSITION_SETTLED);
}

/* An accepted crowd leaves the few open orders to be found by payer and amount; a second payment is known. */
static void test_history(void) {
  g_auto(Crowd) crowd = crowd_new(MANY, 0);
  g_autofree MatchFixed *fixed = g_new0(MatchFixed, MANY);
  for (gsize i = 0; i < MANY - 1; i++) {
    crowd.order_list[i].state = MATCH_ACCEPTED;
    fixed[i] = (MatchFixed){i, i, crowd.lines[i].amount.minor};
  }
  g_clear_pointer(&crowd.lines[MANY - 1].remark, g_free);
  g_clear_pointer(&crowd.lines[MANY - 2].remark, g_free);
  crowd.group.fixed = fixed;
  crowd.group.fixed_count = MANY - 2;
  g_autoptr(MatchResult) result = match_decide(&crowd.group);
  for (gsize i = 0; i < MANY - 2; i++)
    g_assert_cmpstr(result->outcomes[i].rule, ==, "fixed");
  g_assert_cmpstr(result->outcomes[MANY - 2].reason, ==, "already_paid");
  g_assert_cmpstr(result->outcomes[MANY - 1].rule, ==, "payer_amount");
}

/* A cut name is nobody's when the crowd that shares its account has two applicants, weighed or not. */
static void test_mixed(void) {
  static const char *const whole = "深圳国际控股投资发展市信诚金新能源（广东）第二工程有限公司";
  static const char *const cut = "深圳国际控股投资发展市信诚金新能源（广";
  for (int mixed = 0; mixed < 2; mixed++) {
    g_auto(Crowd) crowd = crowd_new(100, 0);
    for (gsize i = 0; i < 100; i++) {
      g_free(crowd.order_rows[i].applicant_name);
      crowd.order_rows[i].applicant_name =
          g_strdup(mixed && i == 99 ? "深圳国际控股投资发展市信诚金新能源（广州）有限公司" : whole);
    }
    g_free(crowd.lines[1].counterparty_name);
    crowd.lines[1].counterparty_name = g_strdup(cut);
    g_autoptr(MatchResult) result = match_decide(&crowd.group);
    g_assert_cmpint(result->outcomes[1].disposition, ==, mixed ? DISPOSITION_REVIEW : DISPOSITION_SETTLED);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/match/crowd/many", test_crowd);
  g_test_add_func("/match/crowd/gone", test_gone);
  g_test_add_func("/match/crowd/history", test_history);
  g_test_add_func("/match/crowd/mixed", test_mixed);
  return g_test_run();
}
