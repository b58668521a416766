/* Certificate profiles: what stands in a certificate beside key, serial and times, as data (key file).
 *
 *     [business]
 *     subject = C:CN|ST:{province}|L:{city}|O:{organisation}|OU:{unit}|CN:{name}
 *     identity = hashed                                  ; plain, hashed, absent: the person's ID number
 *     usage_single = digitalSignature,nonRepudiation,keyEncipherment
 *     usage_signing = digitalSignature,nonRepudiation
 *     usage_encryption = keyEncipherment,dataEncipherment,keyAgreement
 *     extended_usage = clientAuth,emailProtection        ; may be absent, as all below
 *     policies = 1.2.156.112586.1
 *     statement = https://ca.example.cn/cps
 *     crl = http://ca.example.cn/ca.crl
 *     ocsp = http://ocsp.example.cn
 *     issuer = http://ca.example.cn/ca.cer
 *
 * An element of the subject whose field the order does not have is left out. Types: C ST L O OU CN serialNumber
 * emailAddress. Usages by OpenSSL's short names (x509v3_config(5)). The unified social credit code and the identity
 * stand in the extensions 1.2.156.10260.4.1.4 and 1.2.156.10260.4.1.1 (GM/T 0015, 电子政务数字证书格式规范) as
 * PrintableString; hashed is the SHA-256 of the number in upper case hex: whoever knows the number can compare it, and
 * whoever tries all numbers can find it, so it hides little. */
#ifndef YIFEN_DAEMON_ISSUE_PROFILE_H
#define YIFEN_DAEMON_ISSUE_PROFILE_H

#include <glib.h>

typedef enum { IDENTITY_ABSENT, IDENTITY_PLAIN, IDENTITY_HASHED } IdentityShape;

typedef enum { CERTIFICATE_SINGLE, CERTIFICATE_SIGNING, CERTIFICATE_ENCRYPTION } CertificateUse;
#define CERTIFICATE_USES 3

typedef struct {
  char **subject; /* "O:{organisation}" ...; ended by NULL */
  IdentityShape identity;
  char *usage[CERTIFICATE_USES];
  char *extended_usage, *statement, *crl, *ocsp, *issuer; /* NULL: absent */
  char **policies;                                        /* NULL: none */
} CertificateProfile;

void certificate_profile_free(CertificateProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CertificateProfile, certificate_profile_free)

/* Reads one section and checks every value. ERROR_PERMANENT "config_certificate" (file: as given, for the error; field,
 * value). The caller frees. */
CertificateProfile *certificate_profile_read(GKeyFile *file, const char *name, const char *section, GError **error);

#endif
