#include "parsers/remark.h"

#include <string.h>

#include "parsers/encoding.h"
#include "parsers/pain001.h"
#include "rules/error.h"

char *remark_fill(const char *template, const char *code) {
  const char *place = strstr(template, REMARK_CODE);
  g_assert(place != NULL);
  GString *remark = g_string_sized_new(strlen(template) + strlen(code));
  g_string_append_len(remark, template, place - template);
  g_string_append(remark, code);
  g_string_append(remark, place + strlen(REMARK_CODE));
  return g_string_free(remark, FALSE);
}

char *refund_remark(const char *words, const char *order_no) {
  return g_strconcat(words, " ", order_no, NULL);
}

/* Does it fit? A character that the encoding lacks makes it not fit: the bank would put something else there. */
static gboolean fits(const char *text, const char *encoding, int limit, char **bytes) {
  gssize size = encoding_bytes(text, encoding);
  *bytes = g_strdup_printf("%" G_GSSIZE_FORMAT, size);
  return size >= 0 && size <= limit;
}

/* Beside another digit the code would be no run of six: nobody could find it in a statement, or hide it there. */
static gboolean touches_digit(const char *template, const char *place) {
  const char *before = place > template ? g_utf8_prev_char(place) : NULL, *after = place + strlen(REMARK_CODE);
  return (before != NULL && g_unichar_isdigit(g_utf8_get_char(before))) ||
         (*after != '\0' && g_unichar_isdigit(g_utf8_get_char(after)));
}

gboolean remark_check(const char *template, const Profile *profile, GError **error) {
  const char *place = strstr(template, REMARK_CODE);
  if (place == NULL || strstr(place + 1, REMARK_CODE) != NULL || touches_digit(template, place))
    return error_set(error, ERROR_PERMANENT, "remark_template", "field", "remark", "value", template, "expected",
                     REMARK_CODE, NULL);
  g_autofree char *sample = remark_fill(template, "000000"), *bytes = NULL;
  if (g_utf8_strlen(sample, -1) <= PAIN001_TEXT_MAX && fits(sample, profile->encoding, profile->remark_bytes, &bytes))
    return TRUE;
  g_autofree char *limit = g_strdup_printf("%d", profile->remark_bytes);
  return error_set(error, ERROR_PERMANENT, "remark_bytes", "file", profile->name, "field", "remark", "value", bytes,
                   "expected", limit, NULL);
}

static gboolean check_field(const char *field, const char *text, const Profile *profile, int most, GError **error) {
  g_autofree char *bytes = NULL;
  if (fits(text, profile->encoding, most, &bytes))
    return TRUE;
  g_autofree char *limit = g_strdup_printf("%d", most);
  return error_set(error, ERROR_REFUSED, "name_bytes", "file", profile->name, "field", field, "value", bytes,
                   "expected", limit, NULL);
}

gboolean remark_check_text(const char *remark, const Profile *profile, GError **error) {
  return check_field("remark", remark, profile, profile->remark_bytes, error);
}

gboolean remark_check_name(const char *field, const char *name, const Profile *profile, GError **error) {
  return check_field(field, name, profile, profile->name_bytes, error);
}
