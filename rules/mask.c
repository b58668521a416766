#include "rules/mask.h"

#include <glib.h>

#define CODE_DIGITS 6

char *mask_codes(const char *text) {
  if (text == NULL)
    return NULL;
  GString *out = g_string_new(NULL);
  while (*text != '\0') {
    const char *end = text;
    int digits = 0;
    for (; *end != '\0' && g_unichar_isdigit(g_utf8_get_char(end)); end = g_utf8_next_char(end))
      digits++;
    if (digits == 0)
      end = g_utf8_next_char(text);
    if (digits == CODE_DIGITS)
      g_string_append(out, "******");
    else
      g_string_append_len(out, text, end - text);
    text = end;
  }
  return g_string_free(out, FALSE);
}
