#include "parsers/utf8.h"

#include <string.h>

#define EACH(byte) (0x0101010101010101u * (guint64)(byte))

typedef gint8 Bytes __attribute__((vector_size(16)));
typedef guint8 Counts __attribute__((vector_size(16)));
enum { BYTES = sizeof(Bytes), BLOCK = 4 * BYTES, LANE_MAX = 255 };

static Bytes bytes_at(const guchar *at) {
  Bytes bytes;
  memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

static gboolean is_true(Bytes all) {
  guint64 halves[2];
  memcpy(halves, &all, sizeof halves);
  return (halves[0] & halves[1]) == G_MAXUINT64;
}

/* ASCII but no NUL: as signed bytes, above 0. */
static gboolean is_ascii_piece(const guchar *at) {
  return is_true(bytes_at(at) > 0);
}

static gboolean is_ascii_block(const guchar *at) {
  return is_true((bytes_at(at) > 0) & (bytes_at(at + BYTES) > 0) & (bytes_at(at + 2 * BYTES) > 0) &
                 (bytes_at(at + 3 * BYTES) > 0));
}

static guint64 word_at(const guchar *at) {
  guint64 word;
  memcpy(&word, at, sizeof word);
  return GUINT64_FROM_LE(word);
}

/* Bit 7 of a byte of the result is set when there is one that is not ASCII, or a NUL. A borrow from a lower byte can
 * only come where one was found. */
static guint64 odd(guint64 word) {
  return (word | (word - EACH(0x01))) & EACH(0x80);
}

/* The first byte that is no ASCII or a NUL. */
static const guchar *skip_ascii(const guchar *at, const guchar *end) {
  while (end - at >= BLOCK && is_ascii_block(at))
    at += BLOCK;
  while (end - at >= BYTES && is_ascii_piece(at))
    at += BYTES;
  for (; end - at >= 8; at += 8) {
    guint64 found = odd(word_at(at));
    if (found != 0)
      return at + __builtin_ctzll(found) / 8;
  }
  while (at < end && *at < 0x80 && *at != 0)
    at++;
  return at;
}

static gboolean follows(guchar byte) {
  return (byte & 0xC0) == 0x80;
}

/* Length of the character outside ASCII that stands here, 0 when none does. Three bytes come first: Chinese. */
static gsize wide(const guchar *at, gsize size) {
  if ((at[0] & 0xF0) == 0xE0) {
    if (size < 3 || !follows(at[1]) || !follows(at[2]))
      return 0;
    return (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] >= 0xA0) ? 0 : 3;
  }
  if (at[0] >= 0xC2 && at[0] < 0xE0)
    return size >= 2 && follows(at[1]) ? 2 : 0;
  if (at[0] < 0xF0 || at[0] > 0xF4 || size < 4 || !follows(at[1]) || !follows(at[2]) || !follows(at[3]))
    return 0;
  return (at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] >= 0x90) ? 0 : 4;
}

/* Moves on over characters of three bytes, except those that begin like a short form (E0) or a surrogate (ED). Four
 * bytes are looked at together. */
static const guchar *skip_chinese(const guchar *at, const guchar *end) {
  guint32 bytes;
  for (; end - at >= (gssize)sizeof bytes; at += 3) {
    memcpy(&bytes, at, sizeof bytes);
    bytes = GUINT32_FROM_LE(bytes);
    if ((bytes & 0xC0C0F0u) != 0x8080E0u || (guint8)bytes == 0xE0 || (guint8)bytes == 0xED)
      break;
  }
  return at;
}

gsize utf8_valid(const char *text, gsize size) {
  const guchar *start = (const guchar *)text, *end = start + size, *at = start;
  while ((at = skip_ascii(at, end)) < end) {
    gsize length;
    while ((at = skip_chinese(at, end)) < end && *at >= 0x80 && (length = wide(at, (gsize)(end - at))) > 0)
      at += length;
    if (at < end && (*at >= 0x80 || *at == 0))
      break;
  }
  return (gsize)(at - start);
}

/* Are all eight bytes printable ASCII? Others are below 0x20, or above 0x7E once one is added. */
static gboolean is_plain(guint64 word) {
  return ((word | (word - EACH(0x20)) | (word + EACH(0x01))) & EACH(0x80)) == 0;
}

gboolean utf8_is_printable(const char *text, gsize size) {
  const guchar *at = (const guchar *)text, *end = at + size;
  while (at < end) {
    const guchar *before = at;
    while (end - at >= 8 && is_plain(word_at(at)))
      at += 8;
    while (at < end && *at >= 0x20 && *at < 0x7F)
      at++;
    at = skip_chinese(at, end);
    if (at < end && *at >= 0x80 && (*at != 0xC2 || end - at < 2 || at[1] >= 0xA0)) /* C2 80 ... C2 9F are controls */
      at += wide(at, (gsize)(end - at));
    if (at == before)
      return FALSE;
  }
  return TRUE;
}

gsize utf8_lines(const char *text, gsize size) {
  const guchar *at = (const guchar *)text, *end = at + size;
  gsize lines = 0;
  while (end - at >= BYTES) {
    Counts hits = {0};
    gsize steps = MIN((gsize)(end - at) / BYTES, LANE_MAX);
#pragma GCC unroll 4
    for (gsize i = 0; i < steps; i++, at += BYTES)
      hits -= (Counts)(bytes_at(at) == '\n'); /* a hit is -1 */
    for (gsize i = 0; i < BYTES; i++)
      lines += hits[i];
  }
  for (; at < end; at++)
    lines += *at == '\n';
  return lines;
}
