#include "rules/absence.h"

#define MINUTE (60 * INSTANT_SECOND)
#define DAY_LENGTH (24 * 60 * MINUTE)

Instant absence_query_from(const AbsenceRules *rules, Instant sent) {
  if (rules->not_found != NOT_FOUND_NEVER_ARRIVED || sent == INSTANT_NONE)
    return INSTANT_NONE;
  return sent + rules->window_minutes * MINUTE;
}

Instant absence_alarm(const AbsenceRules *rules, int answer_hours, Instant left) {
  int window = rules->not_found == NOT_FOUND_NEVER_ARRIVED ? rules->window_minutes : 0;
  return left == INSTANT_NONE ? INSTANT_NONE : left + MAX(answer_hours * 60, window) * MINUTE;
}

gboolean absence_query(const AbsenceRules *rules, Instant sent, Instant asked) {
  Instant from = absence_query_from(rules, sent);
  return from != INSTANT_NONE && asked >= from && asked < sent + rules->query_days * DAY_LENGTH;
}

static const AbsenceDays *days_of(const AbsenceDays *days, gsize count, Day day) {
  for (gsize i = 0; i < count; i++)
    if (days[i].from <= day && day <= days[i].to)
      return &days[i];
  return NULL;
}

Day absence_proven_to(const AbsenceDays *days, gsize count, Day first) {
  Day to = DAY_NONE;
  const AbsenceDays *found = first == DAY_NONE ? NULL : days_of(days, count, first);
  for (; found != NULL; found = days_of(days, count, to + 1))
    to = found->to;
  return to;
}

gboolean absence_without_debit(const AbsenceFacts *facts) {
  return facts->first != DAY_NONE && facts->last != DAY_NONE && facts->last >= facts->first && !facts->debited &&
         facts->suspects == 0 && facts->proven_to != DAY_NONE && facts->proven_to >= facts->last;
}

Day absence_last_day(const Calendar *calendar, Day sent, int not_found_days) {
  Day last = DAY_NONE;
  return sent != DAY_NONE && calendar_add_workdays(calendar, sent, not_found_days, &last) ? last : DAY_NONE;
}
