/* Pages as workbooks: what each cell becomes, read back by the reader of zip archives that intake uses. */
#include <string.h>

#include "daemon/report/workbook.h"
#include "parsers/zip.h"
#include "tests/unit/parsing.h"

#define MADE G_GINT64_CONSTANT(1795330800000000)

/* One part of the archive, as text. */
static char *part_of(GBytes *workbook, const char *name) {
  gsize size, length;
  const char *bytes = g_bytes_get_data(workbook, &size);
  Memory memory = {bytes, size};
  Source source = {memory_read, &memory};
  g_autoptr(Zip) zip = zip_open(&source, NULL);
  g_assert_nonnull(zip);
  g_autoptr(GBytes) part = zip_read_all(zip, name, 1 << 24, NULL);
  if (part == NULL)
    return NULL;
  const char *text = g_bytes_get_data(part, &length);
  return g_strndup(text, length);
}

/* A workbook of one sheet with one cell below its heading; the cell's element in the sheet. */
static char *cell_of(const char *heading, const char *cell) {
  g_autoptr(Page) page = page_new(g_strdup("题"));
  section_row(page_section(page, "节", heading, NULL), cell);
  g_autoptr(GBytes) workbook = workbook_make(page, MADE, NULL);
  g_autofree char *sheet = part_of(workbook, "xl/worksheets/sheet1.xml");
  const char *at = strstr(sheet, "<c r=\"A2\"");
  return at == NULL ? g_strdup("") : g_strndup(at, strcspn(strstr(at, "</c>"), ">") + (gsize)(strstr(at, "</c>") - at));
}

/* value: what stands in the cell; a text stands elsewhere, marked by its type. */
static void test_cells(void) {
  static const struct {
    const char *heading, *cell;
    gboolean text;
    const char *value;
  } table[] = {
      {">n", "1048.00", FALSE, "1048"},
      {">n", "0.01", FALSE, "0.01"},
      {">n", "-1234567.89", FALSE, "-1234567.89"},
      {">n", "9999999999999.99", FALSE, "9999999999999.99"},
      {">n", "1000000000000.01", FALSE, "1000000000000.01"},
      {">n", "12345678901234567.89", TRUE, NULL}, /* more than a spreadsheet holds exactly */
      {">n", "1+1", TRUE, NULL},
      {">n", "0x10", TRUE, NULL},
      {">n", "-", TRUE, NULL},
      {"~d", "2026-11-22", FALSE, "46348"},
      {"~d", "2026-02-30", TRUE, NULL},
      {"t", "202611220000038", TRUE, NULL},
      {"t", "2026-11-22", TRUE, NULL},
      {"t", "=1+1", TRUE, NULL},
      {"t", "+1", TRUE, NULL},
      {"t", "-1", TRUE, NULL},
      {"t", "@SUM(A1)", TRUE, NULL},
      {"t", "http://example.com", TRUE, NULL},
      {"t", PAGE_LOUD "=1", TRUE, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
    g_autofree char *cell = cell_of(table[i].heading, table[i].cell);
    g_autofree char *value = g_strdup_printf("<v>%s</v>", table[i].value);
    g_test_message("%s: %s", table[i].cell, cell);
    g_assert_true((strstr(cell, "t=\"s\"") != NULL) == table[i].text);
    g_assert_true(table[i].text || strstr(cell, value) != NULL);
    g_assert_null(strstr(cell, "<f>"));
  }
}

static void test_layout(void) {
  g_autoptr(Page) page = page_new(g_strdup("题"));
  g_autofree char *long_text = g_strnfill(40000, 'x');
  (void)page_section(page, "没有表", NULL);
  (void)page_section(page, "空的", "甲", ">乙", NULL);
  section_row(page_section(page, "满的", "甲", ">乙", NULL), long_text, "");
  g_autoptr(GBytes) workbook = workbook_make(page, MADE, NULL), again = workbook_make(page, MADE, NULL);
  g_assert_true(g_bytes_equal(workbook, again));
  g_autofree char *book = part_of(workbook, "xl/workbook.xml"), *sheet = part_of(workbook, "xl/worksheets/sheet1.xml");
  g_autofree char *third = part_of(workbook, "xl/worksheets/sheet3.xml");
  g_assert_null(strstr(book, "没有表"));
  g_assert_nonnull(strstr(book, "name=\"空的\""));
  g_assert_nonnull(strstr(book, "name=\"满的\""));
  g_assert_nonnull(strstr(sheet, "ySplit=\"1\""));
  g_assert_nonnull(strstr(sheet, "state=\"frozen\""));
  g_assert_null(third);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/workbook/cells", test_cells);
  g_test_add_func("/workbook/layout", test_layout);
  return g_test_run();
}
