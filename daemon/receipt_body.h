/* A receipt as the hall posts it and staff type it: five fields, or a file, or both. */
#ifndef YIFEN_DAEMON_RECEIPT_BODY_H
#define YIFEN_DAEMON_RECEIPT_BODY_H

#include <jansson.h>

#include "rules/receipt.h"
#include "spool/receipts.h"

typedef struct {
  json_t *body;
  Receipt claim; /* its texts belong to the body */
  gboolean typed;
  guchar *bytes; /* the file; NULL without one */
  ReceiptUpload file;
} ReceiptBody;
void receipt_body_clear(ReceiptBody *receipt);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReceiptBody, receipt_body_clear)

/* {"number","amount","paid_on","payer_name","payer_account","file"?} or {"file"}; file is base64 (RFC 4648 section 4)
 * without line breaks. Errors: parsers/fields.h; field_base64. */
gboolean receipt_body_read(const char *text, gsize size, ReceiptBody *receipt, GError **error);

/* receipt_take() of it. */
gboolean receipt_body_take(Store *store, const char *order_no, const ReceiptBody *receipt, const OrderBy *by,
                           GError **error);

#endif
