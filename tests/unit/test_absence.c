/* When "not found", or a statement without the debit, is evidence that a transfer never ran. */
#include "rules/absence.h"

#define MINUTE (60 * INSTANT_SECOND)
#define HOUR (60 * MINUTE)
#define DAY_LENGTH (24 * HOUR)
#define SENT 1000000 * MINUTE

static const AbsenceRules hour = {NOT_FOUND_NEVER_ARRIVED, 60, 90}, never = {NOT_FOUND_NOTHING, 60, 90},
                          at_once = {NOT_FOUND_NEVER_ARRIVED, 0, 90};

static void test_query(void) {
  static const struct {
    const char *name;
    const AbsenceRules *rules;
    Instant sent, asked;
    gboolean want;
  } rows[] = {
      {"asked at once: the request may be on its way", &hour, SENT, SENT, FALSE},
      {"a second after", &hour, SENT, SENT + INSTANT_SECOND, FALSE},
      {"the last microsecond of the window", &hour, SENT, SENT + HOUR - 1, FALSE},
      {"the window is over", &hour, SENT, SENT + HOUR, TRUE},
      {"a day later", &hour, SENT, SENT + DAY_LENGTH, TRUE},
      {"the last day that the bank answers for", &hour, SENT, SENT + 90 * DAY_LENGTH - 1, TRUE},
      {"the bank has forgotten", &hour, SENT, SENT + 90 * DAY_LENGTH, FALSE},
      {"a clock ten years ahead", &hour, SENT, SENT + 3652 * DAY_LENGTH, FALSE},
      {"a clock set back", &hour, SENT, SENT - HOUR, FALSE},
      {"a clock set back to before 1970", &hour, SENT, -HOUR, FALSE},
      {"when it was sent is not known", &hour, INSTANT_NONE, SENT, FALSE},
      {"a bank whose word means nothing", &never, SENT, SENT + DAY_LENGTH, FALSE},
      {"no window: asked at the same moment", &at_once, SENT, SENT, TRUE},
      {"no window, clock set back", &at_once, SENT, SENT - 1, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    g_assert_cmpint(absence_query(rows[i].rules, rows[i].sent, rows[i].asked), ==, rows[i].want);
  }
  g_assert_cmpint(absence_query_from(&hour, SENT), ==, SENT + HOUR);
  g_assert_cmpint(absence_query_from(&never, SENT), ==, INSTANT_NONE);
  g_assert_cmpint(absence_query_from(&hour, INSTANT_NONE), ==, INSTANT_NONE);
}

static void test_alarm(void) {
  static const AbsenceRules two_days = {NOT_FOUND_NEVER_ARRIVED, 2880, 90};
  g_assert_cmpint(absence_alarm(&hour, 24, SENT), ==, SENT + 24 * HOUR);
  g_assert_cmpint(absence_alarm(&two_days, 24, SENT), ==, SENT + 48 * HOUR);
  g_assert_cmpint(absence_alarm(&never, 2, SENT), ==, SENT + 2 * HOUR);
  g_assert_cmpint(absence_alarm(&hour, 24, INSTANT_NONE), ==, INSTANT_NONE);
}

static void test_proven_to(void) {
  static const AbsenceDays days[] = {{20, 22}, {10, 12}, {13, 13}, {12, 15}, {18, 18}};
  static const struct {
    const char *name;
    gsize count;
    Day first, want;
  } rows[] = {
      {"over three, out of order", 5, 10, 15}, {"from the middle", 5, 11, 15},       {"the day before", 5, 9, DAY_NONE},
      {"in a hole", 5, 16, DAY_NONE},          {"before a hole", 5, 18, 18},         {"one statement", 5, 21, 22},
      {"no statement", 0, 20, DAY_NONE},       {"not known", 5, DAY_NONE, DAY_NONE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    g_assert_cmpint(absence_proven_to(days, rows[i].count, rows[i].first), ==, rows[i].want);
  }
}

static void test_without_debit(void) {
  static const struct {
    const char *name;
    AbsenceFacts facts;
    gboolean want;
  } rows[] = {
      {"every day and more", {10, 12, 15, FALSE, 0}, TRUE},
      {"just every day", {10, 12, 12, FALSE, 0}, TRUE},
      {"one day", {10, 10, 10, FALSE, 0}, TRUE},
      {"the last day is missing", {10, 12, 11, FALSE, 0}, FALSE},
      {"no day proven", {10, 12, DAY_NONE, FALSE, 0}, FALSE},
      {"debited", {10, 12, 15, TRUE, 0}, FALSE},
      {"a debit that may be its own", {10, 12, 15, FALSE, 1}, FALSE},
      {"when it was sent is not known", {DAY_NONE, 12, 15, FALSE, 0}, FALSE},
      {"past the calendar", {10, DAY_NONE, 15, FALSE, 0}, FALSE},
      {"backwards", {12, 10, 15, FALSE, 0}, FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_test_message("%s", rows[i].name);
    g_assert_cmpint(absence_without_debit(&rows[i].facts), ==, rows[i].want);
  }
}

static void test_last_day(void) {
  static const struct {
    const char *sent;
    int days;
    const char *want; /* NULL: not known */
  } rows[] = {
      {"2026-11-19", 1, "2026-11-20"}, {"2026-11-20", 1, "2026-11-23"}, /* a Friday */
      {"2026-11-20", 2, "2026-11-24"}, {"2026-09-30", 1, "2026-10-08"}, /* National Day */
      {"2026-11-21", 1, "2026-11-23"}, {"2099-12-30", 2, NULL},
  };
  g_autoptr(Calendar) calendar = calendar_parse(calendar_builtin(), -1, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    Day sent = DAY_NONE;
    g_test_message("%s", rows[i].sent);
    g_assert_true(day_parse(rows[i].sent, &sent));
    g_autofree char *last = day_format(absence_last_day(calendar, sent, rows[i].days));
    g_assert_cmpstr(last, ==, rows[i].want);
  }
  g_assert_cmpint(absence_last_day(calendar, DAY_NONE, 1), ==, DAY_NONE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/absence/query", test_query);
  g_test_add_func("/absence/alarm", test_alarm);
  g_test_add_func("/absence/proven_to", test_proven_to);
  g_test_add_func("/absence/without_debit", test_without_debit);
  g_test_add_func("/absence/last_day", test_last_day);
  return g_test_run();
}
