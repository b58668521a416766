/* Rows of cells, as CSV, spreadsheets and HTML tables yield them. */
#ifndef YIFEN_PARSERS_SHEET_ROW_H
#define YIFEN_PARSERS_SHEET_ROW_H

#include <glib.h>

enum { SHEET_CELLS_MAX = 256 };

/* UTF-8 of so many bytes, with a NUL behind. printable: it holds no control character (FALSE: not known). */
typedef struct {
  char *text;
  guint size;
  gboolean printable;
} SheetCell;

/* One row that is not blank. line: where it begins, from 1. cells: their texts may be changed; live for the call.
 * ended: a line end follows it in the file; quoted: the closing quote of its last cell does. */
typedef struct {
  gint64 line;
  SheetCell *cells;
  guint count;
  gboolean ended, quoted;
} SheetRow;

typedef gboolean SheetRowFunction(void *user, const SheetRow *row, GError **error);

#endif
