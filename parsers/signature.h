/* Signatures of messages to and from banks (银企直连), in base64: RSA PKCS#1 v1.5 over SHA-256 (RFC 8017 section 8.2),
 * SM2 over SM3 (GB/T 32918.2, GB/T 32905; DER, or r and s of 32 bytes each as CMB writes them), HMAC-SHA256 (RFC 2104).
 *
 * SM2 signs over the signer's identifier too. OpenSSL 3.0 takes an empty one when none is set, and then agrees with
 * itself and with nobody else; so it is always set here, and which one it is belongs to the bank's profile. */
#ifndef YIFEN_PARSERS_SIGNATURE_H
#define YIFEN_PARSERS_SIGNATURE_H

#include <glib.h>
#include <openssl/evp.h>

typedef enum { SIGNATURE_NONE, SIGNATURE_RSA, SIGNATURE_SM2, SIGNATURE_HMAC } SignatureKind;

#define SIGNATURE_SM2_ID "1234567812345678" /* GM/T 0009 section 10: where nothing else was agreed */

/* Borrowed. */
typedef struct {
  SignatureKind kind;
  gboolean raw;   /* SM2: r and s, not DER */
  const char *id; /* SM2 */
  EVP_PKEY *key;  /* RSA, SM2: private to sign, public to check */
  GBytes *secret; /* HMAC */
} Signature;

/* Is the key of the kind that it is to be used for? ERROR_PERMANENT "link_key" (expected: the kind). */
gboolean signature_key_fits(SignatureKind kind, EVP_PKEY *key, GError **error);

/* The caller frees. ERROR_PERMANENT "link_sign" when the library cannot. */
char *signature_make(const Signature *signature, const void *bytes, gsize size, GError **error);

/* ERROR_REFUSED "answer_signature" unless the base64 text is this signer's signature of the bytes. */
gboolean signature_check(const Signature *signature, const void *bytes, gsize size, const char *base64, GError **error);

#endif
