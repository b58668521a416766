/* What our own statements show, and do not show, of the days on which a transfer may have run. */
#ifndef YIFEN_SPOOL_ABSENCE_H
#define YIFEN_SPOOL_ABSENCE_H

#include "rules/absence.h"
#include "spool/transfers.h"

/* The facts for absence_without_debit(). It may have run from the day its message was made to `not_found_days` working
 * days after the last word of channel or bank about it; a transfer that never got a message (batch_id 0) has no such
 * days. Proven are days of ledger statements in one page, proven by balances, that came after them; where the balances
 * are only computed from running ones, first and last day do not count, since such a file may begin or end anywhere. */
gboolean absence_load(Store *store, const Transfer *transfer, const Calendar *calendar, int not_found_days,
                      AbsenceFacts *facts, GError **error);

/* When it may first have left: its message was made. INSTANT_NONE: it has none. */
gboolean absence_left(Store *store, const Transfer *transfer, Instant *left, GError **error);

#endif
