/* What does not fit between files of one account: broken chains become cases; a file of another kind than the one the
 * account is booked from is compared, line counts by day, amount and direction, and never stored. */
#ifndef YIFEN_SPOOL_GAPS_H
#define YIFEN_SPOOL_GAPS_H

#include "rules/entry.h"
#include "spool/store.h"

/* Within a transaction: opens a case "statement_gap", subject "account:SECTION:DAY" (first day behind the break), for
 * every break of the account's chain, and withdraws those that are closed now. */
gboolean gaps_ask(Store *store, const char *account, Day due_on, const char *actor, Instant now, GError **error);

typedef struct Compare Compare;
Compare *compare_new(void);
void compare_free(Compare *compare);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compare, compare_free)
void compare_line(Compare *compare, const char *account, const Entry *line);
/* How many lines of the days it has seen are on one side only. */
gboolean compare_end(const Compare *compare, Store *store, gint64 *differences, GError **error);

#endif
