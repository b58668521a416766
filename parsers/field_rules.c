#include "parsers/field_rules.h"

#include <string.h>

#include "rules/day.h"
#include "rules/error.h"
#include "rules/ident.h"

#define SHOWN_CHARACTERS 64
#define EMAIL_MAX 254 /* RFC 5321 section 4.5.3.1.3 */

static char *shown(const char *text) {
  return g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), SHOWN_CHARACTERS));
}

/* Enough to find the card, too little to be it. */
static char *masked(const char *text) {
  glong length = g_utf8_strlen(text, -1);
  if (length < 8)
    return g_strdup("****");
  g_autofree char *head = g_utf8_substring(text, 0, 3);
  return g_strconcat(head, "****", g_utf8_offset_to_pointer(text, length - 2), NULL);
}

static char *refuse_shape(const char *reason, const char *path, const char *text, GError **error) {
  g_autofree char *value = strcmp(reason, "shape_id_number") == 0 ? masked(text) : shown(text);
  error_set(error, ERROR_REFUSED, reason, "field", path, "value", value, NULL);
  return NULL;
}

static char *identifier(IdentVerdict verdict, const char *plain, const char *reason, const char *path, const char *text,
                        GString *warnings, GError **error) {
  if (verdict == IDENT_BAD_SHAPE)
    return refuse_shape(reason, path, text, error);
  if (verdict == IDENT_WARN_CHECK)
    g_string_append_printf(warnings, "%s check_digit;", path);
  return g_strdup(plain);
}

/* Control characters, separators and marks that people cannot see: two names that look the same would differ. */
static gboolean unseen(gunichar c) {
  GUnicodeType type = g_unichar_type(c);
  return type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
         type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SURROGATE || type == G_UNICODE_UNASSIGNED;
}

static gboolean all_seen(const char *text, gboolean lines) {
  for (; *text != '\0'; text = g_utf8_next_char(text))
    if (unseen(g_utf8_get_char(text)) && !(lines && (*text == '\n' || *text == '\r')))
      return FALSE;
  return TRUE;
}

/* Blanks of every width (U+3000 too) around a text carry nothing. */
static char *trimmed(const char *text) {
  while (g_unichar_isspace(g_utf8_get_char(text)))
    text = g_utf8_next_char(text);
  const char *end = text + strlen(text), *last;
  while (end > text && g_unichar_isspace(g_utf8_get_char(last = g_utf8_prev_char(end))))
    end = last;
  return g_strndup(text, (gsize)(end - text));
}

static char *free_text(const Field *field, const char *path, const char *text, GError **error) {
  g_autofree char *plain = trimmed(text);
  glong length = g_utf8_strlen(plain, -1);
  if (length < field->min || length > field->max) {
    g_autofree char *value = g_strdup_printf("%ld", length);
    g_autofree char *expected = g_strdup_printf("%d-%d", field->min, field->max);
    error_set(error, ERROR_REFUSED, "field_length", "field", path, "value", value, "expected", expected, NULL);
    return NULL;
  }
  if (all_seen(plain, field->kind == FIELD_BLOCK))
    return g_steal_pointer(&plain);
  error_set(error, ERROR_REFUSED, "field_text", "field", path, NULL);
  return NULL;
}

static char *word(const Field *field, const char *path, const char *text, GError **error) {
  g_auto(GStrv) words = g_strsplit(field->words, "|", -1);
  if (g_strv_contains((const char *const *)words, text))
    return g_strdup(text);
  g_autofree char *value = shown(text);
  error_set(error, ERROR_REFUSED, "field_word", "field", path, "value", value, "expected", field->words, NULL);
  return NULL;
}

static char *amount(const Field *field, const char *path, const char *text, GError **error) {
  Money money;
  if (!money_parse(text, "CNY", &money, error)) {
    error_add(error, "field", path);
    return NULL;
  }
  if (money.minor >= field->min)
    return money_format(money);
  g_autofree char *value = shown(text);
  error_set(error, ERROR_REFUSED, "amount", "field", path, "value", value, NULL);
  return NULL;
}

static char *characters(const char *reason, const char *path, const char *text, int least, int most, GError **error) {
  gsize length = strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  if (text[length] == '\0' && length >= (gsize)least && length <= (gsize)most)
    return g_strdup(text);
  return refuse_shape(reason, path, text, error);
}

/* Enough of RFC 5321 to be mailed to: one "@", a dotted domain, visible ASCII without characters that need quoting. */
static char *email(const char *path, const char *text, GError **error) {
  g_autofree char *plain = trimmed(text);
  const char *at = strchr(plain, '@');
  gboolean good = at != NULL && at > plain && strlen(plain) <= EMAIL_MAX && strchr(at + 1, '@') == NULL;
  good = good && strpbrk(plain, " \"(),:;<>[\\]") == NULL && at[1] != '.' && strchr(at + 1, '.') != NULL &&
         !g_str_has_suffix(plain, ".") && strstr(plain, "..") == NULL;
  for (const char *c = plain; good && *c != '\0'; c++)
    good = g_ascii_isgraph(*c);
  return good ? g_steal_pointer(&plain) : refuse_shape("shape_email", path, text, error);
}

static char *instant(const char *path, const char *text, GError **error) {
  Instant read;
  return instant_parse(text, &read) ? g_strdup(text) : refuse_shape("shape_instant", path, text, error);
}

static char *day(const char *path, const char *text, GError **error) {
  Day read;
  return day_parse(text, &read) ? g_strdup(text) : refuse_shape("shape_day", path, text, error);
}

char *field_rule_text(const Field *field, const char *path, const char *text, GString *warnings, GError **error) {
  char plain[IDENT_SIZE];
  switch (field->kind) {
  case FIELD_WORD:
    return word(field, path, text, error);
  case FIELD_INSTANT:
    return instant(path, text, error);
  case FIELD_DAY:
    return day(path, text, error);
  case FIELD_AMOUNT:
    return amount(field, path, text, error);
  case FIELD_ORDER_NO:
    return characters("shape_order_no", path, text, 1, 32, error);
  case FIELD_TAX_NUMBER:
    return characters("shape_tax_number", path, text, 15, 20, error);
  case FIELD_EMAIL:
    return email(path, text, error);
  case FIELD_USCC:
    return identifier(ident_uscc(text, plain), plain, "shape_uscc", path, text, warnings, error);
  case FIELD_ID_NUMBER:
    return identifier(ident_card(text, plain), plain, "shape_id_number", path, text, warnings, error);
  case FIELD_MOBILE:
    return identifier(ident_mobile(text, plain), plain, "shape_mobile", path, text, warnings, error);
  case FIELD_CNAPS:
    return identifier(ident_cnaps(text, plain), plain, "shape_cnaps", path, text, warnings, error);
  case FIELD_ACCOUNT:
    return identifier(ident_account(text, plain), plain, "shape_account", path, text, warnings, error);
  case FIELD_DIVISION:
    return identifier(ident_division(text, plain), plain, "shape_division", path, text, warnings, error);
  case FIELD_POSTCODE:
    if (strlen(text) == 6 && strspn(text, "0123456789") == 6)
      return g_strdup(text);
    return refuse_shape("shape_postcode", path, text, error);
  default:
    return free_text(field, path, text, error);
  }
}
