#include "spool/seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

#include "rules/error.h"

#define VERSION 1
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define POINT_SIZE 32
#define INFO "yifen seal 1"
#define BYTES_MAX (64 * 1024 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF, EVP_KDF_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_KDF_CTX, EVP_KDF_CTX_free)

/* Key and nonce of one message. */
typedef struct {
  guint8 key[SEAL_KEY_SIZE];
  guint8 nonce[NONCE_SIZE];
} Cipher;
static void cipher_clear(Cipher *cipher) {
  OPENSSL_cleanse(cipher, sizeof *cipher);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Cipher, cipher_clear)

static gboolean broken(GError **error) {
  return error_set(error, ERROR_PERMANENT, "seal_broken", NULL);
}

static gboolean failed(GError **error, const char *what) {
  return error_set(error, ERROR_PERMANENT, "crypto", "detail", what, NULL);
}

void seal_key_set(SealKey *key, const guint8 bytes[SEAL_KEY_SIZE]) {
  static const char label[] = "yifen key id";
  guint8 named[sizeof label + SEAL_KEY_SIZE], digest[SHA256_DIGEST_LENGTH];
  memcpy(named, label, sizeof label);
  memcpy(named + sizeof label, bytes, SEAL_KEY_SIZE);
  SHA256(named, sizeof named, digest);
  OPENSSL_cleanse(named, sizeof named);
  memmove(key->bytes, bytes, SEAL_KEY_SIZE);
  for (gsize i = 0; i < (SEAL_ID_SIZE - 1) / 2; i++)
    g_snprintf(key->id + 2 * i, 3, "%02x", digest[i]);
}

void seal_key_clear(SealKey *key) {
  OPENSSL_cleanse(key, sizeof *key);
}

gboolean seal_public(const SealKey *private_key, SealKey *public_key, GError **error) {
  g_autoptr(EVP_PKEY) pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key->bytes, SEAL_KEY_SIZE);
  guint8 point[POINT_SIZE];
  gsize size = sizeof point;
  if (pkey == NULL || EVP_PKEY_get_raw_public_key(pkey, point, &size) != 1 || size != sizeof point)
    return failed(error, "X25519 public key");
  seal_key_set(public_key, point);
  return TRUE;
}

/* Writes ciphertext and tag to out, which holds size + TAG_SIZE. */
static gboolean encrypt(const Cipher *cipher, const char *context, const void *bytes, gsize size, guint8 *out,
                        GError **error) {
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  int length = 0, rest = 0;
  if (ctx == NULL || EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, cipher->key, cipher->nonce) != 1 ||
      EVP_EncryptUpdate(ctx, NULL, &length, (const guint8 *)context, (int)strlen(context)) != 1 ||
      EVP_EncryptUpdate(ctx, out, &length, bytes, (int)size) != 1 ||
      EVP_EncryptFinal_ex(ctx, out + length, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + size) != 1)
    return failed(error, "AES-256-GCM");
  g_assert((gsize)length + (gsize)rest == size);
  return TRUE;
}

/* Reads ciphertext and tag (size counts both). NULL: broken. */
static GBytes *decrypt(const Cipher *cipher, const char *context, const guint8 *sealed, gsize size, GError **error) {
  g_autoptr(EVP_CIPHER_CTX) ctx = EVP_CIPHER_CTX_new();
  gsize clear_size = size - TAG_SIZE;
  g_autofree guint8 *clear = g_malloc(clear_size + 1);
  g_autofree guint8 *tag = g_memdup2(sealed + clear_size, TAG_SIZE);
  int length = 0, rest = 0;
  if (ctx == NULL || EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, cipher->key, cipher->nonce) != 1 ||
      EVP_DecryptUpdate(ctx, NULL, &length, (const guint8 *)context, (int)strlen(context)) != 1 ||
      EVP_DecryptUpdate(ctx, clear, &length, sealed, (int)clear_size) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_SIZE, tag) != 1 ||
      EVP_DecryptFinal_ex(ctx, clear + length, &rest) != 1) {
    OPENSSL_cleanse(clear, clear_size);
    broken(error);
    return NULL;
  }
  return g_bytes_new_take(g_steal_pointer(&clear), clear_size);
}

GBytes *seal_secret(const SealKey *key, const char *context, const void *bytes, gsize size, GError **error) {
  g_return_val_if_fail(size <= BYTES_MAX, NULL);
  g_auto(Cipher) cipher = {0};
  memcpy(cipher.key, key->bytes, SEAL_KEY_SIZE);
  if (RAND_bytes(cipher.nonce, NONCE_SIZE) != 1) {
    failed(error, "random");
    return NULL;
  }
  gsize total = 1 + NONCE_SIZE + size + TAG_SIZE;
  g_autofree guint8 *blob = g_malloc(total);
  blob[0] = VERSION;
  memcpy(blob + 1, cipher.nonce, NONCE_SIZE);
  if (!encrypt(&cipher, context, bytes, size, blob + 1 + NONCE_SIZE, error))
    return NULL;
  return g_bytes_new_take(g_steal_pointer(&blob), total);
}

GBytes *seal_secret_open(const SealKey *key, const char *context, const void *blob, gsize size, GError **error) {
  const guint8 *sealed = blob;
  if (size < 1 + NONCE_SIZE + TAG_SIZE || size > BYTES_MAX || sealed[0] != VERSION) {
    broken(error);
    return NULL;
  }
  g_auto(Cipher) cipher = {0};
  memcpy(cipher.key, key->bytes, SEAL_KEY_SIZE);
  memcpy(cipher.nonce, sealed + 1, NONCE_SIZE);
  return decrypt(&cipher, context, sealed + 1 + NONCE_SIZE, size - 1 - NONCE_SIZE, error);
}

/* X25519 of one side's private and the other side's public key. */
static gboolean agree(EVP_PKEY *own, const guint8 point[POINT_SIZE], guint8 shared[POINT_SIZE]) {
  g_autoptr(EVP_PKEY) peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, point, POINT_SIZE);
  g_autoptr(EVP_PKEY_CTX) ctx = peer == NULL ? NULL : EVP_PKEY_CTX_new(own, NULL);
  gsize size = POINT_SIZE;
  return ctx != NULL && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
         EVP_PKEY_derive(ctx, shared, &size) == 1 && size == POINT_SIZE;
}

static gboolean hkdf(guint8 shared[POINT_SIZE], guint8 salt[2 * POINT_SIZE], Cipher *cipher) {
  char digest[] = "SHA256", info[] = INFO;
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, shared, POINT_SIZE),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salt, 2 * POINT_SIZE),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
      OSSL_PARAM_construct_end(),
  };
  g_autoptr(EVP_KDF) kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
  g_autoptr(EVP_KDF_CTX) ctx = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
  return ctx != NULL && EVP_KDF_derive(ctx, (guint8 *)cipher, sizeof *cipher, params) == 1;
}

static gboolean cipher_of(EVP_PKEY *own, const guint8 *peer, const guint8 *fresh, const guint8 *recipient,
                          Cipher *cipher) {
  guint8 shared[POINT_SIZE], salt[2 * POINT_SIZE];
  memcpy(salt, fresh, POINT_SIZE);
  memcpy(salt + POINT_SIZE, recipient, POINT_SIZE);
  gboolean done = agree(own, peer, shared) && hkdf(shared, salt, cipher);
  OPENSSL_cleanse(shared, sizeof shared);
  return done;
}

GBytes *seal_to(const SealKey *public_key, const char *context, const void *bytes, gsize size, GError **error) {
  g_return_val_if_fail(size <= BYTES_MAX, NULL);
  g_autoptr(EVP_PKEY) fresh = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
  gsize point_size = POINT_SIZE, total = 1 + POINT_SIZE + size + TAG_SIZE;
  g_autofree guint8 *blob = g_malloc(total);
  g_auto(Cipher) cipher = {0};
  blob[0] = VERSION;
  if (fresh == NULL || EVP_PKEY_get_raw_public_key(fresh, blob + 1, &point_size) != 1 ||
      !cipher_of(fresh, public_key->bytes, blob + 1, public_key->bytes, &cipher)) {
    failed(error, "X25519");
    return NULL;
  }
  if (!encrypt(&cipher, context, bytes, size, blob + 1 + POINT_SIZE, error))
    return NULL;
  return g_bytes_new_take(g_steal_pointer(&blob), total);
}

GBytes *seal_open(const SealKey *private_key, const char *context, const void *blob, gsize size, GError **error) {
  const guint8 *sealed = blob;
  if (size < 1 + POINT_SIZE + TAG_SIZE || size > BYTES_MAX || sealed[0] != VERSION) {
    broken(error);
    return NULL;
  }
  g_auto(SealKey) recipient = {0};
  if (!seal_public(private_key, &recipient, error))
    return NULL;
  g_autoptr(EVP_PKEY) own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private_key->bytes, SEAL_KEY_SIZE);
  g_auto(Cipher) cipher = {0};
  if (own == NULL || !cipher_of(own, sealed + 1, sealed + 1, recipient.bytes, &cipher)) {
    broken(error);
    return NULL;
  }
  return decrypt(&cipher, context, sealed + 1 + POINT_SIZE, size - 1 - POINT_SIZE, error);
}

void seal_forget(GBytes *clear) {
  if (clear == NULL)
    return;
  gsize size = 0;
  void *bytes = g_bytes_unref_to_data(clear, &size);
  OPENSSL_cleanse(bytes, size);
  g_free(bytes);
}
