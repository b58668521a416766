#include "spool/ties.h"

#include <string.h>

#include "rules/error.h"
#include "rules/name.h"
#include "spool/job.h"
#include "spool/routes.h"
#include "spool/transfers.h"

#define REFERENCE_SIZE 17 /* reference_new() */

void tie_entry_clear(TieEntry *entry) {
  g_free(entry->account);
  g_free(entry->return_reason);
  g_free(entry->end_to_end_id);
  g_free(entry->counterparty_name);
  g_free(entry->counterparty_account);
  g_free(entry->remark);
  g_free(entry->purpose);
  g_free(entry->summary);
  g_clear_pointer(&entry->sealed, g_bytes_unref);
  *entry = (TieEntry){0};
}

gboolean tie_entry_load(Store *store, gint64 id, TieEntry *entry, GError **error) {
  gboolean found = FALSE;
  gint64 reversal = 0, tied = 0;
  g_auto(TieEntry) e = {.id = id};
  g_autofree char *day = NULL, *currency = NULL, *direction = NULL;
  if (!store_row(store, error, &found,
                 "SELECT account, booking_on, amount, currency, direction, reversal, return_reason, end_to_end_id, "
                 "counterparty_name, counterparty_account, remark, purpose, summary, sealed, "
                 "EXISTS (SELECT 1 FROM tie WHERE entry_id = entry.id) FROM entry WHERE id = ?",
                 "i", id, "ttittitttttttbi", &e.account, &day, &e.amount.minor, &currency, &direction, &reversal,
                 &e.return_reason, &e.end_to_end_id, &e.counterparty_name, &e.counterparty_account, &e.remark,
                 &e.purpose, &e.summary, &e.sealed, &tied))
    return FALSE;
  if (!found || !day_parse(day, &e.booking_on))
    return error_set(error, ERROR_REFUSED, "unknown_entry", NULL);
  g_strlcpy(e.amount.currency, currency, MONEY_CURRENCY_SIZE);
  e.direction = g_str_equal(direction, "debit") ? DIRECTION_DEBIT : DIRECTION_CREDIT;
  e.reversal = reversal != 0;
  e.tied = tied != 0;
  *entry = e;
  e = (TieEntry){0};
  return TRUE;
}

static gboolean known(const GPtrArray *transfers, gint64 id) {
  for (guint i = 0; i < transfers->len; i++)
    if (((const Transfer *)transfers->pdata[i])->id == id)
      return TRUE;
  return FALSE;
}

static gboolean add_named(Store *store, const char *reference, GPtrArray *out, GError **error) {
  gboolean found = FALSE;
  Transfer *transfer = g_new0(Transfer, 1);
  if (transfer_find(store, reference, transfer, &found, error) && found && !known(out, transfer->id)) {
    g_ptr_array_add(out, transfer);
    return TRUE;
  }
  transfer_free(transfer);
  return error == NULL || *error == NULL;
}

/* Every run of letters and digits that has a reference's shape; banks put them anywhere. */
static gboolean add_all_named(Store *store, const char *texts, GPtrArray *out, GError **error) {
  for (const char *at = texts; (at = strchr(at, 'Y')) != NULL; at++) {
    gsize size = 1;
    while (size < REFERENCE_SIZE && (g_ascii_isdigit(at[size]) || g_ascii_isupper(at[size])))
      size++;
    g_autofree char *reference = g_strndup(at, size);
    GError *problem = NULL;
    if (size == REFERENCE_SIZE && !add_named(store, reference, out, &problem)) {
      g_propagate_error(error, problem);
      return FALSE;
    }
  }
  return TRUE;
}

static void add_new(GPtrArray *from, GPtrArray *out) {
  while (from->len > 0) {
    Transfer *transfer = g_ptr_array_steal_index_fast(from, from->len - 1);
    if (known(out, transfer->id))
      transfer_free(transfer);
    else
      g_ptr_array_add(out, transfer);
  }
}

GPtrArray *tie_candidates(Store *store, const TieEntry *entry, const char *texts, GError **error) {
  g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)transfer_free);
  g_autofree char *number = account_normal(entry->counterparty_account);
  if (!add_all_named(store, texts, out, error))
    return NULL;
  g_autoptr(GPtrArray) paid =
      number == NULL ? g_ptr_array_new() : transfers_to_payee(store, entry->account, number, error);
  if (paid == NULL)
    return NULL;
  add_new(paid, out);
  g_autoptr(GPtrArray) proving =
      entry->direction == DIRECTION_CREDIT ? transfers_proving(store, error) : g_ptr_array_new();
  if (proving == NULL)
    return NULL;
  add_new(proving, out);
  return g_steal_pointer(&out);
}

gboolean tie_debits_wait(Store *store, Instant now, gboolean *wait, GError **error) {
  gint64 one = 0;
  return store_row(store, error, wait,
                   "SELECT 1 FROM job j JOIN entry e ON e.id = CAST(j.subject AS INTEGER) WHERE j.role = 'pay' AND "
                   "j.kind = 'tie' AND j.state = 'due' AND j.due_at <= ? AND e.direction = 'debit' LIMIT 1",
                   "i", now, "i", &one);
}

static gboolean learn_debit(Store *store, const TieEntry *entry, gint64 transfer_id, const Learner *by,
                            GError **error) {
  g_autofree char *source = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry->id);
  const Evidence line = {.event = TRANSFER_DEBIT_LINE,
                         .source = source,
                         .settled_on = entry->booking_on,
                         .entry_id = entry->id,
                         .due_at = INSTANT_NONE};
  return transfer_learn(store, transfer_id, &line, by, NULL, error);
}

static gboolean learn_return(Store *store, const TieEntry *entry, gint64 transfer_id, const Reason *back,
                             const Learner *by, GError **error) {
  g_autofree char *source = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry->id);
  gboolean ours = back->class != REASON_APPLICANT;
  const Evidence line = {.event = TRANSFER_RETURN_LINE,
                         .source = source,
                         .detail = ours ? "{\"ours\":true}" : NULL,
                         .field = back->field,
                         .cause = back->cause,
                         .ours = ours,
                         .settled_on = DAY_NONE,
                         .entry_id = entry->id,
                         .due_at = INSTANT_NONE};
  return transfer_learn(store, transfer_id, &line, by, NULL, error);
}

/* What is known of it stays, also when it is to be looked at. */
static gboolean deny(Store *store, const TieEntry *entry, gint64 transfer_id, const Learner *by, GError **error) {
  g_auto(Transfer) transfer = {0};
  if (!transfer_by_id(store, transfer_id, &transfer, error))
    return FALSE;
  g_autofree char *source = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry->id);
  gboolean debit = entry->direction == DIRECTION_DEBIT;
  const Evidence line = {.event = debit ? TRANSFER_DEBIT_LINE : TRANSFER_RETURN_LINE,
                         .source = source,
                         .detail = "{\"denied\":true}",
                         .settled_on = DAY_NONE,
                         .due_at = transfer.due_at};
  return transfer_denied(store, transfer_id, &line, by, error);
}

gboolean tie_apply(Store *store, const TieEntry *entry, TieKind kind, gint64 transfer_id, const Reason *back,
                   const Learner *by, GError **error) {
  g_assert(store_in_transaction(store));
  g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, entry->id);
  if (!store_run(store, error, "INSERT INTO tie (entry_id, kind, transfer_id, at) VALUES (?, ?, nullif(?, 0), ?)",
                 "itii", entry->id, tie_word(kind), transfer_id, by->now))
    return FALSE;
  if (kind == TIE_DEBIT && !learn_debit(store, entry, transfer_id, by, error))
    return FALSE;
  if (kind == TIE_RETURN && !learn_return(store, entry, transfer_id, back, by, error))
    return FALSE;
  if (kind == TIE_ARRIVED)
    return route_arrived(store, transfer_id, entry->id, by, error) &&
           job_add(store, "intake", "tied", subject, by->now, error);
  if (kind != TIE_DEBIT && kind != TIE_RETURN && transfer_id != 0 && !deny(store, entry, transfer_id, by, error))
    return FALSE;
  return job_add(store, "intake", "tied", subject, by->now, error);
}
