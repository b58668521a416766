/* Which lines a file shows, for comparing it with what is stored. */
#ifndef YIFEN_DAEMON_INTAKE_SHOWN_H
#define YIFEN_DAEMON_INTAKE_SHOWN_H

#include "daemon/intake/plan.h"

/* Reads the file's copy once more: the vanished_key() of each of its booked lines of this account. plan: of the file.
 * NULL on error; free with g_hash_table_unref. */
GHashTable *shown_lines(const Intake *intake, const FileRow *file, const Plan *plan, const ConfAccount *account,
                        GError **error);

/* The job "superseded": asks people about each line that the file shows and the one that took its place does not
 * (spool/supersede.h). May be killed and run again. */
gboolean shown_supersede(const Intake *intake, gint64 file_id, Instant now, GError **error);

#endif
