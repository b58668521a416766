/* Tables of pages by all profiles that are built in. */
#include "parsers/html.h"
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

static gboolean feed(void *html, const char *bytes, gsize size, GError **error) {
  return html_feed(html, bytes, size, error);
}

static gboolean parse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error) {
  g_autoptr(Sheet) sheet = sheet_new(profiles, "html", sink);
  g_autoptr(Html) html = html_new(take_row, sheet);
  return fuzz_feed(feed, html, bytes, size, piece, error) && html_finish(html, error) && sheet_finish(sheet, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  fuzz_decoded(parse, data, size);
  return 0;
}
