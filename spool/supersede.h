/* A statement file whose place a corrected one takes, because a person says so. Nothing of it is deleted: its
 * statements count no more in chains and proofs, and the job "superseded" FILE_ID of intake asks people about each line
 * that it shows and the other one does not (case "statement_conflict"). */
#ifndef YIFEN_SPOOL_SUPERSEDE_H
#define YIFEN_SPOOL_SUPERSEDE_H

#include "spool/orders.h"

/* In a transaction of its own. Each statement of file `id` must lie within the days of one of file `other`, of the same
 * account and currency, else ERROR_REFUSED "supersede_days" (value: the other file, expected: the days). Also
 * "unknown_file", "supersede_itself", "supersede_empty" (value: a file that has booked nothing, or lost its place
 * itself). */
gboolean supersede_file(Store *store, gint64 id, gint64 other, const char *text, const OrderBy *by, GError **error);

/* The file that took its place; *other 0: none did. */
gboolean supersede_other(Store *store, gint64 id, gint64 *other, GError **error);

#endif
