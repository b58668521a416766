#include "parsers/parse.h"

#include <jansson.h>

#include "parsers/camt.h"
#include "parsers/csv.h"
#include "parsers/encoding.h"
#include "parsers/html.h"
#include "parsers/html_text.h"
#include "parsers/mt940.h"
#include "parsers/ofd.h"
#include "parsers/pain002.h"
#include "parsers/pdf.h"
#include "parsers/sheet.h"
#include "parsers/sniff.h"
#include "parsers/voucher.h"
#include "parsers/xls.h"
#include "parsers/xlsx.h"
#include "parsers/xml.h"
#include "parsers/xmlss.h"
#include "parsers/zip.h"
#include "rules/error.h"

enum { PIECE = 64 * 1024 };

typedef gboolean Feed(void *parser, const char *bytes, gsize size, GError **error);

void parse_prepare_for(const Source *source) {
  pdf_prepare(source);
}

void parse_prepare(void) {
  encodings_prepare();
  xml_prepare();
  json_object_seed(0); /* asks the system for randomness, which the cage has not */
}

/* Feeds the whole file, in pieces. */
static gboolean feed_all(const Source *source, goffset from, Feed *feed, void *parser, GError **error) {
  g_autofree char *piece = g_malloc(PIECE);
  gssize size;
  for (goffset at = from; (size = source->read(source->user, at, piece, PIECE, error)) > 0; at += size)
    if (!feed(parser, piece, (gsize)size, error))
      return FALSE;
  return size == 0;
}

static gboolean feed_pain002(void *parser, const char *bytes, gsize size, GError **error) {
  return pain002_feed(parser, bytes, size, error);
}

static gboolean parse_camt(const Source *source, const RecordSink *sink, GError **error) {
  g_autoptr(Camt) camt = camt_new(sink);
  return camt_parse(camt, source, error);
}

static gboolean feed_voucher(void *parser, const char *bytes, gsize size, GError **error) {
  return voucher_feed(parser, bytes, size, error);
}

static gboolean parse_voucher(const Source *source, const RecordSink *sink, GError **error) {
  g_autoptr(Voucher) voucher = voucher_new(1, sink);
  return feed_all(source, 0, feed_voucher, voucher, error) && voucher_finish(voucher, error);
}

static gboolean look(const Source *source, Sniffed *sniffed, GError **error) {
  g_autofree char *head = g_malloc(SNIFF_HEAD);
  gssize size = source->read(source->user, 0, head, SNIFF_HEAD, error);
  return size >= 0 && sniff(head, (gsize)size, sniffed, error);
}

typedef struct {
  Decoder *decoder;
  GString *text;
  Feed *feed; /* NULL: only decode */
  void *parser;
} TextFeed;

static gboolean feed_text(void *parser, const char *bytes, gsize size, GError **error) {
  TextFeed *feed = parser;
  g_string_truncate(feed->text, 0);
  return decoder_feed(feed->decoder, bytes, size, feed->text, error) &&
         (feed->feed == NULL || feed->feed(feed->parser, feed->text->str, feed->text->len, error));
}

/* Decodes the whole file, and feeds it to a parser when there is one. */
static gboolean decode_text(const Source *source, Encoding encoding, goffset from, gboolean cut_fields, Feed *parse,
                            void *parser, GError **error) {
  g_autoptr(Decoder) decoder = decoder_new(encoding);
  decoder_cut_fields(decoder, cut_fields);
  TextFeed feed = {decoder, g_string_new(NULL), parse, parser};
  gboolean done = feed_all(source, from, feed_text, &feed, error) && decoder_finish(decoder, error);
  g_string_free(feed.text, TRUE);
  return done;
}

static gboolean decodes(const Source *source, Encoding encoding, gboolean cut_fields) {
  return decode_text(source, encoding, 0, cut_fields, NULL, NULL, NULL);
}

/* The encoding of a text and where it begins: by its mark, else strict UTF-8. *known is FALSE where neither says; then
 * it is taken for GB18030. */
static gboolean find_encoding(const Source *source, gboolean cut_fields, Encoding *encoding, goffset *from,
                              gboolean *known, GError **error) {
  char head[4];
  gsize mark = 0;
  gssize size = source->read(source->user, 0, head, sizeof head, error);
  if (size < 0)
    return FALSE;
  *known = encoding_by_mark(head, (gsize)size, encoding, &mark);
  *from = (goffset)mark;
  if (*known)
    return TRUE;
  *known = decodes(source, ENCODING_UTF8, cut_fields);
  *encoding = *known ? ENCODING_UTF8 : ENCODING_GB18030;
  return TRUE;
}

static gboolean feed_csv(void *parser, const char *text, gsize size, GError **error) {
  return csv_reader_feed(parser, text, size, error);
}

static gboolean feed_mt940(void *parser, const char *text, gsize size, GError **error) {
  return mt940_feed(parser, text, size, error);
}

static gboolean take_row(void *sheet, const SheetRow *row, GError **error) {
  return sheet_row(sheet, row, error);
}

static gboolean parse_csv(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  Encoding encoding;
  goffset from;
  gboolean known;
  if (!find_encoding(source, TRUE, &encoding, &from, &known, error))
    return FALSE;
  g_autoptr(Sheet) sheet = sheet_new(profiles, "csv", sink);
  g_autoptr(CsvReader) csv = csv_reader_new(take_row, sheet);
  return decode_text(source, encoding, from, TRUE, feed_csv, csv, error) && csv_reader_finish(csv, error) &&
         sheet_finish(sheet, error);
}

static gboolean count_runs(void *runs, const char *bytes, gsize size, G_GNUC_UNUSED GError **error) {
  encoding_runs_add(runs, bytes, size);
  return TRUE;
}

/* Nothing in the file says, and it is no UTF-8: GB18030 where the whole file is and looks like Chinese (Chinese banks),
 * else Latin-1. Latin-1 letters before an ASCII letter are GB18030 too, so that it decodes proves nothing. */
static Encoding guess_encoding(const Source *source) {
  EncodingRuns runs = {0};
  return decodes(source, ENCODING_GB18030, FALSE) && feed_all(source, 0, count_runs, &runs, NULL) &&
                 encoding_runs_chinese(&runs)
             ? ENCODING_GB18030
             : ENCODING_LATIN1;
}

static gboolean parse_mt940(const Source *source, const RecordSink *sink, GError **error) {
  Encoding encoding;
  goffset from;
  gboolean known;
  if (!find_encoding(source, FALSE, &encoding, &from, &known, error))
    return FALSE;
  if (!known)
    encoding = guess_encoding(source);
  g_autoptr(Mt940) mt940 = mt940_new(sink);
  return decode_text(source, encoding, from, FALSE, feed_mt940, mt940, error) && mt940_finish(mt940, error);
}

/* A page may name an encoding that is none of ours; only then do bytes that are no UTF-8 not mean GB18030. */
static gboolean check_charset(const Source *source, GError **error) {
  char head[SNIFF_HEAD];
  Encoding encoding;
  gssize size = source->read(source->user, 0, head, sizeof head, error);
  if (size < 0)
    return FALSE;
  g_autofree char *label = html_text_charset(head, (gsize)size);
  return label == NULL || *label == '\0' || encoding_by_name(label, &encoding) ||
         error_set(error, ERROR_REFUSED, "xml_encoding", "value", label, NULL);
}

static gboolean feed_html(void *html, const char *text, gsize size, GError **error) {
  return html_feed(html, text, size, error);
}

static gboolean parse_html(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  Encoding encoding;
  goffset from;
  gboolean known;
  if (!find_encoding(source, FALSE, &encoding, &from, &known, error))
    return FALSE;
  if (!known && !check_charset(source, error))
    return FALSE;
  g_autoptr(Sheet) sheet = sheet_new(profiles, "html", sink);
  g_autoptr(Html) html = html_new(take_row, sheet);
  return decode_text(source, encoding, from, FALSE, feed_html, html, error) && html_finish(html, error) &&
         sheet_finish(sheet, error);
}

static gboolean parse_xmlss(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  g_autoptr(Xmlss) xmlss = xmlss_new(profiles, sink);
  return feed_all(source, 0, xmlss_feed, xmlss, error) && xmlss_finish(xmlss, error);
}

static gboolean parse_zip(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  g_autoptr(Zip) zip = zip_open(source, error);
  if (zip == NULL)
    return FALSE;
  if (xlsx_is(zip))
    return xlsx_parse(zip, source, profiles, sink, error);
  if (ofd_is(zip))
    return ofd_parse(zip, sink, error);
  return error_set(error, ERROR_REFUSED, "file_zip", NULL);
}

gboolean parse_statement(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error) {
  Sniffed sniffed;
  if (!look(source, &sniffed, error))
    return FALSE;
  switch (sniffed) {
  case SNIFF_XML:
    return parse_camt(source, sink, error);
  case SNIFF_VOUCHER:
    return parse_voucher(source, sink, error);
  case SNIFF_XMLSS:
    return parse_xmlss(source, profiles, sink, error);
  case SNIFF_HTML:
    return parse_html(source, profiles, sink, error);
  case SNIFF_OLE:
    return xls_parse(source, profiles, sink, error);
  case SNIFF_PDF:
    return pdf_parse(source, sink, error);
  case SNIFF_ZIP:
    return parse_zip(source, profiles, sink, error);
  case SNIFF_MT940:
    return parse_mt940(source, sink, error);
  case SNIFF_TEXT:
    break;
  }
  return parse_csv(source, profiles, sink, error);
}

gboolean parse_status(const Source *source, const RecordSink *sink, GError **error) {
  Sniffed sniffed;
  if (!look(source, &sniffed, error))
    return FALSE;
  if (sniffed != SNIFF_XML && sniffed != SNIFF_VOUCHER)
    return error_set(error, ERROR_REFUSED, "xml_root", "expected", "pain.002", NULL);
  g_autoptr(Pain002) pain002 = pain002_new(sink);
  return feed_all(source, 0, feed_pain002, pain002, error) && pain002_finish(pain002, error);
}
