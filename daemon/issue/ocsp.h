/* OCSP responses as files for a static responder (RFC 6960, the profile of RFC 5019): one certificate each, signed by
 * the CA itself, so that no certificate stands inside; issuer by SHA-1 (what clients ask with), responder by name. */
#ifndef YIFEN_DAEMON_ISSUE_OCSP_H
#define YIFEN_DAEMON_ISSUE_OCSP_H

#include "daemon/issue/crl.h"

typedef struct {
  const char *serial;        /* hex, of one of ours */
  const Revocation *revoked; /* of the same serial; NULL: good */
  Instant this_update, next_update;
} OcspPlan;

/* The DER of ResponseData; the same plan gives the same bytes. ERROR_PERMANENT "crypto", "ca_expired". */
GBytes *ocsp_tbs(const OcspPlan *plan, const CaKey *ca, GError **error);

/* Signs it; the DER of OCSPResponse. ERROR_PERMANENT "ca_tbs" for bytes that are no ResponseData of this CA;
 * cakey_sign()'s errors. */
GBytes *ocsp_make(CaKey *ca, GBytes *tbs, GError **error);

#endif
