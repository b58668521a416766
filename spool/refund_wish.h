/* The applicant's wish 申请退费, and the case of an order whose money may go back. */
#ifndef YIFEN_SPOOL_REFUND_WISH_H
#define YIFEN_SPOOL_REFUND_WISH_H

#include "spool/refund_case.h"

/* In a transaction of its own: the order waits for what people decide about its money, in a case `refund`. The same
 * wish again is no news. ERROR_REFUSED "order_unknown" "order_closed" "refund_accepted" (its certificates are being
 * made), "refund_nothing" (no money came: it can be withdrawn). */
gboolean refund_wish(Store *store, const char *order_no, const char *text, const RefundBy *by, GError **error);

/* Within a transaction: opens the order's case `refund` with the credits that pay it or are asked about with it. wish:
 * what the applicant says; NULL: staff began. */
gboolean refund_case_open(Store *store, const RefundPurchase *order, const char *wish, const RefundBy *by, gint64 *id,
                          GError **error);

#endif
