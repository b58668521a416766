/* The parts of an XLSX package that its worksheets lean on: relationships (part 2, 8.3), the workbook, shared strings,
 * styles. */
#ifndef YIFEN_PARSERS_XLSX_PART_H
#define YIFEN_PARSERS_XLSX_PART_H

#include "parsers/cell.h"
#include "parsers/source.h"
#include "parsers/xml.h"
#include "parsers/zip.h"

enum { XLSX_SHEETS_MAX = 256, XLSX_RELATIONS_MAX = 4096, XLSX_STYLES_MAX = 65536, XLSX_STRINGS_BYTES = 64 << 20 };

/* What is inflated may be 256 times the file once it is over 32 MiB: rows of blank cells reach a hundred. */
enum { XLSX_RATIO = 256, XLSX_INFLATED_FREE = 32 << 20 };

typedef struct {
  Zip *zip;
  goffset size;
  gint64 inflated;
} XlsxPackage;

/* Ends the path of an element whose children, if any, are passed over: no element has this name. */
#define XLSX_OTHERS "/*"

/* Reads a part by a table of element paths. ERROR_REFUSED "zip_...", "xml_...", "xlsx_part" for another root. */
gboolean xlsx_part_read(XlsxPackage *package, const char *name, const char *root, const XmlPath *paths,
                        const XmlHandler *handler, GError **error);

typedef struct {
  char *id, *type, *target; /* the target: its name in the archive */
} XlsxRelation;

/* The relations of a part, of the package itself for "". XlsxRelation *; the caller unrefs. */
GPtrArray *xlsx_relations(XlsxPackage *package, const char *part, GError **error);

/* The target of the first relation whose type ends so ("/styles"), or NULL. */
const char *xlsx_target(GPtrArray *relations, const char *type);

typedef struct {
  GString *text;
  GArray *starts; /* guint32, into text */
} XlsxStrings;
void xlsx_strings_clear(XlsxStrings *strings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlsxStrings, xlsx_strings_clear)
/* name NULL: a workbook without shared strings. */
gboolean xlsx_strings_read(XlsxPackage *package, const char *name, XlsxStrings *strings, GError **error);
/* NULL when there is no such string. */
const char *xlsx_string(const XlsxStrings *strings, const char *index);

/* The formats of cells, CellFormat by style; the caller unrefs. name NULL: none. */
GArray *xlsx_styles_read(XlsxPackage *package, const char *name, GError **error);

/* "_x000D_" and its like to what they stand for, control characters to blanks; in place. */
void xlsx_unescape(char *text);

#endif
