#include "parsers/pain002.h"
#include "parsers/xml.h"
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
  xml_prepare();
}

static gboolean feed(void *pain002, const char *bytes, gsize size, GError **error) {
  return pain002_feed(pain002, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Pain002) pain002 = pain002_new(sink);
  return fuzz_feed(feed, pain002, bytes, size, piece, error) && pain002_finish(pain002, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_records(parse, data, size);
  return 0;
}
