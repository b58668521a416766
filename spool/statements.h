/* Statements 对账单 of our own accounts: what was read from which file, and whether they join on without a gap. */
#ifndef YIFEN_SPOOL_STATEMENTS_H
#define YIFEN_SPOOL_STATEMENTS_H

#include "rules/entry.h"
#include "spool/store.h"

typedef enum {
  GRADE_NONE,    /* nothing in the file proves that it is whole */
  GRADE_TOTALS,  /* its own counts or sums agree */
  GRADE_BALANCE, /* opening + lines = closing */
} StatementGrade;
const char *statement_grade_word(StatementGrade grade); /* "none" "totals" "balance" */
const char *statement_kind_word(StatementKind kind);    /* "ledger" "interim" "advice" */

typedef struct {
  gint64 id;
  gint64 file_id;
  char *account; /* section */
  char *source;  /* booking source: "camt.053", "mt940", "csv" */
  Statement head;
  gint64 entries;         /* booked lines */
  gint64 credits, debits; /* their sums, minor units */
  StatementGrade grade;
} StatementRow;
void statement_row_clear(StatementRow *row);
void statement_row_free(StatementRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(StatementRow, statement_row_clear)

/* Within a transaction: a new row, or the row of this file and number that an interrupted import left. Sets row->id. */
gboolean statement_put(Store *store, StatementRow *row, GError **error);

/* Has an import of this file begun to store? */
gboolean statement_begun(Store *store, gint64 file_id, gboolean *begun, GError **error);

/* The account's booking source: that of its first statement; NULL while it has none. The caller frees. */
gboolean statement_source(Store *store, const char *account, char **source, GError **error);

/* Statements that are not superseded, by account, first day, last day; account NULL: all. Elements StatementRow. */
GPtrArray *statement_list(Store *store, const char *account, GError **error);

/* Where the chain of an account's statements breaks. */
typedef struct {
  char *account;
  char *kind; /* "balance": opening is not the last closing; "sequence": the bank's numbers leave one out; "page": a
               * page that is not the last has no next one */
  Day after, from;        /* last day before, first day behind the break */
  char *expected, *found; /* balances as text, sequence or page numbers; a missing page found "" */
} StatementGap;
GPtrArray *statement_gaps(Store *store, const char *account, GError **error);

/* How many booked lines are stored for these days. */
gboolean statement_stored(Store *store, const char *account, Day from, Day to, gint64 *count, GError **error);

#endif
