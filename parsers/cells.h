/* Cells, one by one, to rows: what spreadsheets and HTML tables have in common. Gaps are blank cells; rows that are
 * blank are not handed on. */
#ifndef YIFEN_PARSERS_CELLS_H
#define YIFEN_PARSERS_CELLS_H

#include "parsers/sheet_row.h"

enum { CELLS_ROW_MAX = 64 * 1024 }; /* bytes of one row */

typedef struct Cells Cells;
Cells *cells_new(SheetRowFunction *function, void *user);
void cells_free(Cells *cells);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cells, cells_free)

/* Another table: lines begin anew. */
void cells_restart(Cells *cells);

/* Begins a row; line: as a person sees it, above the one before. ERROR_REFUSED "sheet_order". */
gboolean cells_begin(Cells *cells, gint64 line, GError **error);

/* Puts a text, "" or NULL for none, into a column (from 0), right of the ones before. ERROR_REFUSED "sheet_order",
 * "sheet_wide" (a text beyond SHEET_CELLS_MAX columns), "sheet_row_too_long", with line and column. */
gboolean cells_put(Cells *cells, guint column, const char *text, GError **error);

/* Ends the row: the function's errors. */
gboolean cells_end(Cells *cells, GError **error);

#endif
