#include "daemon/fill.h"

#include <string.h>

#include "daemon/table.h"

static gboolean wide(const char *p) {
  return g_unichar_iswide(g_utf8_get_char(p)) != FALSE;
}

/* A mark that no line begins with. */
static gboolean closing(const char *p) {
  return *p != '\0' && g_utf8_strchr("，。：；、！？）》”’,.:;!?)", -1, g_utf8_get_char(p)) != NULL;
}

/* One wide character or one word, blanks before it and closing marks behind it included. */
static gsize piece_size(const char *text) {
  const char *p = text;
  while (*p == ' ')
    p++;
  if (*p != '\0' && wide(p))
    p = g_utf8_next_char(p);
  else
    while (*p != '\0' && *p != ' ' && *p != '\n' && !wide(p))
      p = g_utf8_next_char(p);
  while (closing(p))
    p = g_utf8_next_char(p);
  return (gsize)(p - text);
}

typedef struct {
  GString *out;
  int column, indent;
} Filling;

static void new_line(Filling *filling) {
  g_string_append_printf(filling->out, "\n%*s", filling->indent, "");
  filling->column = filling->indent;
}

/* What is wider than a whole line is cut. */
static void add_piece(Filling *filling, const char *piece) {
  if (filling->column + text_width(piece) > FILL_COLUMNS && filling->column > filling->indent)
    new_line(filling);
  if (filling->column == filling->indent)
    piece += strspn(piece, " ");
  for (const char *p = piece; *p != '\0'; p = g_utf8_next_char(p)) {
    int cells = wide(p) ? 2 : 1;
    if (filling->column + cells > FILL_COLUMNS)
      new_line(filling);
    g_string_append_unichar(filling->out, g_utf8_get_char(p));
    filling->column += cells;
  }
}

char *fill_text(const char *text, int first_indent, int indent) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  Filling filling = {g_string_new(NULL), first_indent, indent};
  g_string_append_printf(filling.out, "%*s", first_indent, "");
  for (const char *p = valid; *p != '\0';) {
    if (*p == '\n') {
      new_line(&filling);
      p++;
      continue;
    }
    gsize size = piece_size(p);
    g_autofree char *piece = g_strndup(p, size);
    add_piece(&filling, piece);
    p += size;
  }
  return g_string_free(filling.out, FALSE);
}
