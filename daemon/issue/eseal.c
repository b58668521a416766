#include "daemon/issue/eseal.h"

#include "daemon/issue/der.h"
#include "daemon/issue/ses.h"
#include "rules/error.h"

enum { VERSION = 4, CERTIFICATES = 1 };

static void info_free(SES_INFO *info) {
  ASN1_item_free((ASN1_VALUE *)info, ASN1_ITEM_rptr(SES_INFO));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SES_INFO, info_free)

static void seal_free(SES_SEAL *seal) {
  ASN1_item_free((ASN1_VALUE *)seal, ASN1_ITEM_rptr(SES_SEAL));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SES_SEAL, seal_free)

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
    der_fail("eSealInfo", error);
    return NULL;
  }
  return der_encode(info, ASN1_ITEM_rptr(SES_INFO), error);
}

static int algorithm_of(const CaKey *maker) {
  static const int nids[] = {[SIGN_RSA_SHA256] = NID_sha256WithRSAEncryption,
                             [SIGN_ECDSA_SHA256] = NID_ecdsa_with_SHA256,
                             [SIGN_SM2_SM3] = NID_SM2_with_SM3};
  return nids[cakey_algorithm(maker)];
}

static gboolean set_maker(ASN1_OCTET_STRING *string, const X509 *maker, GError **error) {
  guint8 *der = NULL;
  int size = i2d_X509(maker, &der);
  g_autoptr(GBytes) bytes = der_take(der, size, error);
  return bytes != NULL && (set_bytes(string, bytes) || der_fail("certificate of the seal maker", error));
}

/* Takes the bytes as they were recorded. */
static gboolean set_info(ASN1_TYPE *into, GBytes *info, GError **error) {
  ASN1_STRING *sequence = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
  if (sequence == NULL || !set_bytes(sequence, info)) {
    ASN1_STRING_free(sequence);
    return der_fail("eSealInfo", error);
  }
  ASN1_TYPE_set(into, V_ASN1_SEQUENCE, sequence);
  return TRUE;
}

static gboolean wrap(SES_SEAL *seal, GBytes *info, CaKey *maker, GError **error) {
  g_autoptr(GBytes) signature = cakey_sign(maker, info, error);
  if (signature == NULL)
    return FALSE;
  seal->algorithm = OBJ_nid2obj(algorithm_of(maker));
  seal->signature->flags = ASN1_STRING_FLAG_BITS_LEFT; /* all bits count, zeros at the end too */
  return set_info(seal->info, info, error) && set_maker(seal->maker, cakey_certificate(maker), error) &&
         (set_bytes(seal->signature, signature) || der_fail("signature", error));
}

GBytes *eseal_sign(GBytes *info, CaKey *maker, Instant now, GError **error) {
  if (!cakey_check(maker, now, now, NULL)) {
    error_set(error, ERROR_PERMANENT, "seal_maker", "detail", "not valid now", NULL);
    return NULL;
  }
  g_autoptr(SES_SEAL) seal = (SES_SEAL *)ASN1_item_new(ASN1_ITEM_rptr(SES_SEAL));
  if (seal == NULL) {
    der_fail("SESeal", error);
    return NULL;
  }
  return wrap(seal, info, maker, error) ? der_encode(seal, ASN1_ITEM_rptr(SES_SEAL), error) : NULL;
}
