/* Key pairs of those who get certificates. Keys are EVP_PKEY of OpenSSL; the caller frees with EVP_PKEY_free(), which
 * overwrites the private part. */
#ifndef YIFEN_DAEMON_ISSUE_SUBJECT_KEY_H
#define YIFEN_DAEMON_ISSUE_SUBJECT_KEY_H

#include <openssl/evp.h>

#include "rules/plainkey.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

/* A new key pair: RSA of 3072 bits with exponent 65537, P-256 (FIPS 186-4), or SM2 (GB/T 32918.5). ERROR_TEMPORARY
 * "crypto" when the library cannot. */
EVP_PKEY *subject_key_make(KeyKind kind, GError **error);

/* The public key of these numbers, fully checked: a point on its curve, a modulus that may be one (SP 800-56B
 * 6.4.2.2, SP 800-56A 5.6.2.3.3). ERROR_REFUSED "subject_key". */
EVP_PKEY *subject_key_public(const PlainKey *plain, GError **error);

/* The numbers of a key that one of these functions gave. */
gboolean subject_key_plain(EVP_PKEY *key, PlainKey *plain, GError **error);

/* Which of ours a key is; FALSE when none. */
gboolean subject_key_kind(EVP_PKEY *key, KeyKind *kind);

#endif
