/* When is it evidence that a transfer never ran, that the bank does not find it, or that no line of ours shows it?
 *
 * A question may overtake the request it asks about: the bank says "not found", and then executes it. So "not found"
 * says nothing before the bank's documented window is over, counted from the last moment at which a byte of the request
 * may have been on its way; nor after the days for which the bank can be asked; nor by a clock that has run backwards.
 * Many banks give it no meaning at all. */
#ifndef YIFEN_RULES_ABSENCE_H
#define YIFEN_RULES_ABSENCE_H

#include "rules/day.h"

typedef enum {
  NOT_FOUND_NOTHING,       /* the bank promises nothing: the transfer stays unknown */
  NOT_FOUND_NEVER_ARRIVED, /* what arrived is found once the window is over, and for query_days */
} NotFound;

/* Of the bank's profile. */
typedef struct {
  NotFound not_found;
  int window_minutes; /* before that "not found" says nothing */
  int query_days;     /* the bank answers for so many days; later "not found" says nothing again */
} AbsenceRules;

/* Is "not found" evidence (TRANSFER_NOT_FOUND)? sent: when the last attempt to send ended (not when it began), or
 * INSTANT_NONE while that is not known; asked: just before the query went out. */
gboolean absence_query(const AbsenceRules *rules, Instant sent, Instant asked);

/* When people must hear of a transfer that is still unknown: both the time that the bank has to answer and its window
 * are over, counted from when it may first have left. INSTANT_NONE for INSTANT_NONE. */
Instant absence_alarm(const AbsenceRules *rules, int answer_hours, Instant left);

/* From when on a query may prove absence; INSTANT_NONE: never. */
Instant absence_query_from(const AbsenceRules *rules, Instant sent);

/* --- and what do our own statements show? --- */

/* Days whose lines are all known: a statement proven by its balances, that came after the last of them was over. */
typedef struct {
  Day from, to; /* inclusive */
} AbsenceDays;

/* Up to which day every day from `first` on lies in one of them; they may overlap and stand in any order. DAY_NONE: not
 * even the first does, or it is not known. */
Day absence_proven_to(const AbsenceDays *days, gsize count, Day first);

typedef struct {
  Day first, last;  /* on which it may have run; DAY_NONE: not known */
  Day proven_to;    /* absence_proven_to(first) */
  gboolean debited; /* a line is tied to it */
  guint suspects;   /* debits since `first` that may be its own, and that nobody has tied to another transfer */
} AbsenceFacts;

/* Is every day on which it could have run covered by a proven statement without its debit? Enough to pay a rejected
 * refund anew; it never ends `unknown` by itself. */
gboolean absence_without_debit(const AbsenceFacts *facts);

/* The last day on which the bank may still debit what was sent on this day: the `not_found_days`-th working day after
 * it. DAY_NONE past the loaded calendar. */
Day absence_last_day(const Calendar *calendar, Day sent, int not_found_days);

#endif
