/* Bank statements camt.053, reports camt.052 and notifications camt.054 (ISO 20022 BankToCustomerStatement,
 * BankToCustomerAccountReport, BankToCustomerDebitCreditNotification), versions .001.02 to .13, with any prefix,
 * namespace, envelope or none. Structure: facts of the XSDs; reading is lenient, money is strict: an amount that does
 * not fit its currency exactly, a direction or status that is not known, refuse the file. An empty element is none.
 *
 * - Statement: kind by the root element; format is the message's name with its version, where the namespace tells.
 * opening is OPBD, else PRCD; closing CLBD; of several days' balances the first and the last; between pages of a
 * camt.053 ITBD. from/to are FrToDt, else the days of these balances (the day after PRCD). claimed_* are TxsSummry; its
 * sum and net together tell both directions. Page: StmtPgntn (RptPgntn, NtfctnPgntn), else GrpHdr/MsgPgntn.
 * - Entry: status BOOK (also when the element is missing), PDNG; INFO and FUTR are info. line is the ordinal of the
 * Ntry in the file. booking_date: BookgDt, else the statement's only day, else ValDt; a booked line of a camt.053 must
 * have one. A batch is split only when all its transactions (NbOfTxs) have an amount in the entry's currency and
 * direction and add up to it exactly; otherwise it is one entry with `transactions` and without details of any.
 * - Counterparty: the party that is not the owner, by account, else by name, else by direction (for returned money the
 * parties stand as in the original payment).
 * - remark: Ustrd joined by blanks, else the structured reference, else AddtlTxInf; summary: AddtlNtryInf, else
 * AddtlTxInf.
 * - origin: paths of elements below the Ntry.
 */
#ifndef YIFEN_PARSERS_CAMT_H
#define YIFEN_PARSERS_CAMT_H

#include "parsers/record.h"
#include "parsers/source.h"

typedef struct Camt Camt;

Camt *camt_new(const RecordSink *sink);
void camt_free(Camt *camt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Camt, camt_free)

/* The whole message. ERROR_REFUSED with line (of the XML) and field; so is one that ends too early or holds no
 * statement
 * ("xml_root"; messages of other kinds are "message_kind"). */
gboolean camt_parse(Camt *camt, const Source *source, GError **error);

#endif
