#include "parsers/mt940.h"
#include "tests/fuzz/decoded.h"

void fuzz_prepare(void) {
  encodings_prepare();
}

static gboolean feed(void *mt940, const char *bytes, gsize size, GError **error) {
  return mt940_feed(mt940, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Mt940) mt940 = mt940_new(sink);
  return fuzz_feed(feed, mt940, bytes, size, piece, error) && mt940_finish(mt940, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_decoded(parse, data, size);
  return 0;
}
