/* The look before libxml2 is never looser than libxml2: what it passes holds no DOCTYPE, no tag with too many
 * attributes and none that is too long. The quick look and the exact one agree about every document that is
 * well-formed. */
#include "parsers/xmlscan.h"

#include <libxml/parser.h>

#include "parsers/utf8.h"
#include "parsers/xml.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
  xml_prepare();
}

typedef struct {
  gboolean broken, well_formed; /* by our rules; by XML's */
} Verdict;

static void on_doctype(void *user, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *id,
                       G_GNUC_UNUSED const xmlChar *uri) {
  ((Verdict *)user)->broken = TRUE;
}

static void on_element(void *user, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix,
                       G_GNUC_UNUSED const xmlChar *uri, int namespace_count, const xmlChar **namespaces, int count,
                       G_GNUC_UNUSED int defaulted, const xmlChar **attributes) {
  gsize size = 0;
  for (int i = 0; i < count; i++) /* name, prefix, URI, value, end */
    size += (gsize)(attributes[5 * i + 4] - attributes[5 * i + 3]);
  for (int i = 0; i < namespace_count; i++) /* prefix, URI */
    size += namespaces[2 * i + 1] == NULL ? 0 : strlen((const char *)namespaces[2 * i + 1]);
  if (count + namespace_count > XML_ATTRIBUTES_MAX || size > XML_TAG_MAX)
    ((Verdict *)user)->broken = TRUE;
}

static Verdict ask_libxml2(const GString *text) {
  Verdict verdict = {FALSE, FALSE};
  xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC, .internalSubset = on_doctype, .startElementNs = on_element};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, &verdict, NULL, 0, NULL);
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  verdict.well_formed = xmlParseChunk(parser, text->str, (int)text->len, 1) == 0 && parser->wellFormed;
  if (parser->myDoc != NULL)
    xmlFreeDoc(parser->myDoc);
  xmlFreeParserCtxt(parser);
  return verdict;
}

static gboolean quick(void *scan, const char *bytes, gsize size, GError **error) {
  gboolean good = xmlscan_feed(scan, bytes, size, error);
  ((XmlScan *)scan)->line += (gint64)utf8_lines(bytes, size);
  return good;
}

static gboolean exact(void *scan, const char *bytes, gsize size, GError **error) {
  gboolean good = xmlscan_feed_exact(scan, bytes, size, error);
  ((XmlScan *)scan)->line += (gint64)utf8_lines(bytes, size);
  return good;
}

/* NULL when it passes, else the refusal; the caller frees. */
static char *look(FuzzFeed *feed, const GString *text, gsize piece) {
  XmlScan scan = {.line = 1};
  g_autoptr(GError) error = NULL;
  if (fuzz_feed(feed, &scan, (const guint8 *)text->str, text->len, piece, &error))
    return NULL;
  fuzz_refused(error, ERROR_REFUSED);
  return g_strdup(error->message);
}

static void check(const GString *text, gsize piece) {
  g_autofree char *exact_whole = look(exact, text, 0), *exact_pieces = look(exact, text, piece);
  g_autofree char *quick_whole = look(quick, text, 0), *quick_pieces = look(quick, text, piece);
  g_assert(g_strcmp0(exact_whole, exact_pieces) == 0);
  if (exact_whole != NULL && quick_whole != NULL && quick_pieces != NULL)
    return;
  Verdict verdict = ask_libxml2(text);
  g_assert(!verdict.broken);
  g_assert(!verdict.well_formed || (exact_whole == NULL && quick_whole == NULL && quick_pieces == NULL));
}

/* Scanned text is UTF-8 without NUL. A short input stands for a long one: its middle is repeated. */
int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  if (size < 3)
    return 0;
  gsize times = data[--size], from = data[--size], length = data[--size];
  from = MIN(from, size), length = MIN(length, size - from);
  g_autoptr(GString) text = g_string_new_len((const char *)data, (gssize)from);
  for (gsize i = 0; i < MAX(times, 1); i++)
    g_string_append_len(text, (const char *)data + from, (gssize)length);
  g_string_append_len(text, (const char *)data + from + length, (gssize)(size - from - length));
  if (memchr(text->str, '\0', text->len) == NULL && g_utf8_validate_len(text->str, text->len, NULL))
    check(text, piece);
  return 0;
}
