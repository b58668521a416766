#include "parsers/parse.h"

#include "parsers/camt.h"
#include "parsers/encoding.h"
#include "parsers/pain002.h"
#include "parsers/sniff.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { PIECE = 64 * 1024 };

typedef gboolean Feed(void *parser, const char *bytes, gsize size, GError **error);

void parse_prepare(void) {
  encodings_prepare();
  xml_prepare();
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

static gboolean feed_camt(void *parser, const char *bytes, gsize size, GError **error) {
  return camt_feed(parser, bytes, size, error);
}

static gboolean feed_pain002(void *parser, const char *bytes, gsize size, GError **error) {
  return pain002_feed(parser, bytes, size, error);
}

static gboolean parse_camt(const Source *source, const RecordSink *sink, GError **error) {
  g_autoptr(Camt) camt = camt_new(sink);
  return feed_all(source, 0, feed_camt, camt, error) && camt_finish(camt, error);
}

static gboolean look(const Source *source, Sniffed *sniffed, GError **error) {
  g_autofree char *head = g_malloc(SNIFF_HEAD);
  gssize size = source->read(source->user, 0, head, SNIFF_HEAD, error);
  return size >= 0 && sniff(head, (gsize)size, sniffed, error);
}

gboolean parse_statement(const Source *source, G_GNUC_UNUSED GPtrArray *profiles, const RecordSink *sink,
                         GError **error) {
  Sniffed sniffed;
  if (!look(source, &sniffed, error))
    return FALSE;
  return sniffed == SNIFF_XML ? parse_camt(source, sink, error) : error_set(error, ERROR_REFUSED, "csv_unknown", NULL);
}

gboolean parse_status(const Source *source, const RecordSink *sink, GError **error) {
  Sniffed sniffed;
  if (!look(source, &sniffed, error))
    return FALSE;
  if (sniffed != SNIFF_XML)
    return error_set(error, ERROR_REFUSED, "xml_root", "expected", "pain.002", NULL);
  g_autoptr(Pain002) pain002 = pain002_new(sink);
  return feed_all(source, 0, feed_pain002, pain002, error) && pain002_finish(pain002, error);
}
