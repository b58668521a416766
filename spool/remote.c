#include "spool/remote.h"

#include <string.h>

#include "spool/job.h"

gboolean remote_known(Store *store, const RemoteFile *remote, gboolean *known, GError **error) {
  gint64 one = 0;
  return store_row(store, error, known,
                   "SELECT 1 FROM remote_file WHERE channel = ? AND folder = ? AND name = ? AND size = ? AND mtime = ?",
                   "tttii", remote->channel, remote->folder, remote->name, remote->size, remote->mtime, "i", &one);
}

static gboolean add_job(Store *store, const FileRow *file, Instant now, GError **error) {
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, file->id);
  gboolean status = strcmp(file->kind, "status") == 0;
  return job_add(store, status ? "pay" : "intake", status ? "answer" : "file", subject, now, error);
}

static gboolean take(Store *store, const RemoteFile *remote, FileRow *file, Instant now, gboolean *fresh,
                     GError **error) {
  gint64 known = 0;
  if (!file_known(store, file, &known, error))
    return FALSE;
  *fresh = known == 0;
  if (*fresh && (!file_receive(store, file, "fetch", now, error) || !add_job(store, file, now, error)))
    return FALSE;
  return store_run(store, error,
                   "INSERT INTO remote_file (channel, folder, name, size, mtime, file_id) VALUES (?, ?, ?, ?, ?, ?) "
                   "ON CONFLICT (channel, folder, name) DO UPDATE SET size = excluded.size, mtime = excluded.mtime, "
                   "file_id = excluded.file_id",
                   "tttiii", remote->channel, remote->folder, remote->name, remote->size, remote->mtime,
                   *fresh ? file->id : known);
}

gboolean remote_taken(Store *store, const RemoteFile *remote, FileRow *file, Instant now, gboolean *fresh,
                      GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (take(store, remote, file, now, fresh, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}
