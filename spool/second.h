/* Exceptions of much money: a settlement that matching would not make takes effect when two people have decided the
 * very same, each by their own command. The first one's decision is tried, so that nothing impossible is kept, and then
 * kept without any effect; whoever decides otherwise meanwhile needs a second person too, if it is much. */
#ifndef YIFEN_SPOOL_SECOND_H
#define YIFEN_SPOOL_SECOND_H

#include "rules/money.h"
#include "spool/orders.h"

typedef struct {
  gint64 case_id;
  const char *decision; /* in words that are the same when the decision is */
  const char *text;     /* why, for the audit log; may be NULL */
  Money amount;
} Second;

/* Ends the transaction of a decision, in place of a commit: rolls back what is not ok; commits when by->second_above
 * allows one person, or when another one (another uid and another name) has decided the same in this case; else rolls
 * back, keeps the decision in a transaction of its own and refuses with ERROR_REFUSED "second_waits" (value: the case,
 * detail: the amount, expected: what one person may). Money in another currency than CNY is always much. */
gboolean second_finish(Store *store, const Second *is, gboolean ok, const OrderBy *by, GError **error);

#endif
