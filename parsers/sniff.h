/* What a file is, by its first bytes, before any parser sees it. */
#ifndef YIFEN_PARSERS_SNIFF_H
#define YIFEN_PARSERS_SNIFF_H

#include <glib.h>

/* SNIFF_VOUCHER: XML with the root xbrl. */
typedef enum { SNIFF_XML, SNIFF_VOUCHER, SNIFF_TEXT, SNIFF_ZIP, SNIFF_MT940 } Sniffed;

enum { SNIFF_HEAD = 4096 };

/* head: the first SNIFF_HEAD bytes, or all when the file is shorter. ERROR_REFUSED "file_empty", "file_xls" (OLE),
 * "file_pdf", "file_html", "file_archive", "file_image". */
gboolean sniff(const char *head, gsize size, Sniffed *sniffed, GError **error);

#endif
