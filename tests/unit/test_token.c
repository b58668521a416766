/* Keys on a token, with SoftHSM: made there and used there; the CA's own; a token that is pulled. */
#include <glib/gstdio.h>

#include "daemon/issue/certificate.h"
#include "daemon/issue/signed.h"
#include "daemon/issue/token_own.h"
#include "rules/error.h"
#include "tests/unit/authority.h"

#define MODULE "/usr/lib/softhsm/libsofthsm2.so"
#define LABEL "yifen 测试"

static char *folder;

static gboolean absent(void) {
  if (g_file_test(MODULE, G_FILE_TEST_EXISTS))
    return FALSE;
  g_test_skip("softhsm2 is not installed");
  return TRUE;
}

static Token *opened(const char *pin, const char *want) {
  g_autoptr(GError) error = NULL;
  Token *token = token_open(MODULE, LABEL, pin, &error);
  g_assert_cmpstr(error != NULL ? error_reason(error) : NULL, ==, want);
  return token;
}

static void test_prepare(void) {
  if (absent())
    return;
  g_autoptr(GError) error = NULL;
  g_assert_null(opened("12345678", "token_gone"));
  g_assert_true(token_prepare(MODULE, LABEL, "87654321", "12345678", &error));
  g_assert_no_error(error);
  g_assert_null(opened("11111111", "token"));
  g_autoptr(Token) token = opened("12345678", NULL);
  g_assert_null(token_open("/nowhere.so", LABEL, "1", &error));
  g_assert_cmpstr(error_reason(error), ==, "token");
}

/* The private key says nothing of itself. */
static void assert_closed(Token *token, const char *name) {
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  guint8 value[512];
  g_assert_true(token_find(token, CKO_PRIVATE_KEY, name, &key, NULL) && key != CK_INVALID_HANDLE);
  static const CK_ATTRIBUTE_TYPE SECRETS[] = {CKA_VALUE, CKA_PRIVATE_EXPONENT, CKA_PRIME_1};
  for (guint i = 0; i < G_N_ELEMENTS(SECRETS); i++) {
    CK_ATTRIBUTE wanted = {SECRETS[i], value, sizeof value};
    g_assert_cmpuint(token->call->C_GetAttributeValue(token->session, key, &wanted, 1), !=, CKR_OK);
  }
}

static void test_keys(void) {
  static const struct {
    KeyKind kind;
    SignAlgorithm algorithm;
    const char *name;
  } ROWS[] = {{KEY_RSA_3072, SIGN_RSA_SHA256, "A1-1"}, {KEY_P256, SIGN_ECDSA_SHA256, "A1-2"}};
  if (absent())
    return;
  g_autoptr(Token) token = opened("12345678", NULL);
  for (guint i = 0; i < G_N_ELEMENTS(ROWS); i++) {
    g_autoptr(GError) error = NULL;
    PlainKey first, again;
    g_assert_true(token_generate(token, ROWS[i].kind, ROWS[i].name, &first, &error));
    g_assert_true(token_generate(token, ROWS[i].kind, ROWS[i].name, &again, &error));
    g_assert_cmpmem(&first, sizeof first, &again, sizeof again);
    assert_closed(token, ROWS[i].name);
    g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3),
                      value = token_sign(token, ROWS[i].name, ROWS[i].algorithm, bytes, &error);
    g_assert_no_error(error);
    g_autoptr(EVP_PKEY) public = subject_key_public(&first, &error);
    g_autoptr(X509) holder = X509_new();
    X509_set_pubkey(holder, public);
    g_assert_true(cakey_verify(holder, bytes, value));
  }
  PlainKey none;
  g_autoptr(GError) error = NULL;
  g_assert_false(token_generate(token, KEY_SM2, "A1-3", &none, &error));
  g_assert_cmpstr(error_reason(error), ==, "subject_key");
  g_clear_error(&error);
  g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
  g_assert_null(token_sign(token, "A1-9", SIGN_RSA_SHA256, bytes, &error));
  g_assert_cmpstr(error_reason(error), ==, "token");
}

/* A CA's certificate of a key that is on the token; what it is signed with does not matter for a root. */
static void write_authority(Token *token) {
  PlainKey plain;
  g_assert_true(token_generate(token, KEY_P256, "ca", &plain, NULL));
  g_autoptr(EVP_PKEY) public = subject_key_public(&plain, NULL), other = subject_key_make(KEY_P256, NULL);
  g_autoptr(X509) certificate = authority_certificate(other, "critical,CA:TRUE");
  X509_set_pubkey(certificate, public);
  BIO *pem = BIO_new(BIO_s_mem()), *pin = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(pem, certificate);
  BIO_puts(pin, "12345678\n");
  authority_write(folder, "ca.pem", pem);
  authority_write(folder, "pin", pin);
}

static GBytes *certify(CaKey *ca, Token *token, GError **error) {
  static const char *const SUBJECT[] = {"CN:{name}", NULL};
  PlainKey plain;
  g_assert_true(token_generate(token, KEY_P256, "A1-2", &plain, NULL));
  g_autoptr(EVP_PKEY) key = subject_key_public(&plain, NULL);
  CertificateProfile profile = {.subject = (char **)SUBJECT, .usage = {(char *)"digitalSignature"}};
  CertificateSubject subject = {.name = "甲公司"};
  CertificatePlan plan = {&profile,
                          CERTIFICATE_SINGLE,
                          &subject,
                          "4b",
                          (AUTHORITY_BEGIN + 86400) * INSTANT_SECOND,
                          (AUTHORITY_BEGIN + 2 * 86400) * INSTANT_SECOND,
                          key};
  g_autoptr(GBytes) tbs = certificate_tbs(&plan, ca, error);
  return tbs != NULL ? signed_make(ca, tbs, error) : NULL;
}

static void test_authority(void) {
  if (absent())
    return;
  g_autoptr(GError) error = NULL;
  g_autoptr(Token) token = opened("12345678", NULL);
  write_authority(token);
  g_autofree char *pem = g_build_filename(folder, "ca.pem", NULL), *pin = g_build_filename(folder, "pin", NULL);
  g_assert_null(cakey_open_token(MODULE, LABEL, pin, "A1-2", pem, &error)); /* another key */
  g_assert_cmpstr(error_reason(error), ==, "ca_certificate");
  g_clear_error(&error);
  g_autoptr(CaKey) ca = cakey_open_token(MODULE, LABEL, pin, "ca", pem, &error);
  g_assert_no_error(error);
  g_autoptr(GBytes) der = certify(ca, token, &error);
  g_assert_no_error(error);
  g_assert_true(signed_verify(cakey_certificate(ca), der));
  g_assert_true(token_store(token, "A1-2", der, &error) && token_store(token, "A1-2", der, &error));
  CK_OBJECT_HANDLE stored = CK_INVALID_HANDLE;
  g_assert_true(token_find(token, CKO_CERTIFICATE, "A1-2", &stored, &error) && stored != CK_INVALID_HANDLE);
}

/* As the module says it when the token is out: nothing is signed, and it is no fault of a person's yet. */
static void test_pulled(void) {
  if (absent())
    return;
  g_autoptr(GError) error = NULL;
  g_autoptr(Token) token = opened("12345678", NULL);
  g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);
  token->call->C_CloseSession(token->session);
  g_assert_null(token_sign(token, "ca", SIGN_ECDSA_SHA256, bytes, &error));
  g_assert_cmpstr(error_reason(error), ==, "token_gone");
  g_assert_cmpint(error_kind(error), ==, ERROR_TEMPORARY);
}

static void configure(void) {
  folder = g_dir_make_tmp("yifen-token-XXXXXX", NULL);
  g_autofree char *conf = g_build_filename(folder, "softhsm2.conf", NULL),
                  *text = g_strdup_printf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n",
                                          folder);
  g_assert_true(g_file_set_contents(conf, text, -1, NULL));
  g_setenv("SOFTHSM2_CONF", conf, TRUE);
}

static void remove_all(const char *path) {
  GDir *dir = g_dir_open(path, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
    g_autofree char *inside = g_build_filename(path, name, NULL);
    remove_all(inside);
  }
  if (dir != NULL)
    g_dir_close(dir);
  g_remove(path);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  configure();
  g_test_add_func("/token/prepare", test_prepare);
  g_test_add_func("/token/keys", test_keys);
  g_test_add_func("/token/authority", test_authority);
  g_test_add_func("/token/pulled", test_pulled);
  int result = g_test_run();
  remove_all(folder);
  g_free(folder);
  return result;
}
