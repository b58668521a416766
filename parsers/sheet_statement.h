/* Statements that grow row by row: running balances, sums, and the file's own totals. */
#ifndef YIFEN_PARSERS_SHEET_STATEMENT_H
#define YIFEN_PARSERS_SHEET_STATEMENT_H

#include "parsers/sheet_fit.h"
#include "parsers/record.h"

typedef struct {
  Statement statement;
  gint64 rows;
  gboolean all_balances;                                    /* every row has one */
  gboolean forward, backward;                               /* they chain oldest first, newest first */
  Money first_balance, last_balance, first_move, last_move; /* moves are signed */
  char *first_time, *last_time;
} SheetStatement;

void sheet_statement_begin(SheetStatement *state, const Statement *facts); /* takes over the strings of facts */
void sheet_statement_add(SheetStatement *state, const Entry *entry);
void sheet_statement_end(SheetStatement *state); /* derives the balances */
void sheet_statement_clear(SheetStatement *state);

/* What a file says about itself and what its rows add up to; amounts by column, so red figures count negative. */
typedef struct {
  gboolean said[TOTALS];
  gint64 said_count[TOTALS];
  Money said_sum[TOTALS];
  gint64 count, credit_count, debit_count;
  Money credit, debit;
  gint64 line;
} SheetTotals;

/* Reads a total from its cell. A cell that is empty says nothing. */
gboolean sheet_totals_read(SheetTotals *totals, Total total, const char *cell, const char *currency, GError **error);
gboolean sheet_totals_add(SheetTotals *totals, gboolean credit_column, Money amount, GError **error);
/* ERROR_REFUSED "sheet_totals" with line, field, value (of the rows), expected. */
gboolean sheet_totals_check(const SheetTotals *totals, GError **error);

#endif
