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

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/page/text", test_text);
  g_test_add_func("/page/html", test_html);
  return g_test_run();
}
