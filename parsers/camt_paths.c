#include "parsers/camt_paths.h"

#include <string.h>

#define ENTRY "@/Ntry/"

/* '@' stands for Stmt, Rpt or Ntfctn. */
/* clang-format off */
#define B "@/Bal/"
#define N ENTRY
#define T N "NtryDtls/TxDtls/"
#define PARTY(element, agent, name, account, bank, code)                                                               \
  {T "RltdPties/" element "/Nm", name}, {T "RltdPties/" element "/Pty/Nm", name},                                      \
  {T "RltdPties/" element "/Agt/FinInstnId/Nm", name}, {T "RltdPties/" element "Acct/Nm", name},                       \
  {T "RltdPties/" element "Acct/Id/IBAN", account}, {T "RltdPties/" element "Acct/Id/Othr/Id", account},               \
  {T "RltdAgts/" agent "/FinInstnId/Nm", bank}, {T "RltdAgts/" agent "/FinInstnId/BIC", code},                         \
  {T "RltdAgts/" agent "/FinInstnId/BICFI", code}, {T "RltdAgts/" agent "/FinInstnId/ClrSysMmbId/MmbId", code}

static const struct {
  const char *path;
  CamtKind kind;
} elements[] = {
    {"", CAMT_MESSAGE}, {"GrpHdr/MsgPgntn/PgNb", CAMT_MESSAGE_PAGE}, {"GrpHdr/MsgPgntn/LastPgInd", CAMT_MESSAGE_LAST},
    {"@", CAMT_STATEMENT}, {"@/Id", CAMT_STATEMENT_ID},
    {"@/@Pgntn/PgNb", CAMT_PAGE}, {"@/@Pgntn/LastPgInd", CAMT_LAST_PAGE}, {"@/ElctrncSeqNb", CAMT_SEQUENCE},
    {"@/FrToDt/FrDtTm", CAMT_FROM}, {"@/FrToDt/ToDtTm", CAMT_TO},
    {"@/Acct/Id/IBAN", CAMT_ACCOUNT}, {"@/Acct/Id/Othr/Id", CAMT_ACCOUNT}, {"@/Acct/Ccy", CAMT_CURRENCY},
    {"@/Acct/Nm", CAMT_OWNER}, {"@/Acct/Ownr/Nm", CAMT_OWNER},
    {"@/TxsSummry/TtlNtries/NbOfNtries", CAMT_TOTAL_COUNT}, {"@/TxsSummry/TtlCdtNtries/Sum", CAMT_TOTAL_CREDIT},
    {"@/TxsSummry/TtlCdtNtries/NbOfNtries", CAMT_CREDIT_COUNT}, {"@/TxsSummry/TtlDbtNtries/NbOfNtries", CAMT_DEBIT_COUNT},
    {"@/TxsSummry/TtlDbtNtries/Sum", CAMT_TOTAL_DEBIT}, {"@/TxsSummry/TtlNtries/Sum", CAMT_TOTAL_SUM},
    {"@/TxsSummry/TtlNtries/TtlNetNtryAmt", CAMT_TOTAL_NET}, {"@/TxsSummry/TtlNtries/CdtDbtInd", CAMT_TOTAL_NET_DIRECTION},
    {"@/TxsSummry/TtlNtries/TtlNetNtry/Amt", CAMT_TOTAL_NET},
    {"@/TxsSummry/TtlNtries/TtlNetNtry/CdtDbtInd", CAMT_TOTAL_NET_DIRECTION},
    {"@/Bal", CAMT_BALANCE}, {B "Tp/CdOrPrtry/Cd", CAMT_BALANCE_CODE}, {B "Tp/CdOrPrtry/Prtry", CAMT_BALANCE_CODE}, {B "Amt", CAMT_BALANCE_AMOUNT},
    {B "CdtDbtInd", CAMT_BALANCE_DIRECTION}, {B "Dt/Dt", CAMT_BALANCE_DATE}, {B "Dt/DtTm", CAMT_BALANCE_DATE},
    {"@/Ntry", CAMT_ENTRY}, {N "Amt", CAMT_ENTRY_AMOUNT}, {N "CdtDbtInd", CAMT_ENTRY_DIRECTION}, {N "RvslInd", CAMT_ENTRY_REVERSAL},
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
    PARTY("Cdtr", "CdtrAgt", CAMT_CREDITOR_NAME, CAMT_CREDITOR_ACCOUNT, CAMT_CREDITOR_BANK, CAMT_CREDITOR_BANK_CODE)};
/* clang-format on */

static const CamtMessage messages[] = {{"camt.053", "BkToCstmrStmt", "Stmt", STATEMENT_LEDGER},
                                       {"camt.052", "BkToCstmrAcctRpt", "Rpt", STATEMENT_INTERIM},
                                       {"camt.054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", STATEMENT_ADVICE}};
static const struct {
  const char *name, *root;
} payments[] = {{"pain.001", "CstmrCdtTrfInitn"}, {"pain.002", "CstmrPmtStsRpt"}};

/* An id: the element's number, and above it that of the message, payments last. */
enum { STEP = 256, PATHS = G_N_ELEMENTS(messages) * G_N_ELEMENTS(elements) + G_N_ELEMENTS(payments) };
G_STATIC_ASSERT(G_N_ELEMENTS(elements) < STEP);

static char *path_of(const CamtMessage *message, const char *below) {
  GString *path = g_string_new(message->root);
  if (*below != '\0')
    g_string_append_printf(path, "/%s", below);
  g_string_replace(path, "@", message->statement, 0);
  return g_string_free(path, FALSE);
}

const XmlPath *camt_paths(void) {
  static XmlPath paths[PATHS + 1];
  if (paths[0].path != NULL)
    return paths;
  XmlPath *next = paths;
  for (int i = 0; i < (int)G_N_ELEMENTS(messages); i++)
    for (int j = 0; j < (int)G_N_ELEMENTS(elements); j++)
      *next++ = (XmlPath){path_of(&messages[i], elements[j].path), i * STEP + j + 1};
  for (int i = 0; i < (int)G_N_ELEMENTS(payments); i++)
    *next++ = (XmlPath){payments[i].root, ((int)G_N_ELEMENTS(messages) + i) * STEP + 1};
  return paths;
}

const CamtMessage *camt_message(int id) {
  return id / STEP < (int)G_N_ELEMENTS(messages) ? &messages[id / STEP] : NULL;
}

const char *camt_payment(int id) {
  return payments[id / STEP - (int)G_N_ELEMENTS(messages)].name;
}

guint8 camt_element(int id) {
  return (guint8)(id % STEP);
}

CamtKind camt_kind(guint8 element) {
  return elements[element - 1].kind;
}

const char *camt_path(guint8 element) {
  return elements[element - 1].path + strlen(ENTRY);
}
