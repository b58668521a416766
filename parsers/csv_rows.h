/* CSV text to rows, by libcsv, with what libcsv does not do: physical line numbers, bounds, unterminated quotes.
 *
 * Quotes inside unquoted cells stay text (="6222..."). A row that spans several lines must be strictly quoted (RFC
 * 4180): an opening quote that is never closed would otherwise swallow rows unseen. Tabs separate when the text begins
 * without commas. */
#ifndef YIFEN_PARSERS_CSV_ROWS_H
#define YIFEN_PARSERS_CSV_ROWS_H

#include <glib.h>

enum { CSV_ROW_MAX = 64 * 1024, CSV_CELLS_MAX = 256 };

/* One row that is not blank. line: where it begins, from 1. cells: UTF-8 that a NUL ends; may be changed; live for the
 * call. ended: a line end follows it in the file. */
typedef struct {
  gint64 line;
  char **cells;
  guint count;
  gboolean ended;
} CsvRow;

typedef gboolean CsvRowFunction(void *user, const CsvRow *row, GError **error);

typedef struct CsvRows CsvRows;
CsvRows *csv_rows_new(CsvRowFunction *function, void *user);
void csv_rows_free(CsvRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvRows, csv_rows_free)

/* ERROR_REFUSED "csv_quote", "csv_row_too_long", "csv_columns" with line, or the function's error. */
gboolean csv_rows_feed(CsvRows *rows, const char *text, gsize size, GError **error);
gboolean csv_rows_finish(CsvRows *rows, GError **error);

#endif
