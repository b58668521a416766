#include "parsers/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/encoding.h"
#include "parsers/label.h"
#include "parsers/xmlscan.h"
#include "rules/error.h"

/* HEAD: of the file, where the declaration stands. */
enum { HEAD = 1024, PIECE = 64 * 1024, SLICE = 8 * 1024, DEPTH = XML_DEPTH_MAX + 1, CACHE = 1024 };
enum { OPTIONS = XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_IGNORE_ENC | XML_PARSE_NOERROR | XML_PARSE_NOWARNING };

typedef struct Node Node;
struct Node {
  const xmlChar *name; /* interned in the parser's dictionary: equal names are equal pointers */
  int id;
  gboolean begins; /* its start is told even when it has no attributes */
  Node *child, *sibling;
};

/* A name as it stands in the file, taken apart; all interned. */
typedef struct {
  const xmlChar *full, *prefix, *local; /* prefix NULL without one */
} Name;

/* An element of that name in a known one, or in one that is skipped (parent NULL). */
typedef struct Step Step;
struct Step {
  Name name;
  const Node *parent, *child; /* child NULL: no path goes there */
  Step *next;                 /* what began after it last time: entries are much alike */
};

typedef struct {
  const xmlChar *prefix, *uri; /* interned; NULL for the default one, or none */
  int level;                   /* of the element that declares it */
} Namespace;

struct XmlReader {
  xmlParserCtxtPtr parser;
  XmlHandler handler;
  GPtrArray *nodes;            /* [0] stands for any element outside all paths */
  const Node *stack[DEPTH];    /* [0] is nodes[0]; above it the known elements that are open */
  int depth;                   /* of the innermost */
  int outside, skipped, level; /* open elements around and below the known ones; all of them */
  gboolean wanted;             /* the text that comes now */
  Name names[CACHE];           /* both by their pointers */
  Step steps[CACHE], *step;    /* step: the one that began last */
  GArray *namespaces;          /* in scope, innermost last */
  GString *head;               /* until the encoding is known */
  Decoder *decoder;
  LabelDoubt *doubt;
  GString *decoded;  /* where the decoder must copy */
  const char *ready; /* decoded text that libxml2 has not got yet, in `decoded` or as it stands in the file */
  gsize ready_size;
  XmlScan scan;
  const Source *source; /* while it is read */
  goffset at;           /* in source */
  char *piece;          /* PIECE, as it stands there; taken SLICE by SLICE, so that it stays near */
  gsize piece_size, piece_taken;
  gboolean source_over;
  char *text; /* of the open element; XML_TEXT_MAX and a NUL */
  gsize text_size;
  char *root;
  const xmlChar *currency, *xml, *xmlns; /* interned "Ccy", "xml", "xmlns" */
  GError *error;
};

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

static Node *child_of(const Node *parent, const xmlChar *local) {
  Node *child = parent->child;
  while (child != NULL && child->name != local)
    child = child->sibling;
  return child;
}

/* Interned names lie side by side: all bits count. */
static gsize slot_of(const void *name, const void *parent) {
  guint64 bits = (guint64)GPOINTER_TO_SIZE(name) + 31 * (guint64)GPOINTER_TO_SIZE(parent);
  return (gsize)(bits * 0x9E3779B97F4A7C15u >> 32) % CACHE;
}

/* Every name new to the dictionary comes by here. */
static void learn_name(XmlReader *reader, Name *name, const xmlChar *full) {
  const char *colon = strchr((const char *)full, ':');
  xmlDictPtr dict = reader->parser->dict;
  *name = (Name){full, NULL, full};
  if (colon != NULL) {
    name->prefix = xmlDictLookup(dict, full, (int)(colon - (const char *)full));
    name->local = xmlDictLookup(dict, BAD_CAST colon + 1, -1);
  }
  if (xmlDictSize(dict) > XML_NAMES_MAX)
    stop_for(reader, "xml_names", NULL);
}

static const Name *name_of(XmlReader *reader, const xmlChar *full) {
  Name *name = &reader->names[slot_of(full, NULL)];
  if (name->full != full)
    learn_name(reader, name, full);
  return name;
}

static gboolean is_step(const Step *step, const Node *parent, const xmlChar *full) {
  return step->name.full == full && step->parent == parent;
}

static Step *find_step(XmlReader *reader, const Node *parent, const xmlChar *full) {
  Step *step = &reader->steps[slot_of(full, parent)];
  if (!is_step(step, parent, full)) {
    const Name *name = name_of(reader, full);
    *step = (Step){*name, parent, parent == NULL ? NULL : child_of(parent, name->local), reader->steps};
  }
  return step;
}

static const Step *step_of(XmlReader *reader, const Node *parent, const xmlChar *full) {
  Step *before = reader->step;
  if (!is_step(before->next, parent, full))
    before->next = find_step(reader, parent, full);
  return reader->step = before->next;
}

static Node *node_new(XmlReader *reader, const xmlChar *name) {
  Node *node = g_new0(Node, 1);
  node->name = name;
  g_ptr_array_add(reader->nodes, node);
  return node;
}

static Node *child_make(XmlReader *reader, Node *parent, const xmlChar *name) {
  Node *child = child_of(parent, name);
  if (child != NULL)
    return child;
  child = node_new(reader, name);
  child->sibling = parent->child;
  parent->child = child;
  return child;
}

static void learn_path(XmlReader *reader, const XmlPath *path) {
  g_auto(GStrv) names = g_strsplit(path->path, "/", -1);
  Node *node = reader->nodes->pdata[0];
  for (char **name = names; *name != NULL; name++)
    node = child_make(reader, node, xmlDictLookup(reader->parser->dict, BAD_CAST * name, -1));
  node->id = path->id;
  node->begins = reader->handler.begins == NULL || reader->handler.begins(path->id);
}

/* The innermost declaration of a prefix, or NULL. */
static const Namespace *namespace_of(const XmlReader *reader, const xmlChar *prefix) {
  for (guint i = reader->namespaces->len; i > 0; i--) {
    const Namespace *namespace = &g_array_index(reader->namespaces, Namespace, i - 1);
    if (namespace->prefix == prefix)
      return namespace;
  }
  return NULL;
}

static void declare(XmlReader *reader, const xmlChar *prefix, const xmlChar *uri, int level) {
  Namespace namespace = {prefix, *uri == '\0' ? NULL : xmlDictLookup(reader->parser->dict, uri, -1), level};
  g_array_append_val(reader->namespaces, namespace);
  if (reader->namespaces->len > XML_NAMESPACES_MAX && reader->error == NULL)
    stop_for(reader, "xml_names", NULL);
}

static void declare_all(XmlReader *reader, const xmlChar **attributes, int level) {
  for (; *attributes != NULL; attributes += 2) {
    const Name *name = name_of(reader, attributes[0]);
    if (name->full == reader->xmlns)
      declare(reader, NULL, attributes[1], level);
    else if (name->prefix == reader->xmlns)
      declare(reader, name->local, attributes[1], level);
  }
}

/* Namespaces in XML 1.0, section 5: a prefix must be declared; and a name has at most one. */
static gboolean is_bound(XmlReader *reader, const Name *name) {
  const Namespace *namespace = name->prefix == reader->xml ? NULL : namespace_of(reader, name->prefix);
  return *name->prefix != '\0' && *name->local != '\0' && xmlStrchr(name->local, ':') == NULL &&
         (name->prefix == reader->xml || (namespace != NULL && namespace->uri != NULL));
}

static gboolean check_prefixes(XmlReader *reader, const Name *element, const xmlChar **attributes) {
  if (element->prefix != NULL && !is_bound(reader, element)) {
    stop_for(reader, "xml_malformed", (const char *)element->full);
    return FALSE;
  }
  for (; attributes != NULL && *attributes != NULL; attributes += 2) {
    const Name *name = name_of(reader, *attributes);
    if (name->prefix == NULL || name->prefix == reader->xmlns || is_bound(reader, name))
      continue;
    stop_for(reader, "xml_malformed", (const char *)name->full);
    return FALSE;
  }
  return TRUE;
}

/* In place and by whole words: a copy would wait for the stores of its parts. */
static void describe(XmlReader *reader, const Name *name, const xmlChar **attributes, XmlElement *element) {
  const Namespace *namespace = namespace_of(reader, name->prefix);
  element->namespace = namespace == NULL ? NULL : (const char *)namespace->uri;
  element->attributes = attributes;
  memset(element->currency, 0, sizeof element->currency);
  for (; attributes != NULL && *attributes != NULL; attributes += 2)
    if (attributes[0] == reader->currency)
      g_strlcpy(element->currency, (const char *)attributes[1], sizeof element->currency);
}

static const char *local_name(const char *name) {
  const char *colon = strchr(name, ':');
  return colon == NULL ? name : colon + 1;
}

gboolean xml_attribute(const XmlElement *element, const char *name, char *value, gsize size) {
  *value = '\0';
  for (const unsigned char **attribute = element->attributes; attribute != NULL && *attribute != NULL; attribute += 2)
    if (g_str_equal(local_name((const char *)attribute[0]), name) &&
        !g_str_has_prefix((const char *)attribute[0], "xmlns:")) {
      g_strlcpy(value, (const char *)attribute[1], size);
      return TRUE;
    }
  return FALSE;
}

static void enter(XmlReader *reader, const Step *step, const xmlChar **attributes) {
  const Node *node = step->child;
  int id = node->id;
  reader->stack[++reader->depth] = node;
  reader->text_size = 0;
  reader->wanted = id != 0;
  if (id == 0 || (attributes == NULL && !node->begins))
    return;
  XmlElement element;
  GError *error = NULL;
  describe(reader, &step->name, attributes, &element);
  if (!reader->handler.start(reader->handler.user, id, &element, &error))
    stop(reader, error);
}

static void pass_over(XmlReader *reader, const Step *step) {
  reader->wanted = FALSE;
  if (step->parent == NULL)
    reader->skipped++;
  else if (reader->depth == 0)
    reader->outside++;
  else if (step->parent->child == NULL)
    stop_for(reader, "xml_torn", (const char *)step->name.local);
  else
    reader->skipped++;
}

static gboolean check_names(XmlReader *reader, const Name *name, const xmlChar **attributes) {
  if (attributes != NULL)
    declare_all(reader, attributes, reader->level);
  return reader->error == NULL && check_prefixes(reader, name, attributes);
}

/* libxml2's handlers of version 1 are a tenth cheaper than those of version 2; they leave prefixes to us. */
static void on_start(void *user, const xmlChar *full, const xmlChar **attributes) {
  XmlReader *reader = user;
  const Step *step = step_of(reader, reader->skipped > 0 ? NULL : reader->stack[reader->depth], full);
  if (reader->error != NULL)
    return;
  if (reader->level == 0)
    reader->root = g_strdup((const char *)step->name.local);
  if (reader->level++ >= XML_DEPTH_MAX)
    stop_for(reader, "xml_depth", NULL);
  else if ((attributes != NULL || step->name.prefix != NULL) && !check_names(reader, &step->name, attributes))
    return;
  else if (step->child != NULL)
    enter(reader, step, attributes);
  else
    pass_over(reader, step);
}

static void leave(XmlReader *reader) {
  int id = reader->stack[reader->depth--]->id;
  GError *error = NULL;
  if (id != 0 && !reader->handler.end(reader->handler.user, id, clean_text(reader->text, reader->text_size), &error))
    stop(reader, error);
  reader->text_size = 0; /* what follows belongs to the parent */
}

static void forget_namespaces(XmlReader *reader) {
  GArray *all = reader->namespaces;
  while (all->len > 0 && g_array_index(all, Namespace, all->len - 1).level > reader->level)
    g_array_set_size(all, all->len - 1);
}

static void on_end(void *user, G_GNUC_UNUSED const xmlChar *name) {
  XmlReader *reader = user;
  if (reader->error != NULL)
    return;
  reader->level--;
  if (reader->skipped > 0)
    reader->skipped--;
  else if (reader->depth == 0)
    reader->outside--;
  else
    leave(reader);
  reader->wanted = reader->skipped == 0 && reader->stack[reader->depth]->id != 0;
  forget_namespaces(reader);
}

static void on_text(void *user, const xmlChar *text, int size) {
  XmlReader *reader = user;
  if (!reader->wanted || reader->error != NULL)
    return;
  if (reader->text_size + (gsize)size > XML_TEXT_MAX) {
    stop_for(reader, "field_too_long", NULL);
    return;
  }
  memcpy(reader->text + reader->text_size, text, (gsize)size);
  reader->text_size += (gsize)size;
}

static xmlParserCtxtPtr parser_new(void *user) {
  xmlSAXHandler sax = {.initialized = 1,
                       .startElement = on_start,
                       .endElement = on_end,
                       .characters = on_text,
                       .cdataBlock = on_text,
                       .ignorableWhitespace = on_text};
  xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&sax, user, NULL, 0, NULL);
  g_assert(parser != NULL);
  xmlCtxtUseOptions(parser, OPTIONS);
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
  reader->nodes = g_ptr_array_new_with_free_func(g_free);
  reader->stack[0] = node_new(reader, NULL);
  reader->steps[0].next = reader->step = reader->steps;
  for (; paths->path != NULL; paths++)
    learn_path(reader, paths);
  reader->currency = xmlDictLookup(reader->parser->dict, BAD_CAST "Ccy", -1);
  reader->xml = xmlDictLookup(reader->parser->dict, BAD_CAST "xml", -1);
  reader->xmlns = xmlDictLookup(reader->parser->dict, BAD_CAST "xmlns", -1);
  reader->namespaces = g_array_new(FALSE, FALSE, sizeof(Namespace));
  reader->head = g_string_new(NULL);
  reader->decoded = g_string_new(NULL);
  reader->text = g_malloc(XML_TEXT_MAX + 1);
  return reader;
}

void xml_reader_free(XmlReader *reader) {
  if (reader == NULL)
    return;
  if (reader->parser->myDoc != NULL)
    xmlFreeDoc(reader->parser->myDoc);
  xmlFreeParserCtxt(reader->parser);
  g_ptr_array_unref(reader->nodes);
  g_string_free(reader->head, TRUE);
  decoder_free(reader->decoder);
  label_doubt_free(reader->doubt);
  g_string_free(reader->decoded, TRUE);
  g_array_unref(reader->namespaces);
  g_free(reader->text);
  g_free(reader->piece);
  g_free(reader->root);
  g_clear_error(&reader->error);
  g_free(reader);
}

/* What libxml2 made of it so far. */
static gboolean judge(XmlReader *reader, int code, GError **error) {
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
  reader->scan.line = decoder_line(reader->decoder);
  label_doubt_feed(reader->doubt, bytes, size);
  return decoder_view(reader->decoder, bytes, size, reader->decoded, &reader->ready, &reader->ready_size, error) &&
         xmlscan_feed(&reader->scan, reader->ready, reader->ready_size, error);
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
  reader->doubt = mark == 0 ? label_doubt_new(encoding) : NULL;
  if (encoding != ENCODING_UTF16LE && encoding != ENCODING_UTF16BE) /* blank lines before the declaration */
    while (mark < reader->head->len && g_ascii_isspace(reader->head->str[mark]))
      mark++;
  return decode(reader, reader->head->str + mark, reader->head->len - mark, error);
}

/* Bytes of the document to decoded text that may be given to libxml2; `bytes` must stay until it was. */
static gboolean take(XmlReader *reader, const char *bytes, gsize size, GError **error) {
  reader->ready_size = 0;
  if (reader->decoder != NULL)
    return decode(reader, bytes, size, error);
  g_string_append_len(reader->head, bytes, (gssize)size);
  return reader->head->len < HEAD || begin(reader, error);
}

static gboolean take_end(XmlReader *reader, GError **error) {
  if ((reader->decoder == NULL && !begin(reader, error)) || !decoder_finish(reader->decoder, error))
    return FALSE;
  return !label_doubt_is_utf8(reader->doubt) || error_set(error, ERROR_REFUSED, "xml_label", NULL);
}

static gboolean parse_chunk(XmlReader *reader, gboolean last, GError **error) {
  return (reader->ready_size == 0 && !last) ||
         judge(reader, xmlParseChunk(reader->parser, reader->ready, (int)reader->ready_size, last), error);
}

gboolean xml_reader_feed(XmlReader *reader, const char *bytes, gsize size, GError **error) {
  return take(reader, bytes, size, error) && parse_chunk(reader, FALSE, error);
}

gboolean xml_reader_finish(XmlReader *reader, GError **error) {
  reader->ready_size = 0;
  return take_end(reader, error) && parse_chunk(reader, TRUE, error);
}

/* Makes the next piece of the source ready; FALSE at its end, or with reader->error. */
static gboolean next_piece(XmlReader *reader) {
  const Source *source = reader->source;
  if (reader->source_over)
    return FALSE;
  if (reader->piece_taken == reader->piece_size) {
    gssize size = source->read(source->user, reader->at, reader->piece, PIECE, &reader->error);
    if (size < 0)
      return FALSE;
    reader->at += size;
    reader->piece_size = (gsize)size;
    reader->piece_taken = 0;
  }
  gsize from = reader->piece_taken, size = MIN(reader->piece_size - from, SLICE);
  reader->piece_taken += size;
  reader->source_over = size == 0;
  if (size > 0)
    return take(reader, reader->piece + from, size, &reader->error);
  reader->ready_size = 0;
  return take_end(reader, &reader->error);
}

/* libxml2 asks for more. It goes on reading after a fault, so that is where its document ends. */
static int on_read(void *user, char *buffer, int size) {
  XmlReader *reader = user;
  while (reader->error == NULL && reader->parser->wellFormed && reader->ready_size == 0)
    if (!next_piece(reader))
      break;
  if (reader->error != NULL || !reader->parser->wellFormed)
    return -1;
  gsize given = MIN((gsize)size, reader->ready_size);
  memcpy(buffer, reader->ready, given);
  reader->ready += given;
  reader->ready_size -= given;
  return (int)given;
}

gboolean xml_reader_parse(XmlReader *reader, const Source *source, GError **error) {
  reader->source = source;
  reader->piece = g_malloc(PIECE);
  xmlCtxtReadIO(reader->parser, on_read, NULL, reader, NULL, NULL, OPTIONS);
  return judge(reader, reader->parser->errNo, error);
}

void xml_prepare(void) {
  static const XmlPath none[] = {{NULL, 0}};
  XmlHandler handler = {NULL};
  xmlInitParser();
  g_autoptr(XmlReader) reader = xml_reader_new(none, &handler);
  xml_reader_feed(reader, "<a b='c'>&#20013;</a>", 21, NULL);
  xml_reader_finish(reader, NULL);
}

const char *xml_reader_root(const XmlReader *reader) {
  return reader->root;
}
