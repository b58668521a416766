/* Pages for people. */
#include <glib.h>
#include <string.h>

#include "daemon/report/page.h"

static Page *make_page(void) {
  Page *page = page_new(g_strdup("题 <b>"));
  page_say(page, g_strdup("甲&乙"));
  PageSection *section = page_section(page, "节", "名", ">金额", NULL);
  section_row(section, "a\nb", "1.00");
  section_row(section, PAGE_LOUD "急", NULL);
  return page;
}

static void test_text(void) {
  g_autoptr(Page) page = make_page();
  g_autofree char *text = page_text(page);
  g_assert_cmpstr(text, ==, "题 <b>\n甲&乙\n\n■ 节\n- 名：a\n      b\n  金额：1.00\n- 名：【！】急\n");
}

static void test_html(void) {
  g_autoptr(Page) page = make_page();
  g_autofree char *html = page_html(page, "zh-CN");
  static const char *const want[] = {"题 &lt;b&gt;", "甲&amp;乙", ">a<br>b</td>", ">金额</th>",
                                     "color:#b42318;font-weight:bold\">急</td>"};
  for (gsize i = 0; i < G_N_ELEMENTS(want); i++) {
    g_test_message("%s", want[i]);
    g_assert_nonnull(strstr(html, want[i]));
  }
  g_assert_null(strstr(html, "<b>"));
}

/* Long lists are cut on the page and say so; the workbook has all. */
static void test_more(void) {
  g_autoptr(Page) page = make_page();
  PageSection *section = page->sections->pdata[0];
  g_autofree char *none = section_more(section);
  g_assert_null(none);
  for (int i = 0; i < 300; i++)
    section_row(section, "c", "2.00");
  g_autofree char *more = section_more(section), *text = page_text(page), *html = page_html(page, "zh-CN");
  g_assert_cmpstr(more, ==, "共 302 条，这里列出前 200 条，全部见附表（XLSX）。");
  g_assert_nonnull(strstr(text, more));
  g_assert_nonnull(strstr(html, more));
}

static void test_cells(void) {
  static const struct {
    const char *heading, *cell, *want;
  } table[] = {{">n", "1234567.80", "1,234,567.80"},
               {">n", "-123.00", "-123.00"},
               {">n", "-1234", "-1,234"},
               {">n", "", ""},
               {"n", "1234567", "1234567"},
               {"~n", "2026-11-22", "2026-11-22"},
               {"n", PAGE_LOUD "急", "急"}};
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *text = page_cell(table[i].heading, table[i].cell);
    g_assert_cmpstr(text, ==, table[i].want);
  }
}

/* A card names its first two cells in its title and leaves out what is empty; a column that says nothing goes. */
static void test_cards(void) {
  g_autoptr(Page) page = page_new(g_strdup("题"));
  PageSection *cards = page_section(page, "节", "案号", "事由", "~到期日", "负责人", NULL);
  cards->cards = TRUE;
  section_row(cards, "7", "少付<i>", PAGE_LOUD "2026-11-22", "");
  PageSection *table = page_section(page, "表", "甲", "空", ">数", NULL);
  section_row(table, "x", "", "1");
  g_autofree char *html = page_html(page, "zh-CN");
  g_assert_nonnull(strstr(html, "案号 7　少付&lt;i&gt;"));
  g_assert_nonnull(strstr(html, "font-weight:bold\">2026-11-22"));
  g_assert_null(strstr(html, "负责人"));
  g_assert_null(strstr(html, "空"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/page/text", test_text);
  g_test_add_func("/page/html", test_html);
  g_test_add_func("/page/more", test_more);
  g_test_add_func("/page/cells", test_cells);
  g_test_add_func("/page/cards", test_cards);
  return g_test_run();
}
