/* Rows of text by all profiles that are built in; as files come, in GB18030 unless they are UTF-8. */
#include "parsers/csv.h"
#include "parsers/encoding.h"
#include "parsers/profile.h"
#include "parsers/sheet.h"
#include "tests/fuzz/records.h"

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

static gboolean decode(const guint8 *data, gsize size, GString *text) {
  g_autoptr(Decoder) utf8 = decoder_new(ENCODING_UTF8), gb18030 = decoder_new(ENCODING_GB18030);
  if (decoder_feed(utf8, (const char *)data, size, text, NULL) && decoder_finish(utf8, NULL))
    return TRUE;
  g_string_truncate(text, 0);
  return decoder_feed(gb18030, (const char *)data, size, text, NULL) && decoder_finish(gb18030, NULL);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  g_autoptr(GString) text = g_string_new(NULL);
  if (!decode(data, size, text))
    return 0;
  g_string_append_c(text, (char)piece);
  fuzz_records(parse, (guint8 *)text->str, text->len);
  return 0;
}
