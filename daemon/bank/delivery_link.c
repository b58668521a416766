#include "daemon/bank/delivery_link.h"

#include "daemon/bank/link_exchange.h"
#include "daemon/bank/statuses.h"
#include "rules/error.h"
#include "spool/transfers.h"

typedef struct {
  const Delivery *delivery;
  const Batch *batch;
  gboolean held;   /* and nothing has left */
  GError *failure; /* of the store */
} Releasing;

/* The connection stands, and no byte of the request has left. */
static gboolean before(void *user) {
  Releasing *r = user;
  return batch_releasing(r->delivery->store, r->batch, r->delivery->by, &r->held, &r->failure) && !r->held;
}

/* What must stand in the answer; NULL with error. */
static char *echo_of(const Delivery *d, const Batch *batch, GPtrArray *transfers) {
  const Transfer *first = transfers->pdata[0];
  const PainTransfer row = {.reference = first->reference, .amount = first->amount};
  const PainMessage message = {.message_id = batch->message_id,
                               .created_at = batch->created_at,
                               .execution = day_of_instant(batch->created_at),
                               .transfers = &row,
                               .count = 1};
  return link_echo(&d->profile->link->pay, &message);
}

static gboolean decides(const BankStatus *status) {
  return !g_str_equal(status->status, LINK_WORD_NOTHING) && !g_str_equal(status->status, LINK_WORD_NOT_FOUND);
}

/* Does the answer speak of this transfer, and decide? */
static const BankStatus *status_of(GPtrArray *statuses, const Transfer *transfer) {
  for (guint i = 0; i < statuses->len; i++) {
    const BankStatus *status = statuses->pdata[i];
    if (status->end_to_end_id == NULL || g_str_equal(status->end_to_end_id, transfer->reference))
      return decides(status) ? status : NULL;
  }
  return NULL;
}

/* What the caller is to learn: the deciding statuses, under our own message id; one that names no transfer speaks of
 * all. */
static void hand_over(const Delivery *d, const Batch *batch, GPtrArray *statuses) {
  for (guint i = 0; i < statuses->len; i++) {
    BankStatus said = *(const BankStatus *)statuses->pdata[i];
    said.message_id = batch->message_id;
    said.level = said.end_to_end_id == NULL ? STATUS_GROUP : STATUS_TRANSACTION;
    if (decides(&said))
      statuses_keep(d->statuses, &said, NULL);
  }
}

static gboolean foreign(GPtrArray *statuses, GPtrArray *transfers, GError **problem) {
  for (guint i = 0; i < statuses->len; i++) {
    const char *reference = ((const BankStatus *)statuses->pdata[i])->end_to_end_id;
    gboolean known = reference == NULL;
    for (guint t = 0; !known && t < transfers->len; t++)
      known = g_str_equal(reference, ((const Transfer *)transfers->pdata[t])->reference);
    if (!known)
      return !error_set(problem, ERROR_REFUSED, "status_reference", "value", reference, NULL);
  }
  return FALSE;
}

static ChannelOutcome judge(const Delivery *d, const Batch *batch, GPtrArray *statuses, GPtrArray *transfers,
                            GError **problem) {
  guint decided = 0, rejected = 0;
  if (foreign(statuses, transfers, problem))
    return CHANNEL_UNKNOWN;
  for (guint i = 0; i < transfers->len; i++) {
    const BankStatus *status = status_of(statuses, transfers->pdata[i]);
    decided += status != NULL;
    rejected += status != NULL && g_str_equal(status->status, link_status_word(LINK_REJECTED));
  }
  hand_over(d, batch, statuses);
  if (decided < transfers->len) {
    error_set(problem, ERROR_REFUSED, "answer_open", "value", ((const BankStatus *)statuses->pdata[0])->detail, NULL);
    return CHANNEL_UNKNOWN;
  }
  return rejected == transfers->len ? CHANNEL_REJECTED : CHANNEL_DONE;
}

static ChannelOutcome send_once(const Delivery *d, const Party *party, Releasing *releasing, GBytes *message,
                                GPtrArray *transfers, GError **problem) {
  const LinkPeer peer = {d->channel, d->profile, d->profiles};
  g_autofree char *echo = echo_of(d, releasing->batch, transfers);
  Call call = {.before = before, .user = releasing};
  g_autoptr(GPtrArray) statuses = link_exchange(&peer, party, FALSE, message, echo, &call, problem);
  if (statuses == NULL)
    return call.began ? CHANNEL_UNKNOWN : CHANNEL_RETRY;
  return judge(d, releasing->batch, statuses, transfers, problem);
}

static gboolean send_batch(const Delivery *d, const Batch *batch, GBytes *message, ChannelOutcome *outcome,
                           GError **problem, GError **error) {
  g_auto(Party) party = {0};
  Releasing releasing = {d, batch, FALSE, NULL};
  *outcome = CHANNEL_RETRY;
  g_autoptr(GPtrArray) transfers = transfers_in_batch(d->store, batch->id, error);
  if (transfers == NULL)
    return FALSE;
  if (!party_load(d->channel, d->profile->link, &party, problem))
    return TRUE;
  if (batch->state == BATCH_SEALED && !batch_uploading(d->store, batch, d->by, error))
    return FALSE;
  *outcome = send_once(d, &party, &releasing, message, transfers, problem);
  if (releasing.held)
    g_clear_error(problem);
  if (releasing.failure == NULL)
    return TRUE;
  g_propagate_error(error, releasing.failure);
  return FALSE;
}

static gboolean bring(void *visit, const Delivery *d, const Batch *batch, GBytes *message, ChannelOutcome *outcome,
                      GError **problem, GError **error) {
  (void)visit;
  *outcome = batch->state == BATCH_RELEASING ? CHANNEL_UNKNOWN : CHANNEL_RETRY;
  if (d->profile == NULL || d->profile->link == NULL) {
    *outcome = CHANNEL_RETRY;
    return !error_set(problem, ERROR_PERMANENT, "config_bank_pays", "field", batch->account, "value", d->channel->name,
                      NULL);
  }
  if (batch->state == BATCH_RELEASING)
    return TRUE;
  return send_batch(d, batch, message, outcome, problem, error);
}

/* Each request has a connection of its own. */
static void *open_visit(const ConfChannel *channel, GError **error) {
  (void)error;
  return g_strdup(channel->name);
}

const ChannelKind delivery_link = {.open = open_visit, .close = g_free, .bring = bring};
