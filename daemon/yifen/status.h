/* What runs. */
#ifndef YIFEN_DAEMON_YIFEN_STATUS_H
#define YIFEN_DAEMON_YIFEN_STATUS_H

#include "spool/tally.h"

/* Adds a TallyRow "role", NAME/up, NAME/stopped or NAME/down (until a person has mended the cause) for each role that
 * yifend last said it runs; none where it never ran. */
void status_roles(const char *state_dir, GPtrArray *rows);

#endif
