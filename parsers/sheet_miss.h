/* Why no layout fits: the layouts that came nearest, each with the row that was nearest to its header. */
#ifndef YIFEN_PARSERS_SHEET_MISS_H
#define YIFEN_PARSERS_SHEET_MISS_H

#include "parsers/layout.h"
#include "parsers/record.h"

/* Of how many layouts is told: of one profile all, of all profiles the nearest. */
enum { SHEET_MISSES_ONE = 16, SHEET_MISSES_ALL = 3 };

typedef struct {
  const Layout *layout;
  gint64 line;
  guint found, wanted; /* required columns */
  int at[COLUMNS];     /* cell of each column, -1 when absent */
  char **names;        /* of the row's cells */
  const char *rule;    /* "without", "unless_above", "only_above": the rule that excludes it, or NULL */
  char *const *words;  /* of the rule */
} SheetNear;

/* A zeroed one is empty; most: how many are kept. */
typedef struct {
  SheetNear near[SHEET_MISSES_ONE]; /* nearest first */
  guint count, most;
} SheetMiss;

void sheet_miss_clear(SheetMiss *miss);

/* Notes a row that a layout does not fit; nearer is what has the larger share of its required columns. `near` lends its
 * names. */
void sheet_miss_note(SheetMiss *miss, const SheetNear *near);

/* Header names of the required columns that are missing, joined; NULL for none. The caller frees. */
char *sheet_near_missing(const SheetNear *near);

/* Tells all that is kept, column by column. */
gboolean sheet_miss_tell(const SheetMiss *miss, const RecordSink *sink, GError **error);

#endif
