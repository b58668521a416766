#include "parsers/fields.h"

#include <string.h>

#include "parsers/field_rules.h"
#include "parsers/keyfile.h"
#include "rules/error.h"

static char *path_join(const char *parent, const char *key) {
  return *parent == '\0' ? g_strdup(key) : g_strconcat(parent, ".", key, NULL);
}

static const char *type_word(FieldKind kind) {
  switch (kind) {
  case FIELD_OBJECT:
    return "object";
  case FIELD_LIST:
    return "array";
  case FIELD_INTEGER:
    return "integer";
  case FIELD_BOOLEAN:
    return "boolean";
  default:
    return "string";
  }
}

static gboolean type_fits(const Field *field, const json_t *value) {
  switch (field->kind) {
  case FIELD_OBJECT:
    return json_is_object(value);
  case FIELD_LIST:
    return json_is_array(value);
  case FIELD_INTEGER:
    return json_is_integer(value);
  case FIELD_BOOLEAN:
    return json_is_boolean(value);
  default:
    return json_is_string(value);
  }
}

static gboolean out_of_range(const char *reason, const Field *field, const char *path, gint64 is, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, is);
  g_autofree char *expected = g_strdup_printf("%d-%d", field->min, field->max);
  return error_set(error, ERROR_REFUSED, reason, "field", path, "value", value, "expected", expected, NULL);
}

static gboolean check_object(json_t *object, const Field *table, const char *parent, GString *warnings, GError **error);

static gboolean check_list(json_t *list, const Field *field, const char *path, GString *warnings, GError **error) {
  gsize count = json_array_size(list);
  if (count < (gsize)field->min || count > (gsize)field->max)
    return out_of_range("field_range", field, path, (gint64)count, error);
  for (gsize i = 0; i < count; i++) {
    g_autofree char *item = g_strdup_printf("%s[%" G_GSIZE_FORMAT "]", path, i);
    json_t *value = json_array_get(list, i);
    if (!json_is_object(value))
      return error_set(error, ERROR_REFUSED, "field_type", "field", item, "expected", "object", NULL);
    if (!check_object(value, field->children, item, warnings, error))
      return FALSE;
  }
  return TRUE;
}

/* Brings the text to its plain form, so that equal orders have equal bodies. */
static gboolean check_text(json_t *value, const Field *field, const char *path, GString *warnings, GError **error) {
  g_autofree char *plain = field_rule_text(field, path, json_string_value(value), warnings, error);
  if (plain == NULL)
    return FALSE;
  json_string_set(value, plain);
  return TRUE;
}

static gboolean check_value(json_t *value, const Field *field, const char *path, GString *warnings, GError **error) {
  if (!type_fits(field, value))
    return error_set(error, ERROR_REFUSED, "field_type", "field", path, "expected", type_word(field->kind), NULL);
  switch (field->kind) {
  case FIELD_OBJECT:
    return check_object(value, field->children, path, warnings, error);
  case FIELD_LIST:
    return check_list(value, field, path, warnings, error);
  case FIELD_BOOLEAN:
    return TRUE;
  case FIELD_INTEGER:
    if (json_integer_value(value) < field->min || json_integer_value(value) > field->max)
      return out_of_range("field_range", field, path, json_integer_value(value), error);
    return TRUE;
  default:
    return check_text(value, field, path, warnings, error);
  }
}

static gboolean refuse_unknown(const char *key, const Field *table, const char *path, GError **error) {
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (const Field *field = table; field->key != NULL; field++)
    g_ptr_array_add(known, (gpointer)field->key);
  g_ptr_array_add(known, NULL);
  return error_set(error, ERROR_REFUSED, "field_unknown", "field", path, "expected",
                   keyfile_nearest(key, (const char *const *)known->pdata), NULL);
}

static gboolean check_known(json_t *object, const Field *table, const char *parent, GError **error) {
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    const Field *field = table;
    while (field->key != NULL && strcmp(field->key, key) != 0)
      field++;
    if (field->key != NULL)
      continue;
    g_autofree char *shown = g_utf8_substring(key, 0, MIN(g_utf8_strlen(key, -1), 64));
    g_autofree char *path = path_join(parent, shown);
    return refuse_unknown(key, table, path, error);
  }
  return TRUE;
}

static gboolean check_object(json_t *object, const Field *table, const char *parent, GString *warnings,
                             GError **error) {
  if (!check_known(object, table, parent, error))
    return FALSE;
  for (const Field *field = table; field->key != NULL; field++) {
    json_t *value = json_object_get(object, field->key);
    g_autofree char *path = path_join(parent, field->key);
    if (value == NULL && field->optional)
      continue;
    if (value == NULL)
      return error_set(error, ERROR_REFUSED, "field_missing", "field", path, NULL);
    if (!check_value(value, field, path, warnings, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean refuse_syntax(const json_error_t *fault, GError **error) {
  g_autofree char *line = g_strdup_printf("%d", fault->line);
  g_autofree char *column = g_strdup_printf("%d", fault->column);
  const char *reason = json_error_code(fault) == json_error_duplicate_key ? "json_duplicate" : "json_syntax";
  return error_set(error, ERROR_REFUSED, reason, "line", line, "column", column, NULL);
}

json_t *fields_read(const char *text, gsize size, const Field *table, GString *warnings, GError **error) {
  return fields_read_long(text, size, FIELDS_LIMIT, table, warnings, error);
}

json_t *fields_read_long(const char *text, gsize size, gsize limit, const Field *table, GString *warnings,
                         GError **error) {
  if (size > limit) {
    g_autofree char *expected = g_strdup_printf("%" G_GSIZE_FORMAT, limit);
    error_set(error, ERROR_REFUSED, "json_too_large", "expected", expected, NULL);
    return NULL;
  }
  json_error_t fault;
  json_auto_t *object = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
  if (object == NULL)
    refuse_syntax(&fault, error);
  else if (!json_is_object(object))
    error_set(error, ERROR_REFUSED, "json_syntax", "line", "1", "column", "1", NULL);
  else if (check_object(object, table, "", warnings, error))
    return json_incref(object);
  return NULL;
}

char *fields_canonical(const json_t *object) {
  char *text = json_dumps(object, JSON_SORT_KEYS | JSON_COMPACT);
  g_assert(text != NULL);
  char *copy = g_strdup(text);
  free(text);
  return copy;
}

const char *fields_text(const json_t *object, const char *path) {
  g_auto(GStrv) keys = g_strsplit(path, ".", -1);
  for (char **key = keys; *key != NULL; key++)
    object = json_object_get(object, *key);
  return json_string_value(object);
}
