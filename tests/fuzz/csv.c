#include "parsers/clean.h"
#include "parsers/csv.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
}

typedef struct {
  GString *said;
  gint64 line;
} Rows;

static gboolean take_row(void *user, const SheetRow *row, G_GNUC_UNUSED GError **error) {
  Rows *rows = user;
  g_assert(row->line > rows->line || rows->line == 0);
  g_assert(row->count >= 1 && row->count <= SHEET_CELLS_MAX);
  rows->line = row->line;
  g_string_append_printf(rows->said, "%" G_GINT64_FORMAT " %d\n", row->line, row->ended);
  gboolean blank = TRUE;
  for (guint i = 0; i < row->count; i++) {
    const SheetCell *cell = &row->cells[i];
    g_assert(strlen(cell->text) == cell->size);
    g_assert(!cell->printable || !clean_has_control(cell->text, cell->size));
    blank = blank && cell->size == 0;
    g_string_append_printf(rows->said, "%u[%s]", cell->size, cell->text);
  }
  g_assert(!blank);
  return TRUE;
}

static gboolean feed(void *reader, const char *bytes, gsize size, GError **error) {
  return csv_reader_feed(reader, bytes, size, error);
}

/* The rows, or the refusal; the caller frees. */
static char *read_rows(const guint8 *bytes, gsize size, gsize piece) {
  Rows rows = {g_string_new(NULL), 0};
  g_autoptr(CsvReader) reader = csv_reader_new(take_row, &rows);
  g_autoptr(GError) error = NULL;
  if (!fuzz_feed(feed, reader, bytes, size, piece, &error) || !csv_reader_finish(reader, &error)) {
    fuzz_refused(error, ERROR_REFUSED);
    g_string_truncate(rows.said, 0);
  }
  return g_string_free(rows.said, FALSE);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  if (memchr(data, '\0', size) != NULL) /* the decoder lets none through */
    return 0;
  g_autofree char *whole = read_rows(data, size, 0);
  if (piece == 0)
    return 0;
  g_autofree char *pieces = read_rows(data, size, piece);
  g_assert(g_str_equal(whole, pieces));
  return 0;
}
