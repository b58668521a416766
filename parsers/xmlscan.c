#include "parsers/xmlscan.h"

#include <string.h>

#include "parsers/utf8.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { IN_TEXT, AFTER_LT, IN_TAG, IN_QUOTE, AFTER_BANG, IN_COMMENT, IN_CDATA, IN_PI };

typedef guint8 Bytes __attribute__((vector_size(16)));
enum { BYTES = sizeof(Bytes), BLOCK = 255 * BYTES }; /* so many that no counter of a lane overflows */

static const gboolean is_special[256] = {['>'] = TRUE, ['"'] = TRUE, ['\''] = TRUE, ['='] = TRUE};

static Bytes bytes_at(const char *at) {
  Bytes bytes;
  memcpy(&bytes, at, sizeof bytes);
  return bytes;
}

static gsize sum_of(Bytes lanes) {
  gsize sum = 0;
  for (gsize i = 0; i < BYTES; i++)
    sum += lanes[i];
  return sum;
}

static gboolean refuse(const XmlScan *scan, const char *piece, const char *at, const char *reason, GError **error) {
  g_autofree char *line =
      g_strdup_printf("%" G_GINT64_FORMAT, scan->line + (gint64)utf8_lines(piece, (gsize)(at - piece)));
  return error_set(error, ERROR_REFUSED, reason, "line", line, NULL);
}

/* "<!" is followed by "--", "[CDATA[" or a declaration, which is refused. */
static const char *after_bang(XmlScan *scan, char c) {
  gsize n = strlen(scan->last);
  scan->last[n] = c;
  scan->last[n + 1] = '\0';
  if (g_str_equal(scan->last, "--"))
    scan->state = IN_COMMENT;
  else if (g_str_equal(scan->last, "[CDATA["))
    scan->state = IN_CDATA;
  else if (!g_str_has_prefix("--", scan->last) && !g_str_has_prefix("[CDATA[", scan->last))
    return "xml_doctype";
  if (scan->state != AFTER_BANG)
    memset(scan->last, 0, sizeof scan->last);
  return NULL;
}

/* The last two bytes tell where a comment, CDATA section or instruction ends. */
static void in_section(XmlScan *scan, char c) {
  static const char *const ends[] = {[IN_COMMENT] = "--", [IN_CDATA] = "]]", [IN_PI] = "?"};
  const char *end = ends[scan->state];
  gboolean ended = scan->state == IN_PI ? scan->last[1] == '?' : memcmp(scan->last, end, 2) == 0;
  if (c == '>' && ended) {
    scan->state = IN_TEXT;
    memset(scan->last, 0, sizeof scan->last);
    return;
  }
  scan->last[0] = scan->last[1];
  scan->last[1] = c;
}

static const char *in_tag(XmlScan *scan, char c) {
  if (c == '>')
    scan->state = IN_TEXT;
  else if (c == '"' || c == '\'') {
    scan->state = IN_QUOTE;
    scan->quote = c;
  } else if (c == '=' && ++scan->attributes > XML_ATTRIBUTES_MAX)
    return "xml_attributes";
  return NULL;
}

/* Takes one byte of markup; gives the reason to refuse it, or NULL. */
static const char *step(XmlScan *scan, char c) {
  switch (scan->state) {
  case AFTER_LT:
    scan->state = c == '!' ? AFTER_BANG : c == '?' ? IN_PI : IN_TAG;
    return NULL;
  case IN_TAG:
    return in_tag(scan, c);
  case IN_QUOTE:
    if (c == scan->quote)
      scan->state = IN_TAG;
    return NULL;
  case AFTER_BANG:
    return after_bang(scan, c);
  default:
    in_section(scan, c);
    return NULL;
  }
}

static void markup_begin(XmlScan *scan) {
  scan->state = AFTER_LT;
  scan->markup = 0;
  scan->attributes = 0;
}

/* Steps through the open markup; gives where it ends, or NULL with *reason where it is refused at *at. */
static const char *markup_end(XmlScan *scan, const char **at, const char *end, const char **reason) {
  for (; *at < end && scan->state != IN_TEXT; (*at)++) {
    if (scan->state == IN_TAG) { /* most bytes of markup are plain ones of a tag */
      const char *plain = *at;
      while (*at < end && !is_special[(guchar) * *at])
        (*at)++;
      scan->markup += (gsize)(*at - plain);
      if (*at == end)
        break;
    }
    *reason = ++scan->markup > XML_TAG_MAX ? "xml_tag" : step(scan, **at);
    if (*reason != NULL)
      return NULL;
  }
  *reason = scan->markup > XML_TAG_MAX ? "xml_tag" : NULL;
  return *reason == NULL ? *at : NULL;
}

/* Steps through all of it. */
static gboolean walk(XmlScan *scan, const char *piece, const char *at, const char *end, GError **error) {
  const char *reason;
  for (;;) {
    if (markup_end(scan, &at, end, &reason) == NULL)
      return refuse(scan, piece, at, reason, error);
    if (at == end || (at = memchr(at, '<', (gsize)(end - at))) == NULL)
      return TRUE;
    markup_begin(scan);
    at++;
  }
}

/* Does "<!" or "<?" stand there? */
static gboolean declares(const char *at, const char *end) {
  while ((at = memchr(at, '<', (gsize)(end - at))) != NULL && ++at < end)
    if (*at == '!' || *at == '?')
      return TRUE;
  return FALSE;
}

/* May what begins in this block, in text, be markup that must be looked at byte by byte? The last byte is left out:
 * what follows it is not known. */
static gboolean is_harmless(const char *start, const char *end) {
  const char *at = start;
  Bytes marks = {0}, attributes = {0};
  gsize rest = 0;
#pragma GCC unroll 4
  for (; end - at >= BYTES; at += BYTES) {
    Bytes bytes = bytes_at(at);
    marks |= (Bytes)(bytes == '!') | (Bytes)(bytes == '?');
    attributes -= (Bytes)(bytes == '=');
  }
  for (; at < end; at++)
    rest += *at == '=';
  if (sum_of(attributes) + rest > XML_ATTRIBUTES_MAX)
    return FALSE;
  gboolean plain = sum_of(marks & 1) == 0 && end - start >= BYTES;
  return plain ? !declares(end - BYTES, end) : !declares(start, end);
}

gboolean xmlscan_feed_exact(XmlScan *scan, const char *text, gsize size, GError **error) {
  return walk(scan, text, text, text + size, error);
}

gboolean xmlscan_feed(XmlScan *scan, const char *text, gsize size, GError **error) {
  const char *end = text + size, *at = text, *reason;
  while (at < end) {
    if (markup_end(scan, &at, end, &reason) == NULL)
      return refuse(scan, text, at, reason, error);
    const char *stop = at + MIN(end - at, BLOCK);
    const char *from = is_harmless(at, stop) ? memrchr(at, '<', (gsize)(stop - at)) : at;
    if (from != NULL && !walk(scan, text, from, stop, error))
      return FALSE;
    at = stop;
  }
  return TRUE;
}
