/* Orders whose money did not come in time. */
#ifndef YIFEN_SPOOL_OVERDUE_H
#define YIFEN_SPOOL_OVERDUE_H

#include "spool/orders.h"

#define OVERDUE_LAPSE_DAYS 30

/* To be called once a day, outside a transaction: closes the orders that nobody paid or claimed to have paid for
 * OVERDUE_LAPSE_DAYS days, and opens a `receipt_without_money` case for each receipt whose money did not come by its
 * last day (rules/deadline.h). The case closes itself when the money comes. */
gboolean overdue_sweep(Store *store, const OrderBy *by, GError **error);

#endif
