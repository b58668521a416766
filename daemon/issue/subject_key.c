#include "daemon/issue/subject_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "rules/error.h"

typedef EVP_PKEY_CTX KeyContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyContext, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM, OSSL_PARAM_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free)

enum { RSA_BITS = 3072, POINT = 65, UNCOMPRESSED = 4 };

EVP_PKEY *subject_key_make(KeyKind kind, GError **error) {
  EVP_PKEY *key = kind == KEY_RSA_3072 ? EVP_RSA_gen(RSA_BITS)
                  : kind == KEY_P256   ? EVP_EC_gen("P-256")
                                       : EVP_PKEY_Q_keygen(NULL, NULL, "SM2");
  if (key == NULL) {
    ERR_clear_error();
    error_set(error, ERROR_TEMPORARY, "crypto", "detail", "key generation", NULL);
  }
  return key;
}

static OSSL_PARAM *rsa_numbers(const PlainKey *plain) {
  g_autoptr(OSSL_PARAM_BLD) build = OSSL_PARAM_BLD_new();
  g_autoptr(BIGNUM) n = BN_bin2bn(plain->bytes, PLAINKEY_MAX, NULL), e = BN_new();
  return BN_set_word(e, RSA_F4) == 1 && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
                 OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1
             ? OSSL_PARAM_BLD_to_param(build)
             : NULL;
}

static OSSL_PARAM *point_numbers(const PlainKey *plain) {
  g_autoptr(OSSL_PARAM_BLD) build = OSSL_PARAM_BLD_new();
  guint8 point[POINT] = {UNCOMPRESSED};
  memcpy(point + 1, plain->bytes, POINT - 1);
  return OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME,
                                         plain->kind == KEY_SM2 ? "SM2" : "prime256v1", 0) == 1 &&
                 OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, POINT) == 1
             ? OSSL_PARAM_BLD_to_param(build)
             : NULL;
}

static gboolean sound(EVP_PKEY *key) {
  g_autoptr(KeyContext) context = EVP_PKEY_CTX_new(key, NULL);
  return context != NULL && EVP_PKEY_public_check(context) == 1;
}

EVP_PKEY *subject_key_public(const PlainKey *plain, GError **error) {
  static const char *const TYPES[KEY_KINDS] = {"RSA", "EC", "SM2"};
  g_autoptr(KeyContext) context = EVP_PKEY_CTX_new_from_name(NULL, TYPES[plain->kind], NULL);
  g_autoptr(OSSL_PARAM) numbers = plain->kind == KEY_RSA_3072 ? rsa_numbers(plain) : point_numbers(plain);
  g_autoptr(EVP_PKEY) key = NULL;
  if (context != NULL && numbers != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, numbers) == 1 && sound(key))
    return g_steal_pointer(&key);
  ERR_clear_error();
  error_set(error, ERROR_REFUSED, "subject_key", "value", keykind_word(plain->kind), NULL);
  return NULL;
}

gboolean subject_key_kind(EVP_PKEY *key, KeyKind *kind) {
  char group[32] = "";
  gboolean curve = EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1;
  if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == RSA_BITS)
    *kind = KEY_RSA_3072;
  else if (EVP_PKEY_is_a(key, "SM2"))
    *kind = KEY_SM2;
  else if (curve && EVP_PKEY_is_a(key, "EC") && g_str_equal(group, "prime256v1"))
    *kind = KEY_P256;
  else
    return FALSE;
  return TRUE;
}

static gboolean read_modulus(EVP_PKEY *key, guint8 *bytes) {
  g_autoptr(BIGNUM) n = NULL;
  g_autoptr(BIGNUM) e = NULL;
  return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
         EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_word(e, RSA_F4) &&
         BN_bn2binpad(n, bytes, PLAINKEY_MAX) == PLAINKEY_MAX;
}

static gboolean read_point(EVP_PKEY *key, guint8 *bytes) {
  g_autoptr(BIGNUM) x = NULL;
  g_autoptr(BIGNUM) y = NULL;
  return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
         EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 && BN_bn2binpad(x, bytes, 32) == 32 &&
         BN_bn2binpad(y, bytes + 32, 32) == 32;
}

gboolean subject_key_plain(EVP_PKEY *key, PlainKey *plain, GError **error) {
  PlainKey read = {0};
  if (subject_key_kind(key, &read.kind) &&
      (read.kind == KEY_RSA_3072 ? read_modulus(key, read.bytes) : read_point(key, read.bytes))) {
    *plain = read;
    return TRUE;
  }
  ERR_clear_error();
  return error_set(error, ERROR_REFUSED, "subject_key", "expected", "rsa-3072|p-256|sm2", NULL);
}
