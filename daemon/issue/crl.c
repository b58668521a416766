#include "daemon/issue/crl.h"

#include <openssl/x509v3.h>

#include "daemon/issue/der.h"
#include "daemon/issue/signed.h"

typedef struct {
  ASN1_INTEGER *version;
  X509_ALGOR *algorithm;
  X509_NAME *issuer;
  ASN1_TIME *this_update, *next_update;
  STACK_OF(X509_REVOKED) * revoked;
  STACK_OF(X509_EXTENSION) * extensions;
} CERT_LIST;

/* clang-format off */
ASN1_SEQUENCE(CERT_LIST) = {
  ASN1_SIMPLE(CERT_LIST, version, ASN1_INTEGER),
  ASN1_SIMPLE(CERT_LIST, algorithm, X509_ALGOR),
  ASN1_SIMPLE(CERT_LIST, issuer, X509_NAME),
  ASN1_SIMPLE(CERT_LIST, this_update, ASN1_TIME),
  ASN1_SIMPLE(CERT_LIST, next_update, ASN1_TIME),
  ASN1_SEQUENCE_OF_OPT(CERT_LIST, revoked, X509_REVOKED),
  ASN1_EXP_SEQUENCE_OF(CERT_LIST, extensions, X509_EXTENSION, 0),
} static_ASN1_SEQUENCE_END(CERT_LIST)
    /* clang-format on */

    static void list_free(CERT_LIST * list) {
  ASN1_item_free((ASN1_VALUE *)list, ASN1_ITEM_rptr(CERT_LIST));
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CERT_LIST, list_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REVOKED, X509_REVOKED_free)
typedef ASN1_ENUMERATED Enumerated;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Enumerated, ASN1_ENUMERATED_free)

enum { VERSION_2 = 1 };

static gboolean set_time(ASN1_TIME *field, Instant at) {
  return ASN1_TIME_set(field, (time_t)(at / INSTANT_SECOND)) != NULL;
}

/* No reason is written for "unspecified" (RFC 5280 section 5.3.1). */
static gboolean add_one(CERT_LIST *list, const Revocation *each) {
  g_autoptr(X509_REVOKED) entry = X509_REVOKED_new();
  g_autoptr(ASN1_INTEGER) serial = der_serial(each->serial);
  g_autoptr(ASN1_TIME) at = ASN1_TIME_new();
  g_autoptr(Enumerated) reason = ASN1_ENUMERATED_new();
  if (serial == NULL || !set_time(at, each->at) || ASN1_ENUMERATED_set(reason, (long)each->reason) != 1 ||
      X509_REVOKED_set_serialNumber(entry, serial) != 1 || X509_REVOKED_set_revocationDate(entry, at) != 1 ||
      (each->reason != REVOKED_UNSPECIFIED && X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0) != 1) ||
      sk_X509_REVOKED_push(list->revoked, entry) == 0)
    return FALSE;
  g_steal_pointer(&entry);
  return TRUE;
}

/* An empty list is left out altogether (RFC 5280 section 5.1.2.6). */
static gboolean add_all(CERT_LIST *list, const CrlPlan *plan) {
  list->revoked = plan->count > 0 ? sk_X509_REVOKED_new_null() : NULL;
  for (gsize i = 0; i < plan->count; i++)
    if (!add_one(list, &plan->revoked[i]))
      return FALSE;
  return TRUE;
}

static gboolean add_extensions(CERT_LIST *list, const CrlPlan *plan, const X509 *ca) {
  g_autoptr(ASN1_INTEGER) number = ASN1_INTEGER_new();
  X509V3_CTX context;
  X509V3_set_ctx(&context, (X509 *)ca, NULL, NULL, NULL, 0);
  X509_EXTENSION *key = X509V3_EXT_nconf_nid(NULL, &context, NID_authority_key_identifier, "keyid:always");
  gboolean added = key != NULL && sk_X509_EXTENSION_push(list->extensions, key) > 0;
  return added && ASN1_INTEGER_set_int64(number, plan->number) == 1 &&
         X509V3_add1_i2d(&list->extensions, NID_crl_number, number, 0, X509V3_ADD_APPEND) == 1;
}

GBytes *crl_tbs(const CrlPlan *plan, const CaKey *ca, GError **error) {
  if (!cakey_check(ca, plan->this_update, plan->next_update, error))
    return NULL;
  const X509 *authority = cakey_certificate(ca);
  g_autoptr(CERT_LIST) list = (CERT_LIST *)ASN1_item_new(ASN1_ITEM_rptr(CERT_LIST));
  if (plan->number < 1 || plan->this_update >= plan->next_update || ASN1_INTEGER_set(list->version, VERSION_2) != 1 ||
      !signed_algorithm(cakey_algorithm(ca), list->algorithm) ||
      X509_NAME_set(&list->issuer, X509_get_subject_name(authority)) != 1 ||
      !set_time(list->this_update, plan->this_update) || !set_time(list->next_update, plan->next_update) ||
      !add_all(list, plan) || !add_extensions(list, plan, authority)) {
    der_fail("CRL", error);
    return NULL;
  }
  return der_encode(list, ASN1_ITEM_rptr(CERT_LIST), error);
}
