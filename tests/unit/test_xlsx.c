/* Workbooks made here, part by part: what their cells say, and what hostile ones meet. */
#include "tests/unit/parsing.h"
#include "tests/unit/zipping.h"

#define SPREADSHEET "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static GPtrArray *profiles;

static const char relations[] =
    "<Relationships><Relationship Id='r1' Type='" OFFICE "/officeDocument' Target='xl/workbook.xml'/></Relationships>";
static const char workbook_relations[] =
    "<Relationships><Relationship Id='r1' Type='" OFFICE "/worksheet' Target='worksheets/sheet1.xml'/>"
    "<Relationship Id='r2' Type='" OFFICE "/worksheet' Target='/xl/worksheets/sheet2.xml'/>"
    "<Relationship Id='r3' Type='" OFFICE "/sharedStrings' Target='sharedStrings.xml'/>"
    "<Relationship Id='r4' Type='" OFFICE "/styles' Target='styles.xml'/>"
    "<Relationship Id='r5' Type='" OFFICE "/chartsheet' Target='none.xml'/></Relationships>";
static const char styles[] =
    "<styleSheet " SPREADSHEET "><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;-&quot;mm'/></numFmts>"
    "<cellXfs><xf numFmtId='0'><alignment/></xf><xf numFmtId='164'/><xf numFmtId='22'/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst " SPREADSHEET "><si><t>日期</t></si><si><r><rPr><b/></rPr><t>借方</t></r><r><t>发生额</t></r></si>"
    "<si><t>贷方_x000D_发生额</t><rPh sb='0' eb='1'><t>x</t></rPh></si></sst>";

#define HEADER                                                                                                         \
  "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='B2' t='s'><v>1</v></c><c r='C2' t='s'><v>2</v></c>"                    \
  "<c t='inlineStr'><is><t>余额</t></is></c><c t='str'><f>A1</f><v>摘要</v></c>"                                   \
  "<c t='inlineStr'><is><r><t>对方</t></r><r><t>账号</t></r></is></c></row>"
#define SHEET(rows) "<worksheet " SPREADSHEET "><dimension ref='A1'/><sheetData>" rows "</sheetData></worksheet>"

/* The files of a workbook; the caller unrefs. */
static GBytes *book(const char *tabs, const char *one, const char *two) {
  Zipping zip = zipping_new();
  g_autofree char *workbook = g_strdup_printf("<workbook " SPREADSHEET " xmlns:r='" OFFICE "'>%s</workbook>", tabs);
  zipping_add(&zip, "[Content_Types].xml", "<Types/>");
  zipping_add(&zip, "_rels/.rels", relations);
  zipping_add(&zip, "xl/workbook.xml", workbook);
  zipping_add(&zip, "xl/_rels/workbook.xml.rels", workbook_relations);
  zipping_add(&zip, "xl/sharedStrings.xml", strings);
  zipping_add(&zip, "xl/styles.xml", styles);
  zipping_add(&zip, "xl/worksheets/sheet1.xml", one);
  if (two != NULL)
    zipping_add(&zip, "xl/worksheets/sheet2.xml", two);
  return zipping_end(&zip);
}

static char *read_book(GBytes *bytes) {
  return parse_text("f", g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), FALSE, profiles);
}

static char *read_sheet(const char *rows) {
  g_autofree char *sheet = g_strdup_printf(SHEET("%s"), rows);
  g_autoptr(GBytes) bytes = book("<sheets><sheet name='明细' sheetId='1' r:id='r1'/></sheets>", sheet, NULL);
  return read_book(bytes);
}

/* One row below the header; which text the record must hold. */
static void test_cells(void) {
  static const struct {
    const char *row, *want;
  } cases[] = {
      {"<c r='A3' s='1'><v>46346</v></c><c r='C3'><v>1048.1000000000001</v></c><c><v>7</v></c>",
       "\"booking_date\":\"2026-11-20\",\"amount\":\"1048.10\",\"currency\":\"CNY\",\"direction\":\"credit\""},
      {"<c r='A3' s='2'><v>46346.383715277778</v></c><c><v>5</v></c><c/><c><v>7</v></c>",
       "\"time\":\"2026-11-20T09:12:33\",\"amount\":\"5.00\",\"currency\":\"CNY\",\"direction\":\"debit\""},
      {"<c r='A3' t='d'><v>2026-11-20T09:12:33.000Z</v></c><c><v>5</v></c><c/><c><v>7</v></c>", "2026-11-20T09:12:33"},
      {"<c r='A3' t='str'><v>2026-11-20</v></c><c/><c t='str'><v>1,048.00</v></c><c><v>7</v></c><c t='b'><v>1</v></c>"
       "<c><v>622202123456789</v></c>",
       "\"counterparty_account\":\"622202123456789\",\"summary\":\"TRUE\""},
      {"<c r='A3' s='1'><v>46346</v></c><c/><c><v>1</v></c><c><v>7</v></c><c/><c><v>6222021234567890</v></c>",
       "refused account_scientific value=6.22202123456789E+15 line=3 column=6 field=对方账号 cell=F3 sheet=明细"},
      {"<c r='A3' s='1'><v>46346</v></c><c t='e'><v>#N/A</v></c><c><v>1</v></c><c><v>7</v></c>",
       "refused sheet_error value=#N/A line=3 column=2 field=借方发生额 cell=B3 sheet=明细"},
      {"<c r='A3' s='1'><v>-46346</v></c><c/><c><v>1</v></c><c><v>7</v></c>", "refused date"},
      {"<c r='A3' s='1'><v>46346</v></c><c/><c><v>1.005</v></c><c><v>7</v></c>", "refused amount value=1.005"},
      {"<c r='A3' t='s'><v>3</v></c>", "refused sheet_value line=3 column=1 cell=A3 value=3"},
      {"<c r='A3' t='s'><v>-1</v></c>", "refused sheet_value"},
      {"<c r='A3' t='q'><v>1</v></c>", "refused sheet_value"},
      {"<c r='A3'><v>0x12</v></c>", "refused sheet_value"},
      {"<c r='A4'><v>1</v></c>", "refused xlsx_part value=A4"},
      {"<c r='B3'><v>1</v></c><c r='A3'><v>1</v></c>", "refused sheet_order line=3 column=1"},
      {"<c r='XFD3'><v>1</v></c>", "refused sheet_wide line=3 column=16384 cell=XFD3"},
      {"<c r='XFE3'><v>1</v></c>", "refused xlsx_part"},
      {"<c r='A3' s='1'><v>46346</v></c><c/><c><v>1</v></c><c><v>7</v></c><c r='XFD3' s='1'/>", "\"amount\":\"1.00\""},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *rows = g_strdup_printf(HEADER "<row r='3'>%s</row>", cases[i].row), *got = read_sheet(rows);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

static void test_rows(void) {
  static const char row[] = "<c s='1'><v>46346</v></c><c/><c><v>1</v></c><c><v>7</v></c>";
  static const struct {
    const char *rows, *want;
  } cases[] = {{"<row>%s</row><row r='1048576'>%s</row>", "\"line\":1048576"},
               {"<row r='1048577'>%s%s</row>", "refused xlsx_part"},
               {"<row r='0'>%s%s</row>", "refused xlsx_part"},
               {"<row r='9'>%s</row><row r='9'>%s</row>", "refused sheet_order line=9"},
               {"<row r='9'>%s</row><row r='3'>%s</row>", "refused sheet_order line=3"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_auto(GStrv) parts = g_strsplit(cases[i].rows, "%s", -1);
    g_autofree char *rows = g_strconcat(HEADER, parts[0], row, parts[1], row, parts[2], NULL), *got = read_sheet(rows);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

static void test_sheets(void) {
  static const char full[] =
      SHEET(HEADER "<row r='3'><c s='1'><v>46346</v></c><c/><c><v>1</v></c><c><v>7</v></c></row>");
  static const char nearly[] = SHEET("<row><c t='str'><v>发生的日子</v></c><c t='str'><v>借方发生额</v></c><c t='str'>"
                                     "<v>贷方发生额</v></c><c t='str'><v>余额</v></c><c t='str'><v>摘要</v></c></row>");
  static const char notes[] = SHEET("<row><c t='inlineStr'><is><t>说明</t></is></c></row>");
  static const struct {
    const char *first, *second, *tabs, *want;
  } cases[] = {{full, full, "<sheet name='a' r:id='r1'/><sheet name='b' r:id='r2'/>", "\"statement\":2,\"line\":3"},
               {notes, full, "<sheet name='a' r:id='r1'/><sheet name='b' r:id='r2'/>", "\"statement\":1,\"line\":3"},
               {full, notes,
                "<sheet name='a' r:id='r1'/><sheet name='c' r:id='r5'/><sheet name='b' state='hidden' r:id='r2'/>",
                "\"statement\":1,\"line\":3"},
               {full, full, "<sheet name='a' r:id='r1'/><sheet name='b' state='veryHidden' r:id='r2'/>",
                "refused sheet_hidden value=b"},
               {full, nearly, "<sheet name='a' r:id='r1'/><sheet name='b' r:id='r2'/>", "refused sheet_unknown"},
               {nearly, full, "<sheet name='a' r:id='r1'/><sheet name='b' r:id='r2'/>", "sheet=a"},
               {notes, notes, "<sheet name='a' r:id='r1'/>", "refused sheet_unknown"},
               {full, full, "", "refused sheet_unknown"},
               {full, full, "<sheet name='a' r:id='r9'/>", "refused xlsx_part value=a"},
               {full, NULL, "<sheet name='a' r:id='r2'/>", "refused zip_missing"},
               {"<html/>", NULL, "<sheet name='a' r:id='r1'/>", "refused xlsx_part"},
               {"<worksheet", NULL, "<sheet name='a' r:id='r1'/>", "refused xml_malformed"},
               {"<!DOCTYPE x><worksheet/>", NULL, "<sheet name='a' r:id='r1'/>", "refused xml_doctype"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *tabs = g_strdup_printf("<sheets>%s</sheets>", cases[i].tabs);
    g_autoptr(GBytes) bytes = book(tabs, cases[i].first, cases[i].second);
    g_autofree char *got = read_book(bytes);
    if (strstr(got, cases[i].want) == NULL)
      g_test_fail_printf("case %" G_GSIZE_FORMAT ": %s", i, got);
  }
}

/* A small file of many blank cells, and one of deep elements. */
static void test_bombs(void) {
  GString *rows = g_string_new(NULL), *deep = g_string_new("<worksheet>");
  for (int i = 0; i < 3000000; i++)
    g_string_append(rows, "<row></row>");
  for (int i = 0; i < 100000; i++)
    g_string_append(deep, "<a>");
  g_autofree char *many = read_sheet(rows->str), *nested = NULL;
  g_autoptr(GBytes) bytes = book("<sheets><sheet name='a' r:id='r1'/></sheets>", deep->str, NULL);
  nested = read_book(bytes);
  g_assert_true(g_str_has_prefix(many, "refused"));
  g_assert_true(g_str_has_prefix(nested, "refused xml_depth"));
  g_string_free(rows, TRUE);
  g_string_free(deep, TRUE);
}

static void test_kinds(void) {
  static const char *const cases[][2] = {{"xl/vbaProject.bin", "refused xlsx_macro value=xl/vbaProject.bin"},
                                         {"x", "refused zip_missing"}};
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    Zipping zip = zipping_new();
    zipping_add(&zip, "[Content_Types].xml", "<Types/>");
    zipping_add(&zip, "_rels/.rels", relations);
    zipping_add(&zip, cases[i][0], "x");
    g_autoptr(GBytes) bytes = zipping_end(&zip);
    g_autofree char *got = read_book(bytes);
    g_assert_true(g_str_has_prefix(got, cases[i][1]));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  profiles = profiles_load(NULL, NULL);
  g_test_add_func("/xlsx/cells", test_cells);
  g_test_add_func("/xlsx/rows", test_rows);
  g_test_add_func("/xlsx/sheets", test_sheets);
  g_test_add_func("/xlsx/bombs", test_bombs);
  g_test_add_func("/xlsx/kinds", test_kinds);
  int code = g_test_run();
  g_ptr_array_unref(profiles);
  return code;
}
