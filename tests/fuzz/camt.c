#include "parsers/camt.h"
#include "parsers/xml.h"
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
  xml_prepare();
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Camt) camt = camt_new(sink);
  FuzzSource memory = {bytes, size, piece};
  Source source = {fuzz_read, &memory};
  return camt_parse(camt, &source, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_records(parse, data, size);
  return 0;
}
