/* Breaks in the chain of an account's statements become cases. */
#ifndef YIFEN_SPOOL_GAPS_H
#define YIFEN_SPOOL_GAPS_H

#include "rules/day.h"
#include "spool/store.h"

/* Within a transaction: opens a case "statement_gap", subject "account:SECTION:DAY" (first day behind the break), for
 * every break of the account's chain, and withdraws those that are closed now. */
gboolean gaps_ask(Store *store, const char *account, Day due_on, const char *actor, Instant now, GError **error);

#endif
