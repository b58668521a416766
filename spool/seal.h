/* Sealing: bytes that lie at rest so that only one key holder can read them.
 *
 * seal_secret: AES-256-GCM (NIST SP 800-38D) under a key that writer and reader share. Blob: version 1, nonce 12,
 * ciphertext, tag 16. seal_to: to an X25519 public key (RFC 7748), so that who seals cannot open. A fresh key pair a
 * blob; AES key and nonce from HKDF-SHA256 (RFC 5869; salt = fresh public key || recipient's, info = "yifen seal 1").
 * Blob: version 1, fresh public key 32, ciphertext, tag 16.
 *
 * `context` says what the bytes belong to ("batch:MESSAGE_ID"); it is authenticated, so that a blob opens only in its
 * place. Opening fails with ERROR_PERMANENT "seal_broken": another key, another context, or changed bytes.
 */
#ifndef YIFEN_SPOOL_SEAL_H
#define YIFEN_SPOOL_SEAL_H

#include <glib.h>

#define SEAL_KEY_SIZE 32
#define SEAL_ID_SIZE 17 /* 16 hex digits and NUL */

/* A secret key, a private or a public one. id names the key without telling it. */
typedef struct {
  guint8 bytes[SEAL_KEY_SIZE];
  char id[SEAL_ID_SIZE];
} SealKey;

void seal_key_set(SealKey *key, const guint8 bytes[SEAL_KEY_SIZE]); /* copies and names it */
void seal_key_clear(SealKey *key);                                  /* overwrites */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SealKey, seal_key_clear)

/* The public key of a private one. */
gboolean seal_public(const SealKey *private_key, SealKey *public_key, GError **error);

GBytes *seal_secret(const SealKey *key, const char *context, const void *bytes, gsize size, GError **error);
GBytes *seal_secret_open(const SealKey *key, const char *context, const void *blob, gsize size, GError **error);

GBytes *seal_to(const SealKey *public_key, const char *context, const void *bytes, gsize size, GError **error);
GBytes *seal_open(const SealKey *private_key, const char *context, const void *blob, gsize size, GError **error);

/* Frees clear bytes that an open gave, overwriting them first. NULL is fine. The caller must hold the last reference.
 */
void seal_forget(GBytes *clear);

#endif
