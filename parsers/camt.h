/* Bank statements camt.053.001.02 to .08 (ISO 20022 BankToCustomerStatement), also later versions, which only add to
 * it; with any prefix, namespace, envelope or none. Structure: facts of the XSDs; reading is lenient, money is strict:
 * an amount that does not fit its currency exactly, a direction or status that is not known, refuse the file.
 *
 * - Statement: opening is OPBD, else PRCD; closing CLBD. from/to are FrToDt, else the days of these balances (the day
 * after PRCD). claimed_* are TxsSummry. Page: StmtPgntn, else GrpHdr/MsgPgntn.
 * - Entry: status BOOK (also when the element is missing), PDNG; INFO and FUTR are info. line is the ordinal of the
 * Ntry in the file. A batch is split only when all its transactions have an amount in the entry's currency and add up
 * to it exactly (signs counted); otherwise it is one entry with `transactions` and without details of any.
 * - Counterparty: the party that is not the owner, by account, else by name, else by direction (for returned money the
 * parties stand as in the original payment).
 * - remark: Ustrd joined by blanks, else the structured reference, else AddtlTxInf; summary: AddtlNtryInf, else
 * AddtlTxInf.
 */
#ifndef YIFEN_PARSERS_CAMT_H
#define YIFEN_PARSERS_CAMT_H

#include "parsers/record.h"

typedef struct Camt Camt;

Camt *camt_new(const RecordSink *sink);
void camt_free(Camt *camt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Camt, camt_free)

/* Feeds bytes of the file as they are. ERROR_REFUSED with line (of the XML) and field. */
gboolean camt_feed(Camt *camt, const char *bytes, gsize size, GError **error);
/* Refuses a file that ends too early or holds no statement ("xml_root"; messages of other kinds are "message_kind"). */
gboolean camt_finish(Camt *camt, GError **error);

#endif
