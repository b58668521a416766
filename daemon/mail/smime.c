#include "daemon/mail/smime.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "daemon/mail/mime.h"
#include "daemon/secret.h"
#include "rules/error.h"

#define CERTIFICATES_MAX 65536

struct Signer {
  X509 *certificate;
  STACK_OF(X509) * chain;
  EVP_PKEY *key;
};

void signer_free(Signer *signer) {
  if (signer == NULL)
    return;
  X509_free(signer->certificate);
  sk_X509_pop_free(signer->chain, X509_free);
  EVP_PKEY_free(signer->key);
  g_free(signer);
}

static gboolean unfit(const char *file, const char *detail, GError **error) {
  ERR_clear_error();
  return error_set(error, ERROR_PERMANENT, "mail_certificate", "file", file, "detail", detail, NULL);
}

static gboolean read_certificates(const char *file, Signer *signer, GError **error) {
  g_autofree char *pem = NULL;
  gsize size = 0;
  if (!g_file_get_contents(file, &pem, &size, NULL) || size > CERTIFICATES_MAX)
    return unfit(file, "unreadable", error);
  BIO *bio = BIO_new_mem_buf(pem, (int)size);
  signer->certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  signer->chain = sk_X509_new_null();
  for (X509 *next; signer->certificate != NULL && (next = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL;)
    (void)sk_X509_push(signer->chain, next);
  BIO_free(bio);
  ERR_clear_error(); /* "no start line" ends every file */
  return signer->certificate != NULL || unfit(file, "no certificate in PEM", error);
}

static gboolean read_key(const char *file, Signer *signer, GError **error) {
  g_auto(Secret) pem = {0};
  char empty[] = ""; /* no prompt for a passphrase */
  if (!secret_read(file, "mail_certificate", &pem, error))
    return FALSE;
  BIO *bio = BIO_new_mem_buf(pem.bytes, (int)pem.size);
  signer->key = PEM_read_bio_PrivateKey(bio, NULL, NULL, empty);
  BIO_free(bio);
  return signer->key != NULL || unfit(file, "no private key in PEM", error);
}

/* Mail programs refuse or warn otherwise (RFC 8550, sections 3 and 4.4). */
static gboolean check(const Conf *conf, const Signer *signer, GError **error) {
  if (X509_check_private_key(signer->certificate, signer->key) != 1)
    return unfit(conf->mail_key, "not the key of the certificate", error);
  if (X509_check_purpose(signer->certificate, X509_PURPOSE_SMIME_SIGN, 0) != 1)
    return unfit(conf->mail_certificate, "not made for signing mails", error);
  if (X509_check_email(signer->certificate, conf->mail_from, 0, 0) != 1)
    return unfit(conf->mail_certificate, conf->mail_from, error);
  return TRUE;
}

gboolean signer_load(const Conf *conf, Signer **signer, GError **error) {
  if (conf->mail_certificate == NULL)
    return TRUE;
  g_autoptr(Signer) made = g_new0(Signer, 1);
  if (!read_certificates(conf->mail_certificate, made, error) || !read_key(conf->mail_key, made, error) ||
      !check(conf, made, error))
    return FALSE;
  *signer = g_steal_pointer(&made);
  return TRUE;
}

/* NULL when OpenSSL does not know how to sign with this key. The caller frees with BIO_free. */
static BIO *signature_of(const Signer *signer, const char *content, gsize size) {
  const unsigned flags = CMS_DETACHED | CMS_BINARY | CMS_PARTIAL;
  BIO *data = BIO_new_mem_buf(content, (int)size), *der = BIO_new(BIO_s_mem());
  CMS_ContentInfo *cms = CMS_sign(NULL, NULL, signer->chain, NULL, flags);
  gboolean made = cms != NULL && CMS_add1_signer(cms, signer->certificate, signer->key, EVP_sha256(), flags) != NULL &&
                  CMS_final(cms, data, NULL, flags) == 1 && i2d_CMS_bio(der, cms) == 1;
  CMS_ContentInfo_free(cms);
  BIO_free(data);
  if (!made)
    g_clear_pointer(&der, BIO_free);
  return der;
}

#define SIGNED                                                                                                         \
  "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"                                      \
  " micalg=sha-256; boundary=\"%s\"\r\n\r\n"                                                                           \
  "--%s\r\n"

#define SIGNATURE                                                                                                      \
  "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"                                                  \
  "Content-Transfer-Encoding: base64\r\n"                                                                              \
  "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n"

/* The line end before a boundary belongs to it, not to the signed content (RFC 2046, section 5.1.1). */
GBytes *smime_sign(const Signer *signer, const char *mail, gsize size, GError **error) {
  const char *content = g_strstr_len(mail, (gssize)size, "\r\nContent-Type:");
  g_assert(content != NULL);
  content += 2;
  gsize headers = (gsize)(content - mail);
  BIO *signature = signature_of(signer, content, size - headers);
  if (signature == NULL) {
    (void)unfit(NULL, ERR_reason_error_string(ERR_peek_last_error()), error);
    return NULL;
  }
  g_autofree char *digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)mail, size);
  g_autofree char *boundary = g_strdup_printf("=_s%.24s", digest);
  GString *out = g_string_new_len(mail, (gssize)headers);
  g_string_append_printf(out, SIGNED, boundary, boundary);
  g_string_append_len(out, content, (gssize)(size - headers));
  g_string_append_printf(out, "\r\n--%s\r\n" SIGNATURE, boundary);
  char *der;
  long length = BIO_get_mem_data(signature, &der);
  mime_append_base64(out, der, (gsize)length);
  BIO_free(signature);
  g_string_append_printf(out, "--%s--\r\n", boundary);
  return g_string_free_to_bytes(out);
}
