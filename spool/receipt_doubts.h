/* What receipts make people look at. All within a transaction. A case is never asked again after a person decided it
 * for the same facts. */
#ifndef YIFEN_SPOOL_RECEIPT_DOUBTS_H
#define YIFEN_SPOOL_RECEIPT_DOUBTS_H

#include "rules/receipt.h"
#include "spool/orders.h"

/* Case `receipt_reused`, about "order:NO", when the same number of the same payer (name or account), or
 * the same file, was handed in for another order. */
gboolean receipt_ask_reused(Store *store, gint64 purchase_id, const Receipt *claim, const OrderBy *by, GError **error);
gboolean receipt_ask_same_file(Store *store, gint64 purchase_id, const char *sha256, const OrderBy *by, GError **error);

/* Case `receipt_unreadable`, about "order:NO": an order that nobody has paid or claimed to have paid, whose file
 * (handed in at `since`) says nothing that could be a claim; closed when there is a claim, or money. */
gboolean receipt_ask_unreadable(Store *store, gint64 purchase_id, Instant since, const OrderBy *by, GError **error);

/* Case `receipt_differs`, about "order:NO", while a line that matching settled for the order agrees with none of its
 * receipts and a receipt agrees with none of its lines (rules/receipt.h); closed when that is over. Lines that a person
 * settled were seen by a person. */
gboolean receipt_ask_differs(Store *store, gint64 purchase_id, const OrderBy *by, GError **error);

#endif
