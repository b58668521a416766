/* A file of any kind, as yifen-parse reads it: from its first bytes to records. */
#include "parsers/parse.h"
#include "parsers/profile.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/records.h"

static GPtrArray *profiles;

void fuzz_prepare(void) {
  parse_prepare();
  profiles = profiles_load(NULL, NULL);
}

static gboolean parse(const guint8 *bytes, gsize size, G_GNUC_UNUSED gsize piece, const RecordSink *sink,
                      GError **error) {
  FuzzFile file = {bytes, size};
  Source source = fuzz_file_source(&file);
  return parse_statement(&source, profiles, sink, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autoptr(GError) error = NULL;
  G_GNUC_UNUSED g_autoptr(GByteArray) frames = fuzz_whole(parse, data, size, &error);
  return 0;
}
