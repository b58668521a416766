#include "daemon/bank/delivery_file.h"

#include "daemon/bank/exchange.h"

typedef struct {
  Exchange *exchange;
  char *temporary, *final;
} Paths;

static void paths_clear(Paths *paths) {
  g_free(paths->temporary);
  g_free(paths->final);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paths, paths_clear)

static ChannelOutcome upload(const Paths *paths, GBytes *message, GError **problem) {
  gsize size = 0;
  const void *bytes = g_bytes_get_data(message, &size);
  return exchange_put(paths->exchange, paths->temporary, bytes, size, problem);
}

/* Looks, and gives RETRY when the rename was surely not done. */
static ChannelOutcome look(const Paths *paths, gint64 size, GError **problem) {
  gint64 temporary = -1, final = -1;
  if (!exchange_size(paths->exchange, paths->final, &final, problem) ||
      !exchange_size(paths->exchange, paths->temporary, &temporary, problem))
    return CHANNEL_RETRY;
  if (final >= 0)
    return final == size ? CHANNEL_DONE : CHANNEL_UNKNOWN;
  return temporary < 0 ? CHANNEL_UNKNOWN : CHANNEL_RETRY;
}

/* A rename without an answer is RETRY: the next look tells. */
static gboolean release(const Delivery *d, const Batch *batch, const Paths *paths, gint64 size, ChannelOutcome *outcome,
                        GError **problem, GError **error) {
  gboolean held = TRUE;
  *outcome = look(paths, size, problem);
  if (*outcome != CHANNEL_RETRY || *problem != NULL)
    return TRUE;
  if (!batch_may_leave(d->store, batch, d->by, &held, error))
    return FALSE;
  if (!held && exchange_rename(paths->exchange, paths->temporary, paths->final, problem) == CHANNEL_DONE)
    *outcome = CHANNEL_DONE;
  return TRUE;
}

/* The commits stand between the effects: each says what may have been asked for. */
static gboolean step(const Delivery *d, const Batch *batch, const Paths *paths, GBytes *message,
                     ChannelOutcome *outcome, GError **problem, GError **error) {
  gboolean held = FALSE;
  *outcome = CHANNEL_DONE;
  if (batch->state == BATCH_SEALED && !batch_uploading(d->store, batch, d->by, error))
    return FALSE;
  if (batch->state != BATCH_RELEASING) {
    *outcome = upload(paths, message, problem);
    if (*outcome != CHANNEL_DONE)
      return TRUE;
    if (!batch_releasing(d->store, batch, d->by, &held, error))
      return FALSE;
  }
  if (held) {
    *outcome = CHANNEL_RETRY;
    return TRUE;
  }
  return release(d, batch, paths, (gint64)g_bytes_get_size(message), outcome, problem, error) &&
         (*outcome != CHANNEL_DONE || exchange_sync(paths->exchange, d->channel->upload, error));
}

static gboolean bring(void *visit, const Delivery *d, const Batch *batch, GBytes *message, ChannelOutcome *outcome,
                      GError **problem, GError **error) {
  g_auto(Paths) paths = {.exchange = visit, .final = g_build_path("/", d->channel->upload, batch->file_name, NULL)};
  paths.temporary = g_strconcat(paths.final, ".tmp", NULL);
  return step(d, batch, &paths, message, outcome, problem, error);
}

static void *open_visit(const ConfChannel *channel, GError **error) {
  return exchange_open(channel, error);
}

static void close_visit(void *visit) {
  exchange_close(visit);
}

const ChannelKind delivery_file = {.open = open_visit, .close = close_visit, .bring = bring};
