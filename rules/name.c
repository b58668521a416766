#include "rules/name.h"
#include "rules/name_stem.h"

#include <string.h>

/* NFKC of any bytes; what is no UTF-8 becomes U+FFFD. */
static char *compose(const char *text) {
  g_autofree char *valid = g_utf8_make_valid(text, -1);
  return g_utf8_normalize(valid, -1, G_NORMALIZE_ALL_COMPOSE);
}

static gboolean member(gunichar c, const char *set) {
  return g_utf8_strchr(set, -1, c) != NULL;
}

static gboolean invisible(gunichar c) {
  GUnicodeType type = g_unichar_type(c);
  return g_unichar_isspace(c) || type == G_UNICODE_SPACE_SEPARATOR || type == G_UNICODE_CONTROL ||
         type == G_UNICODE_FORMAT;
}

static gunichar fold(gunichar c) {
  if (c >= 0x3400 && c <= 0x9FFF) /* nearly all of them */
    return c;
  if (invisible(c) || member(c, ".·•・‧∙⋅'\"‘’‚‛“”„‟`´′″-‐‑‒–—―−"))
    return 0;
  if (member(c, "([{〔【〖〘〚"))
    return '(';
  if (member(c, ")]}〕】〗〙〛"))
    return ')';
  if (c == 0xFFFD || c == 0x25A1 || g_unichar_type(c) == G_UNICODE_PRIVATE_USE)
    return '?';
  return g_unichar_toupper(c);
}

static char *folded(const char *text) {
  g_autofree char *composed = compose(text);
  GString *out = g_string_new(NULL);
  for (const char *p = composed; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
    gunichar c = fold(g_utf8_get_char(p));
    if (c != 0)
      g_string_append_unichar(out, c);
  }
  return g_string_free(out, FALSE);
}

/* Until nothing changes: what is dropped may have stood between a letter and its accent, and capitals may compose. */
char *name_normal(const char *name) {
  g_autofree char *before = NULL;
  char *normal = folded(name == NULL ? "" : name);
  while (g_strcmp0(before, normal) != 0) {
    g_free(before);
    before = normal;
    normal = folded(before);
  }
  return normal;
}

char *name_key(const char *name) {
  g_autofree char *normal = name_normal(name);
  g_auto(NameStem) stem = name_stem(normal);
  return g_steal_pointer(&stem.stem);
}

char *account_normal(const char *account) {
  if (account == NULL)
    return NULL;
  g_autofree char *composed = compose(account);
  g_autoptr(GString) out = g_string_new(NULL);
  for (const char *p = composed; *p != '\0'; p = g_utf8_find_next_char(p, NULL)) {
    gunichar c = g_utf8_get_char(p);
    if (invisible(c) || c == '-')
      continue;
    if (c >= 0x80 || !g_ascii_isalnum((char)c))
      return NULL;
    g_string_append_c(out, g_ascii_toupper((char)c));
  }
  return out->len == 0 ? NULL : g_strdup(out->str);
}

gboolean account_equal(const char *a, const char *b) {
  g_autofree char *left = account_normal(a), *right = account_normal(b);
  return left != NULL && right != NULL && strcmp(left, right) == 0;
}
