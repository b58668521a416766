/* For targets whose parser takes decoded text: inputs as files come, in GB18030 unless they are UTF-8. */
#ifndef YIFEN_TESTS_FUZZ_DECODED_H
#define YIFEN_TESTS_FUZZ_DECODED_H

#include "parsers/encoding.h"
#include "tests/fuzz/records.h"

static inline gboolean fuzz_decode(Encoding encoding, const guint8 *data, gsize size, GString *text) {
  g_autoptr(Decoder) decoder = decoder_new(encoding);
  g_string_truncate(text, 0);
  return decoder_feed(decoder, (const char *)data, size, text, NULL) && decoder_finish(decoder, NULL);
}

/* fuzz_records() of the text that the bytes are, if they are any. */
static inline void fuzz_decoded(FuzzParse *parse, const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  g_autoptr(GString) text = g_string_new(NULL);
  if (!fuzz_decode(ENCODING_UTF8, data, size, text) && !fuzz_decode(ENCODING_GB18030, data, size, text))
    return;
  g_string_append_c(text, (char)piece);
  fuzz_records(parse, (guint8 *)text->str, text->len);
}

#endif
