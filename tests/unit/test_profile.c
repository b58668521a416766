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
  g_assert_cmpint(profiles_find(profiles, "icbc")->absence.not_found, ==, NOT_FOUND_NOTHING);
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
      {"[payment]\nnot_found = never_arrived\nquery_window_minutes = 60\nquery_days = 90\n", NULL},
      {"[payment]\ncut_off = 16:30\n", NULL},
      {"[payment]\ncut_off = 24:00\n", "field=cut_off value=24:00 expected=HH:MM"},
      {"[payment]\ncut_off = 9:00\n", "field=cut_off value=9:00 expected=HH:MM"},
      {"[payment]\nnot_found = never\n", "field=not_found value=never expected=nothing | never_arrived"},
      {"[payment]\nquery_window_minutes = 0\n", "field=query_window_minutes value=0"},
      {"[payment]\nquery_days = 0\n", "field=query_days value=0"},
      {"[payment]\nmessage = pain.008\n", "field=message value=pain.008"},
      {CSV "amount = 金额\ncurrency = 元\n", "field=currency"},
      {CSV "amount = 金额\nsign = debit\nkind = advice\nrank = last\nbalances = proven\n", NULL},
      {CSV "amount = 金额\nsign = minus\n", "field=sign value=minus expected=debit"},
      {CSV "credit = 收\ndebit = 支\ndebit_sign = plus\n", "field=debit_sign"},
      {CSV "amount = 金额\nkind = ledger\n", "field=kind"},
      {CSV "amount = 金额\ntotals = required\n", NULL},
      {CSV "amount = 金额\ntotals = informative 银行自己说不等\n", NULL},
      {CSV "amount = 金额\ntotals = informative\n", "field=totals"},
      {CSV "amount = 金额\nstatus = 状态\n", "field=status"},
      {CSV "amount = 金额\nstatus = 状态\nstatus_booked = *成功\n", NULL},
      {CSV "amount = 金额\namounts = 金额\n", "field=amounts expected=amount"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = load_one("test.conf", cases[i].text);
    if (cases[i].want == NULL ? got != NULL : got == NULL || strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

static void test_keys(void) {
  static const char *const cases[][2] = {{" 日 志 号", "日志号"},
                                         {"借方发生额/元(支取)", "借方发生额(支取)"},
                                         {"金额（元）", "金额"},
                                         {"交易日期[ Transaction Date ]", "交易日期"},
                                         {"余额 Balance", "余额"},
                                         {"`交易时间", "交易时间"},
                                         {"账号：", "账号"},
                                         {"Credit Amount", "creditamount"},
                                         {"收入金额（+元）", "收入金额(+元)"},
                                         {"（元）", "(元)"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *key = layout_key(cases[i][0]);
    g_assert_cmpstr(key, ==, cases[i][1]);
  }
}

static void test_words(void) {
  g_auto(GStrv) words = g_strsplit("成功|等待*|*失败|()", "|", -1), stars = g_strsplit("*", "|", -1);
  static const struct {
    const char *text;
    gboolean is;
  } cases[] = {{"成功", TRUE},     {"交易成功", FALSE}, {"等待付款", TRUE},
               {"付款失败", TRUE}, {"失败了", FALSE},   {"", TRUE}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(layout_word(cases[i].text, words), ==, cases[i].is);
  g_assert_false(layout_word("x", stars)); /* a star alone is a star */
  g_assert_true(layout_word("*", stars));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/profile/built_in", test_built_in);
  g_test_add_func("/profile/choose", test_choose);
  g_test_add_func("/profile/folder", test_folder);
  g_test_add_func("/profile/keys", test_keys);
  g_test_add_func("/profile/words", test_words);
  return g_test_run();
}
