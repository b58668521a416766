#include "rules/deadline.h"

static Calendar *calendar;

static Day day_of(const char *text) {
  Day day = DAY_NONE;
  if (text != NULL && !day_parse(text, &day))
    g_error("%s is no day", text);
  return day;
}

static Instant at(const char *text) {
  Instant instant = INSTANT_NONE;
  if (text != NULL && !instant_parse(text, &instant))
    g_error("%s is no instant", text);
  return instant;
}

static void check_day(Day got, const char *want) {
  g_autofree char *shown = day_format(got);
  g_assert_cmpstr(shown, ==, want);
}

static void test_from_instant(void) {
  static const struct {
    const char *start, *zero, *receipt, *review;
  } cases[] = {
      /* Friday in hours, at closing, after closing; Saturday; Sunday */
      {"2026-11-20T09:12:33+08:00", "2026-11-20", "2026-11-24", "2026-11-25"},
      {"2026-11-20T17:00:00+08:00", "2026-11-20", "2026-11-24", "2026-11-25"},
      {"2026-11-20T17:00:00.000001+08:00", "2026-11-23", "2026-11-25", "2026-11-26"},
      {"2026-11-20T23:59:59+08:00", "2026-11-23", "2026-11-25", "2026-11-26"},
      {"2026-11-21T10:00:00+08:00", "2026-11-23", "2026-11-25", "2026-11-26"},
      {"2026-11-22T18:00:00+08:00", "2026-11-23", "2026-11-25", "2026-11-26"},
      {"2026-11-23T00:00:00+08:00", "2026-11-23", "2026-11-25", "2026-11-26"},
      /* the day is Shanghai's, not UTC's */
      {"2026-11-19T23:00:00Z", "2026-11-20", "2026-11-24", "2026-11-25"},
      /* long holidays and Saturdays worked */
      {"2026-09-30T10:00:00+08:00", "2026-09-30", "2026-10-09", "2026-10-10"},
      {"2026-09-30T18:00:00+08:00", "2026-10-08", "2026-10-10", "2026-10-12"},
      {"2026-10-03T10:00:00+08:00", "2026-10-08", "2026-10-10", "2026-10-12"},
      {"2026-02-14T10:00:00+08:00", "2026-02-14", "2026-02-25", "2026-02-26"},
      {"2025-12-31T10:00:00+08:00", "2025-12-31", "2026-01-05", "2026-01-06"},
      /* past the loaded years */
      {"2026-12-28T10:00:00+08:00", "2026-12-28", "2026-12-30", "2026-12-31"},
      {"2026-12-29T10:00:00+08:00", "2026-12-29", "2026-12-31", NULL},
      {"2026-12-31T18:00:00+08:00", NULL, NULL, NULL},
      {"2027-01-04T10:00:00+08:00", NULL, NULL, NULL},
      {NULL, NULL, NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Instant start = at(cases[i].start);
    g_test_message("%s", cases[i].start ? cases[i].start : "none");
    check_day(deadline_day_zero(calendar, start), cases[i].zero);
    check_day(deadline_receipt(calendar, start), cases[i].receipt);
    check_day(deadline_review(calendar, start), cases[i].review);
  }
}

static void test_from_day(void) {
  static const struct {
    const char *day, *money, *code; /* code: 10 days */
  } cases[] = {
      {"2026-11-20", "2026-11-27", "2026-11-30"},
      {"2026-11-13", "2026-11-20", "2026-11-23"}, /* the tenth day itself works */
      {"2026-11-11", "2026-11-18", "2026-11-23"}, /* Saturday: on to Monday */
      {"2026-09-22", "2026-09-30", "2026-10-08"}, /* into the long holiday */
      {"2026-09-30", "2026-10-13", "2026-10-10"}, /* a Saturday worked */
      {"2026-12-20", "2026-12-25", "2026-12-30"},
      {"2026-12-22", "2026-12-29", "2027-01-01"}, /* unloaded year: a Friday counts */
      {"2026-12-23", "2026-12-30", "2027-01-04"}, /* a Saturday does not */
      {"2026-12-28", NULL, "2027-01-07"},
      {NULL, NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].day ? cases[i].day : "none");
    check_day(deadline_money(calendar, day_of(cases[i].day)), cases[i].money);
    check_day(deadline_code(calendar, day_of(cases[i].day), 10), cases[i].code);
  }
}

static void test_fen(void) {
  static const struct {
    const char *leaves;
    int cut_off;
    const char *want;
  } cases[] = {
      {"2026-11-20T09:00:00+08:00", 990, "2026-11-20"},
      {"2026-11-20T16:29:59.999999+08:00", 990, "2026-11-20"},
      {"2026-11-20T16:30:00+08:00", 990, "2026-11-23"}, /* a Friday, at the cut-off */
      {"2026-11-21T09:00:00+08:00", 990, "2026-11-23"}, /* a Saturday */
      {"2026-11-21T09:00:00+08:00", -1, "2026-11-21"},  /* at all hours */
      {"2026-10-10T09:00:00+08:00", 990, "2026-10-10"}, /* a Saturday worked */
      {"2026-09-30T17:00:00+08:00", 990, "2026-10-08"}, /* holiday eve */
      {"2026-09-30T17:00:00Z", 990, "2026-10-08"},
      {"2026-12-31T17:00:00+08:00", 990, NULL}, /* the next year is not loaded */
      {"2026-12-31T17:00:00+08:00", -1, "2026-12-31"},
      {"2036-02-29T00:00:00+08:00", 990, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].leaves);
    check_day(deadline_fen(calendar, at(cases[i].leaves), cases[i].cut_off), cases[i].want);
  }
  check_day(deadline_fen(calendar, INSTANT_NONE, -1), NULL);
}

static void test_passed(void) {
  static const struct {
    const char *last, *now;
    gboolean want;
  } cases[] = {
      {"2026-11-30", "2026-11-30T23:59:59.999999+08:00", FALSE},
      {"2026-11-30", "2026-12-01T00:00:00+08:00", TRUE},
      {"2026-11-30", "2026-11-30T16:00:00Z", TRUE},
      {"2026-11-30", "2026-11-29T23:00:00+08:00", FALSE},
      {NULL, "2099-01-01T00:00:00Z", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(deadline_passed(day_of(cases[i].last), at(cases[i].now)), ==, cases[i].want);
}

/* A clock that stands from `stopped` to `resumed`: what it had left, and when it is due then. */
static void test_stands(void) {
  static const struct {
    const char *due, *stopped;
    int left;
    const char *resumed, *want;
  } cases[] = {
      /* within one working day nothing is lost or won, whichever day of the clock it is */
      {"2026-11-25", "2026-11-20T10:00:00+08:00", 3, "2026-11-20T16:00:00+08:00", "2026-11-25"},
      {"2026-11-25", "2026-11-23T10:00:00+08:00", 2, "2026-11-23T17:00:00+08:00", "2026-11-25"},
      {"2026-11-25", "2026-11-25T10:00:00+08:00", 0, "2026-11-25T11:00:00+08:00", "2026-11-25"},
      /* after closing: as of the next working day */
      {"2026-11-25", "2026-11-23T10:00:00+08:00", 2, "2026-11-23T17:00:01+08:00", "2026-11-26"},
      /* over days, a weekend, a long holiday */
      {"2026-11-25", "2026-11-23T10:00:00+08:00", 2, "2026-11-27T10:00:00+08:00", "2026-12-01"},
      {"2026-11-25", "2026-11-21T10:00:00+08:00", 3, "2026-11-22T10:00:00+08:00", "2026-11-26"},
      {"2026-09-30", "2026-09-29T10:00:00+08:00", 1, "2026-10-03T10:00:00+08:00", "2026-10-09"},
      /* it was late already, and stays due on the day on which it goes on */
      {"2026-11-25", "2026-11-26T10:00:00+08:00", 0, "2026-11-27T10:00:00+08:00", "2026-11-27"},
      /* past the loaded calendar */
      {"2027-01-05", "2026-12-31T10:00:00+08:00", -1, "2026-12-31T11:00:00+08:00", NULL},
      {"2026-12-30", "2026-12-28T10:00:00+08:00", 2, "2026-12-30T10:00:00+08:00", NULL},
      {NULL, "2026-11-20T10:00:00+08:00", -1, "2026-11-20T10:00:00+08:00", NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s %s", cases[i].due ? cases[i].due : "none", cases[i].stopped);
    g_assert_cmpint(deadline_left(calendar, day_of(cases[i].due), at(cases[i].stopped)), ==, cases[i].left);
    check_day(deadline_resumed(calendar, at(cases[i].resumed), cases[i].left), cases[i].want);
  }
}

static void test_length(void) {
  static const struct {
    const char *started, *due;
    int want;
  } cases[] = {
      {"2026-11-20T10:00:00+08:00", "2026-11-25", 3}, {"2026-11-20T18:00:00+08:00", "2026-11-26", 3},
      {"2026-11-20T10:00:00+08:00", "2026-11-23", 1}, {"2026-11-20T10:00:00+08:00", "2026-11-20", 1},
      {"2026-11-20T10:00:00+08:00", "2026-11-18", 1}, {"2026-11-20T10:00:00+08:00", NULL, 1},
      {"2026-12-31T18:00:00+08:00", "2026-12-31", 1},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(deadline_length(calendar, at(cases[i].started), day_of(cases[i].due)), ==, cases[i].want);
}

static void check_instant(Instant got, const char *want) {
  g_autofree char *shown = instant_format(got);
  g_assert_cmpstr(shown, ==, want);
}

static void test_reached(void) {
  static const struct {
    const char *due;
    int length;
    const char *half, *most, *whole;
  } cases[] = {
      {"2026-11-25", 3, "2026-11-24T12:00:00+08:00", "2026-11-25T09:36:00+08:00", "2026-11-26T00:00:00+08:00"},
      {"2026-11-24", 3, "2026-11-23T12:00:00+08:00", "2026-11-24T09:36:00+08:00", "2026-11-25T00:00:00+08:00"},
      {"2026-11-23", 3, "2026-11-20T12:00:00+08:00", "2026-11-23T09:36:00+08:00", "2026-11-24T00:00:00+08:00"},
      {"2026-10-08", 3, "2026-09-30T12:00:00+08:00", "2026-10-08T09:36:00+08:00", "2026-10-09T00:00:00+08:00"},
      {"2026-11-24", 2, "2026-11-24T00:00:00+08:00", "2026-11-24T14:24:00+08:00", "2026-11-25T00:00:00+08:00"},
      {"2026-11-24", 1, "2026-11-24T12:00:00+08:00", "2026-11-24T19:12:00+08:00", "2026-11-25T00:00:00+08:00"},
      {"2027-01-04", 3, NULL, "2027-01-04T09:36:00+08:00", "2027-01-05T00:00:00+08:00"},
      {NULL, 3, NULL, NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Day due = day_of(cases[i].due);
    check_instant(deadline_reached(calendar, due, cases[i].length, 50), cases[i].half);
    check_instant(deadline_reached(calendar, due, cases[i].length, 80), cases[i].most);
    check_instant(deadline_reached(calendar, due, cases[i].length, 100), cases[i].whole);
  }
}

static void test_level(void) {
  static const struct {
    const char *now;
    int level;
    const char *next;
  } cases[] = {
      {"2026-11-20T10:00:00+08:00", 0, "2026-11-24T12:00:00+08:00"},
      {"2026-11-24T11:59:59.999999+08:00", 0, "2026-11-24T12:00:00+08:00"},
      {"2026-11-24T12:00:00+08:00", 50, "2026-11-25T09:36:00+08:00"},
      {"2026-11-25T09:36:00+08:00", 80, "2026-11-26T00:00:00+08:00"},
      {"2026-11-25T23:59:59+08:00", 80, "2026-11-26T00:00:00+08:00"},
      {"2026-11-26T00:00:00+08:00", 100, NULL},
      {"2027-11-26T00:00:00+08:00", 100, NULL},
  };
  Instant next;
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_cmpint(deadline_level(calendar, day_of("2026-11-25"), 3, at(cases[i].now), &next), ==, cases[i].level);
    check_instant(next, cases[i].next);
  }
  g_assert_cmpint(deadline_level(calendar, DAY_NONE, 3, at("2026-11-26T00:00:00+08:00"), &next), ==, 0);
  check_instant(next, NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  calendar = calendar_parse(calendar_builtin(), -1, NULL);
  g_test_add_func("/deadline/from-instant", test_from_instant);
  g_test_add_func("/deadline/from-day", test_from_day);
  g_test_add_func("/deadline/fen", test_fen);
  g_test_add_func("/deadline/passed", test_passed);
  g_test_add_func("/deadline/stands", test_stands);
  g_test_add_func("/deadline/length", test_length);
  g_test_add_func("/deadline/reached", test_reached);
  g_test_add_func("/deadline/level", test_level);
  int result = g_test_run();
  calendar_free(calendar);
  return result;
}
