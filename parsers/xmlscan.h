/* A look at XML markup before libxml2 sees it: what libxml2 2.9 cannot bound is refused here. UTF-8 only, in pieces.
 *
 * Two readers say the same. The exact one steps through every byte of markup. Nearly all text need not be stepped
 * through: a block of 4 KB without "<!" and "<?" and with no more "=" than one tag may have cannot break a rule, so
 * only the markup that its end cuts is stepped through. That takes the last "<" of a block for the beginning of markup.
 * One that stands in a quoted value is not, but there it is never well-formed (XML 1.0, 2.3 AttValue) and libxml2 ends.
 */
#ifndef YIFEN_PARSERS_XMLSCAN_H
#define YIFEN_PARSERS_XMLSCAN_H

#include <glib.h>

typedef struct {
  int state;
  gsize markup; /* bytes of the markup that is open */
  int attributes;
  char quote;
  char last[8]; /* the bytes after "<!" */
  gint64 line;  /* in which the next piece begins, from 1; the caller keeps it */
} XmlScan;

/* ERROR_REFUSED "xml_doctype", "xml_tag" (over XML_TAG_MAX bytes) or "xml_attributes" (over XML_ATTRIBUTES_MAX), with
 * line. Start from an XmlScan that is zero but for its line. */
gboolean xmlscan_feed(XmlScan *scan, const char *text, gsize size, GError **error);
gboolean xmlscan_feed_exact(XmlScan *scan, const char *text, gsize size,
                            GError **error); /* by the exact reader alone */

#endif
