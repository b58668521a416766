#include "spool/batches.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "parsers/remark.h"
#include "rules/code.h"
#include "rules/error.h"
#include "spool/holds.h"
#include "spool/instance.h"
#include "spool/life.h"
#include "spool/transfers.h"

void batch_clear(Batch *batch) {
  g_free(batch->message_id);
  g_free(batch->account);
  g_free(batch->channel);
  g_free(batch->file_name);
  g_free(batch->key_id);
  g_clear_pointer(&batch->sealed, g_bytes_unref);
  *batch = (Batch){0};
}

void batch_free(Batch *batch) {
  if (batch == NULL)
    return;
  batch_clear(batch);
  g_free(batch);
}

static char *context_of(const char *message_id) {
  return g_strconcat("batch:", message_id, NULL);
}

/* ---- making one ---- */

static void forget_text(gpointer text) {
  OPENSSL_cleanse(text, strlen(text));
  g_free(text);
}

/* Codes exist only here and in the message. */
static GPtrArray *remarks_of(const BatchPlan *plan, GPtrArray *transfers) {
  GPtrArray *remarks = g_ptr_array_new_with_free_func(forget_text);
  for (guint i = 0; i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    char code[CODE_SIZE];
    if (transfer->refund_id != 0) {
      g_ptr_array_add(remarks, refund_remark(plan->refund_words, transfer->order_no));
      continue;
    }
    if (transfer->verification_id == 0) {
      g_ptr_array_add(remarks, refund_remark(plan->proof_words, transfer->reference));
      continue;
    }
    code_derive(plan->code_key->bytes, transfer->reference, (guint64)transfer->round, code);
    g_ptr_array_add(remarks, remark_fill(plan->remark, code));
    OPENSSL_cleanse(code, sizeof code);
  }
  return remarks;
}

static GBytes *write_message(const BatchPlan *plan, const char *message_id, GPtrArray *transfers, Instant now,
                             GError **error) {
  g_autoptr(GPtrArray) remarks = remarks_of(plan, transfers);
  g_autofree PainTransfer *rows = g_new0(PainTransfer, transfers->len);
  for (guint i = 0; i < transfers->len; i++) {
    const Transfer *t = transfers->pdata[i];
    rows[i] = (PainTransfer){.reference = t->reference,
                             .amount = t->amount,
                             .payee_name = t->payee_name,
                             .payee_account = t->payee_account,
                             .payee_bank = t->payee_bank,
                             .payee_cnaps = t->payee_cnaps,
                             .remark = remarks->pdata[i]};
  }
  const PainMessage message = {.version = plan->version,
                               .message_id = message_id,
                               .created_at = now,
                               .execution = day_of_instant(now),
                               .payer_name = plan->payer_name,
                               .payer_account = plan->payer_account,
                               .payer_bank = plan->payer_bank,
                               .clearing_id = plan->clearing_id,
                               .transfers = rows,
                               .count = transfers->len};
  return plan->write == NULL ? pain001_write(&message, error) : plan->write(plan->user, &message, error);
}

static gboolean insert(Store *store, const BatchPlan *plan, const char *message_id, GPtrArray *transfers,
                       GBytes *message, Instant now, gint64 *id, GError **error) {
  guint8 sha256[BATCH_SHA256_SIZE];
  gint64 total = 0;
  for (guint i = 0; i < transfers->len; i++)
    total += ((const Transfer *)transfers->pdata[i])->amount.minor;
  gsize size = 0;
  const void *bytes = g_bytes_get_data(message, &size);
  SHA256(bytes, size, sha256);
  g_autofree char *context = context_of(message_id), *file_name = g_strconcat(message_id, ".xml", NULL);
  g_autoptr(GBytes) sealed = seal_secret(plan->batch_key, context, bytes, size, error);
  if (sealed == NULL)
    return FALSE;
  bytes = g_bytes_get_data(sealed, &size);
  if (!store_run(store, error,
                 "INSERT INTO batch (message_id, account, channel, file_name, state, transfers, total, sha256, key_id, "
                 "sealed, created_at, changed_at) VALUES (?, ?, ?, ?, 'sealed', ?, ?, ?, ?, ?, ?, ?)",
                 "ttttiibtbii", message_id, plan->account, plan->channel, file_name, (gint64)transfers->len, total,
                 (const void *)sha256, sizeof sha256, plan->batch_key->id, bytes, size, now, now))
    return FALSE;
  *id = store_last_id(store);
  return TRUE;
}

static gboolean send_all(Store *store, GPtrArray *transfers, gint64 batch_id, Day expected, const Learner *by,
                         GError **error) {
  g_autofree char *expected_on = day_format(expected);
  const Evidence sending = {
      .event = TRANSFER_SEND, .source = "channel", .settled_on = DAY_NONE, .due_at = INSTANT_NONE};
  for (guint i = 0; i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (!store_run(store, error, "UPDATE transfer SET batch_id = ?, expected_on = ? WHERE id = ?", "iti", batch_id,
                   expected_on, transfer->id) ||
        !transfer_learn(store, transfer->id, &sending, by, NULL, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean build(Store *store, const BatchPlan *plan, GPtrArray *transfers, const Learner *by, GError **error) {
  g_autofree char *message_id = reference_new('M');
  GBytes *message = write_message(plan, message_id, transfers, by->now, error);
  gint64 id = 0;
  gboolean done = message != NULL && insert(store, plan, message_id, transfers, message, by->now, &id, error) &&
                  send_all(store, transfers, id, plan->expected, by, error);
  seal_forget(message);
  return done;
}

gboolean batch_build(Store *store, const BatchPlan *plan, GPtrArray *transfers, const Learner *by, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (build(store, plan, transfers, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* ---- reading ---- */

#define SELECT                                                                                                         \
  "SELECT id, message_id, account, channel, file_name, state, transfers, total, sha256, key_id, sealed, created_at, "  \
  "sent_at FROM batch "

static GBytes *blob(Rows *rows, int column) {
  gsize size = 0;
  const void *bytes = rows_blob(rows, column, &size);
  return bytes == NULL ? NULL : g_bytes_new(bytes, size);
}

static Batch *read_row(Rows *rows) {
  Batch *b = g_new0(Batch, 1);
  b->id = rows_int(rows, 0);
  b->message_id = g_strdup(rows_text(rows, 1));
  b->account = g_strdup(rows_text(rows, 2));
  b->channel = g_strdup(rows_text(rows, 3));
  b->file_name = g_strdup(rows_text(rows, 4));
  b->state = (BatchState)life_state(&life_batch, rows_text(rows, 5));
  b->transfers = rows_int(rows, 6);
  b->total = rows_int(rows, 7);
  gsize size = 0;
  const void *sha256 = rows_blob(rows, 8, &size);
  g_assert(size == sizeof b->sha256);
  memcpy(b->sha256, sha256, size);
  b->key_id = g_strdup(rows_text(rows, 9));
  b->sealed = blob(rows, 10);
  b->created_at = rows_int(rows, 11);
  b->sent_at = rows_null(rows, 12) ? INSTANT_NONE : rows_int(rows, 12);
  return b;
}

static GPtrArray *collect(Rows rows, GError **error) {
  g_auto(Rows) all = rows;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)batch_free);
  while (rows_next(&all, error))
    g_ptr_array_add(list, read_row(&all));
  return all.failed ? NULL : g_steal_pointer(&list);
}

static gboolean one(Rows rows, Batch *batch, gboolean *found, GError **error) {
  g_autoptr(GPtrArray) list = collect(rows, error);
  if (list == NULL)
    return FALSE;
  *found = list->len > 0;
  if (*found) {
    Batch *first = g_ptr_array_steal_index(list, 0);
    *batch = *first;
    g_free(first);
  }
  return TRUE;
}

GPtrArray *batches_open(Store *store, GError **error) {
  return collect(store_rows(store, SELECT "WHERE state IN ('sealed','uploading','releasing') ORDER BY id", ""), error);
}

gboolean batch_find(Store *store, const char *message_id, Batch *batch, gboolean *found, GError **error) {
  return one(store_rows(store, SELECT "WHERE message_id = ?", "t", message_id), batch, found, error);
}

gboolean batch_by_id(Store *store, gint64 id, Batch *batch, GError **error) {
  gboolean found = FALSE;
  return one(store_rows(store, SELECT "WHERE id = ?", "i", id), batch, &found, error) &&
         (found || error_set(error, ERROR_REFUSED, "unknown_batch", NULL));
}

GBytes *batch_bytes(const Batch *batch, const SealKey *key, GError **error) {
  if (batch->sealed == NULL || !g_str_equal(batch->key_id, key->id)) {
    error_set(error, ERROR_PERMANENT, "batch_key", "value", batch->key_id, "expected", key->id, NULL);
    return NULL;
  }
  g_autofree char *context = context_of(batch->message_id);
  gsize size = 0;
  const void *sealed = g_bytes_get_data(batch->sealed, &size);
  GBytes *clear = seal_secret_open(key, context, sealed, size, error);
  guint8 sha256[BATCH_SHA256_SIZE];
  if (clear == NULL)
    return NULL;
  const void *bytes = g_bytes_get_data(clear, &size);
  SHA256(bytes, size, sha256);
  g_assert(memcmp(sha256, batch->sha256, sizeof sha256) == 0);
  return clear;
}

/* ---- moving ---- */

static gboolean apply(Store *store, gint64 id, BatchEvent event, const char *cause, const Learner *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .cause = cause, .now = by->now};
  return life_apply(store, &life_batch, id, (int)event, &news, NULL, NULL, NULL, error);
}

static gboolean commit(Store *store, gboolean done, GError **error) {
  if (done && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean batch_uploading(Store *store, const Batch *batch, const Learner *by, GError **error) {
  return store_begin(store, error) && commit(store, apply(store, batch->id, BATCH_UPLOAD, NULL, by, error), error);
}

gboolean batch_may_leave(Store *store, const Batch *batch, const Learner *by, gboolean *held, GError **error) {
  gboolean ours = FALSE;
  *held = TRUE;
  if (!instance_ready(store, by->calendar, by->actor, by->now, &ours, error))
    return FALSE;
  return !ours || hold_stands(store, batch->account, held, error);
}

/* A hold counts until this commit; from here on the message may be at the bank. */
static gboolean release(Store *store, const Batch *batch, const Learner *by, gboolean *held, GError **error) {
  return hold_stands(store, batch->account, held, error) &&
         (*held || (apply(store, batch->id, BATCH_RELEASE, NULL, by, error) && instance_step(store, error)));
}

gboolean batch_releasing(Store *store, const Batch *batch, const Learner *by, gboolean *held, GError **error) {
  if (!batch_may_leave(store, batch, by, held, error))
    return FALSE;
  if (*held)
    return TRUE;
  return store_begin(store, error) && commit(store, release(store, batch, by, held, error), error) &&
         (*held || batch_may_leave(store, batch, by, held, error));
}

gboolean batch_doubt(Store *store, gint64 id, const Learner *by, GError **error) {
  return apply(store, id, BATCH_DOUBT, NULL, by, error);
}

static gboolean learn_all(Store *store, gint64 id, const Evidence *evidence, const Learner *by, GError **error) {
  g_autoptr(GPtrArray) transfers = transfers_in_batch(store, id, error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (transfer->state == TRANSFER_SENDING && !transfer_learn(store, transfer->id, evidence, by, NULL, error))
      return FALSE;
  }
  return transfers != NULL;
}

static gboolean took(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error) {
  const Evidence done = {.event = TRANSFER_DONE, .source = "channel", .settled_on = DAY_NONE, .due_at = due_at};
  return apply(store, batch->id, BATCH_DELIVER, NULL, by, error) &&
         store_run(store, error, "UPDATE batch SET sent_at = ? WHERE id = ?", "ii", by->now, batch->id) &&
         learn_all(store, batch->id, &done, by, error);
}

gboolean batch_delivered(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error) {
  return store_begin(store, error) && commit(store, took(store, batch, due_at, by, error), error);
}

gboolean batch_answered(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error) {
  return batch->state == BATCH_DELIVERED || batch->state == BATCH_CLOSED || took(store, batch, due_at, by, error);
}

gboolean batch_shown(Store *store, gint64 id, Instant due_at, const Learner *by, GError **error) {
  g_auto(Batch) batch = {0};
  return batch_by_id(store, id, &batch, error) && batch_answered(store, &batch, due_at, by, error);
}

gboolean batch_lost(Store *store, const Batch *batch, Instant due_at, const Learner *by, GError **error) {
  const Evidence lost = {.event = TRANSFER_LOST, .source = "channel", .settled_on = DAY_NONE, .due_at = due_at};
  return store_begin(store, error) &&
         commit(store,
                apply(store, batch->id, BATCH_LOSE, NULL, by, error) && learn_all(store, batch->id, &lost, by, error),
                error);
}

gboolean batch_close_if_known(Store *store, gint64 id, const Learner *by, GError **error) {
  gboolean found = FALSE;
  gint64 open = 0;
  g_autofree char *state = NULL;
  if (!store_row(store, error, &found,
                 "SELECT state, (SELECT count(*) FROM transfer WHERE batch_id = batch.id AND "
                 "state NOT IN ('booked','rejected','returned')) FROM batch WHERE id = ?",
                 "i", id, "ti", &state, &open))
    return FALSE;
  if (!found || open > 0 || g_str_equal(state, "closed"))
    return TRUE;
  return apply(store, id, BATCH_CLOSE, NULL, by, error) &&
         store_run(store, error, "UPDATE batch SET sealed = NULL WHERE id = ?", "i", id);
}
