/* Status files that were read go to archive/YYYY/MM/DD/, those that were refused to rejected/. The row is the truth: a
 * crash between the move and its commit is mended by the next look. */
#include "daemon/bank/pay.h"
#include "spool/files.h"

static char *folder_of(const FileRow *file) {
  if (file->state == FILE_REJECTED)
    return g_strdup("rejected");
  int year, month, day;
  day_to_ymd(day_of_instant(file->received_at), &year, &month, &day);
  return g_strdup_printf("archive/%04d/%02d/%02d", year, month, day);
}

/* Names at the bank are not trusted: ours is the number. */
static gboolean put(RoleRun *run, const FileRow *file, Instant now, GError **error) {
  g_autofree char *folder = folder_of(file), *name = g_strdup_printf("%" G_GINT64_FORMAT "-answer.xml", file->id);
  g_autofree char *path = NULL;
  gboolean gone = FALSE;
  return file_put_away(run->store, file, folder, name, &path, &gone, error) && store_begin(run->store, error) &&
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
