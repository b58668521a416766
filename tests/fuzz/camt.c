#include "parsers/camt.h"
#include "parsers/xml.h"
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
  xml_prepare();
}

static gboolean feed(void *camt, const char *bytes, gsize size, GError **error) {
  return camt_feed(camt, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Camt) camt = camt_new(sink);
  return fuzz_feed(feed, camt, bytes, size, piece, error) && camt_finish(camt, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_records(parse, data, size);
  return 0;
}
