#include "parsers/camt_paths.h"

/* clang-format off */
#define M "BkToCstmrStmt/"
#define S M "Stmt/"
#define N S "Ntry/"
#define T N "NtryDtls/TxDtls/"
#define PARTY(element, agent, name, account, bank, code)                                                               \
  {T "RltdPties/" element "/Nm", name}, {T "RltdPties/" element "/Pty/Nm", name},                                      \
  {T "RltdPties/" element "/Agt/FinInstnId/Nm", name}, {T "RltdPties/" element "Acct/Nm", name},                       \
  {T "RltdPties/" element "Acct/Id/IBAN", account}, {T "RltdPties/" element "Acct/Id/Othr/Id", account},               \
  {T "RltdAgts/" agent "/FinInstnId/Nm", bank}, {T "RltdAgts/" agent "/FinInstnId/BIC", code},                         \
  {T "RltdAgts/" agent "/FinInstnId/BICFI", code}, {T "RltdAgts/" agent "/FinInstnId/ClrSysMmbId/MmbId", code}

const XmlPath camt_paths[] = {
    {"BkToCstmrAcctRpt", CAMT_REPORT}, {"BkToCstmrDbtCdtNtfctn", CAMT_NOTIFICATION}, {"CstmrPmtStsRpt", CAMT_STATUS_REPORT},
    {"CstmrCdtTrfInitn", CAMT_INITIATION},
    {"BkToCstmrStmt", CAMT_MESSAGE},
    {M "GrpHdr/MsgPgntn/PgNb", CAMT_MESSAGE_PAGE}, {M "GrpHdr/MsgPgntn/LastPgInd", CAMT_MESSAGE_LAST},
    {M "Stmt", CAMT_STATEMENT}, {S "Id", CAMT_STATEMENT_ID},
    {S "StmtPgntn/PgNb", CAMT_PAGE}, {S "StmtPgntn/LastPgInd", CAMT_LAST_PAGE}, {S "ElctrncSeqNb", CAMT_SEQUENCE},
    {S "FrToDt/FrDtTm", CAMT_FROM}, {S "FrToDt/ToDtTm", CAMT_TO},
    {S "Acct/Id/IBAN", CAMT_ACCOUNT}, {S "Acct/Id/Othr/Id", CAMT_ACCOUNT}, {S "Acct/Ccy", CAMT_CURRENCY},
    {S "Acct/Nm", CAMT_OWNER}, {S "Acct/Ownr/Nm", CAMT_OWNER},
    {S "Bal", CAMT_BALANCE}, {S "Bal/Tp/CdOrPrtry/Cd", CAMT_BALANCE_CODE}, {S "Bal/Amt", CAMT_BALANCE_AMOUNT},
    {S "Bal/CdtDbtInd", CAMT_BALANCE_DIRECTION}, {S "Bal/Dt/Dt", CAMT_BALANCE_DATE}, {S "Bal/Dt/DtTm", CAMT_BALANCE_DATE},
    {S "TxsSummry/TtlNtries/NbOfNtries", CAMT_TOTAL_COUNT}, {S "TxsSummry/TtlCdtNtries/Sum", CAMT_TOTAL_CREDIT},
    {S "TxsSummry/TtlDbtNtries/Sum", CAMT_TOTAL_DEBIT},
    {S "Ntry", CAMT_ENTRY}, {N "Amt", CAMT_ENTRY_AMOUNT}, {N "CdtDbtInd", CAMT_ENTRY_DIRECTION}, {N "RvslInd", CAMT_ENTRY_REVERSAL},
    {N "Sts", CAMT_ENTRY_STATUS}, {N "Sts/Cd", CAMT_ENTRY_STATUS}, {N "Sts/Prtry", CAMT_ENTRY_STATUS_OTHER},
    {N "BookgDt/Dt", CAMT_BOOKING_DATE}, {N "BookgDt/DtTm", CAMT_BOOKING_DATE},
    {N "ValDt/Dt", CAMT_VALUE_DATE}, {N "ValDt/DtTm", CAMT_VALUE_DATE},
    {N "AcctSvcrRef", CAMT_ENTRY_REFERENCE}, {N "AddtlNtryInf", CAMT_ENTRY_TEXT}, {N "NtryDtls/Btch/NbOfTxs", CAMT_BATCH_COUNT},
    {N "NtryDtls/TxDtls", CAMT_TRANSACTION}, {T "Refs/AcctSvcrRef", CAMT_REFERENCE}, {T "Refs/EndToEndId", CAMT_END_TO_END_ID},
    {T "Amt", CAMT_AMOUNT}, {T "AmtDtls/TxAmt/Amt", CAMT_AMOUNT_OF_TRANSACTION}, {T "AmtDtls/InstdAmt/Amt", CAMT_AMOUNT_INSTRUCTED},
    {T "CdtDbtInd", CAMT_DIRECTION}, {T "Purp/Cd", CAMT_PURPOSE}, {T "Purp/Prtry", CAMT_PURPOSE},
    {T "RmtInf/Ustrd", CAMT_UNSTRUCTURED}, {T "RmtInf/Strd/CdtrRefInf/Ref", CAMT_STRUCTURED},
    {T "RmtInf/Strd/AddtlRmtInf", CAMT_STRUCTURED},
    {T "RltdDts/TxDtTm", CAMT_TIME}, {T "RltdDts/AccptncDtTm", CAMT_TIME},
    {T "RtrInf/Rsn/Cd", CAMT_RETURN_CODE}, {T "RtrInf/Rsn/Prtry", CAMT_RETURN_CODE}, {T "RtrInf/AddtlInf", CAMT_RETURN_TEXT},
    {T "AddtlTxInf", CAMT_TEXT},
    PARTY("Dbtr", "DbtrAgt", CAMT_DEBTOR_NAME, CAMT_DEBTOR_ACCOUNT, CAMT_DEBTOR_BANK, CAMT_DEBTOR_BANK_CODE),
    PARTY("Cdtr", "CdtrAgt", CAMT_CREDITOR_NAME, CAMT_CREDITOR_ACCOUNT, CAMT_CREDITOR_BANK, CAMT_CREDITOR_BANK_CODE),
    {NULL, 0}};
/* clang-format on */
