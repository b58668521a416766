#include "daemon/bank/delivery.h"

#include "rules/error.h"

typedef struct {
  char *temporary, *final;
} Paths;

static void paths_clear(Paths *paths) {
  g_free(paths->temporary);
  g_free(paths->final);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paths, paths_clear)

static ChannelOutcome upload(const Delivery *d, const Paths *paths, GBytes *message, GError **problem) {
  gsize size = 0;
  const void *bytes = g_bytes_get_data(message, &size);
  return sftp_put(d->sftp, paths->temporary, bytes, size, problem);
}

/* Looks, and renames when that was surely not done. A rename without an answer is RETRY: the next look tells. */
static ChannelOutcome release(const Delivery *d, const Paths *paths, gint64 size, GError **problem) {
  gint64 temporary = -1, final = -1;
  if (!sftp_size(d->sftp, paths->final, &final, problem) || !sftp_size(d->sftp, paths->temporary, &temporary, problem))
    return CHANNEL_RETRY;
  if (final >= 0)
    return final == size ? CHANNEL_DONE : CHANNEL_UNKNOWN;
  if (temporary < 0)
    return CHANNEL_UNKNOWN;
  if (d->held)
    return CHANNEL_RETRY;
  return sftp_rename(d->sftp, paths->temporary, paths->final, problem) == CHANNEL_DONE ? CHANNEL_DONE : CHANNEL_RETRY;
}

/* The commits stand between the effects: each says what may have been asked for. */
static gboolean step(const Delivery *d, const Batch *batch, const Paths *paths, GBytes *message,
                     ChannelOutcome *outcome, GError **problem, GError **error) {
  *outcome = CHANNEL_DONE;
  if (batch->state == BATCH_SEALED && !batch_uploading(d->store, batch, d->by, error))
    return FALSE;
  if (batch->state != BATCH_RELEASING) {
    *outcome = upload(d, paths, message, problem);
    if (*outcome != CHANNEL_DONE)
      return TRUE;
    if (!batch_releasing(d->store, batch, d->by, error))
      return FALSE;
  }
  *outcome = release(d, paths, (gint64)g_bytes_get_size(message), problem);
  return TRUE;
}

gboolean deliver(const Delivery *d, const Batch *batch, ChannelOutcome *outcome, GError **problem, GError **error) {
  g_auto(Paths) paths = {.final = g_build_path("/", d->folder, batch->file_name, NULL)};
  paths.temporary = g_strconcat(paths.final, ".tmp", NULL);
  GBytes *message = batch_bytes(batch, d->batch_key, error);
  gboolean done = message != NULL && step(d, batch, &paths, message, outcome, problem, error);
  seal_forget(message);
  if (!done)
    return FALSE;
  switch (*outcome) {
  case CHANNEL_DONE:
    return batch_delivered(d->store, batch, d->answer_due, d->by, error);
  case CHANNEL_UNKNOWN:
    return batch_lost(d->store, batch, d->answer_due, d->by, error);
  case CHANNEL_RETRY:
    return TRUE;
  case CHANNEL_REJECTED:
    break;
  }
  g_assert_not_reached();
}
