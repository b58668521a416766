/* `yifen pay hold`: no new sends from an account, or from all; fates are still asked for. */
#ifndef YIFEN_SPOOL_HOLDS_H
#define YIFEN_SPOOL_HOLDS_H

#include "rules/day.h"
#include "spool/store.h"

#define HOLD_ALL "*"
#define HOLD_INSTANCE "!" /* by instance_ready: everything; ended by restore_confirm alone */

/* In a transaction of its own; audited as "pay.hold" and "pay.release". account: a section or HOLD_ALL. Holding again
 * replaces the reason; ERROR_REFUSED "not_held" when there is nothing to release. */
gboolean hold_set(Store *store, const char *account, const char *reason, const char *actor, Instant now,
                  GError **error);
gboolean hold_release(Store *store, const char *account, const char *actor, Instant now, GError **error);

/* Within a transaction: this instance must not send; reason: instance_word(). */
gboolean hold_instance(Store *store, const char *reason, const char *actor, Instant now, GError **error);

/* Is this account, or everything, on hold? HOLD_INSTANCE asks for that one alone. */
gboolean hold_stands(Store *store, const char *account, gboolean *held, GError **error);

typedef struct {
  char *account; /* section, HOLD_ALL or HOLD_INSTANCE */
  char *reason, *by;
  Instant at;
} Hold;
void hold_free(Hold *hold);
GPtrArray *holds_list(Store *store, GError **error); /* Hold *, by account; NULL with error */

#endif
