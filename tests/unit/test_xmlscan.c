#include <string.h>

#include "parsers/utf8.h"
#include "parsers/xml.h"
#include "parsers/xmlscan.h"
#include "rules/error.h"

enum { ROUNDS = 4000 };

typedef gboolean Feed(XmlScan *scan, const char *text, gsize size, GError **error);

/* What the scanner says about a text in pieces: "" or "reason line". */
static char *said(Feed *feed, const GString *text, gsize piece) {
  XmlScan scan = {.line = 1};
  g_autoptr(GError) error = NULL;
  for (gsize at = 0; at < text->len; at += piece) {
    gsize size = MIN(piece, text->len - at);
    if (!feed(&scan, text->str + at, size, &error))
      return g_strdup_printf("%s %s", error_reason(error), error_fact(error, "line"));
    scan.line += (gint64)utf8_lines(text->str + at, size);
  }
  return g_strdup("");
}

static void add_times(GString *text, const char *piece, int times) {
  while (times-- > 0)
    g_string_append(text, piece);
}

/* Markup as it may be, some of it hostile; a quoted value holds no "<", which libxml2 refuses. */
static void add_markup(GRand *rand, GString *text) {
  static const char *const plain[] = {"<a>",
                                      "</a>",
                                      "<b c='1' d=\"2\">",
                                      "<e/>",
                                      "\n",
                                      "text = & more, \"quoted'",
                                      "<f g='>'>",
                                      "<!-- a comment > -- = -->",
                                      "<![CDATA[<a b='=' ]] >]]>",
                                      "<?x y = '?>",
                                      "<",
                                      ">",
                                      "="};
  switch (g_rand_int_range(rand, 0, 12)) {
  case 0:
    add_times(text, "x", g_rand_int_range(rand, 0, 9000));
    return;
  case 1:
    g_string_append(text, "<h ");
    add_times(text, " i='1'", g_rand_int_range(rand, 200, 300));
    g_string_append(text, ">");
    return;
  case 2:
    if (g_rand_int_range(rand, 0, 10) == 0)
      g_string_append(text, "<!DOCTYPE a>");
    return;
  case 3:
    if (g_rand_int_range(rand, 0, 10) > 0)
      return;
    g_string_append(text, g_rand_boolean(rand) ? "<j k='" : "<!--");
    add_times(text, "0123456789abcde\n", g_rand_int_range(rand, 4000, 4200));
    g_string_append(text, "'-->");
    return;
  default:
    g_string_append(text, plain[g_rand_int_range(rand, 0, G_N_ELEMENTS(plain))]);
  }
}

/* Does a quoted value hold a "<"? There the two may differ, for libxml2 refuses it. */
static gboolean is_foul(const GString *text) {
  char quote = 0;
  gboolean tag = FALSE;
  for (gsize i = 0; i < text->len; i++) {
    char c = text->str[i];
    if (quote != 0) {
      if (c == '<')
        return TRUE;
      if (c == quote)
        quote = 0;
    } else if (tag && (c == '"' || c == '\''))
      quote = c;
    else if (c == '<')
      tag = TRUE;
    else if (c == '>')
      tag = FALSE;
  }
  return FALSE;
}

static void test_both_say_the_same(void) {
  static const gsize sizes[] = {1, 7, 4079, 4080, 4081, 32768, 1 << 20};
  g_autoptr(GRand) rand = g_rand_new_with_seed(5);
  int refused = 0, compared = 0;
  for (int i = 0; i < ROUNDS; i++) {
    GString *text = g_string_new(NULL);
    for (int k = g_rand_int_range(rand, 1, 40); k > 0; k--)
      add_markup(rand, text);
    gsize piece = sizes[g_rand_int_range(rand, 0, G_N_ELEMENTS(sizes))];
    g_autofree char *exact = said(xmlscan_feed_exact, text, piece), *fast = said(xmlscan_feed, text, piece);
    if (!is_foul(text)) {
      g_assert_cmpstr(fast, ==, exact);
      compared++;
      refused += *exact != '\0';
    }
    g_string_free(text, TRUE);
  }
  g_assert_cmpint(refused, >, 100);
  g_assert_cmpint(compared - refused, >, 100);
}

/* A tag that grows over many pieces is bounded by both. */
static void test_growing(void) {
  for (int quoted = 0; quoted < 2; quoted++) {
    GString *text = g_string_new(quoted ? "<a b='" : "<a ");
    add_times(text, "0123456789abcdef", XML_TAG_MAX / 16 + 1);
    for (gsize piece = 1000; piece < 100000; piece += 9999) {
      g_autofree char *fast = said(xmlscan_feed, text, piece);
      g_assert_cmpstr(fast, ==, "xml_tag 1");
    }
    g_string_free(text, TRUE);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xmlscan/both-say-the-same", test_both_say_the_same);
  g_test_add_func("/xmlscan/growing", test_growing);
  return g_test_run();
}
