/* What a file is, by its first bytes, before any parser sees it. */
#ifndef YIFEN_PARSERS_SNIFF_H
#define YIFEN_PARSERS_SNIFF_H

#include <glib.h>

/* SNIFF_VOUCHER: XML with the root xbrl; SNIFF_XMLSS: XML Spreadsheet 2003; SNIFF_OLE: Compound File (XLS). */
typedef enum {
  SNIFF_XML,
  SNIFF_VOUCHER,
  SNIFF_XMLSS,
  SNIFF_HTML,
  SNIFF_TEXT,
  SNIFF_ZIP,
  SNIFF_OLE,
  SNIFF_MT940,
  SNIFF_PDF
} Sniffed;

enum { SNIFF_HEAD = 4096 };

/* head: the first SNIFF_HEAD bytes, or all when the file is shorter. ERROR_REFUSED "file_empty",
 * "file_archive", "file_image". */
gboolean sniff(const char *head, gsize size, Sniffed *sniffed, GError **error);

#endif
