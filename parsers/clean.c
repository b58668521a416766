#include "parsers/clean.h"

#include <string.h>

/* C1 controls are C2 80 ... C2 9F in UTF-8. */
static gboolean control_at(const guchar *at, const guchar *end) {
  return *at < 0x20 || *at == 0x7F || (*at == 0xC2 && at + 1 < end && at[1] < 0xA0);
}

#define EACH(byte) (0x0101010101010101u * (guint64)(byte))

/* Bit 7 of some byte is set when one is below 0x20, 0x7F or 0xC2. A borrow may add a false alarm, never hide one. */
static guint64 alarm_in(guint64 word) {
  guint64 delete = word ^ EACH(0x7F), lead = word ^ EACH(0xC2);
  return (((word - EACH(0x20)) & ~word) | ((delete - EACH(1)) & ~delete) | ((lead - EACH(1)) & ~lead)) & EACH(0x80);
}

static guint64 alarm_of(const guchar *at) {
  guint64 word;
  memcpy(&word, at, sizeof word);
  return alarm_in(word);
}

typedef guint8 Bytes __attribute__((vector_size(16)));
enum { BYTES = sizeof(Bytes) };

/* The same of sixteen bytes. */
static guint64 alarm_of_many(const guchar *at) {
  Bytes bytes;
  guint64 halves[2];
  memcpy(&bytes, at, sizeof bytes);
  Bytes alarm = (Bytes)(bytes < 0x20) | (Bytes)(bytes == 0x7F) | (Bytes)(bytes == 0xC2);
  memcpy(halves, &alarm, sizeof halves);
  return halves[0] | halves[1];
}

/* Four to eight bytes: those in the middle are looked at twice. */
static guint64 alarm_of_few(const guchar *at, gsize size) {
  guint32 first, last;
  memcpy(&first, at, sizeof first);
  memcpy(&last, at + size - sizeof last, sizeof last);
  return alarm_in((guint64)first << 32 | last);
}

/* Where a control character may stand: the first byte below 0x20, 0x7F or 0xC2. */
static const guchar *suspicious(const guchar *at, const guchar *end) {
  for (; end - at >= 8 && alarm_of(at) == 0; at += 8)
    continue;
  while (at < end && *at >= 0x20 && *at != 0x7F && *at != 0xC2)
    at++;
  return at;
}

/* Is there one at all? The last bytes are looked at together, even if some are looked at twice. */
static gboolean is_suspicious(const guchar *at, const guchar *end) {
  if (end - at < 4)
    return suspicious(at, end) < end;
  if (end - at <= 8)
    return alarm_of_few(at, (gsize)(end - at)) != 0;
  if (end - at < BYTES)
    return (alarm_of(at) | alarm_of(end - 8)) != 0;
  for (; end - at > BYTES; at += BYTES)
    if (alarm_of_many(at) != 0)
      return TRUE;
  return alarm_of_many(end - BYTES) != 0;
}

gboolean clean_has_control(const char *text, gsize size) {
  const guchar *end = (const guchar *)text + size;
  for (const guchar *at = (const guchar *)text; (at = suspicious(at, end)) < end; at++)
    if (control_at(at, end))
      return TRUE;
  return FALSE;
}

void clean_controls(char *text, gsize size) {
  guchar *end = (guchar *)text + size;
  if (!is_suspicious((guchar *)text, end))
    return;
  for (guchar *at = (guchar *)text; (at = (guchar *)(guintptr)suspicious(at, end)) < end; at++) {
    if (!control_at(at, end))
      continue;
    if (*at == 0xC2)
      *at++ = ' ';
    *at = ' ';
  }
}

/* Length of the blank that the text begins with, 0 when it begins with none. */
static gsize blank_at(const char *at) {
  switch ((guchar)*at) {
  case ' ':
    return 1;
  case 0xC2:
    return at[1] == '\xA0' ? 2 : 0;
  case 0xE3:
    return at[1] == '\x80' && at[2] == '\x80' ? 3 : 0;
  case 0xEF:
    return at[1] == '\xBB' && at[2] == '\xBF' ? 3 : 0;
  default:
    return 0;
  }
}

static gsize blank_before(const char *start, const char *end) {
  guchar last = (guchar)end[-1];
  if (last != ' ' && last != 0xA0 && last != 0x80 && last != 0xBF) /* the last bytes of blanks */
    return 0;
  for (gsize n = 1; n <= 3 && start + n <= end; n++)
    if (blank_at(end - n) == n)
      return n;
  return 0;
}

char *clean_ends(char *text, gsize *size) {
  char *end = text + *size;
  for (gsize n; text < end && (n = blank_at(text)) > 0;)
    text += n;
  for (gsize n; text < end && (n = blank_before(text, end)) > 0;)
    end -= n;
  *end = '\0';
  *size = (gsize)(end - text);
  return text;
}

char *clean_text(char *text, gsize size) {
  clean_controls(text, size);
  text = clean_ends(text, &size);
  return size > 0 ? text : NULL;
}

/* ASCII without blanks, and the blocks U+4000 to U+9FFF, which NFKC leaves alone: nearly all words of banks. */
static gboolean is_key(const char *text) {
  for (const guchar *at = (const guchar *)text; *at != '\0';) {
    if (*at > ' ' && *at < 0x7F)
      at++;
    else if (*at >= 0xE4 && *at <= 0xE9 && (at[1] & 0xC0) == 0x80 && (at[2] & 0xC0) == 0x80)
      at += 3;
    else
      return FALSE;
  }
  return TRUE;
}

char *clean_key(const char *text) {
  if (text == NULL)
    return g_strdup("");
  if (is_key(text))
    return g_strdup(text);
  g_autofree char *folded = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
  if (folded == NULL)
    return g_strdup("");
  GString *key = g_string_sized_new(strlen(folded));
  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (!g_unichar_isspace(c) && !g_unichar_iscntrl(c) && c != 0xFEFF)
      g_string_append_unichar(key, c);
  }
  return g_string_free(key, FALSE);
}
