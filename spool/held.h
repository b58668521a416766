/* Files that contradict themselves and wait for a person. Each has an open case of subject "file:ID", whose card says
 * what it is about: {"held":{"account","from","to",...}}. The deciding command closes the case and gives intake the job
 * "file" ID; intake alone changes the file. */
#ifndef YIFEN_SPOOL_HELD_H
#define YIFEN_SPOOL_HELD_H

#include "rules/day.h"
#include "spool/store.h"

#define HELD_SUBJECT "file:"

typedef enum { HELD_WAITS, HELD_ACCEPTED, HELD_REFUSED } HeldVerdict;

/* What a person decided about a held file. by, text: who and why, the caller frees; NULL while it waits. */
gboolean held_verdict(Store *store, gint64 file_id, HeldVerdict *verdict, char **by, char **text, GError **error);

/* Its open case; 0: none. */
gboolean held_case(Store *store, gint64 file_id, gint64 *id, GError **error);

/* Held files of this account whose days all lie within from..to. Elements gint64; NULL on error. */
GArray *held_within(Store *store, const char *account, Day from, Day to, GError **error);

/* Within a transaction: closes the file's case because its question has answered itself. */
gboolean held_moot(Store *store, gint64 file_id, const char *actor, Instant now, GError **error);

#endif
