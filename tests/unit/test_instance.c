/* Who may send: passes, and every way in which store, pass and machine can disagree. */
#include "rules/instance.h"

static void test_judge(void) {
  static const Pass here = {.epoch = 7, .instance = (char *)"i", .machine = (char *)"m", .inode = 11, .born = 5};
  static const struct {
    const char *what;
    Pass pass;
    InstanceVerdict want;
  } cases[] = {
      {"the same", {7, (char *)"i", (char *)"m", 11, 5}, INSTANCE_OURS},
      {"killed between commit and pass", {6, (char *)"i", (char *)"m", 11, 5}, INSTANCE_OURS},
      {"an older store", {8, (char *)"i", (char *)"m", 11, 5}, INSTANCE_BEHIND},
      {"a much older store", {800, (char *)"i", (char *)"m", 11, 5}, INSTANCE_BEHIND},
      {"an older pass", {5, (char *)"i", (char *)"m", 11, 5}, INSTANCE_LOST},
      {"another instance", {7, (char *)"j", (char *)"m", 11, 5}, INSTANCE_FOREIGN},
      {"another machine", {7, (char *)"i", (char *)"n", 11, 5}, INSTANCE_ELSEWHERE},
      {"a copied pass", {7, (char *)"i", (char *)"m", 12, 5}, INSTANCE_ELSEWHERE},
      {"a copied pass that got the same inode", {7, (char *)"i", (char *)"m", 11, 6}, INSTANCE_ELSEWHERE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_test_message("%s", cases[i].what);
    g_assert_cmpint(instance_judge(&cases[i].pass, &here), ==, cases[i].want);
  }
  g_assert_cmpint(instance_judge(NULL, &here), ==, INSTANCE_LOST);
}

static void test_text(void) {
  static const Pass pass = {
      .epoch = 7, .instance = (char *)"i", .machine = (char *)"m", .inode = G_MAXUINT64, .born = 5};
  g_autofree char *text = pass_write(&pass);
  g_auto(Pass) read = {0};
  g_assert_true(pass_read(text, &read));
  g_assert_cmpint(instance_judge(&read, &pass), ==, INSTANCE_OURS);
  static const char *const bad[] = {"",
                                    "1 7 i m 11 5",
                                    "2 7 i m 11 5\n",
                                    "1 -7 i m 11 5\n",
                                    "1 7 i m 11\n",
                                    "1 7 i m 11 5 6\n",
                                    "1 x i m 11 5\n",
                                    "1 7 i m 11 5\n1 7 i m 11 5\n"};
  for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
    g_auto(Pass) none = {0};
    g_test_message("%s", bad[i]);
    g_assert_false(pass_read(bad[i], &none));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/instance/judge", test_judge);
  g_test_add_func("/instance/text", test_text);
  return g_test_run();
}
