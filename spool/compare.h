/* A file of another kind than the one its account is booked from is compared, never stored: counts of lines alike in
 * day, amount and direction. */
#ifndef YIFEN_SPOOL_COMPARE_H
#define YIFEN_SPOOL_COMPARE_H

#include "rules/entry.h"
#include "spool/store.h"

typedef struct Compare Compare;
Compare *compare_new(void);
void compare_free(Compare *compare);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Compare, compare_free)
void compare_line(Compare *compare, const char *account, const Entry *line);
/* How many lines of the days it has seen are on one side only. */
gboolean compare_end(const Compare *compare, Store *store, gint64 *differences, GError **error);

#endif
