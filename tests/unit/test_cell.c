/* Numbers of spreadsheet cells as a person sees them. */
#include <glib.h>

#include "parsers/cell.h"

#define P                                                                                                              \
  { CELL_PLAIN, 0 }
#define M                                                                                                              \
  { CELL_MOMENT, 0 }

static void test_text(void) {
  static const struct {
    const char *number;
    CellFormat format;
    gboolean from_1904;
    const char *want; /* NULL: none */
  } cases[] = {
      {"1048", P, FALSE, "1048"},
      {"1048.5", P, FALSE, "1048.5"},
      {"-0.01", P, FALSE, "-0.01"},
      {"0", P, FALSE, "0"},
      {"-0", P, FALSE, "0"},
      {"0.0", P, FALSE, "0"},
      {".5", P, FALSE, "0.5"},
      {"5.", P, FALSE, "5"},
      {"1234.5600000000001", P, FALSE, "1234.56"},
      {"1.1000000000000001", P, FALSE, "1.1"},
      {"0.30000000000000004", P, FALSE, "0.3"},
      {"2.9999999999999996", P, FALSE, "3"},
      {"999999999999999.9", P, FALSE, "1E+15"},
      {"99999999999999.99", P, FALSE, "1E+14"},
      {"9999999999999.99", P, FALSE, "9999999999999.99"},
      {"1.0480000000000001E3", P, FALSE, "1048"},
      {"1E-2", P, FALSE, "0.01"},
      {"1e+2", P, FALSE, "100"},
      {"6222021234567890", P, FALSE, "6.22202123456789E+15"},
      {"6222021234567890123", P, FALSE, "6.22202123456789E+18"},
      {"622202123456789", P, FALSE, "622202123456789"},
      {"1E300", P, FALSE, "1E+300"},
      {"1E99999", P, FALSE, NULL},
      {"", P, FALSE, NULL},
      {"-", P, FALSE, NULL},
      {".", P, FALSE, NULL},
      {"1.2.3", P, FALSE, NULL},
      {"1,048", P, FALSE, NULL},
      {"0x10", P, FALSE, NULL},
      {"1E", P, FALSE, NULL},
      {"NaN", P, FALSE, NULL},
      {"12", {CELL_PLAIN, 6}, FALSE, "000012"},
      {"0", {CELL_PLAIN, 6}, FALSE, "000000"},
      {"1", M, FALSE, "1900-01-01"},
      {"59", M, FALSE, "1900-02-28"},
      {"60", M, FALSE, "60"},
      {"61", M, FALSE, "1900-03-01"},
      {"46346", M, FALSE, "2026-11-20"},
      {"44884", M, TRUE, "2026-11-20"},
      {"0", M, TRUE, "1904-01-01"},
      {"46346.383715277778", M, FALSE, "2026-11-20 09:12:33"},
      {"46346.999999999", M, FALSE, "2026-11-21"},
      {"0.5", M, FALSE, "12:00:00"},
      {"0.383715277777778", M, FALSE, "09:12:33"},
      {"1.1574074074074073E-5", M, FALSE, "00:00:01"},
      {"-1", M, FALSE, "-1"},
      {"2958465", M, FALSE, "9999-12-31"},
      {"2958466", M, FALSE, "2958466"},
      {"20261120", M, FALSE, "20261120"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = cell_text(cases[i].number, cases[i].format, cases[i].from_1904);
    g_assert_cmpstr(got, ==, cases[i].want);
  }
}

static void test_format(void) {
  static const struct {
    const char *code;
    CellKind kind;
    guint zeros;
  } cases[] = {{"General", CELL_PLAIN, 0},
               {"0.00_ ", CELL_PLAIN, 0},
               {"#,##0.00;[Red]-#,##0.00", CELL_PLAIN, 0},
               {"_ \"\xC2\xA5\"* #,##0.00_ ", CELL_PLAIN, 0},
               {"[$\xEF\xBF\xA5-804]#,##0.00", CELL_PLAIN, 0},
               {"@", CELL_PLAIN, 0},
               {"\"day\"0", CELL_PLAIN, 0},
               {"\\d0", CELL_PLAIN, 0},
               {"000000", CELL_PLAIN, 6},
               {"0", CELL_PLAIN, 0},
               {"yyyy\\-mm\\-dd", CELL_MOMENT, 0},
               {"yyyy\"年\"m\"月\"d\"日\"", CELL_MOMENT, 0},
               {"[$-804]aaaa;yyyy", CELL_PLAIN, 0},
               {"[h]:mm", CELL_MOMENT, 0},
               {"m/d/yy h:mm", CELL_MOMENT, 0},
               {"\"", CELL_PLAIN, 0},
               {"[", CELL_PLAIN, 0},
               {"\\", CELL_PLAIN, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    CellFormat got = cell_format(cases[i].code);
    if (got.kind != cases[i].kind || got.zeros != cases[i].zeros)
      g_test_fail_printf("%s: %d %u", cases[i].code, got.kind, got.zeros);
  }
  g_assert_cmpint(cell_format_builtin(22).kind, ==, CELL_MOMENT);
  g_assert_cmpint(cell_format_builtin(4).kind, ==, CELL_PLAIN);
}

static void test_place(void) {
  static const struct {
    const char *name;
    guint column;
    gint64 row;
  } cases[] = {{"A1", 0, 1},   {"B3", 1, 3},    {"Z10", 25, 10}, {"AA1", 26, 1},     {"XFD1048576", 16383, 1048576},
               {"XFE1", 0, 0}, {"A0", 0, 0},    {"A01", 0, 0},   {"A", 0, 0},        {"1", 0, 0},
               {"a1", 0, 0},   {"A1:B2", 0, 0}, {"", 0, 0},      {"A1048577", 0, 0}, {"ZZZZZZZZZZZZ1", 0, 0}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    guint column = 0;
    gint64 row = 0;
    gboolean good = cell_place(cases[i].name, &column, &row);
    g_assert_cmpint(good, ==, cases[i].row > 0);
    g_assert_cmpuint(column, ==, cases[i].column);
    g_assert_cmpint(row, ==, cases[i].row);
    g_autofree char *name = good ? cell_name(column, row) : NULL;
    g_assert_cmpstr(name, ==, good ? cases[i].name : NULL);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/cell/text", test_text);
  g_test_add_func("/cell/format", test_format);
  g_test_add_func("/cell/place", test_place);
  return g_test_run();
}
