#include "spool/acknowledgements.h"

#include "spool/job.h"

void acknowledgement_clear(Acknowledgement *one) {
  g_free(one->channel);
  g_free(one->message_id);
  g_free(one->name);
}

static gboolean note(Store *store, gint64 batch_id, gboolean taken, const char *name, Instant now, GError **error) {
  gboolean found = FALSE;
  gint64 id = 0;
  if (!store_run(store, error,
                 "INSERT INTO acknowledgement (batch_id, taken, name, seen_at) VALUES (?, ?, ?, ?) "
                 "ON CONFLICT (batch_id, taken) DO NOTHING",
                 "iiti", batch_id, (gint64)taken, name, now) ||
      !store_row(store, error, &found, "SELECT id FROM acknowledgement WHERE batch_id = ? AND taken = ?", "ii",
                 batch_id, (gint64)taken, "i", &id))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return job_add(store, "pay", "acknowledged", subject, now, error);
}

gboolean acknowledgement_note(Store *store, const char *channel, const char *message_id, gboolean taken,
                              const char *name, Instant now, gboolean *fresh, GError **error) {
  gint64 batch_id = 0;
  if (!store_row(store, error, fresh,
                 "SELECT b.id FROM batch b WHERE b.message_id = ? AND b.channel = ? AND NOT EXISTS "
                 "(SELECT 1 FROM acknowledgement a WHERE a.batch_id = b.id AND a.taken = ?)",
                 "tti", message_id, channel, (gint64)taken, "i", &batch_id))
    return FALSE;
  if (!*fresh)
    return TRUE;
  if (!store_begin(store, error))
    return FALSE;
  if (note(store, batch_id, taken, name, now, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean acknowledgement_load(Store *store, gint64 id, Acknowledgement *one, gboolean *found, GError **error) {
  gint64 taken = 0, too_late = 0;
  gboolean done =
      store_row(store, error, found,
                "SELECT b.channel, b.message_id, a.name, a.batch_id, a.taken, a.taken = 1 AND EXISTS "
                "(SELECT 1 FROM acknowledgement r WHERE r.batch_id = a.batch_id AND r.taken = 0 AND r.id < a.id) "
                "FROM acknowledgement a JOIN batch b ON b.id = a.batch_id WHERE a.id = ?",
                "i", id, "tttiii", &one->channel, &one->message_id, &one->name, &one->batch_id, &taken, &too_late);
  one->taken = taken != 0;
  one->too_late = too_late != 0;
  return done;
}
