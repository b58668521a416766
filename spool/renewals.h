/* Notices of renewal: a handler is told once, one month before a certificate expires (rules/renewal.h). */
#ifndef YIFEN_SPOOL_RENEWALS_H
#define YIFEN_SPOOL_RENEWALS_H

#include "rules/renewal.h"
#include "spool/store.h"

typedef struct {
  const char *serial; /* what it is told about once */
  const char *kind;   /* "organization", "business", "personal" */
  gint64 purchase_id; /* whose handler is told */
  RenewalFacts facts;
} Renewal;

/* Within a transaction: queues the notice when it is due at `now`, else does nothing. May be asked every day. */
gboolean renewal_tell(Store *store, const Renewal *renewal, const char *actor, Instant now, GError **error);

#endif
