#include "parsers/xmlss.h"

#include <string.h>

#include "parsers/book.h"
#include "parsers/cell.h"
#include "parsers/cells.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { SHEET = 1, ROW, CELL, DATA, VISIBLE };
enum { ROWS_MAX = 1048576, COLUMNS_MAX = 16384, NAME_SIZE = 256, TYPE_SIZE = 16, NUMBER_SIZE = 16 };

struct Xmlss {
  XmlReader *xml;
  Book *book;
  Cells *cells;
  gint64 line;
  guint column, next; /* of the open cell; of one that does not say */
  char type[TYPE_SIZE];
};

static gboolean refuse_cell(const Xmlss *xmlss, const char *value, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, xmlss->line);
  g_autofree char *column = g_strdup_printf("%u", xmlss->column + 1), *cell = cell_name(xmlss->column, xmlss->line);
  return error_set(error, ERROR_REFUSED, "sheet_value", "line", line, "column", column, "cell", cell, "value", value,
                   NULL);
}

/* An attribute's number, `otherwise` without one. */
static gboolean number_of(const Xmlss *xmlss, const XmlElement *element, const char *name, guint64 most,
                          guint64 *number, GError **error) {
  char text[NUMBER_SIZE];
  return !xml_attribute(element, name, text, sizeof text) ||
         g_ascii_string_to_unsigned(text, 10, 0, most, number, NULL) || refuse_cell(xmlss, text, error);
}

static gboolean begin_sheet(Xmlss *xmlss, const XmlElement *element, GError **error) {
  char name[NAME_SIZE];
  xml_attribute(element, "Name", name, sizeof name);
  g_autofree char *valid = g_utf8_make_valid(name, -1); /* may be cut */
  xmlss->line = 0;
  cells_restart(xmlss->cells);
  return book_sheet(xmlss->book, valid, FALSE, error);
}

static gboolean begin_row(Xmlss *xmlss, const XmlElement *element, GError **error) {
  guint64 line = (guint64)xmlss->line + 1;
  if (!number_of(xmlss, element, "Index", ROWS_MAX, &line, error))
    return FALSE;
  xmlss->line = (gint64)line;
  xmlss->next = 0;
  return cells_begin(xmlss->cells, xmlss->line, error);
}

static gboolean begin_cell(Xmlss *xmlss, const XmlElement *element, GError **error) {
  guint64 index = (guint64)xmlss->next + 1, across = 0;
  if (!number_of(xmlss, element, "Index", COLUMNS_MAX, &index, error) ||
      !number_of(xmlss, element, "MergeAcross", COLUMNS_MAX, &across, error))
    return FALSE;
  if (index == 0)
    return refuse_cell(xmlss, "0", error);
  xmlss->column = (guint)index - 1;
  xmlss->next = (guint)(index + across);
  return TRUE;
}

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  Xmlss *xmlss = user;
  switch (id) {
  case SHEET:
    return begin_sheet(xmlss, element, error);
  case ROW:
    return begin_row(xmlss, element, error);
  case CELL:
    return begin_cell(xmlss, element, error);
  case DATA:
    xml_attribute(element, "Type", xmlss->type, sizeof xmlss->type);
  }
  return TRUE;
}

static gboolean put_data(Xmlss *xmlss, const char *text, GError **error) {
  g_autofree char *shown = NULL;
  if (text == NULL)
    return TRUE;
  if (g_str_equal(xmlss->type, "Number")) {
    shown = cell_text(text, (CellFormat){CELL_PLAIN, 0}, FALSE);
    if (shown == NULL)
      return refuse_cell(xmlss, text, error);
  } else if (g_str_equal(xmlss->type, "DateTime")) {
    shown = g_strdelimit(g_strndup(text, strcspn(text, ".Z")), "T", ' ');
    if (g_str_has_suffix(shown, " 00:00:00"))
      shown[strlen(shown) - strlen(" 00:00:00")] = '\0';
  }
  return cells_put(xmlss->cells, xmlss->column, shown == NULL ? text : shown, error);
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Xmlss *xmlss = user;
  switch (id) {
  case DATA:
    return put_data(xmlss, text, error);
  case ROW:
    return cells_end(xmlss->cells, error);
  case VISIBLE:
    return g_strcmp0(text, "SheetVisible") == 0 || book_hidden(xmlss->book, error);
  default:
    return TRUE;
  }
}

Xmlss *xmlss_new(GPtrArray *profiles, const RecordSink *sink) {
  static const XmlPath paths[] = {{"Workbook/Worksheet", SHEET},
                                  {"Workbook/Worksheet/Table/Row", ROW},
                                  {"Workbook/Worksheet/Table/Row/Cell", CELL},
                                  {"Workbook/Worksheet/Table/Row/Cell/Data", DATA},
                                  {"Workbook/Worksheet/WorksheetOptions/Visible", VISIBLE},
                                  {NULL, 0}};
  Xmlss *xmlss = g_new0(Xmlss, 1);
  XmlHandler handler = {on_start, on_end, xmlss};
  xmlss->xml = xml_reader_new(paths, &handler);
  xmlss->book = book_new(profiles, "xls", sink);
  xmlss->cells = cells_new(book_row, xmlss->book);
  return xmlss;
}

void xmlss_free(Xmlss *xmlss) {
  if (xmlss == NULL)
    return;
  xml_reader_free(xmlss->xml);
  cells_free(xmlss->cells);
  book_free(xmlss->book);
  g_free(xmlss);
}

gboolean xmlss_feed(void *user, const char *bytes, gsize size, GError **error) {
  Xmlss *xmlss = user;
  return xml_reader_feed(xmlss->xml, bytes, size, error);
}

gboolean xmlss_finish(Xmlss *xmlss, GError **error) {
  return xml_reader_finish(xmlss->xml, error) && book_finish(xmlss->book, error);
}
