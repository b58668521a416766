#include "daemon/http/limits.h"

#define SECOND G_USEC_PER_SEC

/* A bucket of 3 that refills one in 2 seconds. */
static void test_bucket(void) {
  static const struct {
    gint64 at; /* milliseconds */
    gboolean want;
    int retry;
  } table[] = {{0, TRUE, 0},     {0, TRUE, 0},     {0, TRUE, 0},     {0, FALSE, 2},    {1500, FALSE, 1},
               {2000, TRUE, 0},  {2001, FALSE, 2}, {4000, TRUE, 0},  {9999, TRUE, 0},  {9999, TRUE, 0},
               {9999, FALSE, 1}, {99999, TRUE, 0}, {99999, TRUE, 0}, {99999, TRUE, 0}, {99999, FALSE, 2}};
  g_autoptr(Limits) limits = limits_new();
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    int retry = 0;
    gint64 now = 1000 * SECOND + table[i].at * 1000;
    g_assert_cmpint(limits_take(limits, "order", 3, 2 * SECOND, now, &retry), ==, table[i].want);
    g_assert_cmpint(retry, ==, table[i].retry);
  }
}

static void test_keys(void) {
  int retry;
  g_autoptr(Limits) limits = limits_new();
  g_assert_true(limits_take(limits, "a", 1, SECOND, SECOND, &retry));
  g_assert_true(limits_take(limits, "b", 1, SECOND, SECOND, &retry));
  g_assert_false(limits_take(limits, "a", 1, SECOND, SECOND, &retry));
}

/* Many keys do not grow without end; the ones that are full again go first. */
static void test_many(void) {
  int retry;
  g_autoptr(Limits) limits = limits_new();
  for (int i = 0; i < 9999; i++) {
    g_autofree char *key = g_strdup_printf("k%d", i);
    g_assert_true(limits_take(limits, key, 1, SECOND, SECOND, &retry));
  }
  g_assert_true(limits_take(limits, "busy", 1, SECOND, 10 * SECOND, &retry));
  g_assert_true(limits_take(limits, "next", 1, SECOND, 10 * SECOND, &retry));
  g_assert_false(limits_take(limits, "busy", 1, SECOND, 10 * SECOND, &retry));
  g_assert_true(limits_take(limits, "k1", 1, SECOND, 10 * SECOND, &retry));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/limits/bucket", test_bucket);
  g_test_add_func("/limits/keys", test_keys);
  g_test_add_func("/limits/many", test_many);
  return g_test_run();
}
