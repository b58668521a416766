#include "parsers/xlsx_part.h"

#include <string.h>

#include "rules/error.h"

typedef struct {
  XlsxPackage *package;
  XmlReader *reader;
} Feed;

static gboolean refuse(const char *reason, const char *value, GError **error) {
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static gboolean feed(void *user, const char *bytes, gsize size, GError **error) {
  const Feed *to = user;
  XlsxPackage *package = to->package;
  package->inflated += (gint64)size;
  if (package->inflated > XLSX_INFLATED_FREE && package->inflated / XLSX_RATIO > package->size)
    return refuse("zip_too_large", NULL, error);
  return xml_reader_feed(to->reader, bytes, size, error);
}

gboolean xlsx_part_read(XlsxPackage *package, const char *name, const char *root, const XmlPath *paths,
                        const XmlHandler *handler, GError **error) {
  g_autoptr(XmlReader) reader = xml_reader_new(paths, handler);
  Feed to = {package, reader};
  if (!zip_read(package->zip, name, feed, &to, error) || !xml_reader_finish(reader, error))
    return FALSE;
  return g_strcmp0(xml_reader_root(reader), root) == 0 || refuse("xlsx_part", name, error);
}

/* Relations. */

typedef struct {
  const char *part;
  GPtrArray *relations;
} Relating;

static void relation_free(gpointer data) {
  XlsxRelation *relation = data;
  g_free(relation->id);
  g_free(relation->type);
  g_free(relation->target);
  g_free(relation);
}

/* "worksheets/sheet1.xml" seen from "xl/workbook.xml". */
static char *resolve(const char *part, const char *target) {
  g_autofree char *folder = g_path_get_dirname(part), *base = g_strconcat("/", folder, NULL);
  g_autofree char *path = g_canonicalize_filename(target, base);
  return g_strdup(path + strspn(path, "/"));
}

static gboolean on_relation(void *user, G_GNUC_UNUSED int id, const XmlElement *element, GError **error) {
  Relating *relating = user;
  char name[256], type[256], target[512], mode[16];
  xml_attribute(element, "TargetMode", mode, sizeof mode);
  if (relating->relations->len >= XLSX_RELATIONS_MAX)
    return refuse("xlsx_too_large", relating->part, error);
  if (g_str_equal(mode, "External"))
    return TRUE;
  if (!xml_attribute(element, "Id", name, sizeof name) || !xml_attribute(element, "Type", type, sizeof type) ||
      !xml_attribute(element, "Target", target, sizeof target))
    return refuse("xlsx_part", relating->part, error);
  XlsxRelation *relation = g_new0(XlsxRelation, 1);
  relation->id = g_strdup(name);
  relation->type = g_strdup(type);
  relation->target = resolve(relating->part, target);
  g_ptr_array_add(relating->relations, relation);
  return TRUE;
}

static gboolean on_nothing(G_GNUC_UNUSED void *user, G_GNUC_UNUSED int id, G_GNUC_UNUSED const char *text,
                           G_GNUC_UNUSED GError **error) {
  return TRUE;
}

GPtrArray *xlsx_relations(XlsxPackage *package, const char *part, GError **error) {
  static const XmlPath paths[] = {{"Relationships/Relationship", 1}, {NULL, 0}};
  g_autoptr(GPtrArray) relations = g_ptr_array_new_with_free_func(relation_free);
  g_autofree char *folder = g_path_get_dirname(part), *base = *part == '\0' ? g_strdup("") : g_path_get_basename(part);
  g_autofree char *name = g_str_equal(folder, ".") ? g_strdup_printf("_rels/%s.rels", base)
                                                   : g_strdup_printf("%s/_rels/%s.rels", folder, base);
  Relating relating = {part, relations};
  XmlHandler handler = {on_relation, on_nothing, &relating};
  if (!xlsx_part_read(package, name, "Relationships", paths, &handler, error))
    return NULL;
  return g_steal_pointer(&relations);
}

const char *xlsx_target(GPtrArray *relations, const char *type) {
  for (guint i = 0; i < relations->len; i++) {
    const XlsxRelation *relation = relations->pdata[i];
    if (g_str_has_suffix(relation->type, type))
      return relation->target;
  }
  return NULL;
}

/* Shared strings (18.4). */

enum { STRING = 1, STRING_TEXT };

void xlsx_strings_clear(XlsxStrings *strings) {
  if (strings->text != NULL)
    g_string_free(strings->text, TRUE);
  g_clear_pointer(&strings->starts, g_array_unref);
  strings->text = NULL;
}

static gboolean on_string(void *user, int id, G_GNUC_UNUSED const XmlElement *element, G_GNUC_UNUSED GError **error) {
  XlsxStrings *strings = user;
  guint32 start = (guint32)strings->text->len;
  if (id == STRING)
    g_array_append_val(strings->starts, start);
  return TRUE;
}

static gboolean on_string_end(void *user, int id, const char *text, GError **error) {
  XlsxStrings *strings = user;
  if (id == STRING_TEXT && text != NULL)
    g_string_append(strings->text, text);
  if (id == STRING) {
    guint32 start = g_array_index(strings->starts, guint32, strings->starts->len - 1);
    xlsx_unescape(strings->text->str + start);
    g_string_truncate(strings->text, start + strlen(strings->text->str + start));
    g_string_append_c(strings->text, '\0');
  }
  gsize size = strings->text->len + strings->starts->len * sizeof(guint32);
  return size <= XLSX_STRINGS_BYTES || refuse("xlsx_too_large", "sharedStrings", error);
}

gboolean xlsx_strings_read(XlsxPackage *package, const char *name, XlsxStrings *strings, GError **error) {
  static const XmlPath paths[] = {
      {"sst/si", STRING}, {"sst/si/t", STRING_TEXT}, {"sst/si/r/t", STRING_TEXT}, {NULL, 0}};
  *strings = (XlsxStrings){g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(guint32))};
  XmlHandler handler = {on_string, on_string_end, strings};
  return name == NULL || xlsx_part_read(package, name, "sst", paths, &handler, error);
}

const char *xlsx_string(const XlsxStrings *strings, const char *index) {
  guint64 at;
  if (!g_ascii_string_to_unsigned(index, 10, 0, G_MAXUINT32, &at, NULL) || at >= strings->starts->len)
    return NULL;
  return strings->text->str + g_array_index(strings->starts, guint32, (guint)at);
}

static int hex_digits(const char *at) {
  int value = 0;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value(at[i]);
    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

/* ST_Xstring (22.9.2.19). */
void xlsx_unescape(char *text) {
  char *out = text;
  if (strstr(text, "_x") == NULL)
    return;
  while (*text != '\0') {
    int code = g_str_has_prefix(text, "_x") && strlen(text) >= 7 && text[6] == '_' ? hex_digits(text + 2) : -1;
    if (code == '_' || (code >= 0 && code < ' ')) {
      *out++ = code == '_' ? '_' : ' ';
      text += 7;
    } else
      *out++ = *text++;
  }
  *out = '\0';
}

/* Styles (18.8): what a cell names is an xf, what that names is a number format. */

enum { FORMAT = 1, STYLE };

typedef struct {
  GHashTable *formats; /* id to CellFormat */
  GArray *styles;
} Styling;

static gboolean on_style(void *user, int id, const XmlElement *element, GError **error) {
  Styling *styling = user;
  char number[16], code[256];
  guint64 format = 0;
  if (xml_attribute(element, "numFmtId", number, sizeof number) &&
      !g_ascii_string_to_unsigned(number, 10, 0, G_MAXINT, &format, NULL))
    return refuse("xlsx_part", "numFmtId", error);
  if (styling->styles->len >= XLSX_STYLES_MAX || g_hash_table_size(styling->formats) >= XLSX_STYLES_MAX)
    return refuse("xlsx_too_large", "styles", error);
  if (id == FORMAT) {
    xml_attribute(element, "formatCode", code, sizeof code);
    CellFormat meaning = cell_format(code);
    g_hash_table_insert(styling->formats, GUINT_TO_POINTER((guint)format), g_memdup2(&meaning, sizeof meaning));
    return TRUE;
  }
  const CellFormat *own = g_hash_table_lookup(styling->formats, GUINT_TO_POINTER((guint)format));
  CellFormat meaning = own != NULL ? *own : cell_format_builtin((guint)format);
  g_array_append_val(styling->styles, meaning);
  return TRUE;
}

GArray *xlsx_styles_read(XlsxPackage *package, const char *name, GError **error) {
  static const XmlPath paths[] = {{"styleSheet/numFmts/numFmt", FORMAT},
                                  {"styleSheet/cellXfs/xf", STYLE},
                                  {"styleSheet/cellXfs/xf" XLSX_OTHERS, 3},
                                  {NULL, 0}};
  g_autoptr(GHashTable) formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  g_autoptr(GArray) styles = g_array_new(FALSE, FALSE, sizeof(CellFormat));
  Styling styling = {formats, styles};
  XmlHandler handler = {on_style, on_nothing, &styling};
  if (name != NULL && !xlsx_part_read(package, name, "styleSheet", paths, &handler, error))
    return NULL;
  return g_steal_pointer(&styles);
}
