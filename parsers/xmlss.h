/* Workbooks in one XML file, "XML Spreadsheet 2003" (urn:schemas-microsoft-com:office:spreadsheet; Microsoft's XML
 * Spreadsheet Reference), which banks call .xls. As parsers/xlsx.h otherwise; days come as texts. */
#ifndef YIFEN_PARSERS_XMLSS_H
#define YIFEN_PARSERS_XMLSS_H

#include "parsers/record.h"

typedef struct Xmlss Xmlss;
Xmlss *xmlss_new(GPtrArray *profiles, const RecordSink *sink);
void xmlss_free(Xmlss *xmlss);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Xmlss, xmlss_free)

/* ERROR_REFUSED "xml_...", "sheet_...". */
gboolean xmlss_feed(void *xmlss, const char *bytes, gsize size, GError **error);
gboolean xmlss_finish(Xmlss *xmlss, GError **error);

#endif
