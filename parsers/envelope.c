#include "parsers/envelope.h"

#include <openssl/evp.h>
#include <string.h>

#include "rules/error.h"

typedef EVP_CIPHER_CTX Cipher;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cipher, EVP_CIPHER_CTX_free)

/* NULL when the padding does not fit. */
static guint8 *run(const Envelope *envelope, const guint8 *bytes, gsize size, gboolean close, gsize *made) {
  g_autoptr(Cipher) cipher = EVP_CIPHER_CTX_new();
  g_autofree guint8 *out = g_malloc(size + ENVELOPE_BLOCK);
  int first = 0, last = 0;
  if (cipher == NULL || size > G_MAXINT - ENVELOPE_BLOCK ||
      EVP_CipherInit_ex(cipher, EVP_sm4_cbc(), NULL, envelope->key, envelope->first, close ? 1 : 0) != 1 ||
      EVP_CipherUpdate(cipher, out, &first, bytes, (int)size) != 1 ||
      EVP_CipherFinal_ex(cipher, out + first, &last) != 1)
    return NULL;
  *made = (gsize)(first + last);
  return g_steal_pointer(&out);
}

char *envelope_close(const Envelope *envelope, const void *bytes, gsize size) {
  gsize made = 0;
  g_autofree guint8 *closed = run(envelope, bytes, size, TRUE, &made);
  if (closed == NULL)
    g_error("SM4 does not work");
  return g_base64_encode(closed, made);
}

GBytes *envelope_open(const Envelope *envelope, const void *bytes, gsize size, GError **error) {
  g_autofree char *text = g_strstrip(g_strndup(bytes, size));
  gsize closed_size = 0, made = 0;
  g_autofree guint8 *closed = g_base64_decode(text, &closed_size);
  g_autofree char *again = g_base64_encode(closed, closed_size);
  guint8 *opened = g_str_equal(again, text) ? run(envelope, closed, closed_size, FALSE, &made) : NULL;
  if (opened != NULL)
    return g_bytes_new_take(opened, made);
  error_set(error, ERROR_REFUSED, "answer_envelope", NULL);
  return NULL;
}
