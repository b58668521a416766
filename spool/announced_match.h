/* Which announced lines the ledger shows by now (spool/announced.h). Linear in both, whatever the day holds. */
#ifndef YIFEN_SPOOL_ANNOUNCED_MATCH_H
#define YIFEN_SPOOL_ANNOUNCED_MATCH_H

#include "rules/day.h"
#include "spool/store.h"

/* Within a transaction: marks as booked the account's announced lines, received since that day, that a stored line
 * shows. */
gboolean announced_match(Store *store, const char *account, Day since, GError **error);

#endif
