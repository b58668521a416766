/* The look before libxml2 is never looser than libxml2: what it passes holds no DOCTYPE, no tag with too many
 * attributes and none that is too long. */
#include "parsers/xmlscan.h"

#include <libxml/parser.h>

#include "parsers/xml.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
  xml_prepare();
}

static void on_doctype(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *id,
                       G_GNUC_UNUSED const xmlChar *uri) {
  g_assert_not_reached();
}

static void on_element(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix,
                       G_GNUC_UNUSED const xmlChar *uri, int namespace_count, const xmlChar **namespaces, int count,
                       G_GNUC_UNUSED int defaulted, const xmlChar **attributes) {
  gsize size = 0;
  for (int i = 0; i < count; i++) /* name, prefix, URI, value, end */
    size += (gsize)(attributes[5 * i + 4] - attributes[5 * i + 3]);
  for (int i = 0; i < namespace_count; i++) /* prefix, URI */
    size += namespaces[2 * i + 1] == NULL ? 0 : strlen((const char *)namespaces[2 * i + 1]);
  g_assert(count + namespace_count <= XML_ATTRIBUTES_MAX);
  g_assert(size <= XML_TAG_MAX);
}

static void ask_libxml2(const char *text, gsize size) {
  xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC, .internalSubset = on_doctype, .startElementNs = on_element};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  xmlParseChunk(parser, text, (int)size, 1);
  if (parser->myDoc != NULL)
    xmlFreeDoc(parser->myDoc);
  xmlFreeParserCtxt(parser);
}

static gboolean feed(void *scan, const char *bytes, gsize size, GError **error) {
  return xmlscan_feed(scan, bytes, size, error);
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
  if (memchr(text->str, '\0', text->len) != NULL || !g_utf8_validate_len(text->str, text->len, NULL))
    return 0;
  XmlScan whole = {0}, pieces = {0};
  g_autoptr(GError) error = NULL, error_pieces = NULL;
  gboolean good = fuzz_feed(feed, &whole, (guint8 *)text->str, text->len, 0, &error);
  g_assert(good == fuzz_feed(feed, &pieces, (guint8 *)text->str, text->len, piece, &error_pieces));
  if (good)
    ask_libxml2(text->str, text->len);
  else {
    fuzz_refused(error, ERROR_REFUSED);
    g_assert(g_str_equal(error->message, error_pieces->message));
  }
  return 0;
}
