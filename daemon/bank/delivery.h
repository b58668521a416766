/* Bringing one batch to its bank, whatever the kind of its channel: the one place that knows the kinds, and the one
 * switch that turns an outcome into a state of the batch. */
#ifndef YIFEN_DAEMON_BANK_DELIVERY_H
#define YIFEN_DAEMON_BANK_DELIVERY_H

#include "daemon/bank/channel.h"
#include "daemon/conf.h"
#include "parsers/profile.h"
#include "spool/batches.h"

typedef struct {
  Store *store;
  const ConfChannel *channel;
  const SealKey *batch_key;
  Instant answer_due; /* when an answer is missing */
  const Learner *by;
  const Profile *profile; /* of the batch's account */
  const char *profiles;   /* folder of profiles, or NULL */
  GPtrArray *statuses;    /* for what the bank answers at once (daemon/bank/statuses.h), under our message id */
} Delivery;

/* One kind of channel. A visit is its connection, open for all batches of the channel that may move now. */
typedef struct {
  void *(*open)(const ConfChannel *channel, GError **error); /* NULL with error: the bank was not reached */
  void (*close)(void *visit);
  /* Takes the batch as far as it goes; message is its bytes in clear. RETRY with problem, or without one when only
   * a hold stands in the way. Commits its own steps (batch_uploading, batch_releasing) before it asks for them, and
   * asks for nothing that batch_releasing or batch_may_leave holds; the outcome's state is the caller's. FALSE with
   * error when the store fails. */
  gboolean (*bring)(void *visit, const Delivery *delivery, const Batch *batch, GBytes *message, ChannelOutcome *outcome,
                    GError **problem, GError **error);
} ChannelKind;

/* A visit to the bank of a channel. */
typedef struct {
  const ChannelKind *kind;
  void *connection;
} Visit;
gboolean visit_open(Visit *visit, const ConfChannel *channel, GError **error);
void visit_clear(Visit *visit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Visit, visit_clear)

/* Takes the batch as far as it goes. DONE, REJECTED: delivered, and answered. UNKNOWN: now unknown. RETRY: come again,
 * with problem when the channel failed. FALSE with error when the store fails. */
gboolean deliver(const Visit *visit, const Delivery *delivery, const Batch *batch, ChannelOutcome *outcome,
                 GError **problem, GError **error);

#endif
