/* Sealing: what was sealed opens with the right key and context, and with nothing else. */
#include <openssl/rand.h>
#include <string.h>

#include "rules/error.h"
#include "spool/seal.h"

typedef GBytes *Sealing(const SealKey *key, const char *context, const void *bytes, gsize size, GError **error);

static SealKey key_random(void) {
  guint8 bytes[SEAL_KEY_SIZE];
  g_assert_true(RAND_bytes(bytes, sizeof bytes) == 1);
  SealKey key;
  seal_key_set(&key, bytes);
  return key;
}

static const char clear_text[] = "<Ustrd>056869</Ustrd>";

static gboolean opens(Sealing *open, const SealKey *key, const char *context, const guint8 *blob, gsize size) {
  g_autoptr(GError) error = NULL;
  GBytes *clear = open(key, context, blob, size, &error);
  if (clear == NULL) {
    g_assert_cmpstr(error_reason(error), ==, "seal_broken");
    return FALSE;
  }
  gsize length = 0;
  const void *bytes = g_bytes_get_data(clear, &length);
  g_assert_cmpmem(bytes, length, clear_text, strlen(clear_text));
  seal_forget(clear);
  return TRUE;
}

/* Opens with the right key only; every changed byte, every cut and another context are seen. */
static void check(Sealing *seal, const SealKey *sealer, Sealing *open, const SealKey *opener) {
  g_autoptr(GBytes) sealed = seal(sealer, "batch:M1", clear_text, strlen(clear_text), NULL);
  g_assert_nonnull(sealed);
  gsize size = 0;
  const guint8 *data = g_bytes_get_data(sealed, &size);
  g_autofree guint8 *blob = g_memdup2(data, size);
  g_assert_true(memmem(blob, size, "056869", 6) == NULL);
  g_assert_true(opens(open, opener, "batch:M1", blob, size));
  g_assert_false(opens(open, opener, "batch:M2", blob, size));
  SealKey other = key_random();
  g_assert_false(opens(open, &other, "batch:M1", blob, size));
  for (gsize i = 0; i < size; i++) {
    blob[i] ^= 1;
    g_assert_false(opens(open, opener, "batch:M1", blob, size));
    blob[i] ^= 1;
    g_assert_false(opens(open, opener, "batch:M1", blob, i));
  }
}

static void test_secret(void) {
  SealKey key = key_random();
  check(seal_secret, &key, seal_secret_open, &key);
}

static void test_public(void) {
  SealKey private_key = key_random(), public_key;
  g_assert_true(seal_public(&private_key, &public_key, NULL));
  check(seal_to, &public_key, seal_open, &private_key);
}

static void test_sealer_cannot_open(void) {
  SealKey private_key = key_random(), public_key;
  g_assert_true(seal_public(&private_key, &public_key, NULL));
  g_autoptr(GBytes) sealed = seal_to(&public_key, "entry", clear_text, strlen(clear_text), NULL);
  gsize size = 0;
  const guint8 *blob = g_bytes_get_data(sealed, &size);
  g_assert_false(opens(seal_open, &public_key, "entry", blob, size));
  g_assert_false(opens(seal_secret_open, &public_key, "entry", blob, size));
  g_assert_true(opens(seal_open, &private_key, "entry", blob, size));
}

static void test_fresh(void) {
  SealKey key = key_random();
  g_autoptr(GBytes) one = seal_secret(&key, "c", clear_text, strlen(clear_text), NULL);
  g_autoptr(GBytes) two = seal_secret(&key, "c", clear_text, strlen(clear_text), NULL);
  g_assert_false(g_bytes_equal(one, two));
}

/* RFC 7748 section 6.1: Alice's pair. */
static void test_known_pair(void) {
  static const guint8 alice[SEAL_KEY_SIZE] = {0x77, 0x07, 0x6d, 0x0a, 0x73, 0x18, 0xa5, 0x7d, 0x3c, 0x16, 0xc1,
                                              0x72, 0x51, 0xb2, 0x66, 0x45, 0xdf, 0x4c, 0x2f, 0x87, 0xeb, 0xc0,
                                              0x99, 0x2a, 0xb1, 0x77, 0xfb, 0xa5, 0x1d, 0xb9, 0x2c, 0x2a};
  static const guint8 want[4] = {0x85, 0x20, 0xf0, 0x09};
  SealKey private_key, public_key;
  seal_key_set(&private_key, alice);
  g_assert_true(seal_public(&private_key, &public_key, NULL));
  g_assert_cmpmem(public_key.bytes, 4, want, 4);
  g_assert_cmpuint(strlen(private_key.id), ==, 16);
  g_assert_cmpstr(private_key.id, !=, public_key.id);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/seal/secret", test_secret);
  g_test_add_func("/seal/public", test_public);
  g_test_add_func("/seal/sealer-cannot-open", test_sealer_cannot_open);
  g_test_add_func("/seal/fresh", test_fresh);
  g_test_add_func("/seal/known-pair", test_known_pair);
  return g_test_run();
}
