#include "rules/error.h"

#include <stdarg.h>

typedef struct {
  char *reason;
  GPtrArray *facts; /* name, value, name, value, ... */
} ErrorPrivate;

static void error_private_init(ErrorPrivate *private) {
  private->facts = g_ptr_array_new_with_free_func(g_free);
}

static void error_private_copy(const ErrorPrivate *from, ErrorPrivate *to) {
  to->reason = g_strdup(from->reason);
  for (guint i = 0; i < from->facts->len; i++)
    g_ptr_array_add(to->facts, g_strdup(from->facts->pdata[i]));
}

static void error_private_clear(ErrorPrivate *private) {
  g_free(private->reason);
  g_ptr_array_unref(private->facts);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual" /* GLib's macro casts const away */
G_DEFINE_EXTENDED_ERROR(Error, error)
#pragma GCC diagnostic pop

static void add_fact(GError *error, const char *name, const char *value) {
  g_autofree char *was = error->message;
  error->message = g_strdup_printf("%s %s=%s", was, name, value);
  ErrorPrivate *private = error_get_private(error);
  g_ptr_array_add(private->facts, g_strdup(name));
  g_ptr_array_add(private->facts, g_strdup(value));
}

gboolean error_set(GError **error, ErrorKind kind, const char *reason, ...) {
  if (error == NULL)
    return FALSE;
  GError *new = g_error_new_literal(YIFEN_ERROR, (int)kind, reason);
  error_get_private(new)->reason = g_strdup(reason);
  va_list facts;
  va_start(facts, reason);
  for (const char *name; (name = va_arg(facts, const char *)) != NULL;) {
    const char *value = va_arg(facts, const char *);
    if (value != NULL)
      add_fact(new, name, value);
  }
  va_end(facts);
  g_propagate_error(error, new);
  return FALSE;
}

void error_add(GError **error, const char *name, const char *value) {
  if (error == NULL || *error == NULL || value == NULL || (*error)->domain != YIFEN_ERROR)
    return;
  if (error_fact(*error, name) == NULL)
    add_fact(*error, name, value);
}

const char *error_reason(const GError *error) {
  return error->domain == YIFEN_ERROR ? error_get_private(error)->reason : "system";
}

const char *error_fact(const GError *error, const char *name) {
  if (error->domain != YIFEN_ERROR)
    return NULL;
  const GPtrArray *facts = error_get_private(error)->facts;
  for (guint i = 0; i < facts->len; i += 2)
    if (g_str_equal(facts->pdata[i], name))
      return facts->pdata[i + 1];
  return NULL;
}

ErrorKind error_kind(const GError *error) {
  return error->domain == YIFEN_ERROR ? (ErrorKind)error->code : ERROR_TEMPORARY;
}
