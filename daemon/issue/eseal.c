#include "daemon/issue/eseal.h"

#include <openssl/err.h>
#include <string.h>

#include "daemon/issue/ses.h"
#include "rules/error.h"

enum { VERSION = 4, CERTIFICATES = 1 };

/* GB/T 35276-2017, section 10: the id that everybody uses. OpenSSL's default is the empty one. */
static const char sm2_id[] = "1234567812345678";

static void info_free(SES_INFO *info) {
  ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(SES_INFO));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SES_INFO, info_free)

static void seal_free(SES_SEAL *seal) {
  ASN1_item_free((ASN1_VALUE *)seal, ASN1_ITEM_rptr(SES_SEAL));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SES_SEAL, seal_free)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

static gboolean crypto(GError **error) {
  char detail[256];
  ERR_error_string_n(ERR_get_error(), detail, sizeof detail);
  ERR_clear_error();
  return error_set(error, ERROR_PERMANENT, "crypto", "detail", detail, NULL);
}

static GBytes *encode(const void *value, const ASN1_ITEM *item, GError **error) {
  guint8 *der = NULL;
  int size = ASN1_item_i2d(value, &der, item);
  if (size < 0) {
    crypto(error);
    return NULL;
  }
  GBytes *bytes = g_bytes_new(der, (gsize)size);
  OPENSSL_free(der);
  return bytes;
}

static gboolean set_text(ASN1_STRING *string, const char *text) {
  return ASN1_STRING_set(string, text, -1) == 1;
}

static gboolean set_bytes(ASN1_STRING *string, GBytes *bytes) {
  gsize size;
  const void *data = g_bytes_get_data(bytes, &size);
  return size <= G_MAXINT && ASN1_STRING_set(string, data, (int)size) == 1;
}

static gboolean set_time(ASN1_GENERALIZEDTIME *time, Instant instant) {
  return ASN1_GENERALIZEDTIME_set(time, (time_t)(instant / INSTANT_SECOND)) != NULL;
}

static gboolean add_certificates(SES_PROPERTY *property, GBytes *const *certificates) {
  for (; *certificates != NULL; certificates++) {
    ASN1_OCTET_STRING *one = ASN1_OCTET_STRING_new();
    if (one == NULL || !set_bytes(one, *certificates) || sk_ASN1_OCTET_STRING_push(property->certificates, one) == 0) {
      ASN1_OCTET_STRING_free(one);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean fill_property(SES_PROPERTY *property, const Eseal *eseal) {
  return ASN1_INTEGER_set(property->type, eseal->type) == 1 && set_text(property->name, eseal->name) &&
         ASN1_INTEGER_set(property->list_type, CERTIFICATES) == 1 && add_certificates(property, eseal->certificates) &&
         set_time(property->made_at, eseal->made_at) && set_time(property->valid_from, eseal->valid_from) &&
         set_time(property->valid_until, eseal->valid_until);
}

static gboolean fill(SES_INFO *info, const Eseal *eseal) {
  const Picture *picture = eseal->picture;
  return set_text(info->header->id, "ES") && ASN1_INTEGER_set(info->header->version, VERSION) == 1 &&
         set_text(info->header->vendor, eseal->vendor) && set_text(info->id, eseal->id) &&
         fill_property(info->property, eseal) && set_text(info->picture->type, "PNG") &&
         set_bytes(info->picture->data, picture->png) && ASN1_INTEGER_set(info->picture->width, picture->width) == 1 &&
         ASN1_INTEGER_set(info->picture->height, picture->height) == 1;
}

GBytes *eseal_info(const Eseal *eseal, GError **error) {
  g_autoptr(SES_INFO) info = (SES_INFO *)ASN1_item_new(ASN1_ITEM_rptr(SES_INFO));
  if (info == NULL || !fill(info, eseal)) {
    crypto(error);
    return NULL;
  }
  return encode(info, ASN1_ITEM_rptr(SES_INFO), error);
}

/* How a key signs; digest NULL for a kind that makes no seals. */
typedef struct {
  const EVP_MD *digest;
  int algorithm;
} Scheme;

static Scheme scheme_of(const EVP_PKEY *key) {
  if (EVP_PKEY_is_a(key, "SM2"))
    return (Scheme){EVP_sm3(), NID_SM2_with_SM3};
  if (EVP_PKEY_is_a(key, "RSA"))
    return (Scheme){EVP_sha256(), NID_sha256WithRSAEncryption};
  return (Scheme){0};
}

typedef int Begin(EVP_MD_CTX *context, EVP_PKEY_CTX **key, const EVP_MD *digest, ENGINE *engine, EVP_PKEY *pkey);

static EVP_MD_CTX *begin(Begin *how, EVP_PKEY *key) {
  g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
  EVP_PKEY_CTX *pctx = NULL;
  if (context == NULL || how(context, &pctx, scheme_of(key).digest, NULL, key) != 1 ||
      (EVP_PKEY_is_a(key, "SM2") && EVP_PKEY_CTX_set1_id(pctx, sm2_id, strlen(sm2_id)) != 1))
    return NULL;
  return g_steal_pointer(&context);
}

static gboolean sign(SES_SEAL *seal, EVP_PKEY *key, const void *info, gsize info_size) {
  g_autoptr(EVP_MD_CTX) context = begin(EVP_DigestSignInit, key);
  gsize size = (gsize)EVP_PKEY_get_size(key);
  g_autofree guint8 *value = g_malloc(size);
  if (context == NULL || EVP_DigestSign(context, value, &size, info, info_size) != 1)
    return FALSE;
  seal->signature->flags = ASN1_STRING_FLAG_BITS_LEFT; /* all bits count, zeros at the end too */
  return ASN1_BIT_STRING_set(seal->signature, value, (int)size) == 1;
}

static gboolean verify(const SES_SEAL *seal, X509 *maker, const void *info, gsize size) {
  EVP_PKEY *key = X509_get0_pubkey(maker);
  g_autoptr(EVP_MD_CTX) context = begin(EVP_DigestVerifyInit, key);
  return context != NULL && EVP_DigestVerify(context, ASN1_STRING_get0_data(seal->signature),
                                             (gsize)ASN1_STRING_length(seal->signature), info, size) == 1;
}

static gboolean check_maker(X509 *maker, EVP_PKEY *key, Instant now, GError **error) {
  time_t at = (time_t)(now / INSTANT_SECOND);
  const char *detail = scheme_of(key).digest == NULL                        ? "maker_key_kind"
                       : X509_check_private_key(maker, key) != 1            ? "maker_key_other"
                       : X509_cmp_time(X509_get0_notBefore(maker), &at) > 0 ? "maker_early"
                       : X509_cmp_time(X509_get0_notAfter(maker), &at) < 0  ? "maker_expired"
                                                                            : NULL;
  ERR_clear_error();
  return detail == NULL || error_set(error, ERROR_PERMANENT, "seal_maker", "detail", detail, NULL);
}

static gboolean set_maker(SES_SEAL *seal, X509 *maker) {
  guint8 *der = NULL;
  int size = i2d_X509(maker, &der);
  gboolean done = size > 0 && ASN1_STRING_set(seal->maker, der, size) == 1;
  OPENSSL_free(der);
  return done;
}

static gboolean wrap(SES_SEAL *seal, X509 *maker, EVP_PKEY *key, const void *info, gsize size) {
  ASN1_STRING *sequence = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
  if (sequence == NULL || ASN1_STRING_set(sequence, info, (int)size) != 1) {
    ASN1_STRING_free(sequence);
    return FALSE;
  }
  ASN1_TYPE_set(seal->info, V_ASN1_SEQUENCE, sequence);
  seal->algorithm = OBJ_nid2obj(scheme_of(key).algorithm);
  return set_maker(seal, maker) && sign(seal, key, info, size) && verify(seal, maker, info, size);
}

GBytes *eseal_sign(GBytes *info, X509 *maker, EVP_PKEY *key, Instant now, GError **error) {
  gsize size;
  const void *bytes = g_bytes_get_data(info, &size);
  if (!check_maker(maker, key, now, error))
    return NULL;
  g_autoptr(SES_SEAL) seal = (SES_SEAL *)ASN1_item_new(ASN1_ITEM_rptr(SES_SEAL));
  if (seal == NULL || size > G_MAXINT || !wrap(seal, maker, key, bytes, size)) {
    crypto(error);
    return NULL;
  }
  return encode(seal, ASN1_ITEM_rptr(SES_SEAL), error);
}
