#include "daemon/issue/signed.h"

#include <openssl/err.h>
#include <string.h>

#include "daemon/issue/der.h"
#include "rules/error.h"

typedef struct {
  ASN1_TYPE *tbs; /* its own bytes, kept as they are */
  X509_ALGOR *algorithm;
  ASN1_BIT_STRING *signature;
} SIGNED;

/* clang-format off */
ASN1_SEQUENCE(SIGNED) = {
  ASN1_SIMPLE(SIGNED, tbs, ASN1_ANY),
  ASN1_SIMPLE(SIGNED, algorithm, X509_ALGOR),
  ASN1_SIMPLE(SIGNED, signature, ASN1_BIT_STRING),
} static_ASN1_SEQUENCE_END(SIGNED)
    /* clang-format on */

    static void whole_free(SIGNED * whole) {
  ASN1_item_free((ASN1_VALUE *)whole, ASN1_ITEM_rptr(SIGNED));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SIGNED, whole_free)
typedef STACK_OF(ASN1_TYPE) Fields;
static void fields_free(Fields *fields) {
  sk_ASN1_TYPE_pop_free(fields, ASN1_TYPE_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fields, fields_free)

gboolean signed_algorithm(SignAlgorithm algorithm, X509_ALGOR *identifier) {
  static const struct {
    int nid, parameters;
  } IDENTIFIERS[] = {
      [SIGN_RSA_SHA256] = {NID_sha256WithRSAEncryption, V_ASN1_NULL},
      [SIGN_ECDSA_SHA256] = {NID_ecdsa_with_SHA256, V_ASN1_UNDEF},
      [SIGN_SM2_SM3] = {NID_SM2_with_SM3, V_ASN1_UNDEF},
  };
  return X509_ALGOR_set0(identifier, OBJ_nid2obj(IDENTIFIERS[algorithm].nid), IDENTIFIERS[algorithm].parameters,
                         NULL) == 1;
}

/* The n-th field that is a SEQUENCE, from 0, as it is encoded; NULL when there is none. */
static const ASN1_STRING *sequence_at(const Fields *fields, int n) {
  for (int i = 0; i < sk_ASN1_TYPE_num(fields); i++) {
    const ASN1_TYPE *field = sk_ASN1_TYPE_value(fields, i);
    if (field->type == V_ASN1_SEQUENCE && n-- == 0)
      return field->value.sequence;
  }
  return NULL;
}

static gboolean same(const ASN1_STRING *field, GBytes *der) {
  gsize size;
  const guint8 *bytes = der != NULL ? g_bytes_get_data(der, &size) : NULL;
  return field != NULL && bytes != NULL && (gsize)ASN1_STRING_length(field) == size &&
         memcmp(ASN1_STRING_get0_data(field), bytes, size) == 0;
}

/* In a certificate and in a CRL alike the first two sequences are the algorithm and the issuer. */
static gboolean ours(const CaKey *ca, const X509_ALGOR *identifier, GBytes *tbs) {
  gsize size;
  const guint8 *at = g_bytes_get_data(tbs, &size), *end = at + size;
  g_autoptr(Fields) fields = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)size);
  g_autoptr(GBytes) algorithm = der_encode(identifier, ASN1_ITEM_rptr(X509_ALGOR), NULL),
                    issuer = der_encode(X509_get_subject_name(cakey_certificate(ca)), ASN1_ITEM_rptr(X509_NAME), NULL);
  ERR_clear_error();
  return fields != NULL && at == end && same(sequence_at(fields, 0), algorithm) && same(sequence_at(fields, 1), issuer);
}

static SIGNED *join(GBytes *tbs, X509_ALGOR **identifier, GBytes *signature) {
  g_autoptr(SIGNED) whole = (SIGNED *)ASN1_item_new(ASN1_ITEM_rptr(SIGNED));
  gsize size, length;
  const guint8 *at = g_bytes_get_data(tbs, &size), *value = g_bytes_get_data(signature, &length);
  if (whole == NULL || d2i_ASN1_TYPE(&whole->tbs, &at, (long)size) == NULL ||
      ASN1_BIT_STRING_set(whole->signature, (guint8 *)value, (int)length) != 1)
    return NULL;
  whole->signature->flags = ASN1_STRING_FLAG_BITS_LEFT; /* none is left, even where the last bits are 0 */
  X509_ALGOR_free(whole->algorithm);
  whole->algorithm = g_steal_pointer(identifier);
  return g_steal_pointer(&whole);
}

GBytes *signed_wrap(CaKey *ca, GBytes *tbs, GError **error) {
  g_autoptr(X509_ALGOR) identifier = X509_ALGOR_new();
  if (identifier == NULL || !signed_algorithm(cakey_algorithm(ca), identifier)) {
    der_fail("algorithm", error);
    return NULL;
  }
  g_autoptr(GBytes) signature = cakey_sign(ca, tbs, error);
  if (signature == NULL)
    return NULL;
  g_autoptr(SIGNED) whole = join(tbs, &identifier, signature);
  return der_encode(whole, ASN1_ITEM_rptr(SIGNED), error);
}

GBytes *signed_make(CaKey *ca, GBytes *tbs, GError **error) {
  g_autoptr(X509_ALGOR) identifier = X509_ALGOR_new();
  if (identifier != NULL && signed_algorithm(cakey_algorithm(ca), identifier) && ours(ca, identifier, tbs))
    return signed_wrap(ca, tbs, error);
  error_set(error, ERROR_PERMANENT, "ca_tbs", NULL);
  return NULL;
}

static SIGNED *split(GBytes *der) {
  gsize size;
  const guint8 *at = g_bytes_get_data(der, &size), *end = at + size;
  g_autoptr(SIGNED) whole = (SIGNED *)ASN1_item_d2i(NULL, &at, (long)size, ASN1_ITEM_rptr(SIGNED));
  ERR_clear_error();
  return whole != NULL && at == end && whole->tbs->type == V_ASN1_SEQUENCE ? g_steal_pointer(&whole) : NULL;
}

GBytes *signed_tbs(GBytes *signed_der) {
  g_autoptr(SIGNED) whole = split(signed_der);
  const ASN1_STRING *tbs = whole != NULL ? whole->tbs->value.sequence : NULL;
  return tbs != NULL ? g_bytes_new(ASN1_STRING_get0_data(tbs), (gsize)ASN1_STRING_length(tbs)) : NULL;
}

gboolean signed_verify(const X509 *certificate, GBytes *signed_der) {
  g_autoptr(SIGNED) whole = split(signed_der);
  g_autoptr(GBytes) tbs = whole != NULL ? signed_tbs(signed_der) : NULL,
                    value = whole != NULL ? g_bytes_new(ASN1_STRING_get0_data(whole->signature),
                                                        (gsize)ASN1_STRING_length(whole->signature))
                                          : NULL;
  return whole != NULL && cakey_verify(certificate, tbs, value);
}
