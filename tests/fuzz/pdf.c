/* Documents with attached vouchers. libqpdf itself is the system's, without instrumentation. */
#include "parsers/pdf.h"

#include "parsers/qpdf.h"
#include "parsers/xml.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
  xml_prepare();
  g_assert(qpdf_library() != NULL);
}

static gboolean parse(const guint8 *bytes, gsize size, G_GNUC_UNUSED gsize piece, const RecordSink *sink,
                      GError **error) {
  FuzzFile file = {bytes, size};
  Source source = fuzz_file_source(&file);
  return pdf_parse(&source, sink, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autoptr(GError) error = NULL;
  G_GNUC_UNUSED g_autoptr(GByteArray) frames = fuzz_whole(parse, data, size, &error);
  return 0;
}
