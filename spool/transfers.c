#include "spool/transfers.h"

#include <string.h>
#include <sys/random.h>

#include "rules/error.h"
#include "spool/job.h"

#define REFERENCE_RANDOM 16
#define TRIES 3 /* at a reference that nobody has: one is enough but for a miracle */

void transfer_clear(Transfer *transfer) {
  char *const texts[] = {transfer->reference,   transfer->purpose,      transfer->order_no,
                         transfer->account,     transfer->payee_name,   transfer->payee_account,
                         transfer->payee_bank,  transfer->payee_cnaps,  transfer->bank_status,
                         transfer->bank_reason, transfer->reason_class, transfer->bank_reference};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  *transfer = (Transfer){0};
}

void transfer_free(Transfer *transfer) {
  if (transfer == NULL)
    return;
  transfer_clear(transfer);
  g_free(transfer);
}

char *reference_new(char prefix) {
  static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  guint8 random[REFERENCE_RANDOM];
  if (getrandom(random, sizeof random, 0) != sizeof random)
    g_error("no randomness");
  char *reference = g_malloc(REFERENCE_RANDOM + 2);
  reference[0] = prefix;
  for (int i = 0; i < REFERENCE_RANDOM; i++)
    reference[i + 1] = crockford[random[i] % 32];
  reference[REFERENCE_RANDOM + 1] = '\0';
  return reference;
}

gboolean reference_fresh(Store *store, char **reference, GError **error) {
  for (int i = 0; i < TRIES; i++) {
    g_autofree char *candidate = reference_new('Y');
    gboolean taken = FALSE;
    g_auto(Transfer) transfer = {0};
    if (!transfer_find(store, candidate, &transfer, &taken, error))
      return FALSE;
    if (!taken) {
      *reference = g_steal_pointer(&candidate);
      return TRUE;
    }
  }
  return error_set(error, ERROR_PERMANENT, "reference_taken", NULL);
}

#define SELECT                                                                                                         \
  "SELECT t.id, t.purchase_id, t.verification_id, v.round, t.batch_id, t.reference, t.purpose, p.order_no, "           \
  "t.account, t.amount, t.currency, t.payee_name, t.payee_account, t.payee_bank, t.payee_cnaps, t.state, "             \
  "t.bank_status, t.bank_reason, t.reason_class, t.bank_reference, t.debit_entry_id, t.return_entry_id, t.due_at, "    \
  "t.created_at, t.changed_at, t.refund_id FROM transfer t LEFT JOIN purchase p ON p.id = t.purchase_id "              \
  "LEFT JOIN verification v ON v.id = t.verification_id "

static Transfer *read_row(Rows *rows) {
  Transfer *t = g_new0(Transfer, 1);
  t->id = rows_int(rows, 0);
  t->purchase_id = rows_int(rows, 1);
  t->verification_id = rows_int(rows, 2);
  t->round = (int)rows_int(rows, 3);
  t->batch_id = rows_int(rows, 4);
  char **const texts[] = {&t->reference, &t->purpose, &t->order_no, &t->account};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(rows_text(rows, 5 + i));
  t->amount.minor = rows_int(rows, 9);
  g_strlcpy(t->amount.currency, rows_text(rows, 10), MONEY_CURRENCY_SIZE);
  char **const payee[] = {&t->payee_name, &t->payee_account, &t->payee_bank, &t->payee_cnaps};
  for (int i = 0; i < (int)G_N_ELEMENTS(payee); i++)
    *payee[i] = g_strdup(rows_text(rows, 11 + i));
  t->state = (TransferState)life_state(&life_transfer, rows_text(rows, 15));
  char **const answer[] = {&t->bank_status, &t->bank_reason, &t->reason_class, &t->bank_reference};
  for (int i = 0; i < (int)G_N_ELEMENTS(answer); i++)
    *answer[i] = g_strdup(rows_text(rows, 16 + i));
  t->debit_entry_id = rows_int(rows, 20);
  t->return_entry_id = rows_int(rows, 21);
  t->due_at = rows_null(rows, 22) ? INSTANT_NONE : rows_int(rows, 22);
  t->created_at = rows_int(rows, 23);
  t->changed_at = rows_int(rows, 24);
  t->refund_id = rows_int(rows, 25);
  return t;
}

static GPtrArray *collect(Rows rows, GError **error) {
  g_auto(Rows) all = rows;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)transfer_free);
  while (rows_next(&all, error))
    g_ptr_array_add(list, read_row(&all));
  return all.failed ? NULL : g_steal_pointer(&list);
}

static gboolean one(Rows rows, Transfer *transfer, gboolean *found, GError **error) {
  g_autoptr(GPtrArray) list = collect(rows, error);
  if (list == NULL)
    return FALSE;
  *found = list->len > 0;
  if (*found) {
    Transfer *first = g_ptr_array_steal_index(list, 0);
    *transfer = *first;
    g_free(first);
  }
  return TRUE;
}

gboolean transfer_find(Store *store, const char *reference, Transfer *transfer, gboolean *found, GError **error) {
  return one(store_rows(store, SELECT "WHERE t.reference = ?", "t", reference), transfer, found, error);
}

gboolean transfer_load(Store *store, const char *reference, Transfer *transfer, GError **error) {
  gboolean found = FALSE;
  return transfer_find(store, reference, transfer, &found, error) &&
         (found || error_set(error, ERROR_REFUSED, "unknown_transfer", "value", reference, NULL));
}

gboolean transfer_by_id(Store *store, gint64 id, Transfer *transfer, GError **error) {
  gboolean found = FALSE;
  return one(store_rows(store, SELECT "WHERE t.id = ?", "i", id), transfer, &found, error) &&
         (found || error_set(error, ERROR_REFUSED, "unknown_transfer", NULL));
}

GPtrArray *transfers_all(Store *store, GError **error) {
  return collect(store_rows(store, SELECT "ORDER BY t.id", ""), error);
}

GPtrArray *transfers_unknown(Store *store, GError **error) {
  return collect(store_rows(store, SELECT "WHERE t.state = 'unknown' ORDER BY t.id", ""), error);
}

GPtrArray *transfers_unalarmed(Store *store, GError **error) {
  return collect(store_rows(store, SELECT "WHERE t.state = 'unknown' AND t.alarmed_at IS NULL ORDER BY t.id", ""),
                 error);
}

gboolean transfer_alarmed(Store *store, gint64 id, Instant now, GError **error) {
  return store_run(store, error, "UPDATE transfer SET alarmed_at = ? WHERE id = ?", "ii", now, id);
}

GPtrArray *transfers_planned(Store *store, GError **error) {
  return collect(store_rows(store, SELECT "WHERE t.state = 'planned' ORDER BY t.id", ""), error);
}

GPtrArray *transfers_in_batch(Store *store, gint64 batch_id, GError **error) {
  return collect(store_rows(store, SELECT "WHERE t.batch_id = ? ORDER BY t.id", "i", batch_id), error);
}

GPtrArray *transfers_to_send(Store *store, const char *account, const char *purpose, Instant now, int limit,
                             GError **error) {
  return collect(store_rows(store,
                            SELECT "WHERE t.state = 'planned' AND t.account = ? AND t.purpose = ? AND "
                                   "(t.due_at <= ? OR t.due_at > ?) ORDER BY t.id LIMIT ?",
                            "ttiii", account, purpose, now, now + JOB_LONGEST_WAIT, (gint64)limit),
                 error);
}

GPtrArray *transfers_overdue(Store *store, Instant now, GError **error) {
  return collect(store_rows(store,
                            SELECT
                            "WHERE t.state IN ('planned','sending','accepted','unknown') AND t.state <> 'planned' "
                            "AND t.due_at <= ? ORDER BY t.id",
                            "i", now),
                 error);
}

GPtrArray *transfers_to_payee(Store *store, const char *account, const char *payee_account, GError **error) {
  return collect(store_rows(store, SELECT "WHERE t.account = ? AND t.payee_account = ? ORDER BY t.id", "tt", account,
                            payee_account),
                 error);
}

GPtrArray *transfers_proving(Store *store, GError **error) {
  return collect(store_rows(store,
                            SELECT "WHERE t.id IN (SELECT transfer_id FROM route WHERE proven_at IS NULL AND "
                                   "credit_entry_id IS NULL) ORDER BY t.id",
                            ""),
                 error);
}

gboolean transfer_left_at(Store *store, gint64 id, Instant *at, GError **error) {
  gboolean found = FALSE;
  *at = INSTANT_NONE;
  return store_row(store, error, &found,
                   "SELECT at FROM evidence WHERE transfer_id = ? AND source = 'channel' AND event IN ('done','lost') "
                   "ORDER BY at DESC LIMIT 1",
                   "i", id, "i", at);
}

gboolean transfers_next_due(Store *store, Instant now, Instant *due, GError **error) {
  gboolean found = FALSE;
  *due = INSTANT_NONE;
  return store_row(store, error, &found,
                   "SELECT due_at FROM transfer WHERE state IN ('planned','sending','accepted','unknown') "
                   "AND due_at > ? ORDER BY due_at LIMIT 1",
                   "i", now, "i", due);
}

gboolean transfers_oldest_planned(Store *store, Instant *created, GError **error) {
  gboolean found = FALSE;
  *created = INSTANT_NONE;
  return store_row(store, error, &found, "SELECT created_at FROM transfer WHERE state = 'planned' ORDER BY id LIMIT 1",
                   "", "i", created);
}

gboolean transfers_put_off(Store *store, const char *account, Instant now, Instant until, Day expected,
                           GError **error) {
  g_autofree char *expected_on = day_format(expected);
  return store_run(store, error,
                   "UPDATE transfer SET due_at = ?, expected_on = ? WHERE state = 'planned' AND "
                   "purpose = 'verification' AND account = ? AND due_at <= ?",
                   "itti", until, expected_on, account, now);
}

gboolean transfers_sent_since(Store *store, Instant since, gint64 *count, gint64 *sum, GError **error) {
  gboolean found = FALSE;
  return store_row(store, error, &found,
                   "SELECT count(*), coalesce(sum(amount), 0) FROM transfer WHERE purpose = 'verification' AND "
                   "batch_id IN (SELECT id FROM batch WHERE created_at >= ? AND created_at < ?)",
                   "ii", since, since + TRANSFERS_AHEAD, "ii", count, sum);
}

gboolean transfers_sent_to(Store *store, const char *payee_account, Instant since, int *count, GError **error) {
  gboolean found = FALSE;
  gint64 rows = 0;
  if (!store_row(store, error, &found,
                 "SELECT count(*) FROM transfer t JOIN batch b ON b.id = t.batch_id JOIN verification v ON "
                 "v.id = t.verification_id WHERE t.payee_account = ? AND b.created_at >= ? AND b.created_at < ? AND "
                 "v.counted = 1",
                 "tii", payee_account, since, since + TRANSFERS_AHEAD, "i", &rows))
    return FALSE;
  *count = (int)rows;
  return TRUE;
}

gboolean transfer_put_off(Store *store, gint64 id, Instant until, Day expected, GError **error) {
  g_autofree char *expected_on = day_format(expected);
  return store_run(store, error, "UPDATE transfer SET due_at = ?, expected_on = ? WHERE id = ? AND state = 'planned'",
                   "iti", until, expected_on, id);
}

void evidence_row_free(EvidenceRow *row) {
  g_free(row->event);
  g_free(row->verdict);
  g_free(row->source);
  g_free(row->detail);
  g_free(row);
}

GPtrArray *transfer_evidence(Store *store, gint64 transfer_id, GError **error) {
  g_auto(Rows) rows =
      store_rows(store, "SELECT event, verdict, source, detail, at FROM evidence WHERE transfer_id = ? ORDER BY id",
                 "i", transfer_id);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)evidence_row_free);
  while (rows_next(&rows, error)) {
    EvidenceRow *row = g_new0(EvidenceRow, 1);
    row->event = g_strdup(rows_text(&rows, 0));
    row->verdict = g_strdup(rows_text(&rows, 1));
    row->source = g_strdup(rows_text(&rows, 2));
    row->detail = g_strdup(rows_text(&rows, 3));
    row->at = rows_int(&rows, 4);
    g_ptr_array_add(list, row);
  }
  return rows.failed ? NULL : g_steal_pointer(&list);
}
