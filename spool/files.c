#include "spool/files.h"

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
  *file = (FileRow){0};
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

gboolean file_load(Store *store, gint64 id, FileRow *file, GError **error) {
  gboolean found = FALSE;
  g_auto(FileRow) row = {.id = id};
  g_autofree char *state = NULL;
  g_autoptr(GBytes) sha256 = NULL;
  if (!store_row(store, error, &found,
                 "SELECT origin, account, kind, name, path, size, sha256, state FROM file WHERE id = ?", "i", id,
                 "tttttibt", &row.origin, &row.account, &row.kind, &row.name, &row.path, &row.size, &sha256, &state))
    return FALSE;
  if (!found || g_bytes_get_size(sha256) != FILE_SHA256_SIZE)
    return error_set(error, ERROR_REFUSED, "unknown_file", NULL);
  memcpy(row.sha256, g_bytes_get_data(sha256, NULL), FILE_SHA256_SIZE);
  row.state = (FileState)life_state(&life_file, state);
  *file = row;
  row = (FileRow){0};
  return TRUE;
}

gboolean file_known(Store *store, const FileRow *file, gint64 *id, GError **error) {
  gboolean found = FALSE;
  *id = 0;
  return store_row(store, error, &found,
                   "SELECT id FROM file WHERE sha256 = ? AND origin = ? AND name = ? ORDER BY id LIMIT 1", "btt",
                   (const void *)file->sha256, (gsize)FILE_SHA256_SIZE, file->origin, file->name, "i", id);
}

gboolean file_moved(Store *store, gint64 id, const char *path, Instant now, GError **error) {
  return store_run(store, error, "UPDATE file SET path = ?, changed_at = ? WHERE id = ?", "tii", path, now, id);
}

gboolean file_end(Store *store, gint64 id, FileEvent event, const char *reason, const char *facts, const char *actor,
                  Instant now, GError **error) {
  const LifeNews news = {.actor = actor, .cause = facts, .now = now};
  return life_apply(store, &life_file, id, (int)event, &news, NULL, NULL, NULL, error) &&
         store_run(store, error, "UPDATE file SET reason = ?, facts = ?, changed_at = ? WHERE id = ?", "ttii", reason,
                   facts, now, id);
}
