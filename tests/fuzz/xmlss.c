#include "parsers/xmlss.h"

#include "parsers/profile.h"
#include "parsers/xml.h"
#include "tests/fuzz/records.h"

static GPtrArray *profiles;

void fuzz_prepare(void) {
  xml_prepare();
  profiles = profiles_load(NULL, NULL);
}

static gboolean feed(void *xmlss, const char *bytes, gsize size, GError **error) {
  return xmlss_feed(xmlss, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Xmlss) xmlss = xmlss_new(profiles, sink);
  return fuzz_feed(feed, xmlss, bytes, size, piece, error) && xmlss_finish(xmlss, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_records(parse, data, size);
  return 0;
}
