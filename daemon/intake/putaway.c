#include "daemon/intake/putaway.h"

#include <string.h>

#include "daemon/intake/result.h"
#include "daemon/log.h"
#include "rules/error.h"
#include "spool/files.h"

#define AGAIN (60 * INSTANT_SECOND) /* after a failure */

static gboolean commit(Store *store, gboolean done, GError **error) {
  if (done && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean dropped(const FileRow *file) {
  return !g_str_has_prefix(file->origin, "channel:");
}

static gboolean answer(const Intake *intake, FileRow *file, Instant now, GError **error) {
  g_autofree char *path = NULL;
  if (!result_write(intake, file, &path, error) || !store_begin(intake->store, error) ||
      !commit(intake->store, file_answered(intake->store, file->id, path, now, error), error))
    return FALSE;
  file->result = g_steal_pointer(&path);
  return TRUE;
}

static char *last_folder(const FileRow *file) {
  if (file->state == FILE_REJECTED)
    return g_strdup("rejected");
  int year, month, day;
  day_to_ymd(day_of_instant(file->received_at), &year, &month, &day);
  return g_strdup_printf("archive/%04d/%02d/%02d", year, month, day);
}

static gboolean put_away(const Intake *intake, const FileRow *file, Instant now, GError **error) {
  g_autofree char *folder = last_folder(file), *safe = result_safe_name(file->name);
  g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT "-%s", file->id, safe);
  g_autofree char *path = NULL;
  gboolean gone = FALSE;
  if (g_str_has_prefix(file->path, folder))
    return TRUE;
  if (!file_put_away(intake->store, file, folder, name, &path, &gone, error))
    return FALSE;
  if (gone)
    log_event(LOG_ERR, "our copy of a file is gone", "FILE", file->path, NULL);
  return store_begin(intake->store, error) &&
         commit(intake->store, file_moved(intake->store, file->id, path, now, error), error);
}

static gboolean finish(const Intake *intake, FileRow *file, Instant now, Instant *next, GError **error) {
  gboolean wait = FALSE;
  Instant patience = file->changed_at + PUTAWAY_PATIENCE;
  if (file->state == FILE_TAKEN && now < patience && !entries_wait(intake->store, file->id, &wait, error))
    return FALSE;
  if (wait) {
    *next = *next == INSTANT_NONE ? patience : MIN(*next, patience);
    return TRUE;
  }
  if (dropped(file) && file->result == NULL && !answer(intake, file, now, error))
    return FALSE;
  return put_away(intake, file, now, error);
}

gboolean putaway_all(const Intake *intake, Instant now, Instant *next, GError **error) {
  g_autoptr(GPtrArray) files = file_unfinished(intake->store, error);
  *next = INSTANT_NONE;
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) {
    g_autoptr(GError) failure = NULL;
    if (finish(intake, files->pdata[i], now, next, &failure))
      continue;
    if (error_kind(failure) == ERROR_PERMANENT) {
      g_propagate_error(error, g_steal_pointer(&failure));
      return FALSE;
    }
    log_error(failure, "file not put away", "FILE", ((const FileRow *)files->pdata[i])->name, NULL);
    *next = *next == INSTANT_NONE ? now + AGAIN : MIN(*next, now + AGAIN);
  }
  return TRUE;
}
