#include "spool/renewals.h"

#include "spool/tell.h"

gboolean renewal_tell(Store *store, const Renewal *renewal, const char *actor, Instant now, GError **error) {
  if (!renewal_due(&renewal->facts, day_of_instant(now)))
    return TRUE;
  g_autofree char *expires = day_format(day_of_instant(renewal->facts.valid_until));
  const char *facts[] = {"certificate", renewal->kind, "expires", expires, NULL};
  const Tell tell = {.kind = TELL_RENEWAL, .key = renewal->serial, .purchase_id = renewal->purchase_id, .facts = facts};
  return tell_handler(store, &tell, actor, now, error);
}
