/* A file that contradicts itself, or may have been cut (its last line has no end), waits for a person: nothing of it is
 * booked, a case shows what it claims and what was counted. The person accepts it with a reason (it is booked as it
 * stands), or refuses it; a proven file of the same days answers the question too. */
#ifndef YIFEN_DAEMON_INTAKE_HOLD_H
#define YIFEN_DAEMON_INTAKE_HOLD_H

#include "daemon/intake/plan.h"

/* The first claim that neither holds nor is waived by the profile; NULL: nothing stands against storing it. */
const Mismatch *hold_wanted(const Plan *plan);

/* Within a transaction: the file is held, its case open. */
gboolean hold_file(const Intake *intake, const FileRow *file, const Plan *plan, const char *actor, Instant now,
                   GError **error);

/* Within a transaction: this file, which proves its days, takes the place of held ones of the same days: they are
 * rejected as "file_replaced". */
gboolean hold_replace(const Intake *intake, const FileRow *file, const PlannedStatement *planned, const char *actor,
                      Instant now, GError **error);

#endif
