/* Electronic vouchers of the 电子凭证会计数据标准 that banks give: bank statements (银行电子对账单, bkrs) and receipts
 * (银行电子回单, bker, as issued and as received). XBRL 2.1 instances; taxonomy
 * http://xbrl.mof.gov.cn/taxonomy/DATE/bkrs or bker of any date; nothing that they refer to is fetched. Facts of other
 * taxonomies are passed over.
 *
 * - Statement: LEDGER. Its days are the named month, up to the day on which it was printed, widened by its lines.
 * Closing is AccountBalanceAtTheEndOfReconciliationCycleAmount; opening (and closing without that) follows from the
 * balances of the lines. Account and units stand before the lines.
 * - Line: one tuple; `line` is its ordinal. bank_reference is the receipt's number, entry_reference the
 * BusinessSerialNumber, which several lines may share. A tuple without amount or with amount zero is left out when it
 * is the idle half of a pair (CCB writes each movement in two tuples) or its balance shows that nothing moved; any
 * other is refused. Money moved as IdentificationOfCreditOrDebit says, unless the balances before and after prove that
 * its idle half says it. A negative amount left the account (`reversal` when it stands on the credit side), unless the
 * balances prove that it came back.
 * - Receipt: ADVICE, one entry. The account is AccountNumberOfRecipient, the one that the receipt was made for, else
 * the side that the flag names; its side gives the direction, and a flag that says otherwise is refused:
 * "voucher_sides".
 *
 * An instance without any movement and balance ("empty shells" are real) is refused: "voucher_empty". */
#ifndef YIFEN_PARSERS_VOUCHER_H
#define YIFEN_PARSERS_VOUCHER_H

#include "parsers/record.h"

typedef struct Voucher Voucher;

/* number: that of the next statement in the file; the voucher has one. */
Voucher *voucher_new(int number, const RecordSink *sink);
void voucher_free(Voucher *voucher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Voucher, voucher_free)

/* Feeds bytes as they are. ERROR_REFUSED with line (of the XML) and field. */
gboolean voucher_feed(Voucher *voucher, const char *bytes, gsize size, GError **error);

/* "voucher_kind" (value: what its schemaRef says, if anything) when it is a voucher of another kind. */
gboolean voucher_finish(Voucher *voucher, GError **error);

#endif
