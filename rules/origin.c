#include "rules/origin.h"

#include <string.h>

static gboolean is_field(const char *text, gsize size) {
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_islower(text[i]) && text[i] != '_')
      return FALSE;
  return size > 0;
}

static gboolean has_control(const char *text, gsize size) {
  for (const char *at = text; at < text + size; at = g_utf8_next_char(at))
    if (g_unichar_iscntrl(g_utf8_get_char(at)))
      return TRUE;
  return FALSE;
}

/* How much of the text is left when it is cut between two characters. */
static gsize cut(const char *text, gsize most) {
  gsize size = strlen(text);
  if (size <= most)
    return size;
  for (size = most; size > 0 && ((guchar)text[size] & 0xC0) == 0x80;)
    size--;
  return size;
}

void origin_add(GString *origin, const char *field, const char *place) {
  gsize size = place == NULL ? 0 : cut(place, ORIGIN_PLACE_MAX);
  if (size == 0 || origin->len + strlen(field) + size + 2 > ORIGIN_MAX)
    return;
  g_string_append_printf(origin, "%s=", field);
  for (const char *at = place; at < place + size; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    g_string_append_unichar(origin, g_unichar_iscntrl(c) ? ' ' : c);
  }
  g_string_append_c(origin, '\n');
}

gboolean origin_next(const char **at, OriginPart *part) {
  if (*at == NULL || **at == '\0')
    return FALSE;
  const char *end = strchrnul(*at, '\n'), *equals = memchr(*at, '=', (gsize)(end - *at));
  const char *place = equals != NULL ? equals + 1 : end;
  *part = (OriginPart){*at, place, (gsize)((equals != NULL ? equals : end) - *at), (gsize)(end - place)};
  *at = *end == '\n' ? end + 1 : end;
  return TRUE;
}

gboolean origin_valid(const char *origin, gsize size) {
  if (size == 0 || size > ORIGIN_MAX || !g_utf8_validate_len(origin, size, NULL) || origin[size - 1] != '\n')
    return FALSE;
  for (const char *at = origin; at < origin + size;) {
    OriginPart part;
    if (!origin_next(&at, &part) || !is_field(part.field, part.field_size) || part.place_size == 0 ||
        part.place_size > ORIGIN_PLACE_MAX || has_control(part.place, part.place_size))
      return FALSE;
  }
  return TRUE;
}

char *origin_place(const char *origin, const char *field) {
  OriginPart part;
  while (origin_next(&origin, &part))
    if (strlen(field) == part.field_size && memcmp(field, part.field, part.field_size) == 0)
      return g_strndup(part.place, part.place_size);
  return NULL;
}
