#include "rules/name_change.h"

#include <string.h>

#include "rules/name.h"

const char *name_change_word(int bit) {
  static const char *const words[NAME_CHANGES] = {"width", "blanks", "case", "brackets", "marks", "unknown"};
  g_assert(bit >= 0 && bit < NAME_CHANGES);
  return words[bit];
}

static unsigned change_of(const char *character) {
  g_autofree char *normal = name_normal(character);
  g_autofree char *composed = g_utf8_normalize(character, -1, G_NORMALIZE_ALL_COMPOSE);
  gunichar c = g_utf8_get_char(character);
  if (strcmp(normal, character) == 0)
    return 0;
  if (*normal == '\0')
    return g_unichar_isgraph(c) ? NAME_CHANGE_MARKS : NAME_CHANGE_BLANKS;
  if (strcmp(normal, "?") == 0 && strcmp(composed, "?") != 0)
    return NAME_CHANGE_UNKNOWN;
  if (strcmp(normal, composed) == 0)
    return NAME_CHANGE_WIDTH;
  if (strcmp(normal, "(") == 0 || strcmp(normal, ")") == 0)
    return NAME_CHANGE_BRACKETS;
  return strcmp(composed, character) == 0 ? NAME_CHANGE_CASE : NAME_CHANGE_CASE | NAME_CHANGE_WIDTH;
}

unsigned name_changes(const char *name) {
  unsigned changes = 0;
  g_autofree char *valid = name != NULL ? g_utf8_make_valid(name, -1) : g_strdup("");
  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
    char character[7] = "";
    (void)g_utf8_strncpy(character, at, 1);
    changes |= change_of(character);
  }
  return changes;
}

unsigned name_change_between(const char *a, const char *b) {
  unsigned left = name_changes(a), right = name_changes(b);
  return left != right ? left ^ right : left;
}
