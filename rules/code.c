#include "rules/code.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define LABEL "yifen verification code"

void code_hotp(const guint8 *key, gsize size, guint64 counter, char code[CODE_SIZE]) {
  guint8 mac[EVP_MAX_MD_SIZE];
  unsigned int mac_size = 0;
  guint64 big_endian = GUINT64_TO_BE(counter);
  const guint8 *done = HMAC(EVP_sha1(), key, (int)size, (const guint8 *)&big_endian, sizeof big_endian, mac, &mac_size);
  g_assert(done != NULL && mac_size == 20);
  const guint8 *cut = mac + (mac[19] & 0x0f);
  guint32 number = (guint32)(cut[0] & 0x7f) << 24 | (guint32)cut[1] << 16 | (guint32)cut[2] << 8 | cut[3];
  g_snprintf(code, CODE_SIZE, "%06u", number % 1000000);
  OPENSSL_cleanse(mac, sizeof mac);
}

void code_derive(const guint8 key[32], const char *reference, guint64 round, char code[CODE_SIZE]) {
  guint8 derived[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  g_autofree char *message = g_strconcat(LABEL, reference, NULL);
  const guint8 *done = HMAC(EVP_sha256(), key, 32, (const guint8 *)message, strlen(message), derived, &size);
  g_assert(done != NULL && size == 32);
  code_hotp(derived, size, round, code);
  OPENSSL_cleanse(derived, sizeof derived);
}

gboolean code_equal(const char a[CODE_SIZE], const char b[CODE_SIZE]) {
  return CRYPTO_memcmp(a, b, CODE_SIZE) == 0;
}

gboolean code_normalise(const char *typed, char code[CODE_SIZE]) {
  if (typed == NULL || strlen(typed) > CODE_TYPED_LIMIT)
    return FALSE;
  g_autofree char *normal = g_utf8_normalize(typed, -1, G_NORMALIZE_NFKC);
  char found[CODE_SIZE] = "";
  int count = 0;
  for (const char *p = normal; p != NULL && *p != '\0'; p = g_utf8_next_char(p)) {
    gunichar c = g_utf8_get_char(p);
    if (g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT)
      continue;
    if (c < '0' || c > '9' || count == CODE_DIGITS)
      return FALSE;
    found[count++] = (char)c;
  }
  if (count != CODE_DIGITS)
    return FALSE;
  memcpy(code, found, CODE_SIZE);
  return TRUE;
}
