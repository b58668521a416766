/* Tables for a terminal. */
#include <glib.h>
#include <stdlib.h>

#include "daemon/table.h"

static void test_print(void) {
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  g_autoptr(Table) table = table_new("名", ">金额", "x", NULL);
  table_row(table, "深圳市", "1048.00", "a");
  table_row(table, "ab", NULL, "b\nc");
  table_print(table, out);
  (void)fclose(out);
  g_assert_cmpstr(text, ==,
                  "名         金额  x\n"
                  "深圳市  1048.00  a\n"
                  "ab               b c\n");
  free(text);
}

static void test_width(void) {
  g_assert_cmpint(text_width("a中（"), ==, 5);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/table/print", test_print);
  g_test_add_func("/table/width", test_width);
  return g_test_run();
}
