#include "parsers/clean.h"

#include <string.h>

/* C1 controls are C2 80 ... C2 9F in UTF-8. */
static gboolean control_at(const guchar *at, const guchar *end) {
  return *at < 0x20 || *at == 0x7F || (*at == 0xC2 && at + 1 < end && at[1] < 0xA0);
}

gboolean clean_has_control(const char *text, gsize size) {
  const guchar *end = (const guchar *)text + size;
  for (const guchar *at = (const guchar *)text; at < end; at++)
    if (control_at(at, end))
      return TRUE;
  return FALSE;
}

static void blank_controls(char *text, gsize size) {
  guchar *at = (guchar *)text, *end = at + size;
  for (; at < end; at++) {
    if (!control_at(at, end))
      continue;
    if (*at == 0xC2)
      *at++ = ' ';
    *at = ' ';
  }
}

/* Length of the blank that the text begins with, 0 when it begins with none. */
static gsize blank_at(const char *at) {
  if ((guchar)*at < 0x80)
    return *at == ' ';
  if (strncmp(at, "\xC2\xA0", 2) == 0)
    return 2;
  return strncmp(at, "\xE3\x80\x80", 3) == 0 || strncmp(at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

static gsize blank_before(const char *start, const char *end) {
  for (gsize n = 1; n <= 3 && start + n <= end; n++)
    if (blank_at(end - n) == n)
      return n;
  return 0;
}

char *clean_text(char *text, gsize size) {
  blank_controls(text, size);
  char *end = text + size;
  for (gsize n; text < end && (n = blank_at(text)) > 0;)
    text += n;
  for (gsize n; text < end && (n = blank_before(text, end)) > 0;)
    end -= n;
  *end = '\0';
  return text < end ? text : NULL;
}

char *clean_key(const char *text) {
  if (text == NULL)
    return g_strdup("");
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
