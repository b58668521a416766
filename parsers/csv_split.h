/* The rows that nearly all of a CSV is made of, split in place; libcsv says what they mean, and reads all others. */
#ifndef YIFEN_PARSERS_CSV_SPLIT_H
#define YIFEN_PARSERS_CSV_SPLIT_H

#include "parsers/sheet_row.h"

enum { CSV_SPLIT_ROOM = 64 }; /* bytes that may be read, and are not used, behind a line */

/* Splits a line, which ends with its line feed, as libcsv does that is not strict: blanks around cells go (TABs too,
 * when they do not separate), quotes right around a cell go, and two in it become one. Cells are ended by NULs in the
 * line, which is changed also when nothing comes of it. Gives how many cells, at most SHEET_CELLS_MAX; 0 for a line
 * that it does not split: with other quotes, carriage returns within, more cells, or nothing in any of them. */
guint csv_split(char *line, gsize size, char separator, SheetCell *cells);

#endif
