/* Keys of subjects, made on the token. */
#include <openssl/x509.h>
#include <string.h>

#include "daemon/issue/subject_key.h"
#include "daemon/issue/token_own.h"
#include "rules/error.h"

enum { NAME_MAX_BYTES = 64, RSA_BITS = 3072, POINT = 65, ATTRIBUTE_MAX = 512 };

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static gboolean fail(const Token *token, const char *detail, GError **error) {
  return error_set(error, ERROR_PERMANENT, "token", "file", token->module, "detail", detail, NULL);
}

static gboolean generate(Token *token, KeyKind kind, const char *name, CK_OBJECT_HANDLE *public, GError **error) {
  static CK_BYTE exponent[] = {1, 0, 1}, curve[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  CK_ULONG bits = RSA_BITS;
  gboolean rsa = kind == KEY_RSA_3072;
  CK_MECHANISM mechanism = {rsa ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN, NULL, 0};
  CK_ATTRIBUTE open[] = {
      {CKA_TOKEN, &yes, sizeof yes},
      {CKA_VERIFY, &yes, sizeof yes},
      {CKA_LABEL, (void *)name, strlen(name)},
      {CKA_ID, (void *)name, strlen(name)},
      {rsa ? CKA_MODULUS_BITS : CKA_EC_PARAMS, rsa ? (void *)&bits : (void *)curve, rsa ? sizeof bits : sizeof curve},
      {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
  CK_ATTRIBUTE closed[] = {{CKA_TOKEN, &yes, sizeof yes},        {CKA_PRIVATE, &yes, sizeof yes},
                           {CKA_SENSITIVE, &yes, sizeof yes},    {CKA_EXTRACTABLE, &no, sizeof no},
                           {CKA_SIGN, &yes, sizeof yes},         {CKA_LABEL, (void *)name, strlen(name)},
                           {CKA_ID, (void *)name, strlen(name)}, {rsa ? CKA_DECRYPT : CKA_DERIVE, &yes, sizeof yes}};
  CK_OBJECT_HANDLE private;
  CK_RV code = token->call->C_GenerateKeyPair(token->session, &mechanism, open, G_N_ELEMENTS(open) - (rsa ? 0 : 1),
                                              closed, G_N_ELEMENTS(closed), public, &private);
  return token_done(token->module, code, "C_GenerateKeyPair", error);
}

static gboolean read_attribute(Token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, guint8 *value,
                               gsize *size, GError **error) {
  CK_ATTRIBUTE wanted = {type, value, ATTRIBUTE_MAX};
  CK_RV code = token->call->C_GetAttributeValue(token->session, object, &wanted, 1);
  *size = wanted.ulValueLen;
  return token_done(token->module, code, "C_GetAttributeValue", error);
}

/* A point may come bare or inside an OCTET STRING (PKCS#11 2.40, section 2.3.3; older tokens). */
static gboolean read_public(Token *token, CK_OBJECT_HANDLE object, KeyKind kind, PlainKey *key, GError **error) {
  guint8 value[ATTRIBUTE_MAX];
  gsize size, want = plainkey_size(kind) + (kind == KEY_P256 ? 1 : 0);
  if (!read_attribute(token, object, kind == KEY_RSA_3072 ? CKA_MODULUS : CKA_EC_POINT, value, &size, error))
    return FALSE;
  gboolean wrapped = kind == KEY_P256 && size == POINT + 2 && value[0] == 0x04 && value[1] == POINT;
  const guint8 *at = value + (wrapped ? 2 : 0);
  if (size - (wrapped ? 2 : 0) != want || (kind == KEY_P256 && at[0] != 0x04))
    return fail(token, "the key of this name is of another kind", error);
  PlainKey read = {.kind = kind};
  memcpy(read.bytes, at + want - plainkey_size(kind), plainkey_size(kind));
  g_autoptr(EVP_PKEY) sound = subject_key_public(&read, error);
  if (sound != NULL)
    *key = read;
  return sound != NULL;
}

gboolean token_generate(Token *token, KeyKind kind, const char *name, PlainKey *key, GError **error) {
  CK_OBJECT_HANDLE public = CK_INVALID_HANDLE;
  if (kind == KEY_SM2)
    return error_set(error, ERROR_REFUSED, "subject_key", "value", keykind_word(kind), "expected", "rsa-3072|p-256",
                     NULL);
  if (name[0] == '\0' || strlen(name) > NAME_MAX_BYTES)
    return fail(token, "name", error);
  return token_find(token, CKO_PUBLIC_KEY, name, &public, error) &&
         (public != CK_INVALID_HANDLE || generate(token, kind, name, &public, error)) &&
         read_public(token, public, kind, key, error);
}

static gboolean create(Token *token, const char *name, GBytes *certificate, const guint8 *subject, gsize length,
                       GError **error) {
  CK_OBJECT_CLASS class = CKO_CERTIFICATE;
  CK_CERTIFICATE_TYPE type = CKC_X_509;
  gsize size;
  const void *der = g_bytes_get_data(certificate, &size);
  CK_ATTRIBUTE object[] = {{CKA_CLASS, &class, sizeof class},    {CKA_CERTIFICATE_TYPE, &type, sizeof type},
                           {CKA_TOKEN, &yes, sizeof yes},        {CKA_LABEL, (void *)name, strlen(name)},
                           {CKA_ID, (void *)name, strlen(name)}, {CKA_SUBJECT, (void *)subject, length},
                           {CKA_VALUE, (void *)der, size}};
  CK_OBJECT_HANDLE made;
  return token_done(token->module, token->call->C_CreateObject(token->session, object, G_N_ELEMENTS(object), &made),
                    "C_CreateObject", error);
}

gboolean token_store(Token *token, const char *name, GBytes *certificate, GError **error) {
  CK_OBJECT_HANDLE there = CK_INVALID_HANDLE;
  if (!token_find(token, CKO_CERTIFICATE, name, &there, error))
    return FALSE;
  if (there != CK_INVALID_HANDLE)
    return TRUE;
  gsize size;
  const guint8 *at = g_bytes_get_data(certificate, &size);
  g_autoptr(X509) read = d2i_X509(NULL, &at, (long)size);
  guint8 *subject = NULL;
  int length = read != NULL ? i2d_X509_NAME(X509_get_subject_name(read), &subject) : -1;
  gboolean stored = length > 0 ? create(token, name, certificate, subject, (gsize)length, error)
                               : fail(token, "not a certificate", error);
  OPENSSL_free(subject);
  return stored;
}
