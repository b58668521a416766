#include "spool/publication.h"

#include <string.h>

#include "rules/error.h"
#include "spool/durable.h"

enum { LIMIT = 64 * 1024 };

static gboolean compare(const char *dir, const char *name, const void *der, gsize size, GError **error) {
  g_autofree char *path = g_build_filename(dir, name, NULL), *there = NULL;
  gsize there_size;
  if (!durable_read(path, LIMIT, &there, &there_size, error))
    return FALSE;
  if (there_size == size && memcmp(there, der, size) == 0)
    return TRUE;
  return error_set(error, ERROR_PERMANENT, "publication_differs", "file", path, NULL);
}

gboolean publication_put(const char *dir, const char *serial, const void *der, gsize size, GError **error) {
  g_autoptr(GError) failure = NULL;
  g_assert(*serial != '\0' && serial[strspn(serial, "0123456789ABCDEFabcdef")] == '\0');
  g_autofree char *name = g_strconcat(serial, ".cer", NULL);
  if (durable_write(dir, name, der, size, 0644, TRUE, &failure))
    return TRUE;
  if (g_str_equal(error_reason(failure), "exists"))
    return compare(dir, name, der, size, error);
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}
