/* Batches: one message to a bank for one paying account, its exact bytes sealed until every fate in it is known.
 *
 * Intent before effect: batch_build commits the batch with its sealed bytes, their SHA-256 and the transfers in
 * `sending` before anybody calls the bank. Only these bytes are ever sent, under this message id, with these
 * references. */
#ifndef YIFEN_SPOOL_BATCHES_H
#define YIFEN_SPOOL_BATCHES_H

#include "parsers/pain001.h"
#include "rules/life.h"
#include "spool/evidence.h"
#include "spool/seal.h"
#include "spool/store.h"

#define BATCH_SHA256_SIZE 32

typedef struct {
  gint64 id;
  char *message_id, *account, *channel;
  char *file_name; /* MESSAGE_ID.xml */
  BatchState state;
  gint64 transfers, total;
  guint8 sha256[BATCH_SHA256_SIZE];
  char *key_id;
  GBytes *sealed;              /* NULL once wiped */
  Instant created_at, sent_at; /* sent_at: delivered, INSTANT_NONE before */
} Batch;
void batch_clear(Batch *batch);
void batch_free(Batch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)

/* What a paying account and its bank want to see. */
typedef struct {
  const char *account, *channel; /* section, channel */
  const char *payer_name, *payer_account, *payer_bank;
  const char *version; /* pain.001.001.03 or .09 */
  gboolean clearing_id;
  const char *remark;       /* of verifications: template with {code} */
  const char *refund_words; /* of refunds: what stands before the order's number */
  const char *proof_words;  /* of a fen that proves a route: what stands before its reference */
  const SealKey *code_key, *batch_key;
  Day expected; /* when its transfers reach their payees */
  /* What writes the message, and its own data; NULL: pain001_write. */
  GBytes *(*write)(void *user, const PainMessage *message, GError **error);
  void *user;
} BatchPlan;

/* In a transaction of its own: makes one batch of these planned transfers (Transfer *), deriving their codes. */
gboolean batch_build(Store *store, const BatchPlan *plan, GPtrArray *transfers, const Learner *by, GError **error);

/* The batches whose message is still to be brought to the bank: sealed, uploading, releasing; oldest first. */
GPtrArray *batches_open(Store *store, GError **error);
/* *found FALSE: there is none of this message id. */
gboolean batch_find(Store *store, const char *message_id, Batch *batch, gboolean *found, GError **error);
gboolean batch_by_id(Store *store, gint64 id, Batch *batch, GError **error);

/* The message in clear, checked against its SHA-256; free with seal_forget. ERROR_PERMANENT "batch_key" when another
 * key sealed it. */
GBytes *batch_bytes(const Batch *batch, const SealKey *key, GError **error);

/* Each in a transaction of its own. */
gboolean batch_uploading(Store *store, const Batch *batch, const Learner *by, GError **error);
/* The last step before the bank is asked; after it the caller asks at once. *held TRUE: nothing is to leave (a hold
 * that was set meanwhile, or this instance must not send), and the bank must not be asked. */
gboolean batch_releasing(Store *store, const Batch *batch, const Learner *by, gboolean *held, GError **error);
/* The same question about a batch that is `releasing` already, before the bank is asked again. */
gboolean batch_may_leave(Store *store, const Batch *batch, const Learner *by, gboolean *held, GError **error);
/* The bank has it: its sending transfers are accepted, and an answer is expected by due_at. */
gboolean batch_delivered(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error);
/* The same within a transaction, when the bank answers a batch that was not known to be delivered; else nothing. */
gboolean batch_answered(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error);
/* Within a transaction: our own statement shows a transfer of it, so that the bank has it, whatever we believed (a
 * store that was restored); it is never sent again. */
gboolean batch_shown(Store *store, gint64 id, Instant due_at, const Learner *by, GError **error);
/* Asked for, and no way to see whether the bank took it: its sending transfers are unknown; people are asked at due_at.
 */
gboolean batch_lost(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error);

/* Within a transaction: after a restore (spool/restore.h). */
gboolean batch_doubt(Store *store, gint64 id, const Learner *by, GError **error);

/* Within a transaction: once every transfer is booked, rejected or returned, wipes the bytes and closes. */
gboolean batch_close_if_known(Store *store, gint64 id, const Learner *by, GError **error);

#endif
