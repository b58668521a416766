#include "parsers/sniff.h"

#include <string.h>

#include "parsers/encoding.h"
#include "parsers/mt940.h"
#include "rules/error.h"

static const struct {
  const char *magic;
  gsize size;
  Sniffed sniffed;
  const char *reason; /* not read */
} magics[] = {
    {"PK\x03\x04", 4, SNIFF_ZIP, NULL},
    {"PK\x05\x06", 4, SNIFF_ZIP, NULL},
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, SNIFF_OLE, NULL},
    {"%PDF", 4, SNIFF_PDF, NULL},
    {"\x1F\x8B", 2, 0, "file_archive"},
    {"Rar!", 4, 0, "file_archive"},
    {"7z\xBC\xAF\x27\x1C", 6, 0, "file_archive"},
    {"BZh", 3, 0, "file_archive"},
    {"\x89PNG", 4, 0, "file_image"},
    {"\xFF\xD8\xFF", 3, 0, "file_image"},
    {"GIF8", 4, 0, "file_image"},
};

/* The head as lower-case ASCII: without a mark, NULs (UTF-16) and leading blanks. */
static GString *plain(const char *head, gsize size) {
  Encoding encoding;
  gsize mark = 0;
  encoding_by_mark(head, size, &encoding, &mark);
  GString *text = g_string_sized_new(size);
  for (gsize i = mark; i < size; i++)
    if (head[i] != '\0' && !(text->len == 0 && g_ascii_isspace(head[i])))
      g_string_append_c(text, g_ascii_tolower(head[i]));
  return text;
}

/* It begins with a tag or an envelope, or a line does after a bank's own head: ":20:" and then ":25:". */
static gboolean is_mt940(const char *text) {
  if (mt940_tag(text) > 0 || g_str_has_prefix(text, "{1:") || g_str_has_prefix(text, "@@:") ||
      g_str_has_prefix(text, ":940:"))
    return TRUE;
  gboolean message = FALSE;
  for (const char *line = text; *line != '\0'; line += strspn(line, "\r\n")) {
    gsize tag = mt940_tag(line);
    if (tag > 0 && strncmp(line + tag - 4, ":20:", 4) == 0)
      message = TRUE;
    else if (tag > 0 && message)
      return TRUE;
    line += strcspn(line, "\r\n");
  }
  return FALSE;
}

/* The name of the first element, behind declarations and comments; NULL when the head ends before it. */
static const char *first_element(const char *text) {
  while (text != NULL && (text = strchr(text, '<')) != NULL && (text[1] == '?' || text[1] == '!')) {
    const char *end = g_str_has_prefix(text, "<!--") ? "-->" : ">";
    text = strstr(text, end);
  }
  return text == NULL ? NULL : text + 1;
}

static Sniffed markup(const char *text) {
  static const char *const pages[] = {"html",  "head", "meta",   "style", "title", "link", "script", "body",
                                      "table", "div",  "center", "form",  "font",  "p",    "tr",     NULL};
  const char *name = first_element(text);
  g_autofree char *whole = g_strndup(name, name == NULL ? 0 : strcspn(name, " \t\r\n/>"));
  const char *colon = name == NULL ? NULL : strchr(whole, ':'), *local = colon == NULL ? whole : colon + 1;
  if (name == NULL)
    return SNIFF_XML;
  if (g_strv_contains(pages, whole))
    return SNIFF_HTML;
  if (g_str_equal(local, "workbook") && strstr(text, "urn:schemas-microsoft-com:office:spreadsheet") != NULL)
    return SNIFF_XMLSS;
  return g_str_equal(local, "xbrl") ? SNIFF_VOUCHER : SNIFF_XML;
}

gboolean sniff(const char *head, gsize size, Sniffed *sniffed, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(magics); i++)
    if (size >= magics[i].size && memcmp(head, magics[i].magic, magics[i].size) == 0) {
      *sniffed = magics[i].sniffed;
      return magics[i].reason == NULL || error_set(error, ERROR_REFUSED, magics[i].reason, NULL);
    }
  GString *text = plain(head, size);
  gboolean empty = text->len == 0;
  *sniffed = text->str[0] == '<' ? markup(text->str) : is_mt940(text->str) ? SNIFF_MT940 : SNIFF_TEXT;
  g_string_free(text, TRUE);
  return !empty || error_set(error, ERROR_REFUSED, "file_empty", NULL);
}
