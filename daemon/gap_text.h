/* Gaps in an account's statements, and statements that are late, in the words of people. */
#ifndef YIFEN_DAEMON_GAP_TEXT_H
#define YIFEN_DAEMON_GAP_TEXT_H

#include "daemon/conf.h"

/* One sentence without the account. kind, expected, found: as StatementGap says; after, from: "2026-11-20". The caller
 * frees. */
char *gap_text(const char *kind, const char *after, const char *from, const char *expected, const char *found);

/* A statement of yesterday is expected by a certain hour of today. last: the last day that the account's statements
 * reach; DAY_NONE: none came. */
gboolean gap_late(const ConfAccount *account, Day last, Instant now);
char *gap_late_text(Day last); /* the caller frees */

#endif
