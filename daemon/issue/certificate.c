#include "daemon/issue/certificate.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "daemon/issue/der.h"
#include "daemon/issue/signed.h"
#include "rules/error.h"

#define OID_IDENTITY "1.2.156.10260.4.1.1"
#define OID_USCC "1.2.156.10260.4.1.4"

enum { SERIAL_BYTES = 16 };

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_OBJECT, ASN1_OBJECT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_STRING, ASN1_STRING_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CERTIFICATEPOLICIES, CERTIFICATEPOLICIES_free)

char *certificate_serial(GError **error) {
  guint8 bytes[SERIAL_BYTES];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    ERR_clear_error();
    error_set(error, ERROR_TEMPORARY, "crypto", "detail", "random numbers", NULL);
    return NULL;
  }
  bytes[0] = (guint8)((bytes[0] & 0x3f) | 0x40);
  char *hex = g_malloc0(2 * SERIAL_BYTES + 1);
  for (int i = 0; i < SERIAL_BYTES; i++)
    g_snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
  return hex;
}

static const char *field_of(const CertificateSubject *subject, const char *name, gsize length) {
  const struct {
    const char *name, *value;
  } fields[] = {
      {"name", subject->name},           {"organisation", subject->organisation},
      {"unit", subject->unit},           {"province", subject->province},
      {"city", subject->city},           {"uscc", subject->uscc},
      {"id_number", subject->id_number}, {"email", subject->email},
      {"user_id", subject->user_id},
  };
  for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
    if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
      return fields[i].value;
  return NULL;
}

/* "O:{organisation}" or "C:CN"; upper bounds are the library's, of X.520. */
static gboolean add_element(const CertificateSubject *subject, const char *element, X509_NAME *name, GError **error) {
  const char *colon = strchr(element, ':'), *value = colon + 1;
  g_autofree char *type = g_strndup(element, (gsize)(colon - element));
  if (value[0] == '{')
    value = field_of(subject, value + 1, strlen(value) - 2);
  if (value == NULL)
    return TRUE;
  if (g_utf8_validate(value, -1, NULL) &&
      X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, (const guint8 *)value, -1, -1, 0) == 1)
    return TRUE;
  ERR_clear_error();
  return error_set(error, ERROR_REFUSED, "certificate_subject", "field", type, NULL);
}

static gboolean set_names(const CertificatePlan *plan, const CaKey *ca, X509 *certificate, GError **error) {
  g_autoptr(X509_NAME) name = X509_NAME_new();
  for (char **element = plan->profile->subject; *element != NULL; element++)
    if (!add_element(plan->subject, *element, name, error))
      return FALSE;
  if (X509_NAME_entry_count(name) == 0)
    return error_set(error, ERROR_REFUSED, "certificate_subject", NULL);
  return (X509_set_subject_name(certificate, name) == 1 &&
          X509_set_issuer_name(certificate, X509_get_subject_name(cakey_certificate(ca))) == 1) ||
         der_fail("names", error);
}

static gboolean set_numbers(const CertificatePlan *plan, const CaKey *ca, X509 *certificate, GError **error) {
  g_autoptr(ASN1_INTEGER) serial = der_serial(plan->serial);
  g_autoptr(ASN1_TIME) begin = ASN1_TIME_set(NULL, (time_t)(plan->not_before / INSTANT_SECOND)),
                       end = ASN1_TIME_set(NULL, (time_t)(plan->not_after / INSTANT_SECOND));
  /* The library gives this field for reading only, and has no other way to fill it without signing. */
  X509_ALGOR *algorithm = (X509_ALGOR *)X509_get0_tbs_sigalg(certificate);
  return (serial != NULL && begin != NULL && end != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
          X509_set_serialNumber(certificate, serial) == 1 && X509_set1_notBefore(certificate, begin) == 1 &&
          X509_set1_notAfter(certificate, end) == 1 && X509_set_pubkey(certificate, plan->key) == 1 &&
          signed_algorithm(cakey_algorithm(ca), algorithm)) ||
         der_fail("serial, times or key", error);
}

/* value in OpenSSL's words (x509v3_config(5)); NULL adds nothing. Only values of the profile come here. */
static gboolean add_words(X509V3_CTX *context, int nid, const char *value, GError **error) {
  if (value == NULL)
    return TRUE;
  g_autoptr(X509_EXTENSION) extension = X509V3_EXT_nconf_nid(NULL, context, nid, value);
  return (extension != NULL && X509_add_ext(context->subject_cert, extension, -1) == 1) ||
         der_fail(OBJ_nid2sn(nid), error);
}

static gboolean add_address(X509V3_CTX *context, int nid, const char *prefix, const char *address, const char *prefix2,
                            const char *address2, GError **error) {
  g_autoptr(GString) words = g_string_new(NULL);
  if (address != NULL)
    g_string_append_printf(words, "%s%s", prefix, address);
  if (address2 != NULL)
    g_string_append_printf(words, "%s%s%s", words->len > 0 ? "," : "", prefix2, address2);
  return add_words(context, nid, words->len > 0 ? words->str : NULL, error);
}

static gboolean add_email(X509 *certificate, const char *email, GError **error) {
  if (email == NULL)
    return TRUE;
  GENERAL_NAMES *names = GENERAL_NAMES_new();
  GENERAL_NAME *name = GENERAL_NAME_new();
  ASN1_IA5STRING *text = ASN1_IA5STRING_new();
  ASN1_STRING_set(text, email, -1);
  GENERAL_NAME_set0_value(name, GEN_EMAIL, text);
  sk_GENERAL_NAME_push(names, name);
  gboolean added = g_str_is_ascii(email) && X509_add1_ext_i2d(certificate, NID_subject_alt_name, names, 0, 0) == 1;
  GENERAL_NAMES_free(names);
  return added || error_set(error, ERROR_REFUSED, "certificate_subject", "field", "emailAddress", NULL);
}

static POLICYINFO *policy_make(const char *oid, const char *statement) {
  POLICYINFO *policy = POLICYINFO_new();
  policy->policyid = OBJ_txt2obj(oid, 1);
  if (statement == NULL)
    return policy;
  POLICYQUALINFO *qualifier = POLICYQUALINFO_new();
  qualifier->pqualid = OBJ_nid2obj(NID_id_qt_cps);
  qualifier->d.cpsuri = ASN1_IA5STRING_new();
  ASN1_STRING_set(qualifier->d.cpsuri, statement, -1);
  policy->qualifiers = sk_POLICYQUALINFO_new_null();
  sk_POLICYQUALINFO_push(policy->qualifiers, qualifier);
  return policy;
}

static gboolean add_policies(X509 *certificate, const CertificateProfile *profile, GError **error) {
  if (profile->policies == NULL || profile->policies[0] == NULL)
    return TRUE;
  g_autoptr(CERTIFICATEPOLICIES) policies = CERTIFICATEPOLICIES_new();
  for (char **oid = profile->policies; *oid != NULL; oid++)
    sk_POLICYINFO_push(policies, policy_make(*oid, profile->statement));
  return X509_add1_ext_i2d(certificate, NID_certificate_policies, policies, 0, 0) == 1 ||
         der_fail("certificatePolicies", error);
}

/* An extension whose value is a PrintableString; NULL adds nothing. */
static gboolean add_printable(X509 *certificate, const char *oid, const char *value, GError **error) {
  if (value == NULL)
    return TRUE;
  g_autoptr(ASN1_OBJECT) object = OBJ_txt2obj(oid, 1);
  g_autoptr(ASN1_STRING) text = ASN1_STRING_type_new(V_ASN1_PRINTABLESTRING);
  ASN1_STRING_set(text, value, -1);
  g_autoptr(GBytes) der = der_encode(text, ASN1_ITEM_rptr(ASN1_PRINTABLESTRING), error);
  g_autoptr(ASN1_STRING) wrapped = ASN1_OCTET_STRING_new();
  if (der == NULL)
    return FALSE;
  ASN1_STRING_set(wrapped, g_bytes_get_data(der, NULL), (int)g_bytes_get_size(der));
  g_autoptr(X509_EXTENSION) extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, wrapped);
  return (ASN1_PRINTABLE_type((const guint8 *)value, -1) == V_ASN1_PRINTABLESTRING && extension != NULL &&
          X509_add_ext(certificate, extension, -1) == 1) ||
         error_set(error, ERROR_REFUSED, "certificate_subject", "field", oid, NULL);
}

static gboolean add_identities(X509 *certificate, const CertificatePlan *plan, GError **error) {
  const char *number = plan->profile->identity == IDENTITY_ABSENT ? NULL : plan->subject->id_number;
  g_autofree char *shown = number != NULL && plan->profile->identity == IDENTITY_HASHED
                               ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, number, -1)
                               : g_strdup(number);
  g_autofree char *upper = shown != NULL ? g_ascii_strup(shown, -1) : NULL;
  return add_printable(certificate, OID_IDENTITY, upper, error) &&
         add_printable(certificate, OID_USCC, plan->subject->uscc, error);
}

static gboolean add_extensions(const CertificatePlan *plan, const CaKey *ca, X509 *certificate, GError **error) {
  const CertificateProfile *profile = plan->profile;
  g_autofree char *usage = g_strdup_printf("critical,%s", profile->usage[plan->use]);
  X509V3_CTX context;
  X509V3_set_ctx(&context, (X509 *)cakey_certificate(ca), certificate, NULL, NULL, X509V3_CTX_REPLACE);
  X509V3_set_ctx_nodb(&context);
  return add_words(&context, NID_basic_constraints, "critical,CA:FALSE", error) &&
         add_words(&context, NID_key_usage, usage, error) &&
         add_words(&context, NID_ext_key_usage, profile->extended_usage, error) &&
         add_words(&context, NID_subject_key_identifier, "hash", error) &&
         add_words(&context, NID_authority_key_identifier, "keyid:always", error) &&
         add_email(certificate, plan->subject->email, error) && add_policies(certificate, profile, error) &&
         add_address(&context, NID_crl_distribution_points, "URI:", profile->crl, NULL, NULL, error) &&
         add_address(&context, NID_info_access, "OCSP;URI:", profile->ocsp, "caIssuers;URI:", profile->issuer, error) &&
         add_identities(certificate, plan, error);
}

GBytes *certificate_tbs(const CertificatePlan *plan, const CaKey *ca, GError **error) {
  if (plan->not_before >= plan->not_after) {
    error_set(error, ERROR_REFUSED, "certificate_times", NULL);
    return NULL;
  }
  g_autoptr(X509) certificate = X509_new();
  if (!cakey_check(ca, plan->not_before, plan->not_after, error) || !set_numbers(plan, ca, certificate, error) ||
      !set_names(plan, ca, certificate, error) || !add_extensions(plan, ca, certificate, error))
    return NULL;
  guint8 *der = NULL;
  int size = i2d_re_X509_tbs(certificate, &der);
  return der_take(der, size, error);
}
