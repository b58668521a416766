#include "parsers/voucher.h"
#include "parsers/xml.h"
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
  xml_prepare();
}

static gboolean feed(void *voucher, const char *bytes, gsize size, GError **error) {
  return voucher_feed(voucher, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Voucher) voucher = voucher_new(1, sink);
  return fuzz_feed(feed, voucher, bytes, size, piece, error) && voucher_finish(voucher, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_records(parse, data, size);
  return 0;
}
