/* Rows of text by all profiles that are built in. */
#include "parsers/csv.h"
#include "parsers/profile.h"
#include "parsers/sheet.h"
#include "tests/fuzz/decoded.h"

static GPtrArray *profiles;

void fuzz_prepare(void) {
  encodings_prepare();
  profiles = profiles_load(NULL, NULL);
}

static gboolean take_row(void *sheet, const SheetRow *row, GError **error) {
  return sheet_row(sheet, row, error);
}

static gboolean feed(void *csv, const char *bytes, gsize size, GError **error) {
  return csv_reader_feed(csv, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Sheet) sheet = sheet_new(profiles, "csv", sink);
  g_autoptr(CsvReader) csv = csv_reader_new(take_row, sheet);
  return fuzz_feed(feed, csv, bytes, size, piece, error) && csv_reader_finish(csv, error) && sheet_finish(sheet, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_decoded(parse, data, size);
  return 0;
}
