/* Statements that grow row by row: running balances, sums, and the file's own totals. */
#ifndef YIFEN_PARSERS_CSV_STATEMENT_H
#define YIFEN_PARSERS_CSV_STATEMENT_H

#include "parsers/csv_fit.h"
#include "parsers/record.h"

typedef struct {
  Statement statement;
  gint64 rows;
  gboolean all_balances;                                    /* every row has one */
  gboolean forward, backward;                               /* they chain oldest first, newest first */
  Money first_balance, last_balance, first_move, last_move; /* moves are signed */
  char *first_time, *last_time;
} CsvStatement;

void csv_statement_begin(CsvStatement *state, const Statement *facts); /* takes over the strings of facts */
void csv_statement_add(CsvStatement *state, const Entry *entry);
void csv_statement_end(CsvStatement *state); /* derives the balances */
void csv_statement_clear(CsvStatement *state);

/* What a file says about itself and what its rows add up to; amounts by column, so red figures count negative. */
typedef struct {
  gboolean said[TOTALS];
  gint64 said_count[TOTALS];
  Money said_sum[TOTALS];
  gint64 count, credit_count, debit_count;
  Money credit, debit;
  gint64 line;
} CsvTotals;

/* Reads a total from its cell. A cell that is empty says nothing. */
gboolean csv_totals_read(CsvTotals *totals, Total total, const char *cell, const char *currency, GError **error);
gboolean csv_totals_add(CsvTotals *totals, gboolean credit_column, Money amount, GError **error);
/* ERROR_REFUSED "csv_totals" with line, field, value (of the rows), expected. */
gboolean csv_totals_check(const CsvTotals *totals, GError **error);

#endif
