/* Numbers in spreadsheet cells as a person sees them, from their decimal text: no double takes part.
 *
 * A spreadsheet keeps 15 significant digits (ECMA-376 part 1, 18.3.1.96; Excel's specifications); programs write up to
 * 17. Days are numbers too: 1 is 1900-01-01 (and 60 a day that never was), or 0 is 1904-01-01; the fraction is the
 * time. Only the number format tells them apart. */
#ifndef YIFEN_PARSERS_CELL_H
#define YIFEN_PARSERS_CELL_H

#include <glib.h>

typedef enum { CELL_PLAIN, CELL_MOMENT } CellKind;

/* What a number format means: plain, or a date or time; zeros: "000000" pads to that many digits. */
typedef struct {
  CellKind kind;
  guint zeros;
} CellFormat;

/* From a format code ("yyyy\-mm\-dd", "0.00_ ", "[h]:mm"); its first section counts. */
CellFormat cell_format(const char *code);

/* Of a built-in format, by its number (18.8.30, with those of Chinese Excel). */
CellFormat cell_format_builtin(guint id);

/* The number as text: "1048.5", "2026-11-20", "2026-11-20 09:12:33", "09:12:33". What has more digits than are kept
 * before its second decimal, and so lost some, is shown as a spreadsheet does, "6.22202123456789E+18". NULL when it is
 * no decimal number; the caller frees. */
char *cell_text(const char *number, CellFormat format, gboolean from_1904);

/* "B3" to column 1, row 3 (from 0 and 1); FALSE when it is no such name or beyond XFD1048576. */
gboolean cell_place(const char *name, guint *column, gint64 *row);

/* "B3"; the caller frees. */
char *cell_name(guint column, gint64 row);

#endif
