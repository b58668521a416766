#include "parsers/gb18030.h"

#include <errno.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LEAD = 0x81, LEAD_END = 0xFF, TRAIL = 0x40, TRAIL_END = 0xFF, CHARACTER = 4, UTF8_MAX = 3, LENGTH = 24 };

/* By both bytes: UTF-8 as it stands in memory, and its length in the highest byte; 0 for what is no character, or has
 * more UTF-8. Built at the first use: most files are not GB18030, and a converter that is open needs no file. */
static guint32 table[1 << 16];
static gboolean built;

static gboolean convert(GIConv iconv, const char *bytes, gsize *left, char *out, gsize *room) {
  char *from = (char *)(guintptr)bytes;
  gsize result = g_iconv(iconv, &from, left, &out, room);
  gboolean done = result != (gsize)-1 || errno == EINVAL;
  if (!done)
    g_iconv(iconv, NULL, NULL, NULL, NULL);
  return done;
}

static void build(GIConv iconv) {
  for (guint lead = LEAD; lead < LEAD_END; lead++)
    for (guint trail = TRAIL; trail < TRAIL_END; trail++) {
      char bytes[2] = {(char)lead, (char)trail}, out[CHARACTER] = "";
      gsize left = sizeof bytes, room = sizeof out;
      guint32 character;
      if (!convert(iconv, bytes, &left, out, &room) || left > 0 || sizeof out - room > UTF8_MAX)
        continue;
      memcpy(&character, out, sizeof character);
      table[lead << 8 | trail] = GUINT32_FROM_LE(character) | (guint32)(sizeof out - room) << LENGTH;
    }
  built = TRUE;
}

/* Copies ASCII, a block at a time and up to a block too much; gives how many it is. */
static inline gsize copy_ascii(const guchar *at, const guchar *end, char *to) {
  const guchar *start = at;
#ifdef __SSE2__
  for (; end - at >= GB18030_BLOCK; at += GB18030_BLOCK, to += GB18030_BLOCK) {
    const __m128i *from = (const __m128i *)(const void *)at;
    __m128i low = _mm_loadu_si128(from), high = _mm_loadu_si128(from + 1);
    _mm_storeu_si128((__m128i *)(void *)to, low);
    _mm_storeu_si128((__m128i *)(void *)to + 1, high);
    guint wide = (guint)_mm_movemask_epi8(low) | (guint)_mm_movemask_epi8(high) << 16;
    if (wide != 0)
      return (gsize)(at - start) + (gsize)__builtin_ctz(wide);
  }
#endif
  while (at < end && *at < 0x80)
    *to++ = (char)*at++;
  return (gsize)(at - start);
}

/* Moves on over characters in the table, which are nearly always three bytes of UTF-8: a guess of the processor, where
 * a sum would have to be waited for. */
static inline void copy_known(const guchar **at, const guchar *end, char **to) {
  guint32 character;
  while (end - *at >= 2 && (character = table[(*at)[0] << 8 | (*at)[1]]) != 0) {
    guint32 bytes = GUINT32_TO_LE(character);
    memcpy(*to, &bytes, sizeof bytes);
    *to += UTF8_MAX;
    if (character >> LENGTH != UTF8_MAX)
      *to -= UTF8_MAX - (character >> LENGTH);
    *at += 2;
  }
}

gsize gb18030_decode(GIConv iconv, const char *bytes, gsize size, char *out, gsize *written, gboolean *broken) {
  const guchar *start = (const guchar *)bytes, *end = start + size, *at = start;
  char *to = out;
  if (!built)
    build(iconv);
  *broken = FALSE;
  while (at < end && !*broken) {
    gsize ascii = copy_ascii(at, end, to);
    at += ascii, to += ascii;
    copy_known(&at, end, &to);
    if (at == end || *at < 0x80)
      continue;
    gsize window = MIN((gsize)(end - at), CHARACTER), left = window, room = 2 * CHARACTER;
    *broken = !convert(iconv, (const char *)at, &left, to, &room);
    at += window - left, to += 2 * CHARACTER - room;
    if (left == window)
      break;
  }
  *written = (gsize)(to - out);
  return (gsize)(at - start);
}
