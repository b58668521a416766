/* Paragraphs of at most 80 cells. */
#include "daemon/fill.h"

#include "daemon/table.h"

static void check(const char *text, int first, int indent, const char *want) {
  g_autofree char *got = fill_text(text, first, indent);
  g_assert_cmpstr(got, ==, want);
}

#define TEN "一二三四五六七八九十"

static void test_lines(void) {
  check("", 2, 4, "  ");
  check("短", 2, 4, "  短");
  check("a\nb", 0, 2, "a\n  b");
  check(TEN TEN TEN TEN, 0, 2, TEN TEN TEN TEN);
  check(TEN TEN TEN TEN "完", 0, 2, TEN TEN TEN TEN "\n  完");
  check(TEN TEN TEN TEN "。完", 0, 2, TEN TEN TEN "一二三四五六七八九\n  十。完");
  check(TEN TEN TEN "一二三四五 1234567890 尾", 0, 2, TEN TEN TEN "一二三四五\n  1234567890 尾");
}

/* Whatever it is, no line is wider and nothing is lost but blanks. */
static void test_wide(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int i = 0; i < 200; i++)
    g_string_append(text, i % 7 == 0 ? "字" : i % 11 == 0 ? "，" : i % 13 == 0 ? " " : "x");
  for (int indent = 0; indent < 12; indent++) {
    g_autofree char *got = fill_text(text->str, 0, indent);
    g_auto(GStrv) lines = g_strsplit(got, "\n", -1);
    g_autoptr(GString) joined = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++) {
      g_assert_cmpint(text_width(*line), <=, FILL_COLUMNS);
      g_string_append(joined, *line);
    }
    g_string_replace(joined, " ", "", 0);
    g_autoptr(GString) bare = g_string_new(text->str);
    g_string_replace(bare, " ", "", 0);
    g_assert_cmpstr(joined->str, ==, bare->str);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/fill/lines", test_lines);
  g_test_add_func("/fill/wide", test_wide);
  return g_test_run();
}
