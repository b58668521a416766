#include "parsers/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/encoding.h"
#include "parsers/xmlscan.h"
#include "rules/error.h"

enum { HEAD = 1024, DEPTH = XML_DEPTH_MAX + 1 }; /* HEAD: of the file, where the declaration stands */

typedef struct {
  const xmlChar *name; /* interned in the parser's dictionary: equal names are equal pointers */
  int id, child, sibling;
} Node;

struct XmlReader {
  xmlParserCtxtPtr parser;
  XmlHandler handler;
  GArray *nodes; /* [0] stands for any element outside all paths */
  int stack[DEPTH], depth;
  int outside, skipped; /* open elements around and below the known ones */
  GString *head;        /* until the encoding is known */
  Decoder *decoder;
  GString *decoded;
  XmlScan scan;
  GString *text;
  char *root;
  const xmlChar *currency; /* interned "Ccy" */
  GError *error;
};

static Node *node_at(XmlReader *reader, int index) {
  return &g_array_index(reader->nodes, Node, index);
}

static int child_of(XmlReader *reader, int parent, const xmlChar *name) {
  int child = node_at(reader, parent)->child;
  while (child != 0 && node_at(reader, child)->name != name)
    child = node_at(reader, child)->sibling;
  return child;
}

static int child_make(XmlReader *reader, int parent, const xmlChar *name) {
  int child = child_of(reader, parent, name);
  if (child != 0)
    return child;
  Node node = {.name = name, .sibling = node_at(reader, parent)->child};
  child = (int)reader->nodes->len;
  node_at(reader, parent)->child = child;
  g_array_append_val(reader->nodes, node);
  return child;
}

static void learn_path(XmlReader *reader, const XmlPath *path) {
  g_auto(GStrv) names = g_strsplit(path->path, "/", -1);
  int node = 0;
  for (char **name = names; *name != NULL; name++)
    node = child_make(reader, node, xmlDictLookup(reader->parser->dict, BAD_CAST * name, -1));
  node_at(reader, node)->id = path->id;
}

static char *line_of(XmlReader *reader) {
  return g_strdup_printf("%d", reader->parser->input == NULL ? 0 : reader->parser->input->line);
}

static void stop(XmlReader *reader, GError *error) {
  g_autofree char *line = line_of(reader);
  error_add(&error, "line", line);
  g_clear_error(&reader->error);
  reader->error = error;
  xmlStopParser(reader->parser);
}

static void stop_for(XmlReader *reader, const char *reason, const char *value) {
  GError *error = NULL;
  error_set(&error, ERROR_REFUSED, reason, "value", value, NULL);
  stop(reader, error);
}

static XmlElement element_of(XmlReader *reader, const xmlChar *uri, int count, const xmlChar **attributes) {
  XmlElement element = {.namespace = (const char *)uri, .attributes = attributes, .attribute_count = count};
  for (int i = 0; i < count; i++) {
    const xmlChar **attribute = attributes + 5 * i;    /* name, prefix, URI, value, end */
    gsize size = (gsize)(attribute[4] - attribute[3]); /* the value ends where no NUL is */
    if (attribute[0] == reader->currency)
      memcpy(element.currency, attribute[3], MIN(size, sizeof element.currency - 1));
  }
  return element;
}

gboolean xml_attribute(const XmlElement *element, const char *name, char *value, gsize size) {
  for (int i = 0; i < element->attribute_count; i++) {
    const xmlChar **attribute = element->attributes + 5 * i;
    if (!g_str_equal(attribute[0], name))
      continue;
    gsize length = MIN((gsize)(attribute[4] - attribute[3]), size - 1);
    memcpy(value, attribute[3], length);
    value[length] = '\0';
    return TRUE;
  }
  *value = '\0';
  return FALSE;
}

static void enter(XmlReader *reader, int node, const xmlChar *uri, int count, const xmlChar **attributes) {
  reader->stack[reader->depth++] = node;
  g_string_truncate(reader->text, 0);
  int id = node_at(reader, node)->id;
  if (id == 0 || reader->handler.start == NULL)
    return;
  XmlElement element = element_of(reader, uri, count, attributes);
  GError *error = NULL;
  if (!reader->handler.start(reader->handler.user, id, &element, &error))
    stop(reader, error);
}

static void on_start(void *user, const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix, const xmlChar *uri,
                     G_GNUC_UNUSED int namespace_count, G_GNUC_UNUSED const xmlChar **namespaces, int count,
                     G_GNUC_UNUSED int defaulted, const xmlChar **attributes) {
  XmlReader *reader = user;
  if (reader->error != NULL)
    return;
  if (reader->root == NULL)
    reader->root = g_strdup((const char *)name);
  if (reader->depth + reader->outside + reader->skipped >= XML_DEPTH_MAX) {
    stop_for(reader, "xml_depth", NULL);
    return;
  }
  if (xmlDictSize(reader->parser->dict) > XML_NAMES_MAX) {
    stop_for(reader, "xml_names", NULL);
    return;
  }
  if (reader->skipped > 0) {
    reader->skipped++;
    return;
  }
  int current = reader->depth == 0 ? 0 : reader->stack[reader->depth - 1];
  int node = child_of(reader, current, name);
  if (node != 0)
    enter(reader, node, uri, count, attributes);
  else if (current == 0)
    reader->outside++;
  else if (node_at(reader, current)->child == 0)
    stop_for(reader, "xml_torn", (const char *)name);
  else
    reader->skipped++;
}

static void leave(XmlReader *reader) {
  Node *node = node_at(reader, reader->stack[--reader->depth]);
  if (node->id == 0)
    return;
  GError *error = NULL;
  if (!reader->handler.end(reader->handler.user, node->id, clean_text(reader->text->str, reader->text->len), &error))
    stop(reader, error);
  g_string_truncate(reader->text, 0); /* what follows belongs to the parent */
}

static void on_end(void *user, G_GNUC_UNUSED const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix,
                   G_GNUC_UNUSED const xmlChar *uri) {
  XmlReader *reader = user;
  if (reader->error != NULL)
    return;
  if (reader->skipped > 0)
    reader->skipped--;
  else if (reader->depth == 0)
    reader->outside--;
  else
    leave(reader);
}

static void on_text(void *user, const xmlChar *text, int size) {
  XmlReader *reader = user;
  if (reader->error != NULL || reader->skipped > 0 || reader->depth == 0 ||
      node_at(reader, reader->stack[reader->depth - 1])->id == 0)
    return;
  g_string_append_len(reader->text, (const char *)text, size);
  if (reader->text->len > XML_TEXT_MAX)
    stop_for(reader, "field_too_long", NULL);
}

static xmlParserCtxtPtr parser_new(void *user) {
  xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC,
                       .startElementNs = on_start,
                       .endElementNs = on_end,
                       .characters = on_text,
                       .cdataBlock = on_text,
                       .ignorableWhitespace = on_text};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, user, NULL, 0, NULL);
  g_assert(parser != NULL);
  xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR |
                                XML_PARSE_NOWARNING);
  return parser;
}

static xmlParserInputPtr load_nothing(G_GNUC_UNUSED const char *url, G_GNUC_UNUSED const char *id,
                                      G_GNUC_UNUSED xmlParserCtxtPtr parser) {
  return NULL;
}

XmlReader *xml_reader_new(const XmlPath *paths, const XmlHandler *handler) {
  xmlSetExternalEntityLoader(load_nothing);
  XmlReader *reader = g_new0(XmlReader, 1);
  reader->parser = parser_new(reader);
  reader->handler = *handler;
  reader->nodes = g_array_new(FALSE, TRUE, sizeof(Node));
  g_array_set_size(reader->nodes, 1);
  for (; paths->path != NULL; paths++)
    learn_path(reader, paths);
  reader->currency = xmlDictLookup(reader->parser->dict, BAD_CAST "Ccy", -1);
  reader->head = g_string_new(NULL);
  reader->decoded = g_string_new(NULL);
  reader->text = g_string_new(NULL);
  return reader;
}

void xml_reader_free(XmlReader *reader) {
  if (reader == NULL)
    return;
  if (reader->parser->myDoc != NULL)
    xmlFreeDoc(reader->parser->myDoc);
  xmlFreeParserCtxt(reader->parser);
  g_array_unref(reader->nodes);
  g_string_free(reader->head, TRUE);
  decoder_free(reader->decoder);
  g_string_free(reader->decoded, TRUE);
  g_string_free(reader->text, TRUE);
  g_free(reader->root);
  g_clear_error(&reader->error);
  g_free(reader);
}

void xml_prepare(void) {
  static const XmlPath none[] = {{NULL, 0}};
  XmlHandler handler = {NULL};
  xmlInitParser();
  g_autoptr(XmlReader) reader = xml_reader_new(none, &handler);
  xml_reader_feed(reader, "<a b='c'>&#20013;</a>", 21, NULL);
  xml_reader_finish(reader, NULL);
}

static gboolean parse_chunk(XmlReader *reader, const char *text, gsize size, gboolean last, GError **error) {
  int code = xmlParseChunk(reader->parser, text, (int)size, last);
  if (reader->error != NULL) {
    g_propagate_error(error, g_steal_pointer(&reader->error));
    return FALSE;
  }
  if (code == XML_ERR_OK && reader->parser->wellFormed)
    return TRUE;
  const xmlError *fault = xmlCtxtGetLastError(reader->parser);
  g_autofree char *line = g_strdup_printf("%d", fault == NULL ? 0 : fault->line);
  g_autofree char *number = g_strdup_printf("%d", code);
  return error_set(error, ERROR_REFUSED, "xml_malformed", "line", line, "detail", number, NULL);
}

static gboolean decode(XmlReader *reader, const char *bytes, gsize size, GError **error) {
  g_string_truncate(reader->decoded, 0);
  return decoder_feed(reader->decoder, bytes, size, reader->decoded, error) &&
         xmlscan_feed(&reader->scan, reader->decoded->str, reader->decoded->len, error) &&
         (reader->decoded->len == 0 || parse_chunk(reader, reader->decoded->str, reader->decoded->len, FALSE, error));
}

/* The label of "<?xml ... encoding='LABEL'", or NULL. */
static char *declared(const GString *head) {
  g_autoptr(GRegex) regex =
      g_regex_new("^\\s*<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"']([A-Za-z0-9._-]+)[\"']", G_REGEX_RAW, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  g_regex_match_full(regex, head->str, (gssize)head->len, 0, 0, &match, NULL);
  return g_match_info_matches(match) ? g_match_info_fetch(match, 1) : NULL;
}

static gboolean choose_encoding(XmlReader *reader, Encoding *encoding, gsize *mark, GError **error) {
  const char *head = reader->head->str;
  *mark = 0;
  if (encoding_by_mark(head, reader->head->len, encoding, mark))
    return TRUE;
  *encoding = ENCODING_UTF8;
  if (reader->head->len >= 2 && (head[0] == '\0' || head[1] == '\0')) {
    *encoding = head[0] == '\0' ? ENCODING_UTF16BE : ENCODING_UTF16LE;
    return TRUE;
  }
  g_autofree char *label = declared(reader->head);
  if (label == NULL)
    return TRUE;
  if (!encoding_by_name(label, encoding))
    return error_set(error, ERROR_REFUSED, "xml_encoding", "value", label, "line", "1", NULL);
  if (*encoding == ENCODING_UTF16LE || *encoding == ENCODING_UTF16BE)
    *encoding = ENCODING_UTF8; /* the label was read as bytes, so it is wrong */
  return TRUE;
}

static gboolean begin(XmlReader *reader, GError **error) {
  Encoding encoding;
  gsize mark;
  if (!choose_encoding(reader, &encoding, &mark, error))
    return FALSE;
  reader->decoder = decoder_new(encoding);
  return decode(reader, reader->head->str + mark, reader->head->len - mark, error);
}

gboolean xml_reader_feed(XmlReader *reader, const char *bytes, gsize size, GError **error) {
  if (reader->decoder != NULL)
    return decode(reader, bytes, size, error);
  g_string_append_len(reader->head, bytes, (gssize)size);
  return reader->head->len < HEAD || begin(reader, error);
}

gboolean xml_reader_finish(XmlReader *reader, GError **error) {
  if (reader->decoder == NULL && !begin(reader, error))
    return FALSE;
  return decoder_finish(reader->decoder, error) && parse_chunk(reader, "", 0, TRUE, error);
}

const char *xml_reader_root(const XmlReader *reader) {
  return reader->root;
}
