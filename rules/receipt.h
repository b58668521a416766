/* Receipts 汇款凭据: what an applicant claims about a wire, and what may be uploaded as its picture. A receipt is never
 * a payment and no evidence for a settlement; it only says when and what people are asked. */
#ifndef YIFEN_RULES_RECEIPT_H
#define YIFEN_RULES_RECEIPT_H

#include "rules/entry.h"

typedef struct {
  const char *number;
  Money amount;
  Day paid_on;
  const char *payer_name, *payer_account; /* NULL or "" where a voucher names none */
} Receipt;

enum { RECEIPT_AMOUNT = 1, RECEIPT_PAYER = 2, RECEIPT_DATE = 4 };

/* In what a booked line differs from the claim; 0: it is what was claimed. The payer is the same when no name and no
 * account contradicts the claim and one of them speaks for it: a name that the bank cut counts as equal, an empty one
 * says nothing. The date is that of payment, or one of the two working days (DEADLINE_RECEIPT_DAYS) after it on which a
 * bank may book; past the loaded calendar, two days. */
unsigned receipt_differences(const Receipt *claim, const Entry *line, const Calendar *calendar);

#define RECEIPT_FILE_MAX (2 * 1024 * 1024) /* bytes */

typedef enum {
  RECEIPT_FILE_UNKNOWN,
  RECEIPT_FILE_JPG,
  RECEIPT_FILE_PNG,
  RECEIPT_FILE_BMP,
  RECEIPT_FILE_GIF,
  RECEIPT_FILE_PDF,
  RECEIPT_FILE_XML,
  RECEIPT_FILE_OFD,
} ReceiptFileKind;

/* What the first bytes say that a file is; its name says nothing. Nothing is parsed: a file that is kept may still be
 * broken, and is never opened by a process that has a key or a socket. OFD: any ZIP. */
ReceiptFileKind receipt_file_kind(const void *bytes, gsize size);

/* "jpg" "png" "bmp" "gif" "pdf" "xml" "ofd"; NULL for RECEIPT_FILE_UNKNOWN. */
const char *receipt_file_word(ReceiptFileKind kind);

/* Can it hold a bank's voucher that is read instead of typed? */
gboolean receipt_file_readable(ReceiptFileKind kind);

/* May it stand beside a claim that was typed? Pictures and PDF; a voucher's XML or OFD is to be read. */
gboolean receipt_file_viewable(ReceiptFileKind kind);

#endif
