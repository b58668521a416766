/* A bank statement and its booked lines as every format yields them: the words of ISO 20022 (BankToCustomerStatement).
 * Plain data; every string is owned by its struct, UTF-8, NULL while unknown, never empty. */
#ifndef YIFEN_RULES_ENTRY_H
#define YIFEN_RULES_ENTRY_H

#include "rules/day.h"
#include "rules/money.h"

typedef enum { DIRECTION_CREDIT, DIRECTION_DEBIT } Direction; /* how our balance moved, also for reversals */
typedef enum {
  STATEMENT_LEDGER,  /* booked lines with balances: camt.053, MT940, banks' exports */
  STATEMENT_INTERIM, /* of a day not yet over: camt.052, MT942 */
  STATEMENT_ADVICE   /* single movements: camt.054, an electronic receipt */
} StatementKind;     /* only the ledger books; the others show early what it will hold */
typedef enum { ENTRY_BOOKED, ENTRY_PENDING, ENTRY_INFO } EntryStatus;

typedef struct {
  int number; /* 1.. within the file */
  StatementKind kind;
  char *account;      /* digits as the file shows them, NULL when the file names none */
  char *owner;        /* name of its owner as an electronic receipt shows it; other formats leave it NULL */
  char *currency;     /* ISO 4217 */
  char *id;           /* Stmt/Id */
  char *sequence;     /* electronic sequence number, as text */
  int page;           /* 1.. */
  gboolean last_page; /* TRUE when the file does not page */
  Day from, to;       /* inclusive; DAY_NONE while unknown */
  gboolean has_opening, has_closing;
  Money opening, closing;
  gboolean derived;  /* balances computed from running balances */
  gboolean broken;   /* running balances that chain in neither order: a line may be missing */
  gboolean open_end; /* the file's last line has no end: it may be cut, and lines missing */
  gboolean doubtful; /* totals over several statements or currencies are not those of the lines */
  char *format;      /* "camt.053.001.08", "mt940", "csv" */
  char *profile;     /* profile section that read it, NULL for camt */
  char *unproven;    /* why counts and sums that it states need not hold: the profile's reason, NULL when they must */
  gint64 claimed_entries; /* count that the file itself states, -1 when none */
  gboolean has_credit_count, has_debit_count;
  gint64 credit_count, debit_count; /* the same by direction */
  gboolean has_claimed_credit, has_claimed_debit;
  Money claimed_credit, claimed_debit; /* sums that the file itself states */
} Statement;

typedef struct {
  gint64 id;     /* row of the store; 0 while not stored */
  int statement; /* number of its statement within the file */
  gint64 line;   /* CSV, MT940: physical line of the file; XML: ordinal of the entry in the file */
  char *account; /* the statement's, or the line's own */
  Day booking_date, value_date;
  char *time;   /* "YYYY-MM-DDTHH:MM:SS", the bank's local time */
  Money amount; /* positive */
  Direction direction;
  EntryStatus status;
  gboolean reversal;
  char *return_reason;   /* ISO code or the bank's words */
  char *bank_reference;  /* AcctSvcrRef, 流水号; the transaction's own when a batch was split */
  char *entry_reference; /* the batch entry's, when split */
  int index;             /* 1.. place in a split batch; 0 otherwise */
  int transactions;      /* > 1: a batch that was not split */
  char *end_to_end_id;
  char *counterparty_name;
  char *counterparty_account;
  char *counterparty_bank;
  char *remark;  /* 附言, Ustrd */
  char *purpose; /* 用途, Purp */
  char *summary; /* 摘要, AddtlNtryInf */
  gboolean has_balance;
  Money balance; /* running balance after this line */
  char *origin;  /* where the fields stood, see below; NULL while the format does not say */
} Entry;

/* Origin (rules/origin.h) may name fields that this entry leaves out; a file has few distinct ones. `line` says which
 * row or entry of the file. */

void statement_clear(Statement *statement);                /* frees what it owns and zeroes it */
void statement_copy(const Statement *from, Statement *to); /* deep */
void entry_clear(Entry *entry);
void entry_copy(const Entry *from, Entry *to); /* deep */
void entry_free(Entry *entry);                 /* heap entries; NULL is fine */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Statement, statement_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Entry, entry_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, entry_free)

#endif
