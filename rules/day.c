#include "rules/day.h"

#include <string.h>

#define SECONDS_A_DAY 86400
#define SHANGHAI_SECONDS (8 * 3600)

/* Days before March 1 of year 0 count as their year's end, so that leap days come last: civil from days and back, as in
 * H. Hinnant, "chrono-Compatible Low-Level Date Algorithms". Every line of a statement has two or three days. */
enum { ERA_DAYS = 146097, ERA_YEARS = 400, MARCH_0000 = 719468 };

static gboolean is_leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

gboolean day_from_ymd(int year, int month, int day, Day *out) {
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
      day > lengths[month - 1] + (month == 2 && is_leap(year)))
    return FALSE;
  int shifted = year - (month <= 2), era = shifted / ERA_YEARS, of_era = shifted - era * ERA_YEARS;
  int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  *out = era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_0000;
  return TRUE;
}

void day_to_ymd(Day day, int *year, int *month, int *mday) {
  int days = day + MARCH_0000, era = days / ERA_DAYS, of_era = days - era * ERA_DAYS;
  int years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * years + years / 4 - years / 100), shifted = (5 * of_year + 2) / 153;
  *mday = of_year - (153 * shifted + 2) / 5 + 1;
  *month = shifted < 10 ? shifted + 3 : shifted - 9;
  *year = years + era * ERA_YEARS + (*month <= 2);
}

/* Reads exactly `count` digits and moves on. */
static gboolean take_number(const char **text, int count, int *out) {
  int number = 0;
  for (int i = 0; i < count; i++, (*text)++) {
    if (!g_ascii_isdigit(**text))
      return FALSE;
    number = number * 10 + (**text - '0');
  }
  *out = number;
  return TRUE;
}

static gboolean take_char(const char **text, char want) {
  if (g_ascii_toupper(**text) != want)
    return FALSE;
  (*text)++;
  return TRUE;
}

static gboolean take_day(const char **text, Day *out) {
  int year, month, mday;
  return take_number(text, 4, &year) && take_char(text, '-') && take_number(text, 2, &month) && take_char(text, '-') &&
         take_number(text, 2, &mday) && day_from_ymd(year, month, mday, out);
}

gboolean day_parse(const char *text, Day *out) {
  Day day;
  if (text == NULL || !take_day(&text, &day) || *text != '\0')
    return FALSE;
  *out = day;
  return TRUE;
}

char *day_format(Day day) {
  if (day == DAY_NONE)
    return NULL;
  int year, month, mday;
  day_to_ymd(day, &year, &month, &mday);
  return g_strdup_printf("%04d-%02d-%02d", year, month, mday);
}

int day_weekday(Day day) {
  int since_thursday = (day % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
  return (since_thursday + 3) % 7 + 1;
}

static gint64 floor_divide(gint64 a, gint64 b) {
  return a / b - (a % b < 0);
}

Day day_of_instant(Instant instant) {
  if (instant == INSTANT_NONE)
    return DAY_NONE;
  return (Day)floor_divide(floor_divide(instant, INSTANT_SECOND) + SHANGHAI_SECONDS, SECONDS_A_DAY);
}

Instant instant_at(Day day, int hour, int minute, int second) {
  if (day == DAY_NONE)
    return INSTANT_NONE;
  gint64 seconds = (gint64)day * SECONDS_A_DAY + hour * 3600 + minute * 60 + second - SHANGHAI_SECONDS;
  return seconds * INSTANT_SECOND;
}

/* ".123" to microseconds; digits past the sixth are cut. */
static gboolean take_fraction(const char **text, gint64 *micros) {
  *micros = 0;
  if (**text != '.')
    return TRUE;
  if (!g_ascii_isdigit(*++*text))
    return FALSE;
  for (gint64 unit = INSTANT_SECOND / 10; g_ascii_isdigit(**text); (*text)++, unit /= 10)
    *micros += unit * (**text - '0');
  return TRUE;
}

static gboolean take_zone(const char **text, int *seconds) {
  *seconds = 0;
  if (take_char(text, 'Z'))
    return TRUE;
  int sign = **text == '-' ? -1 : 1, hours, minutes;
  if (**text != '+' && **text != '-')
    return FALSE;
  (*text)++;
  if (!take_number(text, 2, &hours) || !take_char(text, ':') || !take_number(text, 2, &minutes) || hours > 23 ||
      minutes > 59)
    return FALSE;
  *seconds = sign * (hours * 3600 + minutes * 60);
  return TRUE;
}

gboolean instant_parse(const char *text, Instant *out) {
  Day day;
  int hour, minute, second, zone;
  gint64 micros;
  if (text == NULL || !take_day(&text, &day) || !take_char(&text, 'T') || !take_number(&text, 2, &hour) ||
      !take_char(&text, ':') || !take_number(&text, 2, &minute) || !take_char(&text, ':') ||
      !take_number(&text, 2, &second) || !take_fraction(&text, &micros) || !take_zone(&text, &zone) || *text != '\0' ||
      hour > 23 || minute > 59 || second > 59)
    return FALSE;
  *out = instant_at(day, hour, minute, second) + (SHANGHAI_SECONDS - zone) * INSTANT_SECOND + micros;
  return TRUE;
}

char *instant_format(Instant instant) {
  if (instant == INSTANT_NONE)
    return NULL;
  Day day = day_of_instant(instant);
  int seconds = (int)((instant - instant_at(day, 0, 0, 0)) / INSTANT_SECOND);
  g_autofree char *date = day_format(day);
  return g_strdup_printf("%sT%02d:%02d:%02d+08:00", date, seconds / 3600, seconds / 60 % 60, seconds % 60);
}
