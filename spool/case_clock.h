/* Open cases whose time runs, and what people were mailed about it. */
#ifndef YIFEN_SPOOL_CASE_CLOCK_H
#define YIFEN_SPOOL_CASE_CLOCK_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  gint64 id;
  char *assignee; /* or NULL */
  Day due;
  int length;  /* of its clock, working days (rules/deadline.h) */
  int noticed; /* of 50, 80, 100 %: the last that people were mailed about; 0: none */
} CaseClock;

/* Those with a due day that were not yet mailed about at its end, the most urgent first. Free with g_ptr_array_unref;
 * NULL on error. */
GPtrArray *case_clocks(Store *store, const Calendar *calendar, GError **error);

/* Within a transaction: people are mailed that so much of the time is over. */
gboolean case_noticed(Store *store, gint64 id, int level, Instant now, GError **error);

#endif
