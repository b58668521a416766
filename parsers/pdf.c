#include "parsers/pdf.h"

#include <string.h>
#include <zlib.h>

#include "parsers/attachment.h"
#include "parsers/qpdf.h"
#include "rules/error.h"

enum { PIECE = 64 * 1024, TREE_DEPTH_MAX = 16, MD5_SIZE = 16 };

typedef struct {
  const Qpdf *q;
  qpdf_data data;
  const RecordSink *sink;
  int files, vouchers;
  gsize inflated;
} Pdf;

/* One embedded file on its way to its parser. */
typedef struct {
  Attachment *attachment;
  GChecksum *md5;
  gsize size;
} Content;

void pdf_prepare(const Source *source) {
  char magic[4];
  if (source_read(source, 0, magic, sizeof magic, NULL) && memcmp(magic, "%PDF", sizeof magic) == 0)
    qpdf_library();
}

static gboolean damaged(GError **error) {
  return error_set(error, ERROR_REFUSED, "pdf_damaged", NULL);
}

static gboolean too_large(GError **error) {
  return error_set(error, ERROR_REFUSED, "pdf_too_large", NULL);
}

static qpdf_oh key(const Pdf *pdf, qpdf_oh dictionary, const char *name) {
  return pdf->q->qpdf_oh_get_key_if_dict(pdf->data, dictionary, name);
}

static gboolean hand_over(Pdf *pdf, Content *content, const char *bytes, gsize size, GError **error) {
  pdf->inflated += size;
  content->size += size;
  if (pdf->inflated > PDF_INFLATED_MAX)
    return too_large(error);
  g_checksum_update(content->md5, (const guchar *)bytes, (gssize)size);
  return attachment_feed(content->attachment, bytes, size, error);
}

/* A line end that the length of the stream counts in may stand behind the data. */
static gboolean ended(const z_stream *stream, int state) {
  return state == Z_STREAM_END && stream->avail_in <= 2 &&
         strspn((const char *)stream->next_in, "\r\n") >= stream->avail_in;
}

static gboolean inflate_all(Pdf *pdf, Content *content, z_stream *stream, GError **error) {
  g_autofree char *out = g_malloc(PIECE);
  int state = Z_OK;
  while (state == Z_OK) {
    stream->next_out = (Bytef *)out;
    stream->avail_out = PIECE;
    state = inflate(stream, Z_NO_FLUSH);
    if ((state == Z_OK || state == Z_STREAM_END) && !hand_over(pdf, content, out, PIECE - stream->avail_out, error))
      return FALSE;
  }
  return ended(stream, state) || damaged(error);
}

/* packed: a NUL stands behind it. */
static gboolean inflate_content(Pdf *pdf, Content *content, const GString *packed, GError **error) {
  z_stream stream = {.next_in = (Bytef *)packed->str, .avail_in = (uInt)packed->len};
  if (inflateInit(&stream) != Z_OK)
    g_error("no memory to inflate");
  gboolean good = inflate_all(pdf, content, &stream, error);
  inflateEnd(&stream);
  return good;
}

/* The only item of an array, or what is none itself. */
static qpdf_oh only(const Pdf *pdf, qpdf_oh object) {
  const Qpdf *q = pdf->q;
  gboolean one = q->qpdf_oh_is_array(pdf->data, object) && q->qpdf_oh_get_array_n_items(pdf->data, object) == 1;
  return one ? q->qpdf_oh_get_array_item(pdf->data, object, 0) : object;
}

/* FALSE when it is stored in a way that is not read here. */
static gboolean find_packing(const Pdf *pdf, qpdf_oh dictionary, gboolean *packed) {
  qpdf_oh filter = only(pdf, key(pdf, dictionary, "/Filter"));
  qpdf_oh predictor = key(pdf, only(pdf, key(pdf, dictionary, "/DecodeParms")), "/Predictor");
  *packed = pdf->q->qpdf_oh_is_name_and_equals(pdf->data, filter, "/FlateDecode");
  return (*packed || pdf->q->qpdf_oh_is_null(pdf->data, filter)) && pdf->q->qpdf_oh_is_null(pdf->data, predictor);
}

/* What the document says of the file: its size, its MD5 (ISO 32000-1, table 46). */
static gboolean is_as_said(const Pdf *pdf, qpdf_oh dictionary, const Content *content) {
  const Qpdf *q = pdf->q;
  qpdf_oh parameters = key(pdf, dictionary, "/Params");
  qpdf_oh size = key(pdf, parameters, "/Size"), sum = key(pdf, parameters, "/CheckSum");
  long long said = 0;
  gsize length = 0, found_length = MD5_SIZE;
  guint8 found[MD5_SIZE];
  if (q->qpdf_oh_get_value_as_longlong(pdf->data, size, &said) && said != (long long)content->size)
    return FALSE;
  if (!q->qpdf_oh_is_string(pdf->data, sum))
    return TRUE;
  const char *text = q->qpdf_oh_get_binary_string_value(pdf->data, sum, &length);
  g_checksum_get_digest(content->md5, found, &found_length);
  return length == MD5_SIZE && memcmp(text, found, MD5_SIZE) == 0;
}

static gboolean read_raw(const Pdf *pdf, qpdf_oh stream, GString *raw, GError **error) {
  unsigned char *bytes = NULL;
  size_t size = 0;
  if (pdf->q->qpdf_oh_get_stream_data(pdf->data, stream, qpdf_dl_none, NULL, &bytes, &size) & QPDF_ERRORS)
    return damaged(error);
  g_string_append_len(raw, (const char *)bytes, (gssize)size);
  free(bytes); /* libqpdf has it from malloc */
  return TRUE;
}

static gboolean read_content(Pdf *pdf, qpdf_oh stream, Content *content, GError **error) {
  gboolean packed;
  qpdf_oh dictionary = pdf->q->qpdf_oh_get_dict(pdf->data, stream);
  if (!find_packing(pdf, dictionary, &packed))
    return damaged(error);
  GString *raw = g_string_new(NULL);
  gboolean good = read_raw(pdf, stream, raw, error) && (packed ? inflate_content(pdf, content, raw, error)
                                                               : hand_over(pdf, content, raw->str, raw->len, error));
  g_string_free(raw, TRUE);
  return good && (is_as_said(pdf, dictionary, content) || damaged(error));
}

/* A file specification. */
static gboolean read_file(Pdf *pdf, qpdf_oh specification, GError **error) {
  qpdf_oh embedded = key(pdf, specification, "/EF"), stream = key(pdf, embedded, "/F");
  if (!pdf->q->qpdf_oh_is_stream(pdf->data, stream))
    stream = key(pdf, embedded, "/UF");
  if (!pdf->q->qpdf_oh_is_stream(pdf->data, stream))
    return damaged(error);
  if (++pdf->files > PDF_FILES_MAX)
    return too_large(error);
  gboolean voucher;
  g_autoptr(Attachment) attachment = attachment_new(pdf->vouchers + 1, pdf->sink);
  g_autoptr(GChecksum) md5 = g_checksum_new(G_CHECKSUM_MD5);
  Content content = {attachment, md5, 0};
  if (!read_content(pdf, stream, &content, error) || !attachment_finish(attachment, &voucher, error))
    return FALSE;
  pdf->vouchers += voucher;
  return TRUE;
}

/* A node of the name tree (ISO 32000-1, 7.9.6): pairs of name and file, or nodes below. */
static gboolean read_tree(Pdf *pdf, qpdf_oh node, int depth, GError **error) {
  const Qpdf *q = pdf->q;
  qpdf_oh names = key(pdf, node, "/Names"), kids = key(pdf, node, "/Kids");
  if (depth > TREE_DEPTH_MAX)
    return too_large(error);
  if (q->qpdf_oh_is_array(pdf->data, names))
    for (int i = 1; i < q->qpdf_oh_get_array_n_items(pdf->data, names); i += 2)
      if (!read_file(pdf, q->qpdf_oh_get_array_item(pdf->data, names, i), error))
        return FALSE;
  if (q->qpdf_oh_is_array(pdf->data, kids))
    for (int i = 0; i < q->qpdf_oh_get_array_n_items(pdf->data, kids); i++)
      if (++pdf->files > PDF_FILES_MAX || /* a tree may not go on for ever */
          !read_tree(pdf, q->qpdf_oh_get_array_item(pdf->data, kids, i), depth + 1, error))
        return pdf->files > PDF_FILES_MAX ? too_large(error) : FALSE;
  return TRUE;
}

static gboolean open_document(const Pdf *pdf, const GByteArray *bytes, GError **error) {
  const Qpdf *q = pdf->q;
  q->qpdf_silence_errors(pdf->data);
  q->qpdf_set_suppress_warnings(pdf->data, QPDF_TRUE);
  q->qpdf_set_attempt_recovery(pdf->data, QPDF_FALSE);
  if (q->qpdf_read_memory(pdf->data, "file", (const char *)bytes->data, bytes->len, NULL) & QPDF_ERRORS) {
    qpdf_error fault = q->qpdf_get_error(pdf->data);
    gboolean locked = fault != NULL && q->qpdf_get_error_code(pdf->data, fault) == qpdf_e_password;
    return error_set(error, ERROR_REFUSED, locked ? "pdf_encrypted" : "pdf_damaged", NULL);
  }
  return TRUE;
}

static gboolean read_document(Pdf *pdf, const GByteArray *bytes, GError **error) {
  if (!open_document(pdf, bytes, error))
    return FALSE;
  qpdf_oh names = key(pdf, pdf->q->qpdf_get_root(pdf->data), "/Names");
  if (!read_tree(pdf, key(pdf, names, "/EmbeddedFiles"), 0, error))
    return FALSE;
  if (pdf->q->qpdf_has_error(pdf->data))
    return damaged(error);
  return pdf->vouchers > 0 || error_set(error, ERROR_REFUSED, "voucher_none", "value", "PDF", NULL);
}

static GByteArray *read_bytes(const Source *source, GError **error) {
  goffset size = source_size(source, error);
  if (size < 0)
    return NULL;
  if (size > PDF_MAX) {
    too_large(error);
    return NULL;
  }
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  g_byte_array_set_size(bytes, (guint)size);
  return source_read(source, 0, bytes->data, bytes->len, error) ? g_steal_pointer(&bytes) : NULL;
}

gboolean pdf_parse(const Source *source, const RecordSink *sink, GError **error) {
  Pdf pdf = {.q = qpdf_library(), .sink = sink};
  if (pdf.q == NULL)
    return error_set(error, ERROR_REFUSED, "file_pdf", NULL);
  g_autoptr(GByteArray) bytes = read_bytes(source, error);
  if (bytes == NULL)
    return FALSE;
  pdf.data = pdf.q->qpdf_init();
  gboolean good = read_document(&pdf, bytes, error);
  pdf.q->qpdf_get_error(pdf.data); /* it would be written to stderr */
  pdf.q->qpdf_cleanup(&pdf.data);
  return good;
}
