/* XLSX workbooks (ECMA-376, Office Open XML; SpreadsheetML part 1 chapter 18, packages part 2) to records.
 *
 * Texts are shared, inline or formulas' results; numbers are shown as parsers/cell.h says, by their style; booleans are
 * TRUE and FALSE; errors (#N/A) stay as they are, and the sheet reader refuses them where they matter. Worksheets come
 * in the order of their tabs; charts and the like are passed over. Macros are refused by name ("xlsx_macro"), as are
 * binary workbooks ("xlsx_binary"); passwords make other files of them (parsers/ole.h). */
#ifndef YIFEN_PARSERS_XLSX_H
#define YIFEN_PARSERS_XLSX_H

#include "parsers/record.h"
#include "parsers/source.h"
#include "parsers/zip.h"

/* Is the archive such a package? */
gboolean xlsx_is(const Zip *zip);

/* As sheet_new(). ERROR_REFUSED also "zip_...", "xml_...", "xlsx_part" (value: what the package lacks or has amiss),
 * "xlsx_too_large" (value: strings, sheets, ...), "sheet_value" (a cell that holds no value of its type). */
gboolean xlsx_parse(Zip *zip, const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error);

#endif
