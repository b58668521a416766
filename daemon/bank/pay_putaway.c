/* Status files that were read go to archive/YYYY/MM/DD/, those that were refused to rejected/. The row is the truth: a
 * crash between the move and its commit is mended by the next look. */
#include "daemon/bank/pay.h"
#include "spool/durable.h"
#include "spool/files.h"

static char *folder_of(const FileRow *file) {
  if (file->state == FILE_REJECTED)
    return g_strdup("rejected");
  int year, month, day;
  day_to_ymd(day_of_instant(file->received_at), &year, &month, &day);
  return g_strdup_printf("archive/%04d/%02d/%02d", year, month, day);
}

static gboolean move(const char *state, const FileRow *file, const char *folder, const char *name, GError **error) {
  g_autofree char *target = g_build_filename(state, folder, NULL), *there = g_build_filename(target, name, NULL);
  g_autofree char *source = g_build_filename(state, file->path, NULL);
  g_autofree char *source_dir = g_path_get_dirname(source), *source_name = g_path_get_basename(source);
  if (!g_file_test(source, G_FILE_TEST_EXISTS) && g_file_test(there, G_FILE_TEST_EXISTS))
    return TRUE;
  return durable_mkdir(state, folder, 0700, error) && durable_move(source_dir, source_name, target, name, error);
}

/* Names at the bank are not trusted: ours is the number. */
static gboolean put(RoleRun *run, const FileRow *file, Instant now, GError **error) {
  g_autofree char *folder = folder_of(file), *name = g_strdup_printf("%" G_GINT64_FORMAT "-answer.xml", file->id);
  g_autofree char *path = g_build_filename(folder, name, NULL);
  return move(run->conf->state, file, folder, name, error) && store_begin(run->store, error) &&
         file_moved(run->store, file->id, path, now, error) && store_commit(run->store, error);
}

gboolean pay_putaway(RoleRun *run, Instant now, GError **error) {
  g_autoptr(GPtrArray) files = file_answers_unfinished(run->store, error);
  for (guint i = 0; files != NULL && i < files->len; i++)
    if (!put(run, files->pdata[i], now, error)) {
      store_rollback(run->store);
      return FALSE;
    }
  return files != NULL;
}
