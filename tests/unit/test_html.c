/* Rows of HTML tables, and pages that lie. */
#include <string.h>

#include "parsers/html.h"
#include "parsers/html_text.h"
#include "rules/error.h"

static gboolean take_row(void *user, const SheetRow *row, G_GNUC_UNUSED GError **error) {
  g_string_append_printf(user, "%" G_GINT64_FORMAT ":", row->line);
  for (guint i = 0; i < row->count; i++)
    g_string_append_printf(user, "%s%s", row->cells[i].text, i + 1 < row->count ? "|" : ";");
  return TRUE;
}

/* The rows as "1:a|b;", or the reason; fed byte by byte, or at once. The caller frees. */
static char *read_page(const char *page, gsize piece) {
  GString *rows = g_string_new(NULL);
  g_autoptr(Html) html = html_new(take_row, rows);
  g_autoptr(GError) error = NULL;
  gsize size = strlen(page);
  gboolean good = TRUE;
  for (gsize at = 0; good && at < size; at += piece)
    good = html_feed(html, page + at, MIN(piece, size - at), &error);
  if (!good || !html_finish(html, &error))
    g_string_assign(rows, error_reason(error));
  return g_string_free(rows, FALSE);
}

static void test_rows(void) {
  static const struct {
    const char *page, *want;
  } cases[] = {
      {"<table><tr><td>a</td><td> b\n c </td></tr></table>", "1:a|b c;"},
      {"<TABLE><TR><TH>a<TH>b<TR><TD>c<TD>d</TABLE>", "1:a|b;2:c|d;"},
      {"<table><thead><tr><td>a</tr></thead><tbody><td>b</table>", "1:a;2:b;"},
      {"<table><tr><td>a&nbsp;</td><td>&lt;&#20013;&#x6587;&amp;&foo;&#0;</td></table>",
       "1:a|<\xE4\xB8\xAD\xE6\x96\x87&&foo;&#0;;"},
      {"<table><tr><td colspan=2>a<td>b<tr><td rowspan='2'>c<td>d<td>e<tr><td>f</table>", "1:a||b;2:c|d|e;3:|f;"},
      {"<table><tr><td>a<b>b</b><br/>c<!-- <td>x --></td><td title='1>2' x=\"<td>\">d</table>", "1:ab c|d;"},
      {"<table><tr><td>1 < 2<td>3<4</table>", "1:1 < 2|3<4;"},
      {"<table><tr><td><script>if (a<b) '<td>'</script >x<style>td{}</STYLE></table>", "1:x;"},
      {"<table><tr><td></td></tr><tr><td>a</table>", "2:a;"},
      {"<table><tr><td>a<table><tr><td>b</table></table>x<table><tr><td>c</table>", "1:a;2:b;3:c;"},
      {"<td>a</td><table><tr><td>b</table>", "1:b;"},
      {"<table><tr><td colspan=0 rowspan=-1>a<td colspan=x>b</table>", "1:a|b;"},
      {"<html><table><tr><td>a</table></html>", "1:a;"},
      {"<html><table><tr><td>a</table>", "html_cut"},
      {"<table><tr><td>a", "html_cut"},
      {"<table><tr><td>a</table", "html_cut"},
      {"<table><tr><td>a</table><!-- ", "html_cut"},
      {"<html></html>", "file_html"},
      {"<table></table>", "file_html"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *whole = read_page(cases[i].page, G_MAXINT), *bytes = read_page(cases[i].page, 1);
    g_assert_cmpstr(whole, ==, cases[i].want);
    g_assert_cmpstr(bytes, ==, cases[i].want);
  }
}

static void test_bounds(void) {
  static const struct {
    const char *before, *many, *after, *want;
    int times;
  } cases[] = {{"", "<table>", "", "html_tables", HTML_TABLES_MAX + 1},
               {"<table ", "aaaaaaaaaa", ">", "html_tag", HTML_TAG_MAX / 10 + 1},
               {"<table x='", "aaaaaaaaaa", "'>", "html_tag", HTML_TAG_MAX / 10 + 1},
               {"<table><tr>", "<td>", "x", "sheet_wide", SHEET_CELLS_MAX + 1},
               {"<table><tr>", "<td colspan=99999>", "x</table>", "sheet_wide", 3},
               {"<table><tr><td>", "aaaaaaaaaa", "", "sheet_row_too_long", 7000},
               {"<table><tr>", "<td>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
                "sheet_wide", 1000}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    GString *page = g_string_new(cases[i].before);
    for (int j = 0; j < cases[i].times; j++)
      g_string_append(page, cases[i].many);
    g_string_append(page, cases[i].after);
    if (strchr(cases[i].after, '<') == NULL)
      g_string_append(page, "</table>");
    g_autofree char *got = read_page(page->str, 4096);
    g_assert_cmpstr(got, ==, cases[i].want);
    g_string_free(page, TRUE);
  }
}

static void test_charset(void) {
  static const char *const cases[][2] = {
      {"<meta charset=\"GBK\">", "gbk"}, {"<meta content='text/html; charset = big5'>", "big5"}, {"<p>", NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = html_text_charset(cases[i][0], strlen(cases[i][0]));
    g_assert_cmpstr(got, ==, cases[i][1]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/html/rows", test_rows);
  g_test_add_func("/html/bounds", test_bounds);
  g_test_add_func("/html/charset", test_charset);
  return g_test_run();
}
