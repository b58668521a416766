#include "rules/origin.h"

#include <string.h>

static void test_valid(void) {
  static const struct {
    const char *text;
    gboolean want;
  } cases[] = {
      {"amount=贷方金额\nremark=附言\n", TRUE},
      {"amount=Amt\n", TRUE},
      {"amount=a=b\n", TRUE},
      {"", FALSE},
      {"amount=Amt", FALSE},
      {"amount=\n", FALSE},
      {"=Amt\n", FALSE},
      {"amount\n", FALSE},
      {"Amount=Amt\n", FALSE},
      {"amount=Amt\n\n", FALSE},
      {"amount=A\tmt\n", FALSE},
      {"amount=A\xC2\x85mt\n", FALSE},
      {"amount=\xFF\n", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    if (origin_valid(cases[i].text, strlen(cases[i].text)) != cases[i].want)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, cases[i].text);
  g_assert_false(origin_valid("amount=a\0b\n", 11));
}

static void test_add(void) {
  g_autoptr(GString) origin = g_string_new(NULL);
  origin_add(origin, "amount", "贷方\n金额");
  origin_add(origin, "remark", NULL);
  origin_add(origin, "purpose", "");
  origin_add(origin, "summary", "a\x1b=b");
  g_assert_cmpstr(origin->str, ==, "amount=贷方 金额\nsummary=a =b\n");
  g_assert_true(origin_valid(origin->str, origin->len));
}

/* However much is asked for, an origin stays one. */
static void test_bounds(void) {
  g_autoptr(GString) origin = g_string_new(NULL), wide = g_string_new(NULL);
  for (int i = 0; i < 100; i++)
    g_string_append(wide, "金额");
  for (int i = 0; i < 100; i++)
    origin_add(origin, "amount", wide->str);
  g_assert_cmpuint(origin->len, <=, ORIGIN_MAX);
  g_assert_cmpuint(origin->len, >, ORIGIN_MAX - 250);
  g_assert_true(origin_valid(origin->str, origin->len));
  g_autofree char *place = origin_place(origin->str, "amount");
  g_assert_cmpuint(strlen(place), ==, 198); /* 66 characters of three bytes */
}

static void test_place(void) {
  const char *origin = "amount=贷方金额\nremark=附言\n";
  g_autofree char *amount = origin_place(origin, "amount"), *remark = origin_place(origin, "remark");
  g_assert_cmpstr(amount, ==, "贷方金额");
  g_assert_cmpstr(remark, ==, "附言");
  g_assert_null(origin_place(origin, "mark"));
  g_assert_null(origin_place(origin, "rem"));
  g_assert_null(origin_place(NULL, "remark"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/origin/valid", test_valid);
  g_test_add_func("/origin/add", test_add);
  g_test_add_func("/origin/bounds", test_bounds);
  g_test_add_func("/origin/place", test_place);
  return g_test_run();
}
