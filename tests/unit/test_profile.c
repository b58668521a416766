#include "parsers/layout.h"
#include "parsers/profile.h"
#include "rules/error.h"

#include <glib/gstdio.h>
#include <string.h>

static void test_built_in(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) profiles = profiles_load(NULL, &error);
  g_assert_no_error(error);
  static const char *const names[] = {"abc", "cmb", "icbc"};
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
    const Profile *profile = profiles_find(profiles, names[i]);
    g_assert_nonnull(profile);
    g_assert_cmpint((int)strlen(profile->clearing), ==, 3);
    g_assert_nonnull(profile->message);
    g_assert_nonnull(profile->return_words[0]);
  }
  g_assert_cmpstr(profiles_find(profiles, "icbc")->message, ==, "pain.001.001.03");
  g_assert_cmpint(profiles_find(profiles, "icbc")->remark_bytes, ==, 60);
  g_assert_cmpstr(profiles_find(profiles, "cmb")->message, ==, "pain.001.001.09");
  g_assert_true(profiles_find(profiles, "cmb")->serial_unique);
  g_assert_false(profiles_find(profiles, "abc")->serial_unique);
  g_assert_null(profiles_find(profiles, "nobank"));
}

static void test_choose(void) {
  g_autoptr(GPtrArray) one = profiles_choose(NULL, "abc", NULL);
  g_assert_cmpint((int)one->len, ==, 1);
  g_autoptr(GError) error = NULL;
  g_assert_null(profiles_choose(NULL, "nobank", &error));
  g_assert_cmpstr(error_reason(error), ==, "profile_unknown");
}

/* Loads a folder with this one file; gives the error's message, or NULL. */
static char *load_one(const char *name, const char *text) {
  g_autofree char *dir = g_dir_make_tmp("yifen-profile-XXXXXX", NULL), *path = g_build_filename(dir, name, NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_autoptr(GPtrArray) profiles = profiles_load(dir, &error);
  g_unlink(path);
  g_rmdir(dir);
  g_assert_true((profiles == NULL) == (error != NULL));
  return error == NULL ? NULL : g_strdup(error->message);
}

static void test_folder(void) {
#define CSV "[csv x]\nbooking_date = 日期\n"
  static const struct {
    const char *text, *want; /* want: part of the error, NULL when good */
  } cases[] = {
      {"[bank]\ntitle = 测试银行\n" CSV "credit = 收\ndebit = 支\n", NULL},
      {CSV "amount = 金额\n", NULL},
      {CSV "amount = 金额\nflag = 借贷\n", "field=flag"},
      {CSV, "config_value"},
      {"[csv x]\namount = 金额\n", "field=booking_date"},
      {"[bank]\ntitel = x\n", "line=2 field=titel expected=title"},
      {"[banks]\ntitle = x\n", "config_section"},
      {"[payment]\nremark_bytes = 0\n", "line=2 field=remark_bytes value=0"},
      {"[payment]\nmessage = pain.008\n", "field=message value=pain.008"},
      {CSV "amount = 金额\ncurrency = 元\n", "field=currency"},
      {CSV "amount = 金额\namounts = 金额\n", "field=amounts expected=amount"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = load_one("test.conf", cases[i].text);
    if (cases[i].want == NULL ? got != NULL : got == NULL || strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/profile/built_in", test_built_in);
  g_test_add_func("/profile/choose", test_choose);
  g_test_add_func("/profile/folder", test_folder);
  return g_test_run();
}
