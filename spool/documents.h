/* Documentary proof 书面证明: where an account cannot receive money (零余额账户), two different people record that they
 * have seen the documents which show that the applicant controls it. */
#ifndef YIFEN_SPOOL_DOCUMENTS_H
#define YIFEN_SPOOL_DOCUMENTS_H

#include "spool/orders.h"

/* In a transaction of its own: by->uid and by->actor have seen the documents that text names, for the order as it
 * stands now; once more by the same person is no news. *proven: another person has too, and the order is proven; a
 * `proof_impossible` case of the order closes itself. ERROR_REFUSED "order_unknown", "order_closed", "proof_done"
 * (value: the order). */
gboolean documents_seen(Store *store, const char *order_no, const char *text, const OrderBy *by, gboolean *proven,
                        GError **error);

#endif
