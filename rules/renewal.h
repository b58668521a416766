/* When the holder of a certificate is told that it will expire: once, one month before. */
#ifndef YIFEN_RULES_RENEWAL_H
#define YIFEN_RULES_RENEWAL_H

#include "rules/day.h"

typedef struct {
  Instant valid_until; /* notAfter */
  gboolean revoked;
  gboolean renewed; /* the same holder has a later certificate of this kind */
} RenewalFacts;

/* The same day of the month before, or that month's last day: 30 March -> 28 February. DAY_NONE for DAY_NONE. */
Day renewal_notice_on(Day expires_on);

/* Is the notice due today (a day in Shanghai)? From its day until the certificate's last day, so that an outage delays
 * it; afterwards it would come too late to help. */
gboolean renewal_due(const RenewalFacts *facts, Day today);

#endif
