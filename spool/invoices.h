/* E-invoices of orders. An accepted order that wants one has a blue invoice 蓝字发票; when its money is paid back after
 * the invoice was handed over, a red one 红字发票 as well. Each is handed over once, as a line of a file for the
 * accountant: the file's number is committed with its lines before it is written, and until it is known to be there
 * the same file is written again, under the same name and with the same lines. */
#ifndef YIFEN_SPOOL_INVOICES_H
#define YIFEN_SPOOL_INVOICES_H

#include "rules/life.h"
#include "spool/orders.h"

typedef struct {
  gint64 id;
  char *order_no;
  gboolean red;
  InvoiceState state;
  char *title, *tax_number;
  Money amount, carriage; /* the second is part of the first; zero when the courier is not paid by us */
  Instant asked_at, changed_at;
  char *number, *link; /* of the invoice, once issued; link NULL when none was told */
  char *blue;          /* of a red one: the number of the blue one */
} Invoice;
void invoice_free(Invoice *invoice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Invoice, invoice_free)

/* Within a transaction, when the order was accepted: asks for its blue invoice, of its price without what was waived;
 * nothing when it wants none. */
gboolean invoice_ask(Store *store, gint64 purchase_id, const OrderBy *by, GError **error);

/* Within a transaction, when the acceptance was taken back: an invoice that nobody has yet is not made. */
gboolean invoice_cancel(Store *store, gint64 purchase_id, const OrderBy *by, GError **error);

/* Within a transaction, when money was paid back: once nothing pays the order any more, its invoice is cancelled, or
 * the red one asked for when it is too late for that. */
gboolean invoice_reverse(Store *store, gint64 purchase_id, const OrderBy *by, GError **error);

/* In a transaction of its own: the file that is to be written; *id 0 when none is. That is one whose writing may have
 * been cut, else a new one of all invoices asked for before `before`; a red one waits for the number of its blue one.
 */
gboolean invoice_file_next(Store *store, Instant before, Instant now, gint64 *id, Instant *at, GError **error);
/* Its Invoice. NULL on error. */
GPtrArray *invoice_file_load(Store *store, gint64 id, GError **error);
/* In a transaction of its own: it is there. */
gboolean invoice_file_written(Store *store, gint64 id, Instant now, GError **error);

/* In a transaction of its own: the accountant has made it. ERROR_REFUSED "invoice_unknown" (value: the order),
 * "invoice_number" when it is none or another's (value), "state" when it was not handed over or has its number. link
 * may be NULL. */
gboolean invoice_issued(Store *store, const char *order_no, gboolean red, const char *number, const char *link,
                        const OrderBy *by, GError **error);

/* All Invoice, the newest last. NULL on error. */
GPtrArray *invoices_all(Store *store, GError **error);

#endif
