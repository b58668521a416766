#include "daemon/issue/csr.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "daemon/issue/subject_key.h"
#include "parsers/signature.h"
#include "rules/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_REQ, X509_REQ_free)

static X509_REQ *decode(const void *bytes, gsize size) {
  if (size == 0 || size > CSR_MAX)
    return NULL;
  const guint8 *at = bytes;
  X509_REQ *request = NULL;
  if (*at == '-') {
    BIO *bio = BIO_new_mem_buf(bytes, (int)size);
    request = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
    BIO_free(bio);
  } else if ((request = d2i_X509_REQ(NULL, &at, (long)size)) != NULL && at != (const guint8 *)bytes + size)
    g_clear_pointer(&request, X509_REQ_free);
  return request;
}

static gboolean refuse(const char *detail, GError **error) {
  ERR_clear_error();
  return error_set(error, ERROR_REFUSED, "csr", "detail", detail, NULL);
}

/* The request takes the identifier. */
static gboolean verify(X509_REQ *request, EVP_PKEY *key, KeyKind kind) {
  if (kind == KEY_SM2) {
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    ASN1_OCTET_STRING_set(id, (const guint8 *)SIGNATURE_SM2_ID, (int)strlen(SIGNATURE_SM2_ID));
    X509_REQ_set0_distinguishing_id(request, id);
  }
  int digest = NID_undef;
  return OBJ_find_sigid_algs(X509_REQ_get_signature_nid(request), &digest, NULL) == 1 && digest != NID_md5 &&
         digest != NID_sha1 && X509_REQ_verify(request, key) == 1;
}

gboolean csr_read(const void *bytes, gsize size, PlainKey *key, GError **error) {
  g_autoptr(X509_REQ) request = decode(bytes, size);
  if (request == NULL)
    return refuse("form", error);
  PlainKey plain;
  EVP_PKEY *inside = X509_REQ_get0_pubkey(request);
  if (inside == NULL || !subject_key_plain(inside, &plain, NULL))
    return refuse("key", error);
  g_autoptr(EVP_PKEY) sound = subject_key_public(&plain, NULL);
  if (sound == NULL)
    return refuse("key", error);
  if (!verify(request, sound, plain.kind))
    return refuse("signature", error);
  ERR_clear_error();
  *key = plain;
  return TRUE;
}
