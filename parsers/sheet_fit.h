/* Finding the header row and the layout that it fits, by names and not by place. */
#ifndef YIFEN_PARSERS_SHEET_FIT_H
#define YIFEN_PARSERS_SHEET_FIT_H

#include "parsers/sheet_row.h"
#include "parsers/layout.h"

typedef struct {
  const Layout *layout; /* NULL: no layout fits */
  int at[COLUMNS];      /* cell of each column, -1 when absent */
  guint count;          /* cells up to the last that is named */
  char **keys;          /* of the header's cells, ended by NULL */
  char **names;         /* the same as people read them */
} SheetFit;

/* The nearest misses so far, for an explanation. */
typedef struct {
  const Layout *layout;
  gint64 line;
  guint found, wanted;
  char *missing; /* names of required columns, joined */
} SheetMiss;

void sheet_fit_clear(SheetFit *fit);
void sheet_miss_clear(SheetMiss *miss);

/* Tries all layouts of `profiles` (Profile *) on a row; the one with most known and fewest strange columns is taken.
 * FALSE when none fits; then miss may be updated. */
gboolean sheet_fit(GPtrArray *profiles, const SheetRow *row, SheetFit *fit, SheetMiss *miss);

/* Is this key one of the words? */
gboolean sheet_key_in(const char *key, char *const *words);

#endif
