/* Numbers from their bits, and the numbers of XLS records. */
#include <string.h>

#include "parsers/biff.h"
#include "parsers/cell.h"
#include "parsers/ieee.h"

static void check(char *decimal, const char *want) {
  CellFormat plain = {CELL_PLAIN, 0};
  g_autofree char *number = decimal, *got = number == NULL ? NULL : cell_text(number, plain, FALSE);
  g_assert_cmpstr(got, ==, want);
}

static void test_bits(void) {
  static const struct {
    guint64 bits;
    const char *want;
  } cases[] = {{0, "0"},
               {G_GUINT64_CONSTANT(0x8000000000000000), "0"},
               {G_GUINT64_CONSTANT(0x3FF0000000000000), "1"},
               {G_GUINT64_CONSTANT(0xBFF8000000000000), "-1.5"},
               {G_GUINT64_CONSTANT(0x3FB999999999999A), "0.1"},
               {G_GUINT64_CONSTANT(0x3F847AE147AE147B), "0.01"},
               {G_GUINT64_CONSTANT(0x407F41999999999A), "500.1"},
               {G_GUINT64_CONSTANT(0x4093960000000000), "1253.5"},
               {G_GUINT64_CONSTANT(0x3FD3333333333334), "0.3"},
               {G_GUINT64_CONSTANT(0x42D6BCC41E8FFFE0), "99999999999999.5"},
               {G_GUINT64_CONSTANT(0x42D6BCC41E8FFFFF), "1E+14"},
               {G_GUINT64_CONSTANT(0x433FFFFFFFFFFFFF), "9.00719925474099E+15"},
               {G_GUINT64_CONSTANT(0x7FF0000000000000), NULL},
               {G_GUINT64_CONSTANT(0x7FF8000000000001), NULL},
               {G_GUINT64_CONSTANT(0x0000000000000001), NULL},
               {G_GUINT64_CONSTANT(0x7FEFFFFFFFFFFFFF), NULL},
               {G_GUINT64_CONSTANT(0x0010000000000000), NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(ieee_decimal(cases[i].bits), cases[i].want);
}

/* Every exponent: it ends, and no text is longer than its numbers can be. */
static void test_range(void) {
  for (guint64 exponent = 0; exponent < 0x800; exponent++) {
    g_autofree char *text = ieee_decimal(exponent << 52 | G_GUINT64_CONSTANT(0xFFFFFFFFFFFFF));
    g_assert_true(text == NULL || strlen(text) < 300);
  }
}

static void test_rk(void) {
  static const struct {
    guint32 rk;
    const char *want;
  } cases[] = {{0x00000002 | 5 << 2, "5"}, {0x00000003 | 104810 << 2, "1048.1"},
               {0xFFFFFFFE, "-1"},         {0xFFFFFFFF, "-0.01"},
               {0x3FF00000, "1"},          {0x3FF00001, "0.01"},
               {0x40590001, "1"},          {0x7FF00000, NULL},
               {0x80000002, "-536870912"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
    check(biff_rk(cases[i].rk), cases[i].want);
}

/* A text whose characters go on in a CONTINUE record, first in low bytes, then in whole ones. */
static void test_text(void) {
  static const guint8 stream[] = {0xFC, 0, 5,    0,    4,   0, 0,   'a',  'b', 0x3C, 0, 6,
                                  0,    1, 0x2D, 0x4E, 'c', 0, 'x', 0x0A, 0,   0,    0};
  static const gsize cuts[] = {0, 1, 5, 8, 14, 17};
  BiffTexts texts = {TRUE, ENCODING_LATIN1};
  for (gsize i = 0; i < G_N_ELEMENTS(cuts); i++) {
    gsize size = cuts[i] == 0 ? sizeof stream : cuts[i], offset = 0;
    g_autofree guint8 *copy = g_memdup2(stream, size);
    g_autoptr(GString) text = g_string_new(NULL);
    BiffCursor cursor;
    guint kind;
    gboolean good = biff_record(copy, size, &offset, &kind, &cursor) && biff_text(&cursor, &texts, 2, text);
    g_assert_cmpint(good, ==, cuts[i] == 0);
    if (good)
      g_assert_cmpstr(text->str, ==, "ab中c");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/ieee/bits", test_bits);
  g_test_add_func("/ieee/range", test_range);
  g_test_add_func("/biff/rk", test_rk);
  g_test_add_func("/biff/text", test_text);
  return g_test_run();
}
