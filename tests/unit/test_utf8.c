#include <string.h>

#include "parsers/clean.h"
#include "parsers/utf8.h"

enum { ROUNDS = 20000 };

/* Pieces that make wrong and right neighbours. */
static const char *const pieces[] = {"a",
                                     "ordinary text, and longer than a block of it",
                                     "证",
                                     "书费用",
                                     "𠮷",
                                     "é",
                                     "\xC2\xA0",
                                     "\xE3\x80\x80",
                                     "\xEF\xBB\xBF",
                                     "\xC0\x80",
                                     "\xC1\xBF",
                                     "\xE0\x9F\xBF",
                                     "\xE0\xA0\x80",
                                     "\xED\x9F\xBF",
                                     "\xED\xA0\x80",
                                     "\xEE\x80\x80",
                                     "\xF0\x8F\xBF\xBF",
                                     "\xF0\x90\x80\x80",
                                     "\xF4\x8F\xBF\xBF",
                                     "\xF4\x90\x80\x80",
                                     "\xF5\x80\x80\x80",
                                     "\xFF",
                                     "\x80",
                                     "\xE8\xAF",
                                     "\xF0\xA0\xAE",
                                     "\n",
                                     "\x1F",
                                     "\x7F",
                                     " ",
                                     "\xC2\x85",
                                     "~",
                                     "0123456"};

/* A text of random pieces; some end in a NUL. */
static gsize compose(GRand *rand, char *text, gsize room) {
  gsize size = 0;
  for (int i = g_rand_int_range(rand, 0, 8); i > 0; i--) {
    const char *piece = pieces[g_rand_int_range(rand, 0, G_N_ELEMENTS(pieces))];
    size = g_strlcat(text, piece, room);
  }
  if (g_rand_int_range(rand, 0, 20) == 0)
    text[size++] = '\0';
  return size;
}

static void test_as_glib(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  for (int i = 0; i < ROUNDS; i++) {
    char text[512] = "";
    const char *end;
    gsize size = compose(rand, text, sizeof text);
    g_utf8_validate_len(text, size, &end);
    g_assert_cmpuint(utf8_valid(text, size), ==, (gsize)(end - text));
  }
}

static gboolean has_control(const char *text, gsize size) {
  for (gsize i = 0; i < size; i++) {
    guchar c = (guchar)text[i];
    if (c < 0x20 || c == 0x7F || (c == 0xC2 && i + 1 < size && (guchar)text[i + 1] < 0xA0))
      return TRUE;
  }
  return FALSE;
}

static void test_as_byte_by_byte(void) {
  g_autoptr(GRand) rand = g_rand_new_with_seed(4);
  for (int i = 0; i < ROUNDS; i++) {
    char text[512] = "";
    gsize size = compose(rand, text, sizeof text);
    g_assert_cmpint(clean_has_control(text, size), ==, has_control(text, size));
    g_assert_cmpint(utf8_is_printable(text, size), ==,
                    g_utf8_validate_len(text, size, NULL) && !has_control(text, size));
  }
}

/* More line feeds in one place of every block than a byte can count. */
static void test_lines(void) {
  char text[5003];
  memset(text, 'x', sizeof text);
  gsize want = 0;
  for (gsize i = 5; i < sizeof text; i += 16, want++)
    text[i] = '\n';
  g_assert_cmpuint(utf8_lines(text, sizeof text), ==, want);
  memset(text, '\n', sizeof text);
  g_assert_cmpuint(utf8_lines(text, sizeof text), ==, sizeof text);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/utf8/as-glib", test_as_glib);
  g_test_add_func("/utf8/as-byte-by-byte", test_as_byte_by_byte);
  g_test_add_func("/utf8/lines", test_lines);
  return g_test_run();
}
