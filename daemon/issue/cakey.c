#include "daemon/issue/cakey.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "daemon/issue/cakey_own.h"
#include "daemon/secret.h"
#include "parsers/signature.h"
#include "rules/error.h"

#define CERTIFICATE_MAX 65536
#define PASSPHRASE_MAX 1024
#define PROBE "yifen: does this key belong to this certificate?"

typedef EVP_MD_CTX Digest;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Digest, EVP_MD_CTX_free)
typedef EVP_PKEY_CTX KeyContext;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeyContext, EVP_PKEY_CTX_free)

void cakey_free(CaKey *ca) {
  if (ca == NULL)
    return;
  X509_free(ca->certificate);
  ca->release(ca->user);
  g_free(ca);
}

const X509 *cakey_certificate(const CaKey *ca) {
  return ca->certificate;
}

SignAlgorithm cakey_algorithm(const CaKey *ca) {
  return ca->algorithm;
}

static gboolean choose(EVP_PKEY *key, SignAlgorithm *algorithm) {
  if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= 3072)
    *algorithm = SIGN_RSA_SHA256;
  else if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_bits(key) == 256)
    *algorithm = SIGN_ECDSA_SHA256;
  else if (EVP_PKEY_is_a(key, "SM2"))
    *algorithm = SIGN_SM2_SM3;
  else
    return FALSE;
  return TRUE;
}

/* The identifier must be set before the digest begins; the context stays the caller's. */
static EVP_PKEY_CTX *prepare(Digest *digest, EVP_PKEY *key) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  if (context != NULL && EVP_PKEY_is_a(key, "SM2"))
    EVP_PKEY_CTX_set1_id(context, SIGNATURE_SM2_ID, (int)strlen(SIGNATURE_SM2_ID));
  EVP_MD_CTX_set_pkey_ctx(digest, context);
  return context;
}

gboolean cakey_verify(const X509 *certificate, GBytes *bytes, GBytes *signature) {
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  SignAlgorithm algorithm;
  if (key == NULL || !choose(key, &algorithm))
    return FALSE;
  g_autoptr(Digest) digest = EVP_MD_CTX_new();
  g_autoptr(KeyContext) context = prepare(digest, key);
  gsize size, length;
  const guint8 *data = g_bytes_get_data(bytes, &size), *value = g_bytes_get_data(signature, &length);
  gboolean good =
      EVP_DigestVerifyInit(digest, NULL, algorithm == SIGN_SM2_SM3 ? EVP_sm3() : EVP_sha256(), NULL, key) == 1 &&
      EVP_DigestVerify(digest, value, length, data, size) == 1;
  ERR_clear_error();
  return good;
}

static gboolean fail(GError **error, const char *detail) {
  ERR_clear_error();
  return error_set(error, ERROR_TEMPORARY, "ca_sign", "detail", detail, NULL);
}

GBytes *cakey_sign(CaKey *ca, GBytes *bytes, GError **error) {
  g_autoptr(GBytes) signature = ca->sign(ca->user, ca->algorithm, bytes, error);
  if (signature == NULL)
    return NULL;
  if (!cakey_verify(ca->certificate, bytes, signature)) {
    fail(error, "signature does not verify");
    return NULL;
  }
  return g_steal_pointer(&signature);
}

static gboolean unfit(GError **error, const char *reason, const char *file, const char *detail) {
  ERR_clear_error();
  return error_set(error, ERROR_PERMANENT, reason, "file", file, "detail", detail, NULL);
}

static X509 *read_certificate(const char *file, const char *reason, GError **error) {
  g_autofree char *pem = NULL;
  gsize size = 0;
  BIO *bio =
      g_file_get_contents(file, &pem, &size, NULL) && size < CERTIFICATE_MAX ? BIO_new_mem_buf(pem, (int)size) : NULL;
  X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
  BIO_free(bio);
  if (certificate == NULL)
    unfit(error, reason, file, "no certificate in PEM");
  return certificate;
}

/* keyCertSign and cRLSign, as a CA's certificate (RFC 5280 sections 4.2.1.3 and 4.2.1.9). */
static gboolean is_ca(X509 *certificate) {
  guint32 usage = X509_get_key_usage(certificate);
  return X509_check_ca(certificate) == 1 && (usage & KU_KEY_CERT_SIGN) != 0 && (usage & KU_CRL_SIGN) != 0 &&
         X509_get0_subject_key_id(certificate) != NULL;
}

/* What a certificate must be for its use. */
typedef struct {
  const char *reason; /* of the error */
  gboolean (*fits)(X509 *certificate);
  const char *expected;
} Use;
static const Use authority = {"ca_certificate", is_ca,
                              "not a CA's: CA:TRUE, keyCertSign, cRLSign, subjectKeyIdentifier"};

static gboolean may_sign_data(X509 *certificate) {
  return (X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) != 0;
}
static const Use seal_maker = {"seal_maker", may_sign_data, "its key usage lacks digitalSignature"};

static CaKey *join(CaKey made, const Use *use, const char *certificate, GError **error) {
  g_autoptr(CaKey) ca = g_new0(CaKey, 1);
  *ca = made;
  ca->certificate = read_certificate(certificate, use->reason, error);
  if (ca->certificate == NULL)
    return NULL;
  EVP_PKEY *key = X509_get0_pubkey(ca->certificate);
  g_autoptr(GBytes) probe = g_bytes_new_static(PROBE, strlen(PROBE));
  if (!use->fits(ca->certificate))
    unfit(error, use->reason, certificate, use->expected);
  else if (key == NULL || !choose(key, &ca->algorithm))
    unfit(error, use->reason, certificate, "key is none of RSA (3072 bits or more), P-256, SM2");
  else {
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) signature = cakey_sign(ca, probe, &cause);
    if (signature != NULL)
      return g_steal_pointer(&ca);
    if (!g_str_equal(error_reason(cause), "ca_sign"))
      g_propagate_error(error, g_steal_pointer(&cause)); /* the token's */
    else
      unfit(error, use->reason, certificate, "not the certificate of the key");
  }
  return NULL;
}

CaKey *cakey_join(CaSigner *sign, void *user, GDestroyNotify release, const char *certificate, GError **error) {
  return join((CaKey){.sign = sign, .user = user, .release = release}, &authority, certificate, error);
}

static Instant instant_of(const ASN1_TIME *time) {
  struct tm tm;
  if (ASN1_TIME_to_tm(time, &tm) != 1)
    return INSTANT_NONE;
  return (Instant)timegm(&tm) * INSTANT_SECOND;
}

gboolean cakey_check(const CaKey *ca, Instant now, Instant last, GError **error) {
  Instant begin = instant_of(X509_get0_notBefore(ca->certificate)),
          end = instant_of(X509_get0_notAfter(ca->certificate));
  if (begin != INSTANT_NONE && end != INSTANT_NONE && begin <= now && now <= end && last <= end)
    return TRUE;
  g_autofree char *bound = instant_format(now < begin ? begin : end);
  return error_set(error, ERROR_PERMANENT, "ca_expired", "expected", bound, NULL);
}

/* The kind in a file. */

static GBytes *sign_here(void *user, SignAlgorithm algorithm, GBytes *bytes, GError **error) {
  EVP_PKEY *key = user;
  g_autoptr(Digest) digest = EVP_MD_CTX_new();
  g_autoptr(KeyContext) context = prepare(digest, key);
  gsize size, length = 0;
  const guint8 *data = g_bytes_get_data(bytes, &size);
  g_autofree guint8 *value = NULL;
  if (EVP_DigestSignInit(digest, NULL, algorithm == SIGN_SM2_SM3 ? EVP_sm3() : EVP_sha256(), NULL, key) == 1 &&
      EVP_DigestSign(digest, NULL, &length, data, size) == 1) {
    value = g_malloc(length);
    if (EVP_DigestSign(digest, value, &length, data, size) == 1)
      return g_bytes_new_take(g_steal_pointer(&value), length);
  }
  fail(error, "crypto library");
  return NULL;
}

static EVP_PKEY *decrypt(const Secret *pem, Secret *passphrase) {
  secret_strip_line_end(passphrase);
  if (strstr(pem->bytes, "-----BEGIN ENCRYPTED PRIVATE KEY-----") == NULL || passphrase->size > PASSPHRASE_MAX)
    return NULL;
  BIO *bio = BIO_new_mem_buf(pem->bytes, (int)pem->size);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, passphrase->bytes);
  BIO_free(bio);
  return key;
}

static void release_key(void *key) {
  EVP_PKEY_free(key);
}

static CaKey *open_file(const char *key, const char *passphrase, const Use *use, const char *certificate,
                        GError **error) {
  g_auto(Secret) pem = {0}, phrase = {0};
  if (!secret_read(key, "ca_key", &pem, error) || !secret_read(passphrase, "ca_key", &phrase, error))
    return NULL;
  EVP_PKEY *read = decrypt(&pem, &phrase);
  if (read == NULL) {
    unfit(error, "ca_key", key, "no encrypted PKCS#8 in PEM that the passphrase opens");
    return NULL;
  }
  return join((CaKey){.sign = sign_here, .user = read, .release = release_key}, use, certificate, error);
}

CaKey *cakey_open_file(const char *key, const char *passphrase, const char *certificate, GError **error) {
  return open_file(key, passphrase, &authority, certificate, error);
}

CaKey *cakey_open_maker(const char *key, const char *passphrase, const char *certificate, GError **error) {
  return open_file(key, passphrase, &seal_maker, certificate, error);
}
