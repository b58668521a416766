/* The elements of camt.052, camt.053 and camt.054 that are read, by path; one name for what several versions call
 * differently. The three messages differ in their root and in the name of what repeats below it. */
#ifndef YIFEN_PARSERS_CAMT_PATHS_H
#define YIFEN_PARSERS_CAMT_PATHS_H

#include "parsers/xml.h"
#include "rules/entry.h"

/* In groups, in this order: of the message and statement, of a balance, of an entry, of a transaction, of its parties.
 */
typedef enum {
  CAMT_MESSAGE = 1,
  CAMT_MESSAGE_PAGE,
  CAMT_MESSAGE_LAST,
  CAMT_STATEMENT,
  CAMT_STATEMENT_ID,
  CAMT_PAGE,
  CAMT_LAST_PAGE,
  CAMT_SEQUENCE,
  CAMT_FROM,
  CAMT_TO,
  CAMT_ACCOUNT,
  CAMT_CURRENCY,
  CAMT_OWNER,
  CAMT_TOTAL_COUNT,
  CAMT_CREDIT_COUNT,
  CAMT_DEBIT_COUNT,
  CAMT_TOTAL_SUM,
  CAMT_TOTAL_NET,
  CAMT_TOTAL_NET_DIRECTION,
  CAMT_TOTAL_CREDIT,
  CAMT_TOTAL_DEBIT,
  CAMT_BALANCE,
  CAMT_BALANCE_CODE,
  CAMT_BALANCE_AMOUNT,
  CAMT_BALANCE_DIRECTION,
  CAMT_BALANCE_DATE,
  CAMT_ENTRY,
  CAMT_ENTRY_AMOUNT,
  CAMT_ENTRY_DIRECTION,
  CAMT_ENTRY_REVERSAL,
  CAMT_ENTRY_STATUS,
  CAMT_ENTRY_STATUS_OTHER,
  CAMT_BOOKING_DATE,
  CAMT_VALUE_DATE,
  CAMT_ENTRY_REFERENCE,
  CAMT_ENTRY_TEXT,
  CAMT_BATCH_COUNT,
  CAMT_TRANSACTION,
  CAMT_REFERENCE,
  CAMT_END_TO_END_ID,
  CAMT_AMOUNT,
  CAMT_AMOUNT_OF_TRANSACTION,
  CAMT_AMOUNT_INSTRUCTED,
  CAMT_DIRECTION,
  CAMT_PURPOSE,
  CAMT_UNSTRUCTURED,
  CAMT_STRUCTURED,
  CAMT_TIME,
  CAMT_RETURN_CODE,
  CAMT_RETURN_TEXT,
  CAMT_TEXT,
  CAMT_DEBTOR_NAME,
  CAMT_DEBTOR_ACCOUNT,
  CAMT_DEBTOR_BANK,
  CAMT_DEBTOR_BANK_CODE,
  CAMT_CREDITOR_NAME,
  CAMT_CREDITOR_ACCOUNT,
  CAMT_CREDITOR_BANK,
  CAMT_CREDITOR_BANK_CODE,
} CamtKind;

typedef struct {
  const char *name;      /* "camt.053" */
  const char *root;      /* "BkToCstmrStmt" */
  const char *statement; /* "Stmt" */
  StatementKind kind;
} CamtMessage;

/* What an id of the paths stands for. */
const CamtMessage *camt_message(int id); /* NULL: a payment message, no statement */
const char *camt_payment(int id);        /* "pain.001", "pain.002"; for these only */
guint8 camt_element(int id);             /* 1..: the element, whatever the message */

CamtKind camt_kind(guint8 element);
const char *camt_path(guint8 element); /* below the entry: "NtryDtls/TxDtls/RmtInf/Ustrd" */

/* All paths, made once, ended by {NULL, 0}. */
const XmlPath *camt_paths(void);

#endif
