/* Receipts in the store: claims of applicants, and the files that came with them. A file lies durably under
 * receipt_file_path() before its row is committed, so that a row never names a file that is not there; what a crash
 * leaves without a row is overwritten by the same upload. */
#ifndef YIFEN_SPOOL_RECEIPTS_H
#define YIFEN_SPOOL_RECEIPTS_H

#include <jansson.h>

#include "rules/receipt.h"
#include "spool/orders.h"

#define RECEIPT_FILES_MAX 20 /* of one order */

typedef struct {
  const void *bytes;
  gsize size;
} ReceiptUpload;

/* Takes a claim, or a file, or both, in a transaction of its own. A claim alone, or with a picture: the payment is
 * claimed (the same number again replaces nothing, but may bring the file that was missing). A file alone is a voucher
 * that intake reads (job "receipt"); its claim follows. claim and file may be NULL, not both. ERROR_REFUSED:
 *     receipt_online    the order is paid online
 *     receipt_large     more than RECEIPT_FILE_MAX bytes
 *     receipt_kind      by its content no file of a kind that is taken
 *     receipt_voucher   a voucher's XML or OFD beside a claim that was typed
 *     receipt_unclaimed a picture without a claim
 *     receipt_many      RECEIPT_FILES_MAX files are there already
 *     order_unknown, order_closed */
gboolean receipt_take(Store *store, const char *order_no, const Receipt *claim, const ReceiptUpload *file,
                      const OrderBy *by, GError **error);

/* A voucher that waits to be read. */
typedef struct {
  gint64 id;
  char *order_no, *path; /* the path below the state folder */
} ReceiptFile;
void receipt_file_clear(ReceiptFile *file);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReceiptFile, receipt_file_clear)

gboolean receipt_file_load(Store *store, gint64 id, ReceiptFile *file, GError **error);

/* Within a transaction: what the voucher says becomes the claim. */
gboolean receipt_read(Store *store, const ReceiptFile *file, const Receipt *claim, const OrderBy *by, GError **error);

/* Within a transaction: it could not be read; why is kept for the hall and for staff. */
gboolean receipt_unread(Store *store, const ReceiptFile *file, const GError *why, const OrderBy *by, GError **error);

/* [{"number","amount","currency","paid_on","payer_name","payer_account","at","file"?,"kind"?}] of an order, oldest
 * first, then the files without a claim [{"file","kind","at","reason"?}]; file: its SHA-256. The caller decrefs; NULL
 * on error. */
json_t *receipt_list(Store *store, gint64 purchase_id, GError **error);

#endif
