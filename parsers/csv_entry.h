/* One row of a bank's export to one entry. */
#ifndef YIFEN_PARSERS_CSV_ENTRY_H
#define YIFEN_PARSERS_CSV_ENTRY_H

#include "parsers/csv_fit.h"
#include "parsers/csv_value.h"
#include "rules/entry.h"

/* entry borrows the row's texts, and `time`. credit_column: in which of the two the amount stood; signed_amount: as it
 * stood there. */
typedef struct {
  Entry entry;
  char time[20];
  gboolean moved; /* FALSE: no amount but zero */
  gboolean credit_column;
  Money signed_amount;
} CsvEntry;

/* Is there a date in the row's date cell? */
gboolean csv_entry_dated(const CsvFit *fit, const CsvRow *row, CsvMoment *moment);

/* Has the row anything in its amount cells? */
gboolean csv_entry_has_amounts(const CsvFit *fit, const CsvRow *row);

/* The cell of a column, "" when the row is too short; NULL when the layout has none. */
char *csv_entry_cell(const CsvFit *fit, const CsvRow *row, Column column);

/* ERROR_REFUSED with line, column, field, value. currency: of the rows whose own cell is blank. */
gboolean csv_entry_read(const CsvFit *fit, const CsvRow *row, const CsvMoment *moment, const char *currency,
                        CsvEntry *out, GError **error);

/* Adds line, column (from 1) and the column's name to an error on its way up; FALSE. */
gboolean csv_entry_blame(const CsvFit *fit, const CsvRow *row, Column column, GError **error);

#endif
