#include "daemon/issue/profile.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "rules/error.h"

void certificate_profile_free(CertificateProfile *profile) {
  if (profile == NULL)
    return;
  g_strfreev(profile->subject);
  g_strfreev(profile->policies);
  for (int i = 0; i < CERTIFICATE_USES; i++)
    g_free(profile->usage[i]);
  g_free(profile->extended_usage);
  g_free(profile->statement);
  g_free(profile->crl);
  g_free(profile->ocsp);
  g_free(profile->issuer);
  g_free(profile);
}

typedef gboolean Check(const char *value);

static gboolean extension_fits(int nid, const char *value) {
  X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, NULL, nid, value);
  gboolean fits = extension != NULL;
  X509_EXTENSION_free(extension);
  ERR_clear_error();
  return fits;
}

static gboolean usage_fits(const char *value) {
  return extension_fits(NID_key_usage, value);
}
static gboolean extended_fits(const char *value) {
  return extension_fits(NID_ext_key_usage, value);
}
static gboolean policy_fits(const char *value) {
  ASN1_OBJECT *object = OBJ_txt2obj(value, 1);
  gboolean fits = object != NULL;
  ASN1_OBJECT_free(object);
  ERR_clear_error();
  return fits;
}

/* No comma and no blank: each stands in a list of OpenSSL's. */
static gboolean address_fits(const char *value) {
  return (g_str_has_prefix(value, "http://") || g_str_has_prefix(value, "https://") ||
          g_str_has_prefix(value, "ldap://")) &&
         g_str_is_ascii(value) && strpbrk(value, ", ;\"") == NULL;
}

static gboolean element_fits(const char *element) {
  static const char *const TYPES[] = {"C", "ST", "L", "O", "OU", "CN", "serialNumber", "emailAddress", NULL};
  static const char *const FIELDS[] = {"name", "organisation", "unit",  "province", "city",
                                       "uscc", "id_number",    "email", "user_id",  NULL};
  const char *colon = strchr(element, ':');
  g_autofree char *type = colon != NULL ? g_strndup(element, (gsize)(colon - element)) : NULL;
  if (type == NULL || !g_strv_contains(TYPES, type) || colon[1] == '\0')
    return FALSE;
  if (colon[1] != '{')
    return strpbrk(colon + 1, "{}") == NULL && g_utf8_validate(colon + 1, -1, NULL);
  gsize length = strlen(colon + 2);
  g_autofree char *field = length > 1 && colon[1 + length] == '}' ? g_strndup(colon + 2, length - 1) : NULL;
  return field != NULL && g_strv_contains(FIELDS, field);
}

typedef struct {
  GKeyFile *file;
  const char *name, *section;
  GError **error;
} Reading;

static gboolean unfit(const Reading *reading, const char *field, const char *value) {
  return error_set(reading->error, ERROR_PERMANENT, "config_certificate", "file", reading->name, "field", field,
                   "value", value, NULL);
}

static gboolean read_value(const Reading *reading, const char *key, gboolean needed, Check *check, char **value) {
  *value = g_key_file_get_value(reading->file, reading->section, key, NULL);
  if (*value == NULL)
    return !needed || unfit(reading, key, NULL);
  g_strstrip(*value);
  return (check(*value) && strpbrk(*value, "\r\n") == NULL) || unfit(reading, key, *value);
}

static gboolean read_list(const Reading *reading, const char *key, const char *separator, Check *check, char ***list) {
  g_autofree char *text = g_key_file_get_value(reading->file, reading->section, key, NULL);
  *list = text != NULL ? g_strsplit(text, separator, -1) : NULL;
  for (char **each = *list; each != NULL && *each != NULL; each++)
    if (!check(g_strstrip(*each)))
      return unfit(reading, key, *each);
  return TRUE;
}

static gboolean read_identity(const Reading *reading, IdentityShape *shape) {
  g_autofree char *word = g_key_file_get_value(reading->file, reading->section, "identity", NULL);
  *shape = g_strcmp0(word, "plain") == 0    ? IDENTITY_PLAIN
           : g_strcmp0(word, "hashed") == 0 ? IDENTITY_HASHED
                                            : IDENTITY_ABSENT;
  return *shape != IDENTITY_ABSENT || word == NULL || g_str_equal(word, "absent") || unfit(reading, "identity", word);
}

static gboolean known_keys(const Reading *reading) {
  static const char *const KEYS[] = {"subject",        "identity", "usage_single", "usage_signing", "usage_encryption",
                                     "extended_usage", "policies", "statement",    "crl",           "ocsp",
                                     "issuer",         NULL};
  g_auto(GStrv) keys = g_key_file_get_keys(reading->file, reading->section, NULL, NULL);
  if (keys == NULL)
    return unfit(reading, reading->section, NULL);
  for (char **key = keys; *key != NULL; key++)
    if (!g_strv_contains(KEYS, *key))
      return unfit(reading, *key, NULL);
  return TRUE;
}

CertificateProfile *certificate_profile_read(GKeyFile *file, const char *name, const char *section, GError **error) {
  Reading reading = {file, name, section, error};
  g_autoptr(CertificateProfile) made = g_new0(CertificateProfile, 1);
  if (!known_keys(&reading) || !read_list(&reading, "subject", "|", element_fits, &made->subject) ||
      !read_identity(&reading, &made->identity) ||
      !read_value(&reading, "usage_single", TRUE, usage_fits, &made->usage[CERTIFICATE_SINGLE]) ||
      !read_value(&reading, "usage_signing", TRUE, usage_fits, &made->usage[CERTIFICATE_SIGNING]) ||
      !read_value(&reading, "usage_encryption", TRUE, usage_fits, &made->usage[CERTIFICATE_ENCRYPTION]) ||
      !read_value(&reading, "extended_usage", FALSE, extended_fits, &made->extended_usage) ||
      !read_list(&reading, "policies", ",", policy_fits, &made->policies) ||
      !read_value(&reading, "statement", FALSE, address_fits, &made->statement) ||
      !read_value(&reading, "crl", FALSE, address_fits, &made->crl) ||
      !read_value(&reading, "ocsp", FALSE, address_fits, &made->ocsp) ||
      !read_value(&reading, "issuer", FALSE, address_fits, &made->issuer))
    return NULL;
  if (made->subject == NULL || made->subject[0] == NULL) {
    unfit(&reading, "subject", NULL);
    return NULL;
  }
  return g_steal_pointer(&made);
}
