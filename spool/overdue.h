/* Orders whose money did not come in time. */
#ifndef YIFEN_SPOOL_OVERDUE_H
#define YIFEN_SPOOL_OVERDUE_H

#include "spool/orders.h"

#define OVERDUE_LAPSE_DAYS 30

/* To be called once a day, outside a transaction: closes the orders that nobody paid or claimed to have paid for
 * OVERDUE_LAPSE_DAYS days, and asks people about what waited past its last day (rules/deadline.h):
 *     receipt_without_money  "order:NO"   the money of a receipt
 *     deadline               "order:NO"   the rest of a short payment that no other case of the order asks about
 *     deadline               "entry:ID"   a line that is pending until its order comes
 * Each case closes itself when what was missing comes, and is not asked again once a person decided it. */
gboolean overdue_sweep(Store *store, const OrderBy *by, GError **error);

#endif
