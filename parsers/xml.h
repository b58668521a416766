/* Hostile XML, safely: libxml2 over a table of element paths.
 *
 * What libxml2 sees is UTF-8 that we decoded ourselves (UTF-8, UTF-16, US-ASCII, ISO-8859-1, GB18030, GBK and GB2312
 * are read, all others refused). A byte order mark outranks the declaration, and so do NULs around the first character
 * (UTF-16 without a mark); a declared UTF-16 that has neither is UTF-8, as .NET writes it. UTF-8 under the label of a
 * GB encoding or Latin-1 is refused, "xml_label", because both would decode it to something else; other bytes under the
 * label UTF-8 are refused, "encoding". Blanks before the declaration are passed over.
 * Refused before libxml2 sees it: a DOCTYPE, a tag over 64 KiB, a tag with over 256 attributes (libxml2 2.9 takes
 * quadratic time for them). No network, no entities but the five, at most 256 levels, 1,024 prefixes and 10,000 names
 * (its dictionary of names is slow beyond), every return code checked. Errors are ERROR_REFUSED "xml_..." with line and
 * value.
 *
 * A path names elements by local name, "Stmt/Acct/Id/IBAN", and may start at any element of the document that its first
 * name fits: envelopes and namespaces are passed over. Elements outside all paths are skipped. An element with an id
 * calls start and end; its own text, trimmed and with control characters turned into blanks, comes with end. An element
 * inside one that only ends paths is refused: its text would be torn.
 */
#ifndef YIFEN_PARSERS_XML_H
#define YIFEN_PARSERS_XML_H

#include "parsers/source.h"

typedef struct {
  const char *path;
  int id; /* above 0 */
} XmlPath;

typedef struct {
  const char *namespace;            /* or NULL */
  char currency[8];                 /* the attribute Ccy, "" without one */
  const unsigned char **attributes; /* for xml_attribute() */
} XmlElement;

/* The attribute of that local name, cut to fit; FALSE, and "", without one. */
gboolean xml_attribute(const XmlElement *element, const char *name, char *value, gsize size);

typedef struct {
  gboolean (*start)(void *user, int id, const XmlElement *element, GError **error);
  gboolean (*end)(void *user, int id, const char *text, GError **error); /* text NULL when empty */
  void *user;
  gboolean (*begins)(int id); /* is start called for this one without attributes too? NULL: for all */
} XmlHandler;

enum {
  XML_TEXT_MAX = 64 * 1024,
  XML_TAG_MAX = 64 * 1024,
  XML_ATTRIBUTES_MAX = 256,
  XML_DEPTH_MAX = 256,
  XML_NAMES_MAX = 10000,
  XML_NAMESPACES_MAX = 1024 /* in scope at one place */
};

typedef struct XmlReader XmlReader;

/* Runs libxml2 once, so that nothing is initialised in the cage. */
void xml_prepare(void);

/* paths: ended by {NULL, 0}; must outlive the reader. */
XmlReader *xml_reader_new(const XmlPath *paths, const XmlHandler *handler);
void xml_reader_free(XmlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmlReader, xml_reader_free)

/* The whole document, once, pulled by libxml2: a fifth cheaper than feeding it. */
gboolean xml_reader_parse(XmlReader *reader, const Source *source, GError **error);

/* Or in pieces, as they come. */
gboolean xml_reader_feed(XmlReader *reader, const char *bytes, gsize size, GError **error);
gboolean xml_reader_finish(XmlReader *reader, GError **error);

/* Local name of the document's root, or NULL before it came; the reader's. */
const char *xml_reader_root(const XmlReader *reader);

#endif
