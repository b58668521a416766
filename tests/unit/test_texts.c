/* Texts that may hold codes: masked, and sealed so that only pay reads them. */
#include <string.h>

#include "rules/error.h"
#include "rules/mask.h"
#include "spool/texts.h"

static const struct {
  const char *input, *want;
} masks[] = {
    {"办理数字证书编码: 056869", "办理数字证书编码: ******"},
    {"056869", "******"},
    {"编码０５６８６９。", "编码******。"},
    {"12345 1234567", "12345 1234567"},
    {"业务单 202611220000038", "业务单 202611220000038"},
    {"a056869b123456", "a******b******"},
    {"", ""},
};

static void test_mask(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(masks); i++) {
    g_autofree char *got = mask_codes(masks[i].input);
    g_assert_cmpstr(got, ==, masks[i].want);
  }
  g_assert_null(mask_codes(NULL));
}

static void test_seal(void) {
  SealKey private_key, public_key;
  const guint8 bytes[SEAL_KEY_SIZE] = {1, 2, 3};
  seal_key_set(&private_key, bytes);
  g_assert_true(seal_public(&private_key, &public_key, NULL));
  char remark[] = "办理数字证书编码:\n056869", reference[] = "Y0123456789ABCDEFG";
  Entry line = {.remark = remark, .end_to_end_id = reference};
  g_autoptr(GBytes) blob = texts_seal(&public_key, "icbc", &line, NULL);
  gsize size = 0;
  const void *data = g_bytes_get_data(blob, &size);
  g_auto(Texts) texts = {0};
  g_assert_true(texts_open(&private_key, "icbc", data, size, &texts, NULL));
  g_assert_cmpstr(texts.all, ==, "Y0123456789ABCDEFG\n办理数字证书编码: 056869\n");
  g_auto(Texts) none = {0};
  g_autoptr(GError) error = NULL;
  g_assert_false(texts_open(&private_key, "abc", data, size, &none, &error));
  g_assert_cmpstr(error_reason(error), ==, "seal_broken");
  Entry empty = {0};
  g_autoptr(GBytes) nothing = texts_seal(&public_key, "icbc", &empty, NULL);
  g_assert_true(
      texts_open(&private_key, "icbc", g_bytes_get_data(nothing, NULL), g_bytes_get_size(nothing), &none, NULL));
  g_assert_cmpstr(none.all, ==, "");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/texts/mask", test_mask);
  g_test_add_func("/texts/seal", test_seal);
  return g_test_run();
}
