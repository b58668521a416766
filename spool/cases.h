/* Cases 审核案: what a person must decide. One open case a reason and subject; opening it again refreshes card and due
 * day. */
#ifndef YIFEN_SPOOL_CASES_H
#define YIFEN_SPOOL_CASES_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  const char *reason;   /* reason word of the design: "ambiguous", "short", ... */
  const char *subject;  /* "order:NO:REVISION", "entry:ID", "transfer:REF", "account:SECTION:DAY",
                         * "announced:SECTION:DAY", "file:ID", "batch:MESSAGE_ID",  "channel:NAME" */
  const char *card;     /* JSON object; never a code or a full ID number */
  Day due_on;           /* DAY_NONE: cannot be known */
  const gint64 *orders; /* purchase ids */
  gsize order_count;
  const gint64 *entries;
  gsize entry_count;
} CaseDraft;

/* Within a transaction. id may be NULL. Writes "case.open" to the audit log only when it is new. */
gboolean case_open(Store *store, const CaseDraft *draft, const char *actor, Instant now, gint64 *id, GError **error);

/* Within a transaction: closes the open case of this reason and subject, if there is one, because its question has
 * answered itself (audit "case.moot"). */
gboolean case_moot(Store *store, const char *reason, const char *subject, const char *actor, Instant now,
                   GError **error);

/* Within a transaction: a person decided; the case is closed. decision: a word of daemon/words.h. text may be NULL. */
gboolean case_decide(Store *store, gint64 id, const char *decision, const char *text, const char *actor, Instant now,
                     GError **error);

/* Has a person decided such a case at or after `since`? What was decided is not asked again for the same facts. */
gboolean case_answered(Store *store, const char *reason, const char *subject, Instant since, gboolean *answered,
                       GError **error);

/* Has this order an open case other than `application`? */
gboolean case_blocks(Store *store, gint64 purchase_id, gboolean *blocked, GError **error);

#endif
