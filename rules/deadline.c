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
