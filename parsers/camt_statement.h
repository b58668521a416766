/* The head of one Stmt, Rpt or Ntfctn of camt.05x: what stands before, and after, its entries. */
#ifndef YIFEN_PARSERS_CAMT_STATEMENT_H
#define YIFEN_PARSERS_CAMT_STATEMENT_H

#include "parsers/camt_paths.h"
#include "parsers/camt_value.h"

typedef struct {
  char code[8];
  gboolean has_amount, debit;
  Money amount;
  Day day;
} CamtBalance;

/* TtlNtries: the sum of all amounts, and what they come to. */
typedef struct {
  gboolean has_sum, has_net, net_debit;
  Money sum, net;
} CamtTotals;

typedef struct {
  Statement head;
  char *owner; /* name of the account's owner */
  CamtBalance balance;
  CamtTotals totals;
  gboolean from_previous; /* opening is PRCD */
  Day opening_day, closing_day;
} CamtStatement;

/* Ready for the next one; number, page and last_page are those of the message. */
void camt_statement_begin(CamtStatement *statement, int number, const CamtMessage *message, const char *format,
                          int page, gboolean last_page);
void camt_statement_clear(CamtStatement *statement);

/* One element of the head or of a balance has ended; its text is not empty. ERROR_REFUSED. */
gboolean camt_statement_field(CamtStatement *statement, CamtKind kind, CamtValue *value);

void camt_balance_begin(CamtStatement *statement);
void camt_balance_end(CamtStatement *statement);

/* Fills what only the balances tell: before the first entry is handed on. */
void camt_statement_settle(CamtStatement *statement, const Money *first);

/* Fills what only the totals of both directions tell: when the statement has ended. */
void camt_statement_finish(CamtStatement *statement);

#endif
