#include "spool/files.h"

#include "spool/durable.h"

#include <jansson.h>
#include <string.h>

#include "rules/error.h"
#include "spool/audit.h"
#include "spool/life.h"

void file_row_clear(FileRow *file) {
  g_free(file->origin);
  g_free(file->account);
  g_free(file->kind);
  g_free(file->name);
  g_free(file->path);
  g_free(file->reason);
  g_free(file->facts);
  g_free(file->profile);
  g_free(file->result);
  *file = (FileRow){0};
}

void file_row_free(FileRow *file) {
  if (file == NULL)
    return;
  file_row_clear(file);
  g_free(file);
}

static gboolean audit(Store *store, const FileRow *file, const char *actor, Instant now, GError **error) {
  g_autofree char *subject = g_strdup_printf("file:%" G_GINT64_FORMAT, file->id);
  g_autoptr(GString) detail = g_string_new("{\"sha256\":\"");
  for (int i = 0; i < FILE_SHA256_SIZE; i++)
    g_string_append_printf(detail, "%02x", file->sha256[i]);
  g_string_append_printf(detail, "\",\"size\":%" G_GINT64_FORMAT "}", file->size);
  return audit_append(store, now, actor, "file.receive", subject, detail->str, error);
}

gboolean file_receive(Store *store, FileRow *file, const char *actor, Instant now, GError **error) {
  if (!store_run(store, error,
                 "INSERT INTO file (origin, account, kind, name, path, size, sha256, state, received_at, changed_at) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, 'claimed', ?, ?)",
                 "tttttibii", file->origin, file->account, file->kind, file->name, file->path, file->size,
                 (const void *)file->sha256, (gsize)FILE_SHA256_SIZE, now, now))
    return FALSE;
  file->id = store_last_id(store);
  file->state = FILE_CLAIMED;
  return audit(store, file, actor, now, error);
}

#define COLUMNS                                                                                                        \
  "id, origin, account, kind, name, path, size, sha256, state, reason, facts, entries, added, profile, result, "       \
  "received_at, changed_at"

static void read_row(Rows *rows, FileRow *file) {
  gsize size = 0;
  const void *sha256 = rows_blob(rows, 7, &size);
  *file = (FileRow){.id = rows_int(rows, 0),
                    .origin = g_strdup(rows_text(rows, 1)),
                    .account = g_strdup(rows_text(rows, 2)),
                    .kind = g_strdup(rows_text(rows, 3)),
                    .name = g_strdup(rows_text(rows, 4)),
                    .path = g_strdup(rows_text(rows, 5)),
                    .size = rows_int(rows, 6),
                    .state = (FileState)life_state(&life_file, rows_text(rows, 8)),
                    .reason = g_strdup(rows_text(rows, 9)),
                    .facts = g_strdup(rows_text(rows, 10)),
                    .entries = rows_int(rows, 11),
                    .added = rows_int(rows, 12),
                    .profile = g_strdup(rows_text(rows, 13)),
                    .result = g_strdup(rows_text(rows, 14)),
                    .received_at = rows_int(rows, 15),
                    .changed_at = rows_int(rows, 16)};
  if (size == FILE_SHA256_SIZE)
    memcpy(file->sha256, sha256, FILE_SHA256_SIZE);
}

gboolean file_load(Store *store, gint64 id, FileRow *file, GError **error) {
  g_auto(Rows) rows = store_rows(store, "SELECT " COLUMNS " FROM file WHERE id = ?", "i", id);
  if (rows_next(&rows, error)) {
    read_row(&rows, file);
    return TRUE;
  }
  if (rows.failed)
    return FALSE;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, "unknown_file", "value", value, NULL);
}

static GPtrArray *read_all(Store *store, const char *sql, GError **error) {
  g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)file_row_free);
  g_auto(Rows) rows = store_rows(store, sql, "");
  while (rows_next(&rows, error)) {
    FileRow *file = g_new0(FileRow, 1);
    read_row(&rows, file);
    g_ptr_array_add(files, file);
  }
  return rows.failed ? NULL : g_steal_pointer(&files);
}

GPtrArray *file_list(Store *store, GError **error) {
  return read_all(store, "SELECT " COLUMNS " FROM file ORDER BY id", error);
}

GPtrArray *file_unfinished(Store *store, GError **error) {
  return read_all(
      store,
      "SELECT " COLUMNS " FROM file WHERE state <> 'claimed' AND coalesce(kind, '') <> 'status' "
      "AND (path LIKE 'work/%' OR path LIKE 'fetched/%' OR (result IS NULL AND origin NOT LIKE 'channel:%') OR "
      "(state = 'rejected' AND path NOT LIKE 'rejected/%')) ORDER BY id",
      error);
}

GPtrArray *file_answers_unfinished(Store *store, GError **error) {
  return read_all(
      store,
      "SELECT " COLUMNS
      " FROM file WHERE state <> 'claimed' AND kind = 'status' AND path >= 'fetched/' AND path < 'fetched0' "
      "ORDER BY id",
      error);
}

gboolean file_known(Store *store, const FileRow *file, gint64 *id, GError **error) {
  gboolean found = FALSE;
  *id = 0;
  return store_row(store, error, &found,
                   "SELECT id FROM file WHERE sha256 = ? AND origin = ? AND name = ? ORDER BY id LIMIT 1", "btt",
                   (const void *)file->sha256, (gsize)FILE_SHA256_SIZE, file->origin, file->name, "i", id);
}

gboolean file_twin(Store *store, const FileRow *file, gint64 *id, GError **error) {
  gboolean found = FALSE;
  *id = 0;
  return store_row(store, error, &found,
                   "SELECT id FROM file WHERE sha256 = ? AND (state = 'taken' OR (state = 'held' AND ?)) AND id <> ? "
                   "AND (account = ? OR account IS NULL OR ? IS NULL) ORDER BY state = 'held', id LIMIT 1",
                   "biitt", (const void *)file->sha256, (gsize)FILE_SHA256_SIZE, (gint64)(file->state == FILE_CLAIMED),
                   file->id, file->account, file->account, "i", id);
}

gboolean file_claims_path(Store *store, const char *path, gboolean *claimed, GError **error) {
  gint64 id;
  return store_row(store, error, claimed, "SELECT id FROM file WHERE path = ? LIMIT 1", "t", path, "i", &id);
}

gboolean file_moved(Store *store, gint64 id, const char *path, Instant now, GError **error) {
  return store_run(store, error, "UPDATE file SET path = ?, changed_at = ? WHERE id = ?", "tii", path, now, id);
}

gboolean file_answered(Store *store, gint64 id, const char *result, Instant now, GError **error) {
  return store_run(store, error, "UPDATE file SET result = ?, changed_at = ? WHERE id = ?", "tii", result, now, id);
}

gboolean file_end(Store *store, gint64 id, FileEvent event, const char *reason, const char *facts, const char *actor,
                  Instant now, GError **error) {
  const LifeNews news = {.actor = actor, .cause = facts, .now = now};
  return life_apply(store, &life_file, id, (int)event, &news, NULL, NULL, NULL, error) &&
         store_run(store, error, "UPDATE file SET reason = ?, facts = ?, result = NULL, changed_at = ? WHERE id = ?",
                   "ttii", reason, facts, now, id);
}

gboolean file_counted(Store *store, gint64 id, gint64 entries, const char *profile, const char *account,
                      GError **error) {
  return store_run(
      store, error,
      "UPDATE file SET kind = coalesce(kind, 'statement'), entries = ?, added = coalesce(added, 0), profile = ?, "
      "account = coalesce(?, account) WHERE id = ?",
      "itti", entries, profile, account, id);
}

static const char *const fact_names[] = {"file", "line", "column", "field", "value", "expected", "detail"};

char *file_facts(const GError *error) {
  json_t *object = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(fact_names); i++) {
    const char *value = error_fact(error, fact_names[i]);
    if (value != NULL)
      json_object_set_new(object, fact_names[i], json_string(value));
  }
  char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup(text);
  free(text);
  json_decref(object);
  return copy;
}

GError *file_error(const FileRow *file) {
  if (file->reason == NULL)
    return NULL;
  GError *error = NULL;
  error_set(&error, ERROR_REFUSED, file->reason, NULL);
  json_t *object = file->facts != NULL ? json_loads(file->facts, 0, NULL) : NULL;
  for (gsize i = 0; i < G_N_ELEMENTS(fact_names); i++) {
    const char *value = json_string_value(json_object_get(object, fact_names[i]));
    if (value != NULL)
      error_add(&error, fact_names[i], value);
  }
  json_decref(object);
  return error;
}

static gboolean is_there(const char *dir, const char *path) {
  g_autofree char *whole = g_build_filename(dir, path, NULL);
  return g_file_test(whole, G_FILE_TEST_EXISTS);
}

static gboolean move(const char *dir, const char *from, const char *to, GError **error) {
  g_autofree char *source = g_build_filename(dir, from, NULL), *target = g_build_filename(dir, to, NULL);
  g_autofree char *source_dir = g_path_get_dirname(source), *source_name = g_path_get_basename(source);
  g_autofree char *target_dir = g_path_get_dirname(target), *target_name = g_path_get_basename(target);
  g_autofree char *folder = g_path_get_dirname(to);
  return durable_mkdir(dir, folder, 0700, error) &&
         durable_move(source_dir, source_name, target_dir, target_name, error);
}

gboolean file_put_away(Store *store, const FileRow *file, const char *folder, const char *name, char **path,
                       gboolean *gone, GError **error) {
  const char *dir = store_dir(store);
  g_autofree char *plain = g_build_filename(folder, name, NULL);
  g_autofree char *other = g_strdup_printf("%s/%" G_GINT64_FORMAT "-%s", folder, file->received_at, name);
  gboolean here = is_there(dir, file->path), taken = is_there(dir, plain), moved = is_there(dir, other);
  if (here && !move(dir, file->path, taken ? other : plain, error))
    return FALSE;
  *path = g_strdup(moved || (here && taken) ? other : plain);
  *gone = !here && !taken && !moved;
  return TRUE;
}
