#include "daemon/bank/delivery.h"

#include "daemon/bank/delivery_file.h"
#include "daemon/bank/delivery_link.h"

static const ChannelKind *const kinds[] = {
    [CHANNEL_SFTP] = &delivery_file,
    [CHANNEL_FOLDER] = &delivery_file,
    [CHANNEL_HTTPS] = &delivery_link,
};

gboolean visit_open(Visit *visit, const ConfChannel *channel, GError **error) {
  visit->kind = kinds[channel->kind];
  visit->connection = visit->kind->open(channel, error);
  return visit->connection != NULL;
}

void visit_clear(Visit *visit) {
  if (visit->connection != NULL)
    visit->kind->close(visit->connection);
  visit->connection = NULL;
}

gboolean deliver(const Visit *visit, const Delivery *d, const Batch *batch, ChannelOutcome *outcome, GError **problem,
                 GError **error) {
  GBytes *message = batch_bytes(batch, d->batch_key, error);
  gboolean done = message != NULL && visit->kind->bring(visit->connection, d, batch, message, outcome, problem, error);
  seal_forget(message);
  if (!done)
    return FALSE;
  switch (*outcome) {
  case CHANNEL_DONE:
  case CHANNEL_REJECTED: /* it has it, and what it says of each transfer is learnt as any answer */
    return batch_delivered(d->store, batch, d->answer_due, d->by, error);
  case CHANNEL_UNKNOWN:
    return batch_lost(d->store, batch, d->answer_due, d->by, error);
  case CHANNEL_RETRY:
    return TRUE;
  }
  g_assert_not_reached();
}
