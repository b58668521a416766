/* Applies a life cycle: reads the row's state, asks the table, writes the new state and the audit row. The one setter
 * of every state column. */
#ifndef YIFEN_SPOOL_LIFE_H
#define YIFEN_SPOOL_LIFE_H

#include "rules/day.h"
#include "rules/life.h"
#include "spool/store.h"

typedef struct {
  const char *actor; /* audit actor */
  const char *cause; /* JSON detail for the audit row */
  Instant now;
} LifeNews;

/* Within a transaction: applies `event` to row `id` of the cycle's table. Gives the verdict, and state before and
 * after. LIFE_CONTRADICT may have moved the
 * state too (rules/life.h). LIFE_REFUSE is ERROR_REFUSED "state" with the facts value (the state) and detail (the
 * event); the other verdicts return TRUE and MOVE and CONTRADICT write an audit row "CYCLE.EVENT". before, after and
 * verdict may be NULL. */
gboolean life_apply(Store *store, const LifeCycle *cycle, gint64 id, int event, const LifeNews *news,
                    LifeVerdict *verdict, int *before, int *after, GError **error);

#endif
