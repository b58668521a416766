#include "parsers/encoding.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
  encodings_prepare();
}

typedef struct {
  Decoder *decoder;
  GString *text;
} Text;

static gboolean feed(void *user, const char *bytes, gsize size, GError **error) {
  Text *text = user;
  return decoder_feed(text->decoder, bytes, size, text->text, error);
}

/* The text, or the refusal with its place; the caller frees. */
static char *decode(Encoding encoding, gboolean cut, const guint8 *bytes, gsize size, gsize piece, gboolean *good) {
  g_autoptr(Decoder) decoder = decoder_new(encoding);
  g_autoptr(GError) error = NULL;
  Text text = {decoder, g_string_new(NULL)};
  decoder_cut_fields(decoder, cut);
  *good = fuzz_feed(feed, &text, bytes, size, piece, &error) && decoder_finish(decoder, &error);
  if (*good) {
    g_assert(g_utf8_validate_len(text.text->str, text.text->len, NULL));
    return g_string_free(text.text, FALSE);
  }
  fuzz_refused(error, ERROR_REFUSED);
  g_string_free(text.text, TRUE);
  return g_strdup(error->message);
}

/* What was read strictly is, in that encoding, these bytes again. */
static void encode(Encoding encoding, const char *text, const guint8 *bytes, gsize size) {
  static const char *const names[] = {"UTF-8", "GB18030", "UTF-16LE", "UTF-16BE", "ISO-8859-1"};
  g_autoptr(GBytes) again = encoding_encode(text, names[encoding], NULL);
  g_assert(again != NULL && g_bytes_get_size(again) == size);
  g_assert(size == 0 || memcmp(g_bytes_get_data(again, NULL), bytes, size) == 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  if (size == 0)
    return 0;
  guint8 choice = data[--size];
  Encoding encoding = choice % ENCODING_COUNT;
  gboolean cut = encoding == ENCODING_GB18030 && choice >= 128, good, good_pieces;
  g_autofree char *whole = decode(encoding, cut, data, size, 0, &good);
  g_autofree char *pieces = decode(encoding, cut, data, size, piece, &good_pieces);
  g_assert(good == good_pieces && g_str_equal(whole, pieces));
  if (good && !cut)
    encode(encoding, whole, data, size);
  return 0;
}
