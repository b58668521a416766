#include "rules/acknowledge.h"

#include <string.h>

#define FILE_MARK "{file}"
#define MESSAGE_MARK "{message}"
#define FILE_END ".xml"
#define TEMPORARY_END ".tmp"
#define MESSAGE_ID_MAX 35 /* ISO 20022 Max35Text */

typedef struct {
  char *before, *after; /* of the message id in a file's name */
} Shape;

static void shape_clear(Shape *shape) {
  g_free(shape->before);
  g_free(shape->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shape, shape_clear)

static gboolean shape_of(const char *pattern, Shape *shape) {
  const char *file = strstr(pattern, FILE_MARK), *message = strstr(pattern, MESSAGE_MARK);
  const char *mark = file != NULL ? file : message;
  const char *rest = file != NULL ? file + strlen(FILE_MARK) : message != NULL ? message + strlen(MESSAGE_MARK) : NULL;
  if (mark == NULL || (file != NULL && message != NULL) || strpbrk(rest, "{}/") != NULL)
    return FALSE;
  shape->before = g_strndup(pattern, (gsize)(mark - pattern));
  shape->after = g_strconcat(file != NULL ? FILE_END : "", rest, NULL);
  return strpbrk(shape->before, "{}/") == NULL;
}

gboolean acknowledge_pattern_fits(const char *pattern) {
  g_auto(Shape) shape = {0};
  return shape_of(pattern, &shape) && shape.before[0] != '.' &&
         (shape.before[0] != '\0' || (shape.after[0] != '\0' && g_ascii_strcasecmp(shape.after, FILE_END) != 0 &&
                                      g_ascii_strcasecmp(shape.after, FILE_END TEMPORARY_END) != 0));
}

/* The message id in a name of this shape; NULL: it has another. */
static char *message_in(const char *name, const Shape *shape) {
  gsize length = strlen(name), before = strlen(shape->before), after = strlen(shape->after);
  if (length <= before + after || length - before - after > MESSAGE_ID_MAX ||
      g_ascii_strncasecmp(name, shape->before, before) != 0 ||
      g_ascii_strcasecmp(name + length - after, shape->after) != 0)
    return NULL;
  char *id = g_ascii_strup(name + before, (gssize)(length - before - after));
  if (strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == strlen(id))
    return id;
  g_free(id);
  return NULL;
}

static char *find(const char *name, const char *const *patterns) {
  for (; patterns != NULL && *patterns != NULL; patterns++) {
    g_auto(Shape) shape = {0};
    char *id = shape_of(*patterns, &shape) ? message_in(name, &shape) : NULL;
    if (id != NULL)
      return id;
  }
  return NULL;
}

Acknowledge acknowledge_read(const char *name, const char *const *taken, const char *const *refused,
                             char **message_id) {
  g_autofree char *yes = find(name, taken), *no = find(name, refused);
  if ((yes == NULL) == (no == NULL))
    return ACKNOWLEDGE_NOTHING;
  Acknowledge said = yes != NULL ? ACKNOWLEDGE_TAKEN : ACKNOWLEDGE_REFUSED;
  *message_id = yes != NULL ? g_steal_pointer(&yes) : g_steal_pointer(&no);
  return said;
}
