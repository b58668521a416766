/* A look at XML markup before libxml2 sees it: what libxml2 2.9 cannot bound is refused here. UTF-8 only, in pieces. */
#ifndef YIFEN_PARSERS_XMLSCAN_H
#define YIFEN_PARSERS_XMLSCAN_H

#include <glib.h>

typedef struct {
  int state;
  gsize markup; /* bytes of the markup that is open */
  int attributes;
  char quote;
  char last[8]; /* the bytes after "<!" */
  gint64 line;
} XmlScan;

/* ERROR_REFUSED "xml_doctype", "xml_tag" (over XML_TAG_MAX bytes) or "xml_attributes" (over XML_ATTRIBUTES_MAX), with
 * line. Start from a zeroed XmlScan. */
gboolean xmlscan_feed(XmlScan *scan, const char *text, gsize size, GError **error);

#endif
