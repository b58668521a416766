/* The reader of the pipe, whose child is hostile. */
#include "tests/fuzz/records.h"

void fuzz_prepare(void) {
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  g_autoptr(GError) error = NULL, error_pieces = NULL, error_again = NULL;
  g_autoptr(GByteArray) read = fuzz_replay(data, size, 0, &error);
  g_autoptr(GByteArray) pieces = fuzz_replay(data, size, piece, &error_pieces);
  g_assert(g_strcmp0(error == NULL ? NULL : error->message, error_pieces == NULL ? NULL : error_pieces->message) == 0);
  if (error != NULL) {
    g_assert(error_kind(error) == ERROR_REFUSED);
    g_assert(g_utf8_validate(error->message, -1, NULL) && !clean_has_control(error->message, strlen(error->message)));
    return 0;
  }
  fuzz_same(read, pieces);
  g_autoptr(GByteArray) again = fuzz_replay(read->data, read->len, 1000, &error_again);
  g_assert(error_again == NULL);
  fuzz_same(read, again);
  return 0;
}
