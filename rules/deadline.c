#include "rules/deadline.h"

Day deadline_day_zero(const Calendar *calendar, Instant start) {
  Day day = day_of_instant(start), zero;
  if (day == DAY_NONE)
    return DAY_NONE;
  gboolean late = start > instant_at(day, DEADLINE_CLOSING_HOUR, 0, 0);
  return calendar_add_workdays(calendar, day, late ? 1 : 0, &zero) ? zero : DAY_NONE;
}

static Day workdays_after(const Calendar *calendar, Day day, int n) {
  Day last;
  return calendar_add_workdays(calendar, day, n, &last) ? last : DAY_NONE;
}

Day deadline_review(const Calendar *calendar, Instant start) {
  return workdays_after(calendar, deadline_day_zero(calendar, start), DEADLINE_REVIEW_DAYS);
}

Day deadline_receipt(const Calendar *calendar, Instant uploaded) {
  return workdays_after(calendar, deadline_day_zero(calendar, uploaded), DEADLINE_RECEIPT_DAYS);
}

Day deadline_money(const Calendar *calendar, Day booked) {
  return workdays_after(calendar, booked, DEADLINE_MONEY_DAYS);
}

Day deadline_code(const Calendar *calendar, Day settled, int valid_days) {
  if (settled == DAY_NONE)
    return DAY_NONE;
  for (Day day = settled + valid_days;; day++) {
    gboolean workday;
    if (!calendar_workday(calendar, day, &workday))
      workday = day_weekday(day) <= 5;
    if (workday)
      return day;
  }
}

Day deadline_fen(const Calendar *calendar, Instant leaves, int cut_off) {
  Day day = day_of_instant(leaves), reached;
  if (day == DAY_NONE || cut_off < 0)
    return day;
  gboolean late = leaves >= instant_at(day, 0, 0, 0) + cut_off * 60 * INSTANT_SECOND;
  return calendar_add_workdays(calendar, day, late ? 1 : 0, &reached) ? reached : DAY_NONE;
}

gboolean deadline_passed(Day last, Instant now) {
  return last != DAY_NONE && now >= instant_at(last, 24, 0, 0);
}

int deadline_left(const Calendar *calendar, Day due, Instant stopped) {
  Day today = day_of_instant(stopped);
  int left = 0;
  if (due == DAY_NONE || today == DAY_NONE)
    return -1;
  for (Day day = today + 1; day <= due; day++) {
    gboolean workday;
    if (!calendar_workday(calendar, day, &workday))
      return -1;
    left += workday;
  }
  return left;
}

Day deadline_resumed(const Calendar *calendar, Instant resumed, int left) {
  Day zero = deadline_day_zero(calendar, resumed);
  return zero == DAY_NONE || left < 0 ? DAY_NONE : workdays_after(calendar, zero, left);
}

int deadline_length(const Calendar *calendar, Instant started, Day due) {
  Day zero = deadline_day_zero(calendar, started);
  return zero == DAY_NONE ? 1 : MAX(deadline_left(calendar, due, instant_at(zero, 0, 0, 0)), 1);
}

static gboolean workday_before(const Calendar *calendar, Day *day) {
  gboolean workday;
  do
    if (!calendar_workday(calendar, --*day, &workday))
      return FALSE;
  while (!workday);
  return TRUE;
}

Instant deadline_reached(const Calendar *calendar, Day due, int length, int percent) {
  const Instant whole = 86400 * INSTANT_SECOND;
  Instant left = length * whole * (100 - percent) / 100;
  if (due == DAY_NONE)
    return INSTANT_NONE;
  for (; left > whole; left -= whole)
    if (!workday_before(calendar, &due))
      return INSTANT_NONE;
  return instant_at(due, 24, 0, 0) - left;
}

int deadline_level(const Calendar *calendar, Day due, int length, Instant now, Instant *next) {
  static const int levels[] = {50, 80, 100};
  int reached = 0;
  *next = INSTANT_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS(levels) && *next == INSTANT_NONE; i++) {
    Instant at = deadline_reached(calendar, due, length, levels[i]);
    if (at > now)
      *next = at;
    else if (at != INSTANT_NONE)
      reached = levels[i];
  }
  return reached;
}
