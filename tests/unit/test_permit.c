/* The table of commands and staff roles: no hole, no row hidden by another, and only what it says. With --print it
 * writes the table for docs/staff.md. */
#include <stdio.h>
#include <string.h>

#include "rules/permit.h"

enum { F = 1, R = 2, S = 4, O = 8 };

static const Permit *find(const char *line) {
  g_auto(GStrv) words = g_strsplit(line, " ", -1);
  return permit_find((int)g_strv_length(words), words);
}

static void test_filled(void) {
  for (const Permit *row = permits; row->command != NULL; row++)
    for (int role = 0; role < STAFF_ROLES; role++)
      g_assert_cmpint(row->cells[role], !=, PERMIT_UNFILLED);
}

/* Every row is found by its own words; one with an option is no wider than the one without. */
static void test_found(void) {
  for (const Permit *row = permits; row->command != NULL; row++) {
    g_autofree char *line = g_strjoin(" ", row->command, row->option, NULL);
    g_assert_true(find(line) == row);
    const Permit *plain = find(row->command);
    g_assert_nonnull(plain);
    for (int role = 0; role < STAFF_ROLES; role++)
      g_assert_true(row->cells[role] == PERMIT_NO || plain->cells[role] == PERMIT_YES);
  }
}

static void test_lines(void) {
  static const struct {
    const char *line;
    guint who;
  } cases[] = {
      {"case accept 4", R | S},
      {"case approve 4", F | S},
      {"case undo 4 --reason x", S},
      {"case", 0},
      {"case acceptance 4", 0},
      {"cas accept 4", 0},
      {"case accept", R | S},
      {"accept case", 0},
      {"--reason x case accept", 0},
      {"case --reason accept", 0},
      {"status", F | R | S | O},
      {"status accept", F | R | S | O},
      {"pay release icbc", F | S},
      {"pay release --restored --reason x", S},
      {"pay release icbc --reason --restored", S},
      {"pay hold --reason x", F | S | O},
      {"report --format txt", F | R | S},
      {"report --date 2026-11-23 --mail", R | S},
      {"backup x", 0},
      {"init x", 0},
      {"", 0},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    for (guint roles = 0; roles < 1u << STAFF_ROLES; roles++)
      if (permit_allows(find(cases[i].line), roles) != ((roles & cases[i].who) != 0))
        g_test_message("%s as %x", cases[i].line, roles), g_test_fail();
}

static void test_nothing(void) {
  g_assert_null(permit_find(0, NULL));
  g_assert_false(permit_allows(NULL, F | R | S | O));
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--print") == 0) {
    g_autofree char *table = permit_print();
    fputs(table, stdout);
    return 0;
  }
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/permit/filled", test_filled);
  g_test_add_func("/permit/found", test_found);
  g_test_add_func("/permit/lines", test_lines);
  g_test_add_func("/permit/nothing", test_nothing);
  return g_test_run();
}
