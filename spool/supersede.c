#include "spool/supersede.h"

#include <jansson.h>

#include "rules/error.h"
#include "rules/mask.h"
#include "spool/audit.h"
#include "spool/files.h"
#include "spool/job.h"

typedef struct {
  gint64 id;
  char *account, *currency, *from, *to; /* from, to: NULL when it has no days, since it is empty */
} Old;

static void old_free(gpointer data) {
  Old *old = data;
  g_free(old->account);
  g_free(old->currency);
  g_free(old->from);
  g_free(old->to);
  g_free(old);
}

static gboolean refuse(const char *reason, gint64 file, const char *days, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, file);
  return error_set(error, ERROR_REFUSED, reason, "value", value, "expected", days, NULL);
}

/* The statements of a file that still hold their place. ERROR_REFUSED "unknown_file" "supersede_empty". */
static GPtrArray *load(Store *store, gint64 file, GError **error) {
  g_auto(FileRow) known = {0};
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(old_free);
  if (!file_load(store, file, &known, error))
    return NULL;
  g_auto(Rows) rows = store_rows(
      store, "SELECT id, account, currency, from_on, to_on FROM statement WHERE file_id = ? AND superseded_by IS NULL",
      "i", file);
  while (rows_next(&rows, error)) {
    Old *old = g_new(Old, 1);
    *old = (Old){rows_int(&rows, 0), g_strdup(rows_text(&rows, 1)), g_strdup(rows_text(&rows, 2)),
                 g_strdup(rows_text(&rows, 3)), g_strdup(rows_text(&rows, 4))};
    g_ptr_array_add(list, old);
  }
  if (rows.failed || (known.state != FILE_TAKEN && !refuse("supersede_empty", file, NULL, error)) ||
      (list->len == 0 && !refuse("supersede_empty", file, NULL, error)))
    return NULL;
  return g_steal_pointer(&list);
}

static gboolean replace(Store *store, const Old *old, gint64 other, GError **error) {
  gboolean found;
  gint64 heir = 0;
  if (!store_row(
          store, error, &found,
          "SELECT id FROM statement WHERE file_id = ? AND superseded_by IS NULL AND account = ? AND currency = ? "
          "AND (? IS NULL OR (from_on <= ? AND to_on >= ?)) ORDER BY id LIMIT 1",
          "ittttt", other, old->account, old->currency, old->from, old->from, old->to, "i", &heir))
    return FALSE;
  g_autofree char *days =
      g_strdup_printf("%s %s—%s", old->account, old->from != NULL ? old->from : "", old->to != NULL ? old->to : "");
  return found ? store_run(store, error, "UPDATE statement SET superseded_by = ? WHERE id = ?", "ii", heir, old->id)
               : refuse("supersede_days", other, days, error);
}

static gboolean replace_all(Store *store, gint64 id, gint64 other, GError **error) {
  g_autoptr(GPtrArray) olds = load(store, id, error);
  g_autoptr(GPtrArray) heirs = olds != NULL ? load(store, other, error) : NULL;
  if (heirs == NULL)
    return FALSE;
  for (guint i = 0; i < olds->len; i++)
    if (!replace(store, olds->pdata[i], other, error))
      return FALSE;
  return TRUE;
}

static gboolean note(Store *store, gint64 id, gint64 other, const char *text, const OrderBy *by, GError **error) {
  g_autofree char *file = g_strdup_printf("%" G_GINT64_FORMAT, id), *subject = g_strconcat("file:", file, NULL),
                  *masked = mask_codes(text);
  json_auto_t *object = json_pack("{s:I, s:s}", "by", (json_int_t)other, "text", masked);
  g_autofree char *detail = json_dumps(object, JSON_COMPACT);
  return audit_append(store, by->now, by->actor, "file.supersede", subject, detail, error) &&
         job_add(store, "intake", "superseded", file, by->now, error);
}

gboolean supersede_file(Store *store, gint64 id, gint64 other, const char *text, const OrderBy *by, GError **error) {
  if (id == other)
    return refuse("supersede_itself", id, NULL, error);
  if (!store_begin(store, error))
    return FALSE;
  if (replace_all(store, id, other, error) && note(store, id, other, text, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean supersede_other(Store *store, gint64 id, gint64 *other, GError **error) {
  gboolean found;
  *other = 0;
  return store_row(store, error, &found,
                   "SELECT h.file_id FROM statement s JOIN statement h ON h.id = s.superseded_by WHERE s.file_id = ? "
                   "LIMIT 1",
                   "i", id, "i", other);
}
