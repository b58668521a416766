#include "parsers/xmlscan.h"

#include <string.h>

#include "parsers/xml.h"
#include "rules/error.h"

enum { IN_TEXT, AFTER_LT, IN_TAG, IN_QUOTE, AFTER_BANG, IN_COMMENT, IN_CDATA, IN_PI };

static const gboolean is_special[256] = {['>'] = TRUE, ['"'] = TRUE, ['\''] = TRUE, ['='] = TRUE, ['\n'] = TRUE};

static gboolean refuse(const XmlScan *scan, const char *reason, GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, scan->line + 1);
  return error_set(error, ERROR_REFUSED, reason, "line", line, NULL);
}

/* "<!" is followed by "--", "[CDATA[" or a declaration, which is refused. */
static gboolean after_bang(XmlScan *scan, char c, GError **error) {
  gsize n = strlen(scan->last);
  scan->last[n] = c;
  scan->last[n + 1] = '\0';
  if (g_str_equal(scan->last, "--"))
    scan->state = IN_COMMENT;
  else if (g_str_equal(scan->last, "[CDATA["))
    scan->state = IN_CDATA;
  else if (!g_str_has_prefix("--", scan->last) && !g_str_has_prefix("[CDATA[", scan->last))
    return refuse(scan, "xml_doctype", error);
  if (scan->state != AFTER_BANG)
    memset(scan->last, 0, sizeof scan->last);
  return TRUE;
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

static gboolean in_tag(XmlScan *scan, char c, GError **error) {
  if (c == '>')
    scan->state = IN_TEXT;
  else if (c == '"' || c == '\'') {
    scan->state = IN_QUOTE;
    scan->quote = c;
  } else if (c == '=' && ++scan->attributes > XML_ATTRIBUTES_MAX)
    return refuse(scan, "xml_attributes", error);
  return TRUE;
}

static gboolean step(XmlScan *scan, char c, GError **error) {
  switch (scan->state) {
  case AFTER_LT:
    scan->state = c == '!' ? AFTER_BANG : c == '?' ? IN_PI : IN_TAG;
    return TRUE;
  case IN_TAG:
    return in_tag(scan, c, error);
  case IN_QUOTE:
    if (c == scan->quote)
      scan->state = IN_TAG;
    return TRUE;
  case AFTER_BANG:
    return after_bang(scan, c, error);
  default:
    in_section(scan, c);
    return TRUE;
  }
}

static void count_lines(XmlScan *scan, const char *from, const char *to) {
  while ((from = memchr(from, '\n', (gsize)(to - from))) != NULL) {
    scan->line++;
    from++;
  }
}

gboolean xmlscan_feed(XmlScan *scan, const char *text, gsize size, GError **error) {
  const char *end = text + size;
  for (const char *at = text; at < end; at++) {
    if (scan->state == IN_TEXT) {
      const char *lt = memchr(at, '<', (gsize)(end - at));
      count_lines(scan, at, lt == NULL ? end : lt);
      if (lt == NULL)
        return TRUE;
      at = lt;
      scan->state = AFTER_LT;
      scan->markup = 0;
      scan->attributes = 0;
      continue;
    }
    if (scan->state == IN_TAG) { /* most bytes of markup are plain ones of a tag */
      const char *plain = at;
      while (at < end && !is_special[(guchar)*at])
        at++;
      scan->markup += (gsize)(at - plain);
      if (at == end)
        break;
    }
    scan->line += *at == '\n';
    if (++scan->markup > XML_TAG_MAX)
      return refuse(scan, "xml_tag", error);
    if (!step(scan, *at, error))
      return FALSE;
  }
  return scan->markup <= XML_TAG_MAX || refuse(scan, "xml_tag", error);
}
