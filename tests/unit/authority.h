/* A CA of one kind in a folder: ca.key (encrypted PKCS#8), ca.pass, ca.pem; valid 2026 to 2036. */
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/issue/cakey.h"
#include "daemon/issue/subject_key.h"
#include "parsers/signature.h"

#define AUTHORITY_PASS "correct horse"
#define AUTHORITY_BEGIN G_GINT64_CONSTANT(1767225600) /* 2026-01-01T00:00:00Z */
#define AUTHORITY_END G_GINT64_CONSTANT(2082758399)   /* 2035-12-31T23:59:59Z */

static void authority_extend(X509 *certificate, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_nconf_nid(NULL, &context, nid, value);
  g_assert_true(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

static void authority_sign(X509 *certificate, EVP_PKEY *key) {
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  gboolean sm2 = EVP_PKEY_is_a(key, "SM2");
  if (sm2)
    EVP_PKEY_CTX_set1_id(context, SIGNATURE_SM2_ID, (int)strlen(SIGNATURE_SM2_ID));
  EVP_MD_CTX_set_pkey_ctx(digest, context);
  g_assert_true(EVP_DigestSignInit(digest, NULL, sm2 ? EVP_sm3() : EVP_sha256(), NULL, key) == 1);
  g_assert_true(X509_sign_ctx(certificate, digest) > 0);
  EVP_MD_CTX_free(digest);
  EVP_PKEY_CTX_free(context);
}

/* The caller frees. */
static X509 *authority_certificate(EVP_PKEY *key, const char *constraints) {
  X509 *certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)AUTHORITY_BEGIN);
  ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)AUTHORITY_END);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "C", MBSTRING_UTF8, (const guint8 *)"CN", -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const guint8 *)"一分测试根", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_set_pubkey(certificate, key);
  authority_extend(certificate, NID_basic_constraints, constraints);
  authority_extend(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  authority_extend(certificate, NID_subject_key_identifier, "hash");
  authority_sign(certificate, key);
  return certificate;
}

static void authority_write(const char *folder, const char *name, BIO *bio) {
  char *bytes;
  long size = BIO_get_mem_data(bio, &bytes);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  g_assert_true(g_file_set_contents_full(path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  BIO_free(bio);
}

static void authority_make(const char *folder, KeyKind kind) {
  g_autoptr(EVP_PKEY) key = subject_key_make(kind, NULL);
  BIO *pem = BIO_new(BIO_s_mem()), *shown = BIO_new(BIO_s_mem()), *pass = BIO_new(BIO_s_mem());
  g_assert_true(PEM_write_bio_PKCS8PrivateKey(pem, key, EVP_aes_256_cbc(), AUTHORITY_PASS, (int)strlen(AUTHORITY_PASS),
                                              NULL, NULL) == 1);
  g_autoptr(X509) certificate = authority_certificate(key, "critical,CA:TRUE");
  PEM_write_bio_X509(shown, certificate);
  BIO_puts(pass, AUTHORITY_PASS "\n");
  authority_write(folder, "ca.key", pem);
  authority_write(folder, "ca.pem", shown);
  authority_write(folder, "ca.pass", pass);
}

static CaKey *authority_open(const char *folder, GError **error) {
  g_autofree char *key = g_build_filename(folder, "ca.key", NULL), *pass = g_build_filename(folder, "ca.pass", NULL),
                  *certificate = g_build_filename(folder, "ca.pem", NULL);
  return cakey_open_file(key, pass, certificate, error);
}
