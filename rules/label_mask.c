#include "rules/label_mask.h"

#include <string.h>

/* Marks and variation selectors belong to the character before them and go with it. */
static gboolean joins(gunichar c) {
  return g_unichar_ismark(c) || g_unichar_type(c) == G_UNICODE_FORMAT;
}

char *label_mask_name(const char *name) {
  GString *masked = g_string_new(NULL);
  gboolean shown = g_utf8_strlen(name, -1) > 1;
  for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    gboolean between = g_unichar_isspace(c) || g_unichar_ispunct(c);
    if ((shown && (at == name || joins(c))) || between)
      g_string_append_unichar(masked, c);
    else if (!joins(c))
      g_string_append_c(masked, '*');
    shown = shown && (at == name || joins(c)) && joins(g_utf8_get_char(g_utf8_next_char(at)));
  }
  return g_string_free(masked, FALSE);
}

static int count_digits(const char *text) {
  int count = 0;
  for (; *text != '\0'; text = g_utf8_next_char(text))
    count += g_unichar_isdigit(g_utf8_get_char(text)) ? 1 : 0;
  return count;
}

char *label_mask_phone(const char *phone, int hidden) {
  GString *masked = g_string_new(NULL);
  int digits = count_digits(phone), shown = MAX(0, digits - MAX(hidden, LABEL_MASK_DIGITS_LEAST)), place = 0;
  for (; *phone != '\0'; phone = g_utf8_next_char(phone)) {
    gunichar c = g_utf8_get_char(phone);
    gboolean digit = g_unichar_isdigit(c), shows = place < shown / 2 || place >= digits - (shown - shown / 2);
    place += digit ? 1 : 0;
    g_string_append_unichar(masked, !digit || shows ? c : '*');
  }
  return g_string_free(masked, FALSE);
}

/* In a number of a door: figures of any script, Latin letters, hyphens. */
static gboolean numbers(gunichar c) {
  return g_unichar_isdigit(c) || (g_unichar_isalpha(c) && g_unichar_get_script(c) == G_UNICODE_SCRIPT_LATIN) ||
         c == '-' || c == '#' || c == 0xFF0D; /* － */
}

static gboolean counts(gunichar c) {
  return c != 0 && g_utf8_strchr("〇零一二三四五六七八九十百", -1, c) != NULL;
}

/* The end of the longest run at `at` of characters that `of` knows. */
static const char *run_end(const char *at, gboolean (*of)(gunichar)) {
  while (*at != '\0' && of(g_utf8_get_char(at)))
    at = g_utf8_next_char(at);
  return at;
}

static gboolean names_door(const char *at) {
  static const char *const words[] = {"单元", "室", "房", "户", "层", "楼", "号房"};
  for (guint i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_has_prefix(at, words[i]))
      return TRUE;
  return FALSE;
}

static void hide(GString *masked, const char *from, const char *to) {
  for (; from < to; from = g_utf8_next_char(from))
    g_string_append_c(masked, '*');
}

char *label_mask_address(const char *address) {
  GString *masked = g_string_new(NULL);
  for (const char *at = address; *at != '\0';) {
    gboolean chinese = counts(g_utf8_get_char(at));
    const char *end = run_end(at, chinese ? counts : numbers);
    if (end > at && (names_door(end) || (*end == '\0' && !chinese)))
      hide(masked, at, end);
    else
      g_string_append_len(masked, at, (end > at ? end : g_utf8_next_char(at)) - at);
    at = end > at ? end : g_utf8_next_char(at);
  }
  return g_string_free(masked, FALSE);
}
