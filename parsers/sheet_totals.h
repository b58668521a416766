/* What a file says about itself, above or below its rows, and what its rows add up to. */
#ifndef YIFEN_PARSERS_SHEET_TOTALS_H
#define YIFEN_PARSERS_SHEET_TOTALS_H

#include "parsers/layout.h"
#include "parsers/sheet_row.h"
#include "rules/entry.h"

/* Sums by column, so red figures count negative. Rows that are not booked count in `rows` only. */
typedef struct {
  const Layout *layout;
  const char *currency;                  /* of the file's sums */
  gboolean said[TOTALS], strict[TOTALS]; /* strict: a mismatch refuses the file, unless totals_told */
  gint64 said_count[TOTALS];
  Money said_sum[TOTALS];
  gint64 said_line;
  int below[TOTALS]; /* cell of the next row that holds the value, -1 */
  gboolean waiting;  /* for that row */
  gint64 rows, count[2], booked[2];
  Money sum[2];    /* of the debit column and the credit column */
  gint64 moved[2]; /* debits and credits as entries say them */
  gboolean mixed;  /* several currencies */
} SheetTotals;

void sheet_totals_begin(SheetTotals *totals, const Layout *layout, const char *currency);

/* A row as one folded line (sheet_preamble.h), above the header, or below it. *found: it has totals, or values of
 * labels in the row before. ERROR_REFUSED "amount", "number" with line. */
typedef enum { TOTALS_ABOVE, TOTALS_BELOW } TotalsPlace;
gboolean sheet_totals_line(SheetTotals *totals, const char *line, gint64 number, TotalsPlace place, gboolean *found,
                           GError **error);

/* A row of sums under the columns of the rows. */
gboolean sheet_totals_sum(SheetTotals *totals, gboolean credit_column, const char *cell, gint64 number, GError **error);

/* One row of the file. */
gboolean sheet_totals_add(SheetTotals *totals, const Entry *entry, gboolean credit_column, Money column,
                          GError **error);

/* Are there any, and do all equal the rows? Then no row is missing. */
gboolean sheet_totals_prove(const SheetTotals *totals);

/* Totals that stand above the rows must equal the rows: ERROR_REFUSED "sheet_totals" with line, field, value (of the
 * rows), expected; "sheet_totals_missing". Those below the rows say that no row was cut off: they become the only
 * statement's claims, by direction, and whoever stores it compares them. only: NULL when the rows are several
 * statements, of several accounts or currencies; *doubtful: then some total does not equal the rows. */
gboolean sheet_totals_settle(SheetTotals *totals, Statement *only, gboolean *doubtful, GError **error);

#endif
