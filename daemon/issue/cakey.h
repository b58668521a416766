/* The CA's private key with its certificate, from an encrypted file or on a token. Nothing else signs.
 *
 * Call guard_memory() first. Then:
 *     g_autoptr(CaKey) ca = cakey_open_file(key, passphrase, certificate, &error);
 *     cakey_check(ca, now, last, &error)         before each signature
 *     tbs = certificate_tbs(...); record serial and tbs, commit; signed_make(ca, tbs, &error)
 */
#ifndef YIFEN_DAEMON_ISSUE_CAKEY_H
#define YIFEN_DAEMON_ISSUE_CAKEY_H

#include <openssl/x509.h>

#include "rules/day.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

typedef enum { SIGN_RSA_SHA256, SIGN_ECDSA_SHA256, SIGN_SM2_SM3 } SignAlgorithm;

typedef struct CaKey CaKey;
void cakey_free(CaKey *ca);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaKey, cakey_free)

/* The key from encrypted PKCS#8 in PEM (RFC 5958, RFC 7468), its passphrase and its certificate (PEM) from files;
 * key and passphrase by the rules of secret_read(). A key that is not encrypted is refused. ERROR_PERMANENT "ca_key",
 * "ca_certificate" (file, detail). RSA of 3072 bits or more, P-256, SM2. */
CaKey *cakey_open_file(const char *key, const char *passphrase, const char *certificate, GError **error);

/* The same for the key of the seal maker 制章者 (eseal.h): its certificate need not be a CA's, but may sign data
 * (digitalSignature). ERROR_PERMANENT "ca_key", "seal_maker". */
CaKey *cakey_open_maker(const char *key, const char *passphrase, const char *certificate, GError **error);

/* Is the certificate valid at `now` and until `last`? ERROR_PERMANENT "ca_expired" (expected: its end, or its
 * beginning; RFC 3339). A certificate must not outlive its CA's. */
gboolean cakey_check(const CaKey *ca, Instant now, Instant last, GError **error);

const X509 *cakey_certificate(const CaKey *ca); /* owned by it */
SignAlgorithm cakey_algorithm(const CaKey *ca);

/* The signature value over these bytes: PKCS#1 v1.5 with SHA-256, or the DER of r and s. It is verified before it is
 * given, since a wrong RSA signature can tell the key (Boneh, DeMillo, Lipton 1997). ERROR_TEMPORARY "ca_sign"
 * (detail): the token is gone, or the library failed; nothing was given. */
GBytes *cakey_sign(CaKey *ca, GBytes *bytes, GError **error);

/* Is this the signature of these bytes by the key of this certificate? SM2 with SIGNATURE_SM2_ID
 * (parsers/signature.h). */
gboolean cakey_verify(const X509 *certificate, GBytes *bytes, GBytes *signature);

#endif
