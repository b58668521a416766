/* The pass of this instance (rules/instance.h): DIR/keys/sending.pass, written durably before every release of a
 * message. */
#ifndef YIFEN_SPOOL_INSTANCE_H
#define YIFEN_SPOOL_INSTANCE_H

#include "rules/day.h"
#include "spool/store.h"

#define INSTANCE_SUBJECT "instance" /* of its case, "instance_restored" */

/* Outside a transaction: may this instance send? Brings a pass that is behind up to the store, and makes the first one
 * of an instance that has never sent. Where it is not ours, *ours is FALSE, everything is on hold (HOLD_INSTANCE) and a
 * case says why, until restore_confirm. */
gboolean instance_ready(Store *store, const Calendar *calendar, const char *actor, Instant now, gboolean *ours,
                        GError **error);

/* Within a transaction, before a message is let go: the store's next epoch. instance_ready must follow the commit and
 * precede the message. */
gboolean instance_step(Store *store, GError **error);

/* Within a transaction, when a person has confirmed: the epoch leaves all that any pass has seen behind. After the
 * commit instance_renew writes the new pass. */
gboolean instance_confirm(Store *store, GError **error);
gboolean instance_renew(Store *store, GError **error);

#endif
