/* Rows of the tables in an HTML page, which banks like to call .xls. Not a browser: tags are read one by one as HTML
 * Living Standard 13.2.5 splits them, linear in time and bounded in space; table, tr, td, th (colspan, rowspan) and br
 * mean something, all others only end words, scripts and styles are passed over. UTF-8 in pieces.
 *
 * All tables of a page are one run of rows: header, rows and sums may stand in tables of their own. A row's line is its
 * number among all rows. Every table that begins must end, and so must <html>: else the file was cut. */
#ifndef YIFEN_PARSERS_HTML_H
#define YIFEN_PARSERS_HTML_H

#include "parsers/sheet_row.h"

enum { HTML_TAG_MAX = 64 * 1024, HTML_TABLES_MAX = 64 /* within each other */ };

typedef struct Html Html;
Html *html_new(SheetRowFunction *function, void *user);
void html_free(Html *html);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Html, html_free)

/* ERROR_REFUSED "html_tag" (too long), "html_tables" (too deep), "sheet_..." of parsers/cells.h, with line, or the
 * function's error. */
gboolean html_feed(Html *html, const char *text, gsize size, GError **error);

/* ERROR_REFUSED "html_cut"; "file_html" when there was no row at all. */
gboolean html_finish(Html *html, GError **error);

#endif
