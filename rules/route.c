#include "rules/route.h"

#include "rules/deadline.h"

const char *route_word(RouteStand stand) {
  static const char *const words[ROUTE_STANDS] = {
      [ROUTE_PROVEN] = "proven", [ROUTE_AGREES] = "agrees", [ROUTE_PROVING] = "proving",
      [ROUTE_DUE] = "due",       [ROUTE_FAILED] = "failed", [ROUTE_ALONE] = "alone",
  };
  return words[stand];
}

guint route_lacks(const RouteFacts *facts) {
  gboolean booked = facts->state == TRANSFER_BOOKED; /* a person's word is no line */
  return (facts->answered || !facts->answers ? 0 : ROUTE_ANSWER) | (booked && facts->debited ? 0 : ROUTE_DEBIT) |
         (facts->credited ? 0 : ROUTE_CREDIT);
}

RouteStand route_decide(const RouteFacts *facts) {
  if (facts->proven)
    return ROUTE_PROVEN;
  if (!facts->sent)
    return facts->second ? ROUTE_DUE : ROUTE_ALONE;
  if (facts->state == TRANSFER_REJECTED || facts->state == TRANSFER_RETURNED)
    return ROUTE_FAILED;
  return route_lacks(facts) == 0 ? ROUTE_AGREES : ROUTE_PROVING;
}

gboolean route_again(const RouteFacts *facts) {
  RouteStand stand = route_decide(facts);
  return facts->second && (stand == ROUTE_FAILED || (stand == ROUTE_PROVING && facts->state == TRANSFER_BOOKED));
}

gboolean route_astray(const RouteFacts *facts, const Calendar *calendar, Instant booked, Instant now) {
  Day last;
  return route_decide(facts) == ROUTE_PROVING && route_lacks(facts) == ROUTE_CREDIT &&
         calendar_add_workdays(calendar, day_of_instant(booked), ROUTE_CREDIT_DAYS, &last) &&
         deadline_passed(last, now);
}
