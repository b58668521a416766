#include "daemon/issue/der.h"

#include <openssl/err.h>
#include <string.h>

#include "rules/error.h"

enum { SERIAL_DIGITS_MAX = 40 }; /* RFC 5280 section 4.1.2.2: 20 octets */

gboolean der_fail(const char *what, GError **error) {
  ERR_clear_error();
  return error_set(error, ERROR_PERMANENT, "crypto", "detail", what, NULL);
}

GBytes *der_take(guint8 *der, int size, GError **error) {
  if (der == NULL || size <= 0) {
    der_fail("DER", error);
    return NULL;
  }
  GBytes *bytes = g_bytes_new(der, (gsize)size);
  OPENSSL_free(der);
  return bytes;
}

GBytes *der_encode(const void *value, const ASN1_ITEM *item, GError **error) {
  guint8 *der = NULL;
  int size = ASN1_item_i2d(value, &der, item);
  return der_take(der, size, error);
}

ASN1_INTEGER *der_serial(const char *hex) {
  gsize digits = strlen(hex);
  BIGNUM *number = NULL;
  if (digits == 0 || digits > SERIAL_DIGITS_MAX || strspn(hex, "0123456789abcdefABCDEF") != digits ||
      BN_hex2bn(&number, hex) == 0)
    return NULL;
  ASN1_INTEGER *serial =
      BN_is_zero(number) || BN_num_bits(number) >= SERIAL_DIGITS_MAX * 4 ? NULL : BN_to_ASN1_INTEGER(number, NULL);
  BN_free(number);
  return serial;
}
