#include "daemon/issue/token.h"

#include <dlfcn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <string.h>

#include "daemon/issue/token_own.h"
#include "rules/error.h"

enum { LABEL_SIZE = 32, SLOTS_MAX = 64, SIGNATURE_MAX = 1024, HALF = 32 };

typedef ECDSA_SIG Pair;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, ECDSA_SIG_free)

static gboolean is_gone(CK_RV code) {
  static const CK_RV GONE[] = {CKR_DEVICE_ERROR,           CKR_DEVICE_REMOVED,           CKR_TOKEN_NOT_PRESENT,
                               CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED,           CKR_USER_NOT_LOGGED_IN,
                               CKR_SLOT_ID_INVALID,        CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_FAILED,
                               CKR_GENERAL_ERROR};
  for (guint i = 0; i < G_N_ELEMENTS(GONE); i++)
    if (code == GONE[i])
      return TRUE;
  return FALSE;
}

gboolean token_done(const char *module, CK_RV code, const char *what, GError **error) {
  if (code == CKR_OK)
    return TRUE;
  g_autofree char *detail = g_strdup_printf("%s 0x%lx", what, code);
  if (is_gone(code))
    return error_set(error, ERROR_TEMPORARY, "token_gone", "file", module, "detail", detail, NULL);
  return error_set(error, ERROR_PERMANENT, "token", "file", module, "detail", detail, NULL);
}

static gboolean fail(const char *module, const char *detail, GError **error) {
  return error_set(error, ERROR_PERMANENT, "token", "file", module, "detail", detail, NULL);
}

CK_FUNCTION_LIST *token_load(const char *module, GError **error) {
  void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  CK_C_GetFunctionList list = library != NULL ? (CK_C_GetFunctionList)dlsym(library, "C_GetFunctionList") : NULL;
  CK_FUNCTION_LIST *call = NULL;
  if (list == NULL || list(&call) != CKR_OK) {
    fail(module, "not a PKCS#11 module", error);
    return NULL;
  }
  CK_RV code = call->C_Initialize(NULL);
  return code == CKR_CRYPTOKI_ALREADY_INITIALIZED || token_done(module, code, "C_Initialize", error) ? call : NULL;
}

void token_free(Token *token) {
  if (token == NULL)
    return;
  if (token->session != CK_INVALID_HANDLE)
    token->call->C_CloseSession(token->session);
  g_free(token->module);
  g_free(token);
}

/* A label is padded with blanks, without a NUL. */
static gboolean has_label(const CK_TOKEN_INFO *info, const char *label) {
  char padded[LABEL_SIZE];
  memset(padded, ' ', LABEL_SIZE);
  memcpy(padded, label, MIN(strlen(label), (gsize)LABEL_SIZE));
  return strlen(label) <= LABEL_SIZE && (info->flags & CKF_TOKEN_INITIALIZED) != 0 &&
         memcmp(info->label, padded, LABEL_SIZE) == 0;
}

/* The slot of the only token of this label; or, without a label, of the first one that is empty. */
static gboolean find_slot(CK_FUNCTION_LIST *call, const char *module, const char *label, CK_SLOT_ID *slot,
                          GError **error) {
  CK_SLOT_ID slots[SLOTS_MAX];
  CK_ULONG count = 0, fits = 0;
  call->C_GetSlotList(CK_TRUE, NULL, &count); /* asks some modules to look again */
  count = SLOTS_MAX;
  if (!token_done(module, call->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList", error))
    return FALSE;
  for (CK_ULONG i = 0; i < count; i++) {
    CK_TOKEN_INFO info;
    if (call->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
        !(label != NULL ? has_label(&info, label) : (info.flags & CKF_TOKEN_INITIALIZED) == 0))
      continue;
    if (fits++ == 0)
      *slot = slots[i];
  }
  if (fits > 1 && label != NULL)
    return fail(module, "several tokens of this label", error);
  return fits > 0 || (label != NULL ? token_done(module, CKR_TOKEN_NOT_PRESENT, label, error)
                                    : fail(module, "no empty token", error));
}

static gboolean login(Token *token, CK_SLOT_ID slot, CK_USER_TYPE who, const char *pin, GError **error) {
  CK_RV code = token->call->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &token->session);
  if (!token_done(token->module, code, "C_OpenSession", error))
    return FALSE;
  code = token->call->C_Login(token->session, who, (CK_UTF8CHAR *)pin, strlen(pin));
  return code == CKR_USER_ALREADY_LOGGED_IN || token_done(token->module, code, "C_Login", error);
}

static Token *begin(const char *module, GError **error) {
  CK_FUNCTION_LIST *call = token_load(module, error);
  if (call == NULL)
    return NULL;
  Token *token = g_new0(Token, 1);
  *token = (Token){g_strdup(module), call, CK_INVALID_HANDLE};
  return token;
}

Token *token_open(const char *module, const char *label, const char *pin, GError **error) {
  g_autoptr(Token) token = begin(module, error);
  CK_SLOT_ID slot = 0;
  if (token == NULL || !find_slot(token->call, module, label, &slot, error) ||
      !login(token, slot, CKU_USER, pin, error))
    return NULL;
  return g_steal_pointer(&token);
}

gboolean token_prepare(const char *module, const char *label, const char *admin_pin, const char *pin, GError **error) {
  g_autoptr(Token) token = begin(module, error);
  CK_SLOT_ID slot = 0;
  CK_UTF8CHAR padded[LABEL_SIZE];
  if (token == NULL || strlen(label) > LABEL_SIZE || !find_slot(token->call, module, NULL, &slot, error))
    return token != NULL && strlen(label) > LABEL_SIZE ? fail(module, "label", error) : FALSE;
  memset(padded, ' ', LABEL_SIZE);
  memcpy(padded, label, strlen(label));
  CK_RV code = token->call->C_InitToken(slot, (CK_UTF8CHAR *)admin_pin, strlen(admin_pin), padded);
  if (!token_done(module, code, "C_InitToken", error) || !find_slot(token->call, module, label, &slot, error) ||
      !login(token, slot, CKU_SO, admin_pin, error))
    return FALSE;
  code = token->call->C_InitPIN(token->session, (CK_UTF8CHAR *)pin, strlen(pin));
  token->call->C_Logout(token->session);
  return token_done(module, code, "C_InitPIN", error);
}

gboolean token_find(Token *token, CK_OBJECT_CLASS class, const char *name, CK_OBJECT_HANDLE *found, GError **error) {
  CK_ATTRIBUTE wanted[] = {{CKA_CLASS, &class, sizeof class}, {CKA_LABEL, (void *)name, strlen(name)}};
  CK_OBJECT_HANDLE objects[2] = {CK_INVALID_HANDLE, CK_INVALID_HANDLE};
  CK_ULONG count = 0;
  CK_RV code = token->call->C_FindObjectsInit(token->session, wanted, G_N_ELEMENTS(wanted));
  if (!token_done(token->module, code, "C_FindObjectsInit", error))
    return FALSE;
  code = token->call->C_FindObjects(token->session, objects, G_N_ELEMENTS(objects), &count);
  token->call->C_FindObjectsFinal(token->session);
  if (!token_done(token->module, code, "C_FindObjects", error))
    return FALSE;
  if (count > 1)
    return fail(token->module, "several objects of one name", error);
  *found = count == 1 ? objects[0] : CK_INVALID_HANDLE;
  return TRUE;
}

/* PKCS#11 gives r and s of one length each; certificates hold their DER (RFC 3279 section 2.2.3). */
static GBytes *pair_der(const guint8 *raw, gsize size) {
  g_autoptr(Pair) pair = ECDSA_SIG_new();
  if (size != 2 * HALF || ECDSA_SIG_set0(pair, BN_bin2bn(raw, HALF, NULL), BN_bin2bn(raw + HALF, HALF, NULL)) != 1)
    return NULL;
  guint8 *der = NULL;
  int length = i2d_ECDSA_SIG(pair, &der);
  GBytes *bytes = length > 0 ? g_bytes_new(der, (gsize)length) : NULL;
  OPENSSL_free(der);
  return bytes;
}

static gboolean sign_raw(Token *token, CK_OBJECT_HANDLE key, gboolean curve, GBytes *bytes, guint8 *raw,
                         CK_ULONG *length, GError **error) {
  CK_MECHANISM mechanism = {curve ? CKM_ECDSA : CKM_SHA256_RSA_PKCS, NULL, 0};
  gsize size;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  guint8 digest[32];
  if (curve) {
    if (EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) != 1)
      return fail(token->module, "SHA-256", error);
    data = digest, size = sizeof digest;
  }
  return token_done(token->module, token->call->C_SignInit(token->session, &mechanism, key), "C_SignInit", error) &&
         token_done(token->module, token->call->C_Sign(token->session, (CK_BYTE *)data, size, raw, length), "C_Sign",
                    error);
}

GBytes *token_sign(Token *token, const char *name, SignAlgorithm algorithm, GBytes *bytes, GError **error) {
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  guint8 raw[SIGNATURE_MAX];
  CK_ULONG length = sizeof raw;
  if (!token_find(token, CKO_PRIVATE_KEY, name, &key, error))
    return NULL;
  if (key == CK_INVALID_HANDLE || algorithm == SIGN_SM2_SM3) {
    fail(token->module, key == CK_INVALID_HANDLE ? "no private key of this name" : "SM2", error);
    return NULL;
  }
  gboolean curve = algorithm == SIGN_ECDSA_SHA256;
  if (!sign_raw(token, key, curve, bytes, raw, &length, error))
    return NULL;
  GBytes *value = curve ? pair_der(raw, length) : g_bytes_new(raw, length);
  if (value == NULL)
    fail(token->module, "C_Sign: not r and s of 32 bytes each", error);
  return value;
}
