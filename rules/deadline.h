/* Due days, counted in Chinese working days (rules/day.h). A due day ends at 24:00 in Shanghai. DAY_NONE means that the
 * loaded calendar ends before the count does: such a due day stays empty and says so. */
#ifndef YIFEN_RULES_DEADLINE_H
#define YIFEN_RULES_DEADLINE_H

#include "rules/day.h"

#define DEADLINE_REVIEW_DAYS 3  /* finding the money and reviewing, promised by the CA */
#define DEADLINE_RECEIPT_DAYS 2 /* a receipt without money, then a case */
#define DEADLINE_MONEY_DAYS 5   /* money that waits for its order, or for the rest, then a case */
#define DEADLINE_CLOSING_HOUR 17

/* Day 0 of a count that starts at an instant: its own day, or the next working day when that is a day off or 17:00 has
 * passed. DAY_NONE for INSTANT_NONE too. */
Day deadline_day_zero(const Calendar *calendar, Instant start);

/* Last day of the review. start: when the applicant had done its part. */
Day deadline_review(const Calendar *calendar, Instant start);

/* Last day on which the money of a receipt may come before people are asked. */
Day deadline_receipt(const Calendar *calendar, Instant uploaded);

/* Last day on which a line booked on this day may wait for its order, or a short payment for its rest. */
Day deadline_money(const Calendar *calendar, Day booked);

/* Last day on which a code counts: `valid_days` days after the first settlement evidence, then on to a working day. A
 * code must end, so past the loaded calendar Mondays to Fridays count as working days. DAY_NONE only for DAY_NONE. */
Day deadline_code(const Calendar *calendar, Day settled, int valid_days);

/* The day on which money that leaves us now reaches its payee. cut_off: minutes after midnight until which the bank
 * works off orders of a working day; what comes later, or on a day off, is of the next one. Negative: the bank works at
 * all hours (small payments run 7x24). DAY_NONE past the loaded calendar, and for INSTANT_NONE. */
Day deadline_fen(const Calendar *calendar, Instant leaves, int cut_off);

/* Is the last day over? FALSE for DAY_NONE. */
gboolean deadline_passed(Day last, Instant now);

/* A clock that stops while the applicant must act. Working days after today that are left until the due day, 0 when it
 * is today or over, -1 when that cannot be known. */
int deadline_left(const Calendar *calendar, Day due, Instant stopped);

/* The due day of a clock that goes on with so many days left; a clock that stops and goes on within one working day
 * loses nothing and wins nothing. DAY_NONE for left < 0. */
Day deadline_resumed(const Calendar *calendar, Instant resumed, int left);

/* How long a clock that started then runs: working days after its day 0 until the due day; at least 1. */
int deadline_length(const Calendar *calendar, Instant started, Day due);

/* When a clock of `length` working days, each of 24 hours, that ends with the due day is so far: 50 % of three days are
 * noon of the second. INSTANT_NONE when it cannot be known. */
Instant deadline_reached(const Calendar *calendar, Day due, int length, int percent);

/* What of 50, 80 and 100 % is reached, 0 when none is; *next: when the next of them is, INSTANT_NONE after the last and
 * for a clock that cannot be known. */
int deadline_level(const Calendar *calendar, Day due, int length, Instant now, Instant *next);

#endif
