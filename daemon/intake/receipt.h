/* A bank's electronic receipt (bker) that an applicant uploaded, read in the cage into a claim. */
#ifndef YIFEN_DAEMON_INTAKE_RECEIPT_H
#define YIFEN_DAEMON_INTAKE_RECEIPT_H

#include "daemon/intake/line.h"
#include "spool/receipts.h"

typedef struct {
  Statement head;
  Entry entry;
  gint64 receipts; /* in the file */
  Receipt claim;   /* borrows from head and entry */
} Voucher;
void voucher_clear(Voucher *voucher);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Voucher, voucher_clear)

/* ERROR_REFUSED with the parser's reasons, or
 *     receipt_statement  it is no electronic receipt
 *     receipt_several    more than one
 *     receipt_payee      the money did not go to an account of ours
 *     field_missing      no number or no day */
gboolean voucher_read(const Intake *intake, const ReceiptFile *file, Voucher *voucher, GError **error);

#endif
