#include "rules/day.h"
#include "rules/error.h"

#include <string.h>

static void test_parse(void) {
  static const struct {
    const char *text;
    gboolean ok;
    Day want;
    int weekday;
  } cases[] = {
      {"1970-01-01", TRUE, 0, 4},
      {"1969-12-31", TRUE, -1, 3},
      {"2000-02-29", TRUE, 11016, 2},
      {"2026-11-22", TRUE, 20779, 7},
      {"2026-11-23", TRUE, 20780, 1},
      {"0001-01-01", TRUE, -719162, 1},
      {"9999-12-31", TRUE, 2932896, 5},
      {"1900-02-29", FALSE, 0, 0},
      {"2026-02-30", FALSE, 0, 0},
      {"2026-13-01", FALSE, 0, 0},
      {"2026-00-01", FALSE, 0, 0},
      {"2026-01-00", FALSE, 0, 0},
      {"0000-01-01", FALSE, 0, 0},
      {"2026-1-01", FALSE, 0, 0},
      {"2026-11-22 ", FALSE, 0, 0},
      {" 2026-11-22", FALSE, 0, 0},
      {"20261122", FALSE, 0, 0},
      {"2026/11/22", FALSE, 0, 0},
      {"", FALSE, 0, 0},
      {NULL, FALSE, 0, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Day day = 77;
    g_test_message("%s", cases[i].text ? cases[i].text : "NULL");
    g_assert_cmpint(day_parse(cases[i].text, &day), ==, cases[i].ok);
    g_assert_cmpint(day, ==, cases[i].ok ? cases[i].want : 77);
    if (!cases[i].ok)
      continue;
    g_autofree char *shown = day_format(day);
    g_assert_cmpstr(shown, ==, cases[i].text);
    g_assert_cmpint(day_weekday(day), ==, cases[i].weekday);
  }
  g_assert_null(day_format(DAY_NONE));
}

static void test_round_trip(void) {
  for (Day day = -800; day < 40000; day++) {
    int year, month, mday;
    Day again;
    day_to_ymd(day, &year, &month, &mday);
    if (!day_from_ymd(year, month, mday, &again) || again != day || day_weekday(day + 1) != day_weekday(day) % 7 + 1)
      g_error("day %d does not survive", day);
  }
}

/* Every day of the years 1 to 9999, as GLib counts them. */
static void test_as_glib(void) {
  GDate date;
  g_date_clear(&date, 1);
  g_date_set_dmy(&date, 1, G_DATE_JANUARY, 1);
  for (Day day = -719162; day <= 2932896; day++, g_date_add_days(&date, 1)) {
    int year, month, mday;
    Day again;
    day_to_ymd(day, &year, &month, &mday);
    if (year != g_date_get_year(&date) || month != (int)g_date_get_month(&date) || mday != g_date_get_day(&date) ||
        !day_from_ymd(year, month, mday, &again) || again != day)
      g_error("day %d: %d-%d-%d", day, year, month, mday);
    if (day == 2932896)
      break; /* GLib knows no day after it */
  }
}

static void test_instant(void) {
  static const struct {
    const char *text, *shown; /* shown NULL: refused */
    Instant want;
  } cases[] = {
      {"1970-01-01T00:00:00Z", "1970-01-01T08:00:00+08:00", 0},
      {"1970-01-01T08:00:00+08:00", "1970-01-01T08:00:00+08:00", 0},
      {"2026-11-20T09:12:33+08:00", "2026-11-20T09:12:33+08:00", 1795137153000000},
      {"2026-11-19T20:12:33.5-05:00", "2026-11-20T09:12:33+08:00", 1795137153500000},
      {"2026-11-20t01:12:33.1234567z", "2026-11-20T09:12:33+08:00", 1795137153123456},
      {"2026-12-31T16:00:00Z", "2027-01-01T00:00:00+08:00", 1798732800000000},
      {"1969-12-31T15:59:59.999999Z", "1969-12-31T23:59:59+08:00", -28800000001},
      {"2026-11-20T09:12:33", NULL, 0},
      {"2026-11-20 09:12:33Z", NULL, 0},
      {"2026-11-20T09:12Z", NULL, 0},
      {"2026-11-20T24:00:00Z", NULL, 0},
      {"2026-11-20T09:60:00Z", NULL, 0},
      {"2026-11-20T09:12:60Z", NULL, 0},
      {"2026-11-20T09:12:33.Z", NULL, 0},
      {"2026-11-20T09:12:33+0800", NULL, 0},
      {"2026-11-20T09:12:33+24:00", NULL, 0},
      {"2026-11-20T09:12:33Zx", NULL, 0},
      {"2026-02-30T09:12:33Z", NULL, 0},
      {"", NULL, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Instant instant = 77;
    g_test_message("%s", cases[i].text);
    g_assert_cmpint(instant_parse(cases[i].text, &instant), ==, cases[i].shown != NULL);
    g_assert_cmpint(instant, ==, cases[i].shown != NULL ? cases[i].want : 77);
    if (cases[i].shown == NULL)
      continue;
    g_autofree char *shown = instant_format(instant);
    g_assert_cmpstr(shown, ==, cases[i].shown);
    g_autofree char *day = day_format(day_of_instant(instant));
    g_assert_cmpint(strncmp(day, cases[i].shown, 10), ==, 0);
  }
  g_assert_null(instant_format(INSTANT_NONE));
  g_assert_cmpint(day_of_instant(INSTANT_NONE), ==, DAY_NONE);
  g_assert_cmpint(instant_at(DAY_NONE, 1, 2, 3), ==, INSTANT_NONE);
  g_assert_cmpint(instant_at(3, 24, 0, 0), ==, instant_at(4, 0, 0, 0));
}

static Calendar *builtin(void) {
  g_autoptr(GError) error = NULL;
  Calendar *calendar = calendar_parse(calendar_builtin(), -1, &error);
  g_assert_no_error(error);
  return calendar;
}

static void test_workday(void) {
  g_autoptr(Calendar) calendar = builtin();
  static const struct {
    const char *from, *to;
    int n;
  } cases[] = {
      {"2024-02-07", "2024-02-18", 3}, /* a Sunday worked */
      {"2025-01-24", "2025-02-05", 3}, {"2025-09-26", "2025-09-30", 3},
      {"2025-09-30", "2025-10-11", 3}, /* a Saturday worked */
      {"2025-12-31", "2026-01-06", 3}, {"2026-02-12", "2026-02-24", 3},
      {"2026-02-14", "2026-02-26", 3}, {"2026-09-30", "2026-10-10", 3},
      {"2026-11-20", "2026-11-25", 3}, {"2026-11-20", "2026-11-20", 0},
      {"2026-11-21", "2026-11-23", 0}, {"2026-11-21", "2026-11-23", 1},
      {"2026-10-01", "2026-10-08", 0}, {"2026-12-31", "2026-12-31", 0},
      {"2026-12-30", "2026-12-31", 1}, {"2026-12-30", NULL, 2},
      {"2026-12-29", NULL, 3},         {"2023-12-29", NULL, 1},
      {"2027-01-04", NULL, 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Day from, to = 77;
    g_assert_true(day_parse(cases[i].from, &from));
    g_test_message("%s + %d", cases[i].from, cases[i].n);
    g_assert_cmpint(calendar_add_workdays(calendar, from, cases[i].n, &to), ==, cases[i].to != NULL);
    g_autofree char *shown = to == 77 ? NULL : day_format(to);
    g_assert_cmpstr(shown, ==, cases[i].to);
  }
  Day none = 77;
  g_assert_false(calendar_add_workdays(calendar, DAY_NONE, 1, &none));
}

static void test_year_totals(void) {
  g_autoptr(Calendar) calendar = builtin();
  static const int want[] = {251, 248, 248}; /* 2024, 2025, 2026 */
  for (int i = 0; i < 3; i++) {
    Day first, end;
    int count = 0;
    g_assert_true(day_from_ymd(2024 + i, 1, 1, &first) && day_from_ymd(2025 + i, 1, 1, &end));
    for (Day day = first; day < end; day++) {
      gboolean workday = FALSE;
      if (!calendar_workday(calendar, day, &workday))
        g_error("year %d is not loaded", 2024 + i);
      count += workday;
    }
    g_assert_cmpint(count, ==, want[i]);
  }
}

static void test_calendar_text(void) {
  static const struct {
    const char *text, *line; /* line NULL: good */
  } cases[] = {
      {"date\tkind\tname\n2027-01-01\tholiday\t元旦\n", NULL},
      {"date\tkind\tname\r\n2027-01-01\tholiday\t元旦\r\n\r\n", NULL},
      {"date\tkind\tname\n2027-01-01\tholiday", NULL},
      {"", "1"},
      {"date\tkind\tname\n", "1"},
      {"date\tkind\tname\n2027-01-32\tholiday\tx\n", "2"},
      {"date\tkind\tname\n2027-01-01\tholiday\tx\n2027-01-02\tfeast\tx\n", "3"},
      {"date\tkind\tname\n2027-01-01\n", "2"},
      {"date\tkind\tname\n2027-01-01\tholiday\tx\n2027-01-01\tworkday\tx\n", "3"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Calendar) calendar = calendar_parse(cases[i].text, -1, &error);
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(calendar != NULL, ==, cases[i].line == NULL);
    if (error != NULL) {
      g_assert_cmpstr(error_reason(error), ==, "calendar");
      g_assert_cmpstr(error_fact(error, "line"), ==, cases[i].line);
    }
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/day/parse", test_parse);
  g_test_add_func("/day/round-trip", test_round_trip);
  g_test_add_func("/day/as-glib", test_as_glib);
  g_test_add_func("/instant/parse", test_instant);
  g_test_add_func("/calendar/workday", test_workday);
  g_test_add_func("/calendar/year-totals", test_year_totals);
  g_test_add_func("/calendar/text", test_calendar_text);
  return g_test_run();
}
