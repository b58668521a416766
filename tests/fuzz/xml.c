#include "parsers/xml.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD = 1100 }; /* the reader looks at so much before it begins */

static const XmlPath paths[] = {{"Stmt", 1},
                                {"Stmt/Id", 2},
                                {"Stmt/Ntry/Amt", 3},
                                {"Stmt/Ntry/Dt/Dt", 4},
                                {"Rpt/Ntry", 5},
                                {"Rpt/Ntry/RmtInf/U", 6},
                                {"a", 7},
                                {NULL, 0}};

void fuzz_prepare(void) {
  xml_prepare();
}

typedef struct {
  GString *said;
  int depth;
} Said;

static gboolean on_start(void *user, int id, const XmlElement *element, G_GNUC_UNUSED GError **error) {
  Said *said = user;
  g_assert(++said->depth <= XML_DEPTH_MAX);
  g_assert(memchr(element->currency, '\0', sizeof element->currency) != NULL);
  g_string_append_printf(said->said, "<%d %s>", id, element->currency);
  return TRUE;
}

static gboolean on_end(void *user, int id, const char *text, G_GNUC_UNUSED GError **error) {
  Said *said = user;
  g_assert(--said->depth >= 0);
  fuzz_text(text);
  g_assert(text == NULL || strlen(text) <= XML_TEXT_MAX);
  g_string_append_printf(said->said, "%s</%d>", text == NULL ? "" : text, id);
  return TRUE;
}

static gboolean feed(void *reader, const char *bytes, gsize size, GError **error) {
  return xml_reader_feed(reader, bytes, size, error);
}

static gboolean read_all(XmlReader *reader, const guint8 *bytes, gsize size, gsize piece, gboolean pulled,
                         GError **error) {
  FuzzSource memory = {bytes, size, piece};
  Source source = {fuzz_read, &memory};
  return pulled ? xml_reader_parse(reader, &source, error)
                : fuzz_feed(feed, reader, bytes, size, piece, error) && xml_reader_finish(reader, error);
}

/* What the document says, or "" for a refusal; the caller frees. */
static char *read_document(const guint8 *bytes, gsize size, gsize piece, gboolean pulled) {
  Said said = {g_string_new(NULL), 0};
  XmlHandler handler = {on_start, on_end, &said};
  g_autoptr(XmlReader) reader = xml_reader_new(paths, &handler);
  g_autoptr(GError) error = NULL;
  if (read_all(reader, bytes, size, piece, pulled, &error)) {
    g_assert(said.depth == 0 && xml_reader_root(reader) != NULL);
    g_string_append_printf(said.said, "root %s", xml_reader_root(reader));
  } else {
    fuzz_refused(error, ERROR_REFUSED);
    g_string_truncate(said.said, 0);
  }
  return g_string_free(said.said, FALSE);
}

/* The document with blank lines after its first tag or declaration, so that pieces reach libxml2 as they are cut. */
static GByteArray *pad(const guint8 *bytes, gsize size) {
  GByteArray *padded = g_byte_array_sized_new((guint)size + HEAD);
  const guint8 *close = memchr(bytes, '>', size);
  gsize before = close == NULL ? 0 : (gsize)(close - bytes) + 1;
  guint8 blank[HEAD];
  memset(blank, '\n', sizeof blank);
  g_byte_array_append(padded, bytes, (guint)before);
  g_byte_array_append(padded, blank, sizeof blank);
  g_byte_array_append(padded, bytes + before, (guint)(size - before));
  return padded;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  if (piece == 0) {
    g_autofree char *fed = read_document(data, size, 0, FALSE), *pulled = read_document(data, size, 0, TRUE);
    g_assert(g_str_equal(fed, pulled));
    return 0;
  }
  g_autoptr(GByteArray) padded = pad(data, size);
  g_autofree char *whole = read_document(padded->data, padded->len, 0, FALSE);
  g_autofree char *pieces = read_document(padded->data, padded->len, piece, FALSE);
  g_autofree char *pulled = read_document(padded->data, padded->len, piece, TRUE);
  g_assert(g_str_equal(whole, pieces) && g_str_equal(whole, pulled));
  return 0;
}
