/* How many rows of each kind are in each state: every order, entry, transfer, file, message, case and job. Read only.
 */
#ifndef YIFEN_SPOOL_COUNTS_H
#define YIFEN_SPOOL_COUNTS_H

#include "spool/store.h"

typedef struct {
  const char *kind;  /* "order_payment", "order_proof", "order_review", "verification", "transfer", "batch", "entry",
                        "file",  "case" (open ones by reason), "message", "job" */
  const char *state; /* for jobs "ROLE.STATE" */
  gint64 count;
} Count;

typedef gboolean CountSink(void *user, const Count *count, GError **error);
gboolean counts_each(Store *store, CountSink *sink, void *user, GError **error);

#endif
