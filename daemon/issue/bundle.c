#include "daemon/issue/bundle.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <string.h>

#include "daemon/issue/der.h"
#include "rules/error.h"

enum { ROUNDS = 4096, ID_SIZE = 1 };

typedef STACK_OF(PKCS12_SAFEBAG) Bags;
static void bags_free(Bags *bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bags, bags_free)
typedef STACK_OF(PKCS7) Safes;
static void safes_free(Safes *safes) {
  sk_PKCS7_pop_free(safes, PKCS7_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Safes, safes_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PKCS12, PKCS12_free)

/* Of an alphabet of 32 each byte's low bits are even; of 10 the bytes beyond the last whole ten are thrown away. */
char *pin_make(PinKind kind, GError **error) {
  static const char *const LETTERS[] = {[PIN_FILE] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", [PIN_TOKEN] = "0123456789"};
  static const gsize LENGTHS[] = {[PIN_FILE] = 12, [PIN_TOKEN] = 8};
  gsize letters = strlen(LETTERS[kind]), filled = 0;
  char *pin = g_malloc0(LENGTHS[kind] + 1);
  while (filled < LENGTHS[kind]) {
    guint8 byte;
    if (RAND_priv_bytes(&byte, 1) != 1) {
      ERR_clear_error();
      error_set(error, ERROR_TEMPORARY, "crypto", "detail", "random numbers", NULL);
      g_clear_pointer(&pin, pin_free);
      return NULL;
    }
    if (byte < 256 - 256 % letters)
      pin[filled++] = LETTERS[kind][byte % letters];
  }
  return pin;
}

void pin_free(char *pin) {
  if (pin != NULL)
    explicit_bzero(pin, strlen(pin));
  g_free(pin);
}

static gboolean add_pair(Bags **certificates, Bags **keys, const BundleItem *item, guint8 id, const char *name,
                         const char *pin) {
  gsize size;
  const guint8 *at = g_bytes_get_data(item->certificate, &size);
  g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)size);
  if (certificate == NULL || X509_check_private_key(certificate, item->key) != 1)
    return FALSE;
  PKCS12_SAFEBAG *shown = PKCS12_add_cert(certificates, certificate);
  PKCS12_SAFEBAG *closed = PKCS12_add_key(keys, item->key, 0, ROUNDS, NID_aes_256_cbc, pin);
  return shown != NULL && closed != NULL && PKCS12_add_localkeyid(shown, &id, ID_SIZE) == 1 &&
         PKCS12_add_localkeyid(closed, &id, ID_SIZE) == 1 && PKCS12_add_friendlyname_utf8(shown, name, -1) == 1 &&
         PKCS12_add_friendlyname_utf8(closed, name, -1) == 1;
}

static PKCS12 *close_bags(Bags *certificates, Bags *keys, const char *pin) {
  g_autoptr(Safes) safes = NULL;
  if (PKCS12_add_safe(&safes, certificates, NID_aes_256_cbc, ROUNDS, pin) != 1 ||
      PKCS12_add_safe(&safes, keys, -1, 0, NULL) != 1)
    return NULL;
  g_autoptr(PKCS12) made = PKCS12_add_safes(safes, 0);
  return made != NULL && PKCS12_set_mac(made, pin, -1, NULL, 0, ROUNDS, EVP_sha256()) == 1 ? g_steal_pointer(&made)
                                                                                           : NULL;
}

GBytes *bundle_make(const BundleItem *items, gsize count, const X509 *ca, const char *name, const char *pin,
                    GError **error) {
  g_autoptr(Bags) certificates = NULL;
  g_autoptr(Bags) keys = NULL;
  gboolean added = TRUE;
  for (gsize i = 0; i < count && added; i++)
    added = add_pair(&certificates, &keys, &items[i], (guint8)(i + 1), name, pin);
  added = added && PKCS12_add_cert(&certificates, (X509 *)ca) != NULL;
  g_autoptr(PKCS12) made = added ? close_bags(certificates, keys, pin) : NULL;
  if (made == NULL) {
    der_fail("PKCS#12", error);
    return NULL;
  }
  guint8 *der = NULL;
  int size = i2d_PKCS12(made, &der);
  return der_take(der, size, error);
}
