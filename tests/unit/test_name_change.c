/* What was evened out in a name. */
#include "rules/name_change.h"

static const struct {
  const char *a, *b;
  unsigned want;
} rows[] = {
    {"甲乙公司", "甲乙公司", 0},
    {"甲乙 公司", "甲乙公司", NAME_CHANGE_BLANKS},
    {"甲乙　公司", "甲乙公司", NAME_CHANGE_BLANKS},
    {"甲乙\u200b公司", "甲乙公司", NAME_CHANGE_BLANKS},
    {"甲（深圳）公司", "甲(深圳)公司", NAME_CHANGE_WIDTH},
    {"甲【深圳】公司", "甲(深圳)公司", NAME_CHANGE_BRACKETS},
    {"甲Ａ公司", "甲A公司", NAME_CHANGE_WIDTH},
    {"甲a公司", "甲A公司", NAME_CHANGE_CASE},
    {"甲ａ公司", "甲A公司", NAME_CHANGE_CASE | NAME_CHANGE_WIDTH},
    {"甲·乙公司", "甲乙公司", NAME_CHANGE_MARKS},
    {"甲-乙公司", "甲乙公司", NAME_CHANGE_MARKS},
    {"甲\ufffd公司", "甲?公司", NAME_CHANGE_UNKNOWN},
    {"甲□公司", "甲?公司", NAME_CHANGE_UNKNOWN},
    {"甲 乙公司", "甲乙 公司", NAME_CHANGE_BLANKS},
    {"甲 乙（深）", "甲 乙(深)", NAME_CHANGE_WIDTH},
    {NULL, NULL, 0},
};

static void test_between(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    unsigned got = name_change_between(rows[i].a, rows[i].b);
    if (got != rows[i].want)
      g_test_fail_printf("%s, %s: want %u, got %u", rows[i].a, rows[i].b, rows[i].want, got);
  }
  g_assert_cmpuint(name_change_between("\xff甲", "?甲"), ==, NAME_CHANGE_UNKNOWN);
}

static void test_words(void) {
  for (int i = 0; i < NAME_CHANGES; i++)
    g_assert_nonnull(name_change_word(i));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/name_change/between", test_between);
  g_test_add_func("/name_change/words", test_words);
  return g_test_run();
}
