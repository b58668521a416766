/* The facts of a bker receipt as a statement of one entry. */
#ifndef YIFEN_PARSERS_VOUCHER_RECEIPT_H
#define YIFEN_PARSERS_VOUCHER_RECEIPT_H

#include "parsers/record.h"
#include "parsers/voucher_facts.h"

/* facts: SINGLE_FACTS of them. ERROR_REFUSED "voucher_empty", "voucher_sides", "missing" and those of single values. */
gboolean voucher_receipt(const VoucherFact *facts, const char *format, int number, const RecordSink *sink,
                         GError **error);

#endif
