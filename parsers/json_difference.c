#include "parsers/json_difference.h"

#include <glib.h>
#include <jansson.h>
#include <string.h>

static char *difference(json_t *a, json_t *b, const char *path);

static int compare_keys(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *object_difference(json_t *a, json_t *b, const char *path) {
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  json_auto_t *all = json_copy(a);
  json_object_update_missing(all, b);
  const char *key;
  json_t *value;
  json_object_foreach(all, key, value) {
    g_ptr_array_add(keys, (gpointer)key);
  }
  g_ptr_array_sort(keys, compare_keys);
  for (guint i = 0; i < keys->len; i++) {
    key = keys->pdata[i];
    g_autofree char *below = *path == '\0' ? g_strdup(key) : g_strconcat(path, ".", key, NULL);
    char *found = difference(json_object_get(a, key), json_object_get(b, key), below);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static char *list_difference(json_t *a, json_t *b, const char *path) {
  for (gsize i = 0; i < MIN(json_array_size(a), json_array_size(b)); i++) {
    g_autofree char *below = g_strdup_printf("%s[%" G_GSIZE_FORMAT "]", path, i);
    char *found = difference(json_array_get(a, i), json_array_get(b, i), below);
    if (found != NULL)
      return found;
  }
  return g_strdup(path);
}

static char *difference(json_t *a, json_t *b, const char *path) {
  if (a != NULL && b != NULL && json_equal(a, b))
    return NULL;
  if (json_is_object(a) && json_is_object(b))
    return object_difference(a, b, path);
  if (json_is_array(a) && json_is_array(b))
    return list_difference(a, b, path);
  return g_strdup(path);
}

char *json_difference(const char *text, const char *other) {
  json_auto_t *a = json_loads(text, 0, NULL);
  json_auto_t *b = json_loads(other, 0, NULL);
  g_assert(a != NULL && b != NULL);
  return difference(a, b, "");
}
