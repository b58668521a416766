/* Certificate revocation lists, version 2 (RFC 5280 section 5): full lists with crlNumber and authorityKeyIdentifier.
 *
 *     tbs = crl_tbs(...); record number and tbs; der = signed_make(ca, tbs, &error); publish der */
#ifndef YIFEN_DAEMON_ISSUE_CRL_H
#define YIFEN_DAEMON_ISSUE_CRL_H

#include "daemon/issue/cakey.h"
#include "rules/revocation.h"

/* Borrowed. */
typedef struct {
  const char *serial; /* hex */
  Instant at;         /* whole seconds count */
  RevocationReason reason;
} Revocation;

typedef struct {
  gint64 number; /* 1.., greater than of every list before */
  Instant this_update, next_update;
  const Revocation *revoked; /* in the order they shall stand in; expired certificates may be left out */
  gsize count;
} CrlPlan;

/* The DER of TBSCertList; the same plan gives the same bytes. ERROR_PERMANENT "crypto", "ca_expired". */
GBytes *crl_tbs(const CrlPlan *plan, const CaKey *ca, GError **error);

#endif
