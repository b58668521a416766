#include "parsers/xlsx.h"

#include <string.h>

#include "parsers/book.h"
#include "parsers/cells.h"
#include "parsers/xlsx_part.h"
#include "rules/error.h"

enum { SHEET = 1, PROPERTIES };        /* of the workbook */
enum { ROW = 1, CELL, VALUE, INLINE }; /* of a worksheet */
enum { NAME_SIZE = 256, TYPE_SIZE = 16, PLACE_SIZE = 32 };

typedef struct {
  char *name, *relation;
  gboolean hidden;
} Tab;

typedef struct {
  GPtrArray *tabs; /* Tab */
  gboolean from_1904;
} Workbook;

typedef struct {
  const XlsxStrings *strings;
  GArray *styles;
  gboolean from_1904;
  Cells *cells;
  gint64 line;          /* of the open row */
  guint column;         /* of the open cell */
  guint next;           /* the column of a cell that does not say */
  char type[TYPE_SIZE]; /* of the open cell */
  CellFormat format;
  GString *value;
} Worksheet;

static gboolean refuse(const char *reason, const char *value, GError **error) {
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static void tab_free(gpointer data) {
  Tab *tab = data;
  g_free(tab->name);
  g_free(tab->relation);
  g_free(tab);
}

gboolean xlsx_is(const Zip *zip) {
  return zip_has(zip, "[Content_Types].xml") && zip_has(zip, "_rels/.rels");
}

static gboolean on_tab(void *user, int id, const XmlElement *element, GError **error) {
  Workbook *workbook = user;
  char name[NAME_SIZE], relation[NAME_SIZE], word[TYPE_SIZE];
  if (id == PROPERTIES) {
    xml_attribute(element, "date1904", word, sizeof word);
    workbook->from_1904 = g_str_equal(word, "1") || g_str_equal(word, "true");
    return TRUE;
  }
  if (workbook->tabs->len >= XLSX_SHEETS_MAX)
    return refuse("xlsx_too_large", "sheets", error);
  if (!xml_attribute(element, "name", name, sizeof name) || !xml_attribute(element, "id", relation, sizeof relation))
    return refuse("xlsx_part", "sheet", error);
  Tab *tab = g_new0(Tab, 1);
  tab->name = g_utf8_make_valid(name, -1); /* may be cut */
  tab->relation = g_strdup(relation);
  tab->hidden = xml_attribute(element, "state", word, sizeof word) && !g_str_equal(word, "visible");
  g_ptr_array_add(workbook->tabs, tab);
  return TRUE;
}

static gboolean on_nothing(G_GNUC_UNUSED void *user, G_GNUC_UNUSED int id, G_GNUC_UNUSED const char *text,
                           G_GNUC_UNUSED GError **error) {
  return TRUE;
}

static gboolean refuse_cell(const Worksheet *sheet, const char *value, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, sheet->line);
  g_autofree char *column = g_strdup_printf("%u", sheet->column + 1), *cell = cell_name(sheet->column, sheet->line);
  return error_set(error, ERROR_REFUSED, "sheet_value", "line", line, "column", column, "cell", cell, "value", value,
                   NULL);
}

static gboolean begin_row(Worksheet *sheet, const XmlElement *element, GError **error) {
  char number[PLACE_SIZE];
  guint64 line = (guint64)sheet->line + 1;
  if (xml_attribute(element, "r", number, sizeof number) &&
      !g_ascii_string_to_unsigned(number, 10, 1, 1048576, &line, NULL))
    return refuse("xlsx_part", number, error);
  sheet->line = (gint64)line;
  sheet->next = 0;
  return cells_begin(sheet->cells, sheet->line, error);
}

static gboolean begin_cell(Worksheet *sheet, const XmlElement *element, GError **error) {
  char place[PLACE_SIZE], style[PLACE_SIZE];
  gint64 line = sheet->line;
  guint64 index;
  sheet->column = sheet->next;
  if (xml_attribute(element, "r", place, sizeof place) &&
      (!cell_place(place, &sheet->column, &line) || line != sheet->line))
    return refuse("xlsx_part", place, error);
  sheet->next = sheet->column + 1;
  xml_attribute(element, "t", sheet->type, sizeof sheet->type);
  xml_attribute(element, "s", style, sizeof style);
  gboolean styled = g_ascii_string_to_unsigned(style, 10, 0, G_MAXUINT32, &index, NULL) && index < sheet->styles->len;
  sheet->format = styled ? g_array_index(sheet->styles, CellFormat, (guint)index) : (CellFormat){CELL_PLAIN, 0};
  g_string_truncate(sheet->value, 0);
  return TRUE;
}

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  return id == ROW ? begin_row(user, element, error) : id == CELL ? begin_cell(user, element, error) : TRUE;
}

/* ISO 8601, as a date cell of other cells looks. */
static void plain_date(char *text) {
  char *t = strchr(text, 'T');
  if (t != NULL)
    *t = ' ';
  text[strcspn(text, "Z.")] = '\0';
}

static gboolean put_number(Worksheet *sheet, GError **error) {
  g_autofree char *text = cell_text(sheet->value->str, sheet->format, sheet->from_1904);
  if (text == NULL)
    return refuse_cell(sheet, sheet->value->str, error);
  return cells_put(sheet->cells, sheet->column, text, error);
}

/* By ST_CellType (18.18.11). */
static gboolean put_cell(Worksheet *sheet, GError **error) {
  const char *type = sheet->type, *text = sheet->value->str;
  if (*text == '\0')
    return cells_put(sheet->cells, sheet->column, "", error);
  if (*type == '\0' || g_str_equal(type, "n"))
    return put_number(sheet, error);
  if (g_str_equal(type, "s"))
    text = xlsx_string(sheet->strings, text);
  else if (g_str_equal(type, "b"))
    text = g_str_equal(text, "1") ? "TRUE" : g_str_equal(text, "0") ? "FALSE" : NULL;
  else if (g_str_equal(type, "d"))
    plain_date(sheet->value->str);
  else if (g_str_equal(type, "str") || g_str_equal(type, "inlineStr"))
    xlsx_unescape(sheet->value->str);
  else if (!g_str_equal(type, "e"))
    text = NULL;
  return text == NULL ? refuse_cell(sheet, sheet->value->str, error)
                      : cells_put(sheet->cells, sheet->column, text, error);
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Worksheet *sheet = user;
  switch (id) {
  case VALUE:
  case INLINE:
    g_string_append(sheet->value, text == NULL ? "" : text);
    return sheet->value->len <= CELLS_ROW_MAX || refuse_cell(sheet, NULL, error);
  case CELL:
    return put_cell(sheet, error);
  case ROW:
    return cells_end(sheet->cells, error);
  default:
    return TRUE;
  }
}

static gboolean read_worksheet(XlsxPackage *package, const char *name, Worksheet *sheet, GError **error) {
  static const XmlPath paths[] = {{"worksheet/sheetData/row", ROW},
                                  {"worksheet/sheetData/row/c", CELL},
                                  {"worksheet/sheetData/row/c/v", VALUE},
                                  {"worksheet/sheetData/row/c/is/t", INLINE},
                                  {"worksheet/sheetData/row/c/is/r/t", INLINE},
                                  {NULL, 0}};
  XmlHandler handler = {on_start, on_end, sheet};
  sheet->line = 0;
  cells_restart(sheet->cells);
  return xlsx_part_read(package, name, "worksheet", paths, &handler, error);
}

static const XlsxRelation *relation_of(GPtrArray *relations, const char *id) {
  for (guint i = 0; i < relations->len; i++) {
    const XlsxRelation *relation = relations->pdata[i];
    if (g_str_equal(relation->id, id))
      return relation;
  }
  return NULL;
}

static gboolean read_tabs(XlsxPackage *package, const Workbook *workbook, GPtrArray *relations, Worksheet *sheet,
                          Book *book, GError **error) {
  for (guint i = 0; i < workbook->tabs->len; i++) {
    const Tab *tab = workbook->tabs->pdata[i];
    const XlsxRelation *relation = relation_of(relations, tab->relation);
    if (relation == NULL)
      return refuse("xlsx_part", tab->name, error);
    if (!g_str_has_suffix(relation->type, "/worksheet"))
      continue;
    if (!book_sheet(book, tab->name, tab->hidden, error) || !read_worksheet(package, relation->target, sheet, error)) {
      error_add(error, "sheet", tab->name);
      return FALSE;
    }
  }
  return book_finish(book, error);
}

static gboolean read_sheets(XlsxPackage *package, const Workbook *workbook, GPtrArray *relations, Book *book,
                            GError **error) {
  g_auto(XlsxStrings) strings = {0};
  if (!xlsx_strings_read(package, xlsx_target(relations, "/sharedStrings"), &strings, error))
    return FALSE;
  g_autoptr(GArray) styles = xlsx_styles_read(package, xlsx_target(relations, "/styles"), error);
  if (styles == NULL)
    return FALSE;
  g_autoptr(Cells) cells = cells_new(book_row, book);
  Worksheet sheet = {.strings = &strings, .styles = styles, .from_1904 = workbook->from_1904, .cells = cells};
  sheet.value = g_string_new(NULL);
  gboolean good = read_tabs(package, workbook, relations, &sheet, book, error);
  g_string_free(sheet.value, TRUE);
  return good;
}

static gboolean read_workbook(XlsxPackage *package, const char *name, Book *book, GError **error) {
  static const XmlPath paths[] = {{"workbook/sheets/sheet", SHEET},
                                  {"workbook/workbookPr", PROPERTIES},
                                  {"workbook/workbookPr" XLSX_OTHERS, 3},
                                  {NULL, 0}};
  g_autoptr(GPtrArray) tabs = g_ptr_array_new_with_free_func(tab_free);
  Workbook workbook = {tabs, FALSE};
  XmlHandler handler = {on_tab, on_nothing, &workbook};
  if (!xlsx_part_read(package, name, "workbook", paths, &handler, error))
    return FALSE;
  g_autoptr(GPtrArray) relations = xlsx_relations(package, name, error);
  return relations != NULL && read_sheets(package, &workbook, relations, book, error);
}

static gboolean refuse_macros(const Zip *zip, GError **error) {
  for (guint i = 0; zip_name(zip, i) != NULL; i++)
    if (g_str_has_suffix(zip_name(zip, i), "vbaProject.bin"))
      return refuse("xlsx_macro", zip_name(zip, i), error);
  return TRUE;
}

gboolean xlsx_parse(Zip *zip, const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  XlsxPackage package = {zip, source_size(source, error), 0};
  if (package.size < 0 || !refuse_macros(zip, error))
    return FALSE;
  g_autoptr(GPtrArray) relations = xlsx_relations(&package, "", error);
  if (relations == NULL)
    return FALSE;
  const char *workbook = xlsx_target(relations, "/officeDocument");
  if (workbook == NULL)
    return refuse("xlsx_part", "officeDocument", error);
  if (g_str_has_suffix(workbook, ".bin"))
    return refuse("xlsx_binary", workbook, error);
  g_autoptr(Book) book = book_new(profiles, "xlsx", sink);
  return read_workbook(&package, workbook, book, error);
}
