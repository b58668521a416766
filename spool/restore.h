/* Going on after a restore, when a person has confirmed that this instance alone sends from now on (spool/instance.h).
 */
#ifndef YIFEN_SPOOL_RESTORE_H
#define YIFEN_SPOOL_RESTORE_H

#include "spool/evidence.h"

/* In a transaction of its own, then a new pass: whatever this store believes unsent may have been sent by the one that
 * was lost, so every batch that is not at its bank and every planned transfer becomes unknown, to be ended by evidence
 * or a person; nothing of them is ever sent. Rounds that waited are asked for again. Gives the count of transfers.
 * ERROR_REFUSED "not_restored" when nothing waits for this. */
gboolean restore_confirm(Store *store, const char *reason, const Learner *by, int *doubted, GError **error);

#endif
