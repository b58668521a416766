/* The rows that nearly all of a CSV is made of, split in place; libcsv says what they mean, and reads all others. */
#ifndef YIFEN_PARSERS_CSV_SPLIT_H
#define YIFEN_PARSERS_CSV_SPLIT_H

#include "parsers/sheet_row.h"

enum { CSV_SPLIT_ROOM = 64 };

/* A text, and a line of it. Marks are found by blocks, one bit a byte, and taken one by one. */
typedef struct {
  char *at, *end;
  char *block;
  guint64 marks; /* of the block, those not yet taken */
  char separator;
} CsvSplit;

/* A text that begins with a line; it is changed, CSV_SPLIT_ROOM bytes behind it must be there and the first of them is
 * changed too. */
void csv_split_begin(CsvSplit *split, char *text, gsize size, char separator);

/* Splits the line at `at` and moves on to the next, as libcsv does that is not strict: blanks around cells go (TABs
 * too, when they do not separate), quotes right around a cell go, and two in it become one. Gives how many cells, at
 * most SHEET_CELLS_MAX. 0, and `at` is as before, for a line that it does not split: without line feed, with other
 * quotes, carriage returns within, more cells, more than CSV_ROW_MAX (parsers/csv.h) bytes, or nothing in any of the
 * cells. */
guint csv_split(CsvSplit *split, SheetCell *cells);

/* Moves on to another line, behind the one at `at`. */
void csv_split_skip(CsvSplit *split, char *to);

#endif
