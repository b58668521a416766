#include "parsers/html_text.h"

#include <string.h>

static const struct {
  const char *name, *text;
} references[] = {{"nbsp;", "\xC2\xA0"},
                  {"amp;", "&"},
                  {"lt;", "<"},
                  {"gt;", ">"},
                  {"quot;", "\""},
                  {"apos;", "'"},
                  {"yen;", "\xC2\xA5"},
                  {"middot;", "\xC2\xB7"},
                  {"ensp;", " "},
                  {"emsp;", "\xE3\x80\x80"},
                  {"mdash;", "\xE2\x80\x94"},
                  {"times;", "\xC3\x97"}};

void html_text_name(const char *tag, char *name, gsize size) {
  gsize length = 0;
  while (length + 1 < size && g_ascii_isalnum(tag[length])) {
    name[length] = g_ascii_tolower(tag[length]);
    length++;
  }
  name[length] = '\0';
}

/* After "name=" and a quote, if there is one; NULL when the tag has no such attribute. */
static const char *attribute_value(const char *tag, const char *attribute) {
  gsize size = strlen(attribute);
  for (const char *at = tag; *at != '\0'; at++) {
    gboolean begins = at > tag && (g_ascii_isspace(at[-1]) || at[-1] == '"' || at[-1] == '\'');
    if (!begins || g_ascii_strncasecmp(at, attribute, size) != 0)
      continue;
    const char *value = at + size + strspn(at + size, " \t\r\n");
    if (*value != '=')
      continue;
    value += 1 + strspn(value + 1, " \t\r\n");
    return value + strspn(value, "\"'");
  }
  return NULL;
}

guint html_text_number(const char *tag, const char *attribute, guint most) {
  const char *value = attribute_value(tag, attribute);
  guint64 number = value == NULL || !g_ascii_isdigit(*value) ? 1 : g_ascii_strtoull(value, NULL, 10);
  return (guint)CLAMP(number, 1, most);
}

/* A reference that begins after '&': its length, and its text in `out`; 0 when it is none. */
static gsize reference(const char *at, char out[8]) {
  for (gsize i = 0; i < G_N_ELEMENTS(references); i++)
    if (g_str_has_prefix(at, references[i].name)) {
      g_strlcpy(out, references[i].text, 8);
      return strlen(references[i].name);
    }
  if (*at != '#')
    return 0;
  gboolean hex = at[1] == 'x' || at[1] == 'X';
  const char *digits = at + 1 + hex;
  gsize size = strspn(digits, hex ? "0123456789abcdefABCDEF" : "0123456789");
  guint64 code = size == 0 || size > 7 ? 0 : g_ascii_strtoull(digits, NULL, hex ? 16 : 10);
  if (code == 0 || code > 0x10FFFF || !g_unichar_validate((gunichar)code))
    return 0;
  out[g_unichar_to_utf8((gunichar)code, out)] = '\0';
  return 1 + hex + size + (digits[size] == ';');
}

void html_text_decode(GString *text) {
  char *out = text->str, character[8];
  for (const char *at = text->str; *at != '\0';) {
    gsize size = *at == '&' ? reference(at + 1, character) : 0;
    if (size > 0) {
      gsize length = strlen(character); /* never longer than what stood for it */
      memcpy(out, character, length);
      out += length;
      at += 1 + size;
    } else if (g_ascii_isspace(*at)) {
      *out++ = ' ';
      at += strspn(at, " \t\r\n\f\v");
    } else
      *out++ = *at++;
  }
  g_string_truncate(text, (gsize)(out - text->str));
}

char *html_text_charset(const char *head, gsize size) {
  g_autofree char *lower = g_ascii_strdown(head, (gssize)size);
  const char *at = strstr(lower, "charset");
  if (at == NULL)
    return NULL;
  at += strlen("charset");
  at += strspn(at, " =\"'");
  return g_strndup(at, strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-_"));
}
