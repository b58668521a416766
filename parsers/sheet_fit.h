/* Finding the header row and the layout that it fits, by names and not by place. */
#ifndef YIFEN_PARSERS_SHEET_FIT_H
#define YIFEN_PARSERS_SHEET_FIT_H

#include "parsers/sheet_row.h"
#include "parsers/layout.h"
#include "parsers/sheet_miss.h"
#include "rules/day.h"

/* What does not change from row to row. */
typedef struct {
  const Layout *layout; /* NULL: no layout fits */
  int at[COLUMNS];      /* cell of each column, -1 when absent */
  guint count;          /* cells up to the last that is named */
  guint needed;         /* cells up to the last that money depends on: no row may be shorter */
  char **keys;          /* of the header's cells, ended by NULL */
  char **names;         /* the same as people read them */
  char *origin[2];      /* Entry.origin of rows in the debit column and in the credit column */
  gboolean glued;       /* a row of values ran into the header: its line end is lost */
  Day last_day;         /* for dates without year: the last day that they can mean, or DAY_NONE */
} SheetFit;

/* A row that may be a header, or the upper or lower half of one. */
typedef struct {
  char **keys, **names; /* ended by NULL */
  guint named;
} SheetHeader;

void sheet_fit_clear(SheetFit *fit);
void sheet_header_clear(SheetHeader *header);

void sheet_header_read(SheetHeader *header, const SheetRow *row);

/* Tries all layouts of `profiles` (Profile *) on a header; the one with most known and fewest strange columns is taken,
 * among equals the one whose bank is named in the lines above (folded, char *). FALSE when none fits; then miss may be
 * updated. */
gboolean sheet_fit(GPtrArray *profiles, const SheetHeader *header, gint64 line, GPtrArray *above, SheetFit *fit,
                   SheetMiss *miss);

/* The same for a header in two rows: 发生额 above 借方, 贷方. */
gboolean sheet_fit_two(GPtrArray *profiles, const SheetHeader *upper, const SheetHeader *lower, gint64 line,
                       GPtrArray *above, SheetFit *fit, SheetMiss *miss);

/* Is this row the header, or half of it, once more? */
gboolean sheet_fit_again(const SheetFit *fit, const SheetRow *row);

#endif
