#include "parsers/gb18030.h"

#include <errno.h>
#include <string.h>

enum { ROUNDS = 300000 };

/* What iconv alone says: "used written broken text"; the caller frees. */
static char *by_iconv(GIConv iconv, const char *bytes, gsize size) {
  char out[GB18030_ROOM(64)], *from = (char *)(guintptr)bytes, *to = out;
  gsize left = size, room = sizeof out;
  gboolean broken = g_iconv(iconv, &from, &left, &to, &room) == (gsize)-1 && errno != EINVAL;
  g_iconv(iconv, NULL, NULL, NULL, NULL);
  g_autofree char *text = g_strndup(out, sizeof out - room);
  return g_strdup_printf("%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT " %d %s", size - left, sizeof out - room, broken, text);
}

static char *by_table(GIConv iconv, const char *bytes, gsize size) {
  char out[GB18030_ROOM(64)];
  gsize written;
  gboolean broken;
  gsize used = gb18030_decode(iconv, bytes, size, out, &written, &broken);
  g_autofree char *text = g_strndup(out, written);
  return g_strdup_printf("%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT " %d %s", used, written, broken, text);
}

static void compare(GIConv iconv, const char *bytes, gsize size) {
  g_autofree char *want = by_iconv(iconv, bytes, size), *got = by_table(iconv, bytes, size);
  g_assert_cmpstr(got, ==, want);
}

/* Every pair of bytes, alone and before other text. */
static void test_pairs(void) {
  GIConv iconv = g_iconv_open("UTF-8", "GB18030");
  for (int first = 0; first < 256; first++)
    for (int second = 0; second < 256; second++) {
      char bytes[] = {(char)first, (char)second, 'a', '\xD6', '\xA4'};
      compare(iconv, bytes, 2);
      compare(iconv, bytes, sizeof bytes);
    }
  g_iconv_close(iconv);
}

/* Runs of bytes from the areas of one, two and four bytes, cut anywhere. */
static void test_runs(void) {
  GIConv iconv = g_iconv_open("UTF-8", "GB18030");
  g_autoptr(GRand) rand = g_rand_new_with_seed(6);
  for (int i = 0; i < ROUNDS; i++) {
    char bytes[48];
    gsize size = (gsize)g_rand_int_range(rand, 1, sizeof bytes);
    int area = g_rand_int_range(rand, 0, 4);
    for (gsize k = 0; k < size; k++) {
      gboolean digit = area == 3 && k % 2 == 1, ascii = area < 2 && k % 16 < 9;
      bytes[k] = (char)(digit   ? g_rand_int_range(rand, '0', '9' + 1)
                        : ascii ? g_rand_int_range(rand, 1, 0x80)
                                : g_rand_int_range(rand, 0x81, 0xFF));
    }
    if (area == 2 && g_rand_int_range(rand, 0, 4) == 0)
      bytes[size / 2] = (char)g_rand_int_range(rand, 0, 256);
    compare(iconv, bytes, size);
  }
  g_iconv_close(iconv);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/gb18030/pairs", test_pairs);
  g_test_add_func("/gb18030/runs", test_runs);
  return g_test_run();
}
