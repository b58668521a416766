/* CSV text to rows, by libcsv, with what libcsv does not do: physical line numbers, bounds, unterminated quotes.
 *
 * Quotes inside unquoted cells stay text (="6222..."). A row that spans several lines, or has a separator in a cell,
 * must be strictly quoted (RFC 4180): an opening quote that is never closed would otherwise swallow rows or cells
 * unseen. Commas separate, or tabs,
 * semicolons or bars when a line of the text's beginning has more of them than any has commas. */
#ifndef YIFEN_PARSERS_CSV_H
#define YIFEN_PARSERS_CSV_H

#include "parsers/sheet_row.h"

enum { CSV_ROW_MAX = 64 * 1024 };

typedef struct CsvReader CsvReader;
CsvReader *csv_reader_new(SheetRowFunction *function, void *user);
void csv_reader_free(CsvReader *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvReader, csv_reader_free)

/* ERROR_REFUSED "csv_quote", "csv_row_too_long", "sheet_columns" with line, or the function's error. */
gboolean csv_reader_feed(CsvReader *rows, const char *text, gsize size, GError **error);
gboolean csv_reader_finish(CsvReader *rows, GError **error);

#endif
