#include "rules/code.h"

#include <string.h>

/* RFC 4226 appendix D. */
static void test_hotp(void) {
  static const char *const want[] = {"755224", "287082", "359152", "969429", "338314",
                                     "254676", "287922", "162583", "399871", "520489"};
  static const guint8 key[] = "12345678901234567890";
  for (guint64 counter = 0; counter < G_N_ELEMENTS(want); counter++) {
    char code[CODE_SIZE];
    code_hotp(key, sizeof key - 1, counter, code);
    g_assert_cmpstr(code, ==, want[counter]);
  }
}

/* Computed apart, with Python's hmac: a code must not change between releases, it is on its way to applicants. */
static void test_derive(void) {
  static const struct {
    guint8 key;
    const char *reference;
    guint64 round;
    const char *want;
  } cases[] = {
      {0, "Y7QZ3K0V9T2M4N8XB", 1, "014437"},
      {0, "Y7QZ3K0V9T2M4N8XB", 2, "805313"},
      {1, "Y7QZ3K0V9T2M4N8XB", 1, "612320"},
      {0, "Y7QZ3K0V9T2M4N8XC", 1, "178132"},
      {255, "", 0, "674070"},
      {0, "Y7QZ3K0V9T2M4N8XB", 1, "014437"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint8 key[32];
    char code[CODE_SIZE];
    memset(key, cases[i].key, sizeof key);
    code_derive(key, cases[i].reference, cases[i].round, code);
    g_assert_cmpstr(code, ==, cases[i].want);
  }
}

/* Six digits each, as many distinct ones as 2,000 draws of a million give, and zeros in front among them. */
static void test_spread(void) {
  guint8 key[32] = {7};
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  int zeros = 0;
  for (guint64 round = 1; round <= 2000; round++) {
    char code[CODE_SIZE];
    code_derive(key, "Y0123456789ABCDEF", round, code);
    g_assert_cmpuint(strspn(code, "0123456789"), ==, CODE_DIGITS);
    zeros += code[0] == '0';
    g_hash_table_add(seen, g_strdup(code));
  }
  g_assert_cmpuint(g_hash_table_size(seen), >, 1980);
  g_assert_cmpint(zeros, >, 120);
  g_assert_cmpint(zeros, <, 290);
}

static void test_normalise(void) {
  static const struct {
    const char *typed, *want; /* NULL: malformed */
  } cases[] = {
      {"056869", "056869"},
      {" 056 869\n", "056869"},
      {"０５６８６９", "056869"},
      {"　０５６　869 ", "056869"},
      {"056\xe2\x80\x8b"
       "869\xef\xbb\xbf",
       "056869"},
      {"05686", NULL},
      {"0568690", NULL},
      {"056869 0", NULL},
      {"05686a", NULL},
      {"-56869", NULL},
      {"056-869", NULL},
      {"056.869", NULL},
      {"٠٥٦٨٦٩", NULL},
      {"", NULL},
      {"      ", NULL},
      {"056869\xff", NULL},
      {NULL, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    char code[CODE_SIZE] = "------";
    g_test_message("row %" G_GSIZE_FORMAT, i);
    g_assert_cmpint(code_normalise(cases[i].typed, code), ==, cases[i].want != NULL);
    g_assert_cmpstr(code, ==, cases[i].want != NULL ? cases[i].want : "------");
  }
  g_autofree char *blanks = g_strnfill(CODE_TYPED_LIMIT, ' ');
  g_autofree char *long_text = g_strconcat(blanks, "056869", NULL);
  char code[CODE_SIZE] = "------";
  g_assert_false(code_normalise(long_text, code));
}

static void test_equal(void) {
  g_assert_true(code_equal("056869", "056869"));
  g_assert_false(code_equal("056869", "056868"));
  g_assert_false(code_equal("056869", "156869"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/code/hotp", test_hotp);
  g_test_add_func("/code/derive", test_derive);
  g_test_add_func("/code/spread", test_spread);
  g_test_add_func("/code/normalise", test_normalise);
  g_test_add_func("/code/equal", test_equal);
  return g_test_run();
}
