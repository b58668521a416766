#include "parsers/gb18030.h"

#include <errno.h>
#include <string.h>

enum { LEAD = 0x81, LEADS = 0xFF - LEAD, TRAIL = 0x40, TRAILS = 0xFF - TRAIL, CHARACTER = 4 };

/* UTF-8 as it stands in memory, zeros behind; 0 for what is no character. Built at the first use: most files are not
 * GB18030, and a converter that is open needs no file. */
static char table[LEADS][TRAILS][CHARACTER];
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
  for (int lead = 0; lead < LEADS; lead++)
    for (int trail = 0; trail < TRAILS; trail++) {
      char bytes[2] = {(char)(lead + LEAD), (char)(trail + TRAIL)}, out[CHARACTER] = "";
      gsize left = sizeof bytes, room = sizeof out;
      if (convert(iconv, bytes, &left, out, &room) && left == 0)
        memcpy(table[lead][trail], out, CHARACTER - room);
    }
  built = TRUE;
}

/* Copies ASCII, eight bytes at a time and up to seven too many; gives how many it is. */
static gsize copy_ascii(const guchar *at, const guchar *end, char *to) {
  const guchar *start = at;
  for (guint64 word; end - at >= 8; at += 8, to += 8) {
    memcpy(&word, at, sizeof word);
    memcpy(to, &word, sizeof word);
    guint64 high = GUINT64_FROM_LE(word) & 0x8080808080808080u;
    if (high != 0)
      return (gsize)(at - start) + (gsize)__builtin_ctzll(high) / 8;
  }
  while (at < end && *at < 0x80)
    *to++ = (char)*at++;
  return (gsize)(at - start);
}

/* The two bytes' character in the table, or NULL. */
static const char *known(const guchar *at, const guchar *end) {
  if (end - at < 2 || at[0] < LEAD || at[0] == 0xFF || at[1] < TRAIL || at[1] == 0xFF)
    return NULL;
  const char *character = table[at[0] - LEAD][at[1] - TRAIL];
  return *character == '\0' ? NULL : character;
}

/* Of a character that is not ASCII; added up, so that no branch is guessed wrong. */
static gsize length_of(const char *character) {
  guchar first = (guchar)*character;
  return 2u + (first >= 0xE0) + (first >= 0xF0);
}

gsize gb18030_decode(GIConv iconv, const char *bytes, gsize size, char *out, gsize *written, gboolean *broken) {
  const guchar *start = (const guchar *)bytes, *end = start + size, *at = start;
  const char *character;
  char *to = out;
  if (!built)
    build(iconv);
  *broken = FALSE;
  while (at < end && !*broken) {
    gsize ascii = copy_ascii(at, end, to);
    at += ascii, to += ascii;
    while ((character = known(at, end)) != NULL) {
      memcpy(to, character, CHARACTER);
      to += length_of(character);
      at += 2;
    }
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
