/* Character encodings of files and of banks' fields. Everything inside is UTF-8; bytes are decoded strictly and whole,
 * before they are split or parsed. GBK, GB2312 and CP936 are read as GB18030 (GB 18030-2005), which holds them all; a
 * GB2312 label over GBK bytes is usual. */
#ifndef YIFEN_PARSERS_ENCODING_H
#define YIFEN_PARSERS_ENCODING_H

#include <glib.h>

typedef enum {
  ENCODING_UTF8,
  ENCODING_GB18030,
  ENCODING_UTF16LE,
  ENCODING_UTF16BE,
  ENCODING_LATIN1,
  ENCODING_COUNT
} Encoding;

/* Opens one converter of every encoding and keeps it, for a decoder in a cage without files. One thread only. */
void encodings_prepare(void);

/* By label, case aside: UTF-8, US-ASCII, UTF-16, GB18030, GBK, GB2312, CP936, ISO-8859-1. FALSE for all others. */
gboolean encoding_by_name(const char *name, Encoding *encoding);

/* The encoding that a byte order mark says, and the mark's length; FALSE, out untouched, without one. */
gboolean encoding_by_mark(const char *bytes, gsize size, Encoding *encoding, gsize *mark);

/* A decoder to UTF-8, fed in pieces. A NUL, or bytes that are no character, are ERROR_REFUSED "encoding" with the facts
 * value (the encoding), line, column (character within the line). */
typedef struct Decoder Decoder;
Decoder *decoder_new(Encoding encoding);
void decoder_free(Decoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decoder, decoder_free)
/* Banks cut fields by bytes: with `cut_fields` a broken GB18030 character right before a comma, quote, TAB or line end
 * is left out. */
void decoder_cut_fields(Decoder *decoder, gboolean cut_fields);
gboolean decoder_feed(Decoder *decoder, const char *bytes, gsize size, GString *out,
                      GError **error); /* appends to out */
/* The same of one piece without a copy where none is needed: *text is `bytes` or stands in `room`, whose text is lost.
 */
gboolean decoder_view(Decoder *decoder, const char *bytes, gsize size, GString *room, const char **text, gsize *length,
                      GError **error);
gint64 decoder_line(const Decoder *decoder);               /* of the next character, from 1 */
gboolean decoder_finish(Decoder *decoder, GError **error); /* refuses half a character at the end */

/* Do the high bytes of a text that is valid GB18030 look like Chinese? Chinese stands in runs of two characters and
 * more (four bytes), the accented letters of Latin-1 one by one. Zeroed before the first piece. */
typedef struct {
  gint64 longer, shorter; /* runs of four high bytes and more; of fewer */
  gsize open;             /* bytes of the run that has not ended */
} EncodingRuns;
void encoding_runs_add(EncodingRuns *runs, const char *bytes, gsize size);
gboolean encoding_runs_chinese(const EncodingRuns *runs);

/* Length of a text in a bank's encoding ("GB18030", "UTF-8"), -1 when a character does not exist there. */
gssize encoding_bytes(const char *text, const char *encoding);

/* The text in that encoding; NULL with ERROR_REFUSED "encoding" when a character does not exist there. */
GBytes *encoding_encode(const char *text, const char *encoding, GError **error);

#endif
