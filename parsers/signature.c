#include "parsers/signature.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <string.h>

#include "rules/error.h"

enum { HALF = 32, DER_MOST = 128, RSA_LEAST = 2048 };

typedef EVP_MD_CTX Digest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, EVP_MD_CTX_free)
typedef ECDSA_SIG Pair;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, ECDSA_SIG_free)

gboolean signature_key_fits(SignatureKind kind, EVP_PKEY *key, GError **error) {
  if (kind == SIGNATURE_RSA && (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) < RSA_LEAST))
    return error_set(error, ERROR_PERMANENT, "link_key", "expected", "RSA, 2048 bits", NULL);
  if (kind == SIGNATURE_SM2 && !EVP_PKEY_is_a(key, "SM2"))
    return error_set(error, ERROR_PERMANENT, "link_key", "expected", "SM2", NULL);
  return TRUE;
}

/* r and s, as CMB writes them, from the DER that the library makes; NULL when it is none. */
static guint8 *split_pair(const guint8 *der, gsize size) {
  g_autoptr(Pair) pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
  guint8 *raw = g_malloc(2 * HALF);
  if (pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, HALF) == HALF &&
      BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + HALF, HALF) == HALF)
    return raw;
  g_free(raw);
  return NULL;
}

static int join_pair(const guint8 *raw, guint8 *der) {
  g_autoptr(Pair) pair = ECDSA_SIG_new();
  BIGNUM *r = BN_bin2bn(raw, HALF, NULL), *s = BN_bin2bn(raw + HALF, HALF, NULL);
  guint8 *out = der;
  return pair != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(pair, r, s) == 1 ? i2d_ECDSA_SIG(pair, &out) : -1;
}

/* The identifier must be set before the digest begins. */
static gboolean begin(const Signature *signature, Digest *digest, gboolean check) {
  gboolean sm2 = signature->kind == SIGNATURE_SM2;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(signature->key, NULL);
  EVP_MD_CTX_set_pkey_ctx(digest, context); /* stays ours */
  gboolean done =
      context != NULL && (!sm2 || EVP_PKEY_CTX_set1_id(context, signature->id, (int)strlen(signature->id)) == 1);
  const EVP_MD *md = sm2 ? EVP_sm3() : EVP_sha256();
  done = done && (check ? EVP_DigestVerifyInit(digest, NULL, md, NULL, signature->key)
                        : EVP_DigestSignInit(digest, NULL, md, NULL, signature->key)) == 1;
  if (!done)
    EVP_PKEY_CTX_free(context);
  return done;
}

static guint8 *sign_key(const Signature *signature, const void *bytes, gsize size, gsize *length) {
  g_autoptr(Digest) digest = EVP_MD_CTX_new();
  if (digest == NULL || !begin(signature, digest, FALSE))
    return NULL;
  guint8 *made = NULL;
  *length = 0;
  if (EVP_DigestSign(digest, NULL, length, bytes, size) == 1) {
    made = g_malloc(*length);
    if (EVP_DigestSign(digest, made, length, bytes, size) != 1)
      g_clear_pointer(&made, g_free);
  }
  EVP_PKEY_CTX_free(EVP_MD_CTX_get_pkey_ctx(digest));
  if (made == NULL || !signature->raw || signature->kind != SIGNATURE_SM2)
    return made;
  guint8 *raw = split_pair(made, *length);
  g_free(made);
  *length = 2 * HALF;
  return raw;
}

static guint8 *sign_secret(const Signature *signature, const void *bytes, gsize size, gsize *length) {
  gsize key_size = 0;
  const void *key = g_bytes_get_data(signature->secret, &key_size);
  guint8 *made = g_malloc(EVP_MAX_MD_SIZE);
  unsigned int made_size = 0;
  if (HMAC(EVP_sha256(), key, (int)key_size, bytes, size, made, &made_size) == NULL)
    g_clear_pointer(&made, g_free);
  *length = made_size;
  return made;
}

char *signature_make(const Signature *signature, const void *bytes, gsize size, GError **error) {
  gsize length = 0;
  g_autofree guint8 *made = signature->kind == SIGNATURE_HMAC ? sign_secret(signature, bytes, size, &length)
                                                              : sign_key(signature, bytes, size, &length);
  if (made != NULL)
    return g_base64_encode(made, length);
  error_set(error, ERROR_PERMANENT, "link_sign", NULL);
  return NULL;
}

static gboolean check_secret(const Signature *signature, const void *bytes, gsize size, const guint8 *given,
                             gsize given_size) {
  gsize length = 0;
  g_autofree guint8 *made = sign_secret(signature, bytes, size, &length);
  return made != NULL && length == given_size && CRYPTO_memcmp(made, given, length) == 0;
}

static gboolean check_key(const Signature *signature, const void *bytes, gsize size, const guint8 *given,
                          gsize given_size) {
  guint8 der[DER_MOST];
  if (signature->kind == SIGNATURE_SM2 && signature->raw) {
    int length = given_size == 2 * HALF ? join_pair(given, der) : -1;
    if (length <= 0)
      return FALSE;
    given = der;
    given_size = (gsize)length;
  }
  g_autoptr(Digest) digest = EVP_MD_CTX_new();
  if (digest == NULL || !begin(signature, digest, TRUE))
    return FALSE;
  gboolean good = EVP_DigestVerify(digest, given, given_size, bytes, size) == 1;
  EVP_PKEY_CTX_free(EVP_MD_CTX_get_pkey_ctx(digest));
  return good;
}

gboolean signature_check(const Signature *signature, const void *bytes, gsize size, const char *base64,
                         GError **error) {
  gsize length = 0;
  g_autofree guint8 *given = g_base64_decode(base64, &length);
  g_autofree char *again = g_base64_encode(given, length); /* GLib passes over what is no base64 */
  gboolean good = length > 0 && g_str_equal(again, base64) &&
                  (signature->kind == SIGNATURE_HMAC ? check_secret : check_key)(signature, bytes, size, given, length);
  return good || error_set(error, ERROR_REFUSED, "answer_signature", NULL);
}
