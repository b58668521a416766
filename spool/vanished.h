/* Lines that a later, proven file of their days no longer shows: they are kept, but count for nothing until a person
 * has looked (case "statement_conflict"). */
#ifndef YIFEN_SPOOL_VANISHED_H
#define YIFEN_SPOOL_VANISHED_H

#include "spool/matching.h"

/* Within a transaction: disposes of the account's stored lines of these days whose "DAY/IDENTITY" is not in `shown`,
 * and matches again what hung on them. */
gboolean vanished_ask(Store *store, const char *account, Day from, Day to, GHashTable *shown, const MatchingBy *by,
                      GError **error);

/* The same for those whose "DAY/IDENTITY" is in `gone`. */
gboolean vanished_these(Store *store, const char *account, Day from, Day to, GHashTable *gone, const MatchingBy *by,
                        GError **error);

/* The key of a line in these tables. The caller frees. */
char *vanished_key(Day day, const char *identity);

#endif
