/* Remarks and names against the byte limits of a bank's fields. */
#include "parsers/remark.h"

#include "rules/error.h"

static const struct {
  const char *name, *template;
  int limit;
  const char *reason; /* NULL: it fits */
} remarks[] = {
    {"exact", "办理数字证书编码: {code}", 24, NULL},
    {"a byte short", "办理数字证书编码: {code}", 23, "remark_bytes"},
    {"code first", "{code}办理", 10, NULL},
    {"no code", "办理数字证书编码", 60, "remark_template"},
    {"a digit before", "编号2{code}", 60, "remark_template"},
    {"a wide digit after", "{code}２号", 60, "remark_template"},
    {"two codes", "{code} {code}", 60, "remark_template"},
    {"more characters than the message holds",
     "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012"
     "3456789"
     "01234567890123x{code}",
     500, "remark_bytes"},
};

static Profile bank(int limit) {
  static char name[] = "bank", encoding[] = "GB18030";
  return (Profile){.name = name, .encoding = encoding, .remark_bytes = limit, .name_bytes = limit};
}

static void test_remarks(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(remarks); i++) {
    const Profile profile = bank(remarks[i].limit);
    g_autoptr(GError) error = NULL;
    gboolean fits = remark_check(remarks[i].template, &profile, &error);
    const char *reason = fits ? NULL : error_reason(error);
    if (g_strcmp0(reason, remarks[i].reason) != 0)
      g_test_fail_printf("%s: %s", remarks[i].name, reason);
  }
}

static void test_names(void) {
  const Profile profile = bank(12);
  g_autoptr(GError) error = NULL;
  g_assert_true(remark_check_name("account_name", "甲乙有限公司", &profile, &error));
  g_assert_false(remark_check_name("account_name", "甲乙丙有限公司", &profile, &error));
  g_assert_cmpstr(error_reason(error), ==, "name_bytes");
  g_assert_cmpstr(error_fact(error, "value"), ==, "14");
  g_assert_cmpstr(error_fact(error, "expected"), ==, "12");
}

static void test_fill(void) {
  g_autofree char *remark = remark_fill("编码: {code}。", "056869");
  g_assert_cmpstr(remark, ==, "编码: 056869。");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/remark/remarks", test_remarks);
  g_test_add_func("/remark/names", test_names);
  g_test_add_func("/remark/fill", test_fill);
  return g_test_run();
}
