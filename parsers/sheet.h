/* Statements as banks' exports, CSV or spreadsheet: rows of cells to records, by the layouts of the profiles
 * (parsers/layout.h).
 *
 * The header is found by its names, at most SHEET_PREAMBLE rows down; account, currency and period may stand above it.
 * A row whose date cell is no date but that has an amount refuses the file; rows without date and amounts are texts.
 * Rows whose amounts are all blank or zero are info entries of 0.00.
 *
 * Direction: credit/debit columns, a signed amount, or amount and flag, seen from the bank (贷, 收入 = money in). A
 * negative amount beside a column or flag moves the other way and is a reversal (red figures).
 *
 * Statements: one for each block of rows of one account and currency. Where every row has a running balance and they
 * chain, oldest first or newest first, opening and closing are derived from them; where they chain in neither order the
 * statement is `broken`. Rows are handed out in the order of the file. from/to only when the file names a period. A
 * line below the rows that begins with an account's label begins the next block: its header must follow.
 *
 * Totals of the file: see sheet_totals_settle().
 *
 * A file whose last line has no line end may have been cut: its last statement is `open_end`. Not so when the line is
 * an entry whose last cell is seen to be whole, or no entry and the file's totals hold. ERROR_REFUSED "csv_cut" where
 * the entry lacks what money depends on. The last statement is `doubtful` when the file's totals go over several and
 * do not hold.
 */
#ifndef YIFEN_PARSERS_SHEET_H
#define YIFEN_PARSERS_SHEET_H

#include "parsers/record.h"
#include "parsers/sheet_row.h"

enum { SHEET_PREAMBLE = 60 };

typedef struct Sheet Sheet;

/* profiles: Profile *; format: the statements' ("csv"); both must outlive the reader. */
Sheet *sheet_new(GPtrArray *profiles, const char *format, const RecordSink *sink);
void sheet_free(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* The next row that is not blank. */
gboolean sheet_row(Sheet *sheet, const SheetRow *row, GError **error);
/* Errors beside those of sheet_entry.h and sheet_totals.h: "sheet_columns", "sheet_accounts" (rows of an account or
 * currency that was left before), "sheet_header_missing", all with line; "sheet_direction". "sheet_unknown" when no row
 * was a header; "sheet_misfit" when only one profile was asked. */
gboolean sheet_finish(Sheet *sheet, GError **error);

#endif
