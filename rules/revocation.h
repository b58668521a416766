/* Why a certificate is revoked: the reasons of RFC 5280 section 5.3.1 that fit a certificate which is no CA's and is
 * revoked for good. The numbers are the standard's. */
#ifndef YIFEN_RULES_REVOCATION_H
#define YIFEN_RULES_REVOCATION_H

#include <glib.h>

typedef enum {
  REVOKED_UNSPECIFIED = 0,
  REVOKED_KEY_COMPROMISE = 1,
  REVOKED_AFFILIATION_CHANGED = 3,
  REVOKED_SUPERSEDED = 4,
  REVOKED_CESSATION = 5,
  REVOKED_PRIVILEGE_WITHDRAWN = 9,
} RevocationReason;

/* "unspecified" "keyCompromise" "affiliationChanged" "superseded" "cessationOfOperation" "privilegeWithdrawn"; NULL,
 * FALSE for all else. */
const char *revocation_word(RevocationReason reason);
gboolean revocation_parse(const char *word, RevocationReason *reason);

#endif
