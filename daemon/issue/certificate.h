/* X.509 v3 certificates (RFC 5280, GM/T 0015). Making one has two steps, so that serial and bytes can be recorded
 * before anything is signed:
 *
 *     serial = certificate_serial(&error);
 *     tbs = certificate_tbs(&plan, ca, &error);      the same plan gives the same bytes
 *     ... commit serial and tbs ...
 *     der = signed_make(ca, tbs, &error);            signed.h
 *
 * A dual certificate is two plans with the same subject, two keys and two serials. */
#ifndef YIFEN_DAEMON_ISSUE_CERTIFICATE_H
#define YIFEN_DAEMON_ISSUE_CERTIFICATE_H

#include "daemon/issue/cakey.h"
#include "daemon/issue/profile.h"

/* From the order; UTF-8, NULL when it has none. Borrowed. */
typedef struct {
  const char *name;         /* of the organisation, business seal or person */
  const char *organisation; /* 单位全称 */
  const char *unit;         /* which certificate of it */
  const char *province, *city;
  const char *uscc;      /* plain form of ident_uscc() */
  const char *id_number; /* plain form of ident_card() */
  const char *email;     /* also subjectAltName */
  const char *user_id;
} CertificateSubject;

/* Borrowed. */
typedef struct {
  const CertificateProfile *profile;
  CertificateUse use;
  const CertificateSubject *subject;
  const char *serial;            /* hex, of certificate_serial() */
  Instant not_before, not_after; /* whole seconds count */
  EVP_PKEY *key;                 /* only its public part is used */
} CertificatePlan;

/* 16 random bytes in lower hex, first bit 0 and second 1: 126 bits that nobody can foretell, positive, always of the
 * same length (RFC 5280 4.1.2.2). The caller frees; and makes it unique in its store. ERROR_TEMPORARY "crypto". */
char *certificate_serial(GError **error);

/* The DER of TBSCertificate. Extensions in this order: basicConstraints, keyUsage (both critical), extKeyUsage,
 * subjectKeyIdentifier, authorityKeyIdentifier, subjectAltName, certificatePolicies, cRLDistributionPoints,
 * authorityInfoAccess, 1.2.156.10260.4.1.1, .4. ERROR_REFUSED "certificate_subject" (field: the element that is too
 * long or of wrong form), "certificate_times"; ERROR_PERMANENT "crypto", "ca_expired". */
GBytes *certificate_tbs(const CertificatePlan *plan, const CaKey *ca, GError **error);

#endif
