/* What a bank says of transfers, by a status file or over a direct link: it counts only from the channel its message
 * went out on, and speaks only for transfers of that message. */
#include <jansson.h>

#include "daemon/bank/pay.h"
#include "parsers/json_text.h"
#include "parsers/record.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/policy.h"
#include "spool/cases.h"

typedef struct {
  RoleRun *run;
  const char *channel, *source;
  Learner by;
  GPtrArray *statuses;   /* BankStatus */
  GHashTable *refused;   /* message id -> json array: what the bank refused for a reason of ours */
  GHashTable *spoken_of; /* references that have a status of their own */
} Saying;

static gboolean find_batch(Saying *saying, const BankStatus *status, Batch *batch, GError **error) {
  gboolean found = FALSE;
  if (status->message_id == NULL || !batch_find(saying->run->store, status->message_id, batch, &found, error))
    return status->message_id != NULL || error_set(error, ERROR_REFUSED, "status_foreign", NULL);
  return (found && g_str_equal(batch->channel, saying->channel)) ||
         error_set(error, ERROR_REFUSED, "status_foreign", "value", status->message_id, NULL);
}

/* The bank's own words for one transfer, kept with the evidence. */
static char *detail_of(const BankStatus *status) {
  json_t *detail =
      json_pack("{s:s?, s:s?, s:s?}", "status", status->status, "reason", status->reason, "text", status->detail);
  char *text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(detail);
  return text;
}

static void remember_refusal(Saying *saying, const Batch *batch, const Transfer *transfer, const BankStatus *status) {
  json_t *list = g_hash_table_lookup(saying->refused, batch->message_id);
  if (list == NULL) {
    list = json_array();
    g_hash_table_insert(saying->refused, g_strdup(batch->message_id), list);
  }
  json_t *row = json_pack("{s:s, s:s?, s:s?}", "reference", transfer->reference, "reason", status->reason, "text",
                          status->detail);
  json_text_set(row, "order_no", transfer->order_no);
  json_array_append_new(list, row);
}

static gboolean learn(Saying *saying, const Batch *batch, const Transfer *transfer, const BankStatus *status,
                      GError **error) {
  Reason reason = policy_reason(status->reason, status->detail);
  TransferEvent event;
  if (!policy_status(status->status, reason, &event))
    return TRUE;
  if (event == TRANSFER_STATUS_RETURN)
    reason = policy_return(status->reason, status->detail);
  if (transfer->purchase_id == 0 && reason.class == REASON_APPLICANT) /* the payee is our own account */
    reason = (Reason){REASON_OURS, NULL, NULL};
  gboolean reasoned =
      event == TRANSFER_STATUS_REJECT || event == TRANSFER_STATUS_DUPLICATE || event == TRANSFER_STATUS_RETURN;
  char *detail = detail_of(status);
  Evidence evidence = {.event = event,
                       .source = saying->source,
                       .detail = detail,
                       .status = status->status,
                       .reason = status->reason,
                       .reason_class = reasoned ? policy_class_word(reason.class) : NULL,
                       .bank_reference = status->bank_reference,
                       .field = reason.field,
                       .cause = reason.cause,
                       .ours = reason.class != REASON_APPLICANT,
                       .settled_on = event == TRANSFER_STATUS_SETTLED ? day_of_instant(saying->by.now) : DAY_NONE,
                       .due_at = event == TRANSFER_STATUS_SETTLED
                                     ? saying->by.now + PAY_LINE_WINDOW
                                     : pay_transfer_due(saying->run, batch, transfer, saying->by.now)};
  LifeVerdict verdict = LIFE_STAY;
  gboolean done = transfer_learn(saying->run->store, transfer->id, &evidence, &saying->by, &verdict, error);
  if (done && event == TRANSFER_STATUS_REJECT && verdict == LIFE_MOVE && evidence.ours)
    remember_refusal(saying, batch, transfer, status);
  free(detail);
  return done;
}

static gboolean apply_own(Saying *saying, const Batch *batch, const BankStatus *status, GError **error) {
  gboolean found = FALSE;
  g_auto(Transfer) transfer = {0};
  if (status->end_to_end_id != NULL &&
      !transfer_find(saying->run->store, status->end_to_end_id, &transfer, &found, error))
    return FALSE;
  if (!found || transfer.batch_id != batch->id)
    return error_set(error, ERROR_REFUSED, "status_reference", "value", status->end_to_end_id, NULL);
  g_hash_table_add(saying->spoken_of, g_strdup(transfer.reference));
  return learn(saying, batch, &transfer, status, error);
}

/* A status of the whole message speaks for those that have none of their own. */
static gboolean apply_to_rest(Saying *saying, const Batch *batch, const BankStatus *status, GError **error) {
  g_autoptr(GPtrArray) transfers = transfers_in_batch(saying->run->store, batch->id, error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (!g_hash_table_contains(saying->spoken_of, transfer->reference) &&
        !learn(saying, batch, transfer, status, error))
      return FALSE;
  }
  return transfers != NULL;
}

static gboolean apply_level(Saying *saying, gboolean own, GError **error) {
  for (guint i = 0; i < saying->statuses->len; i++) {
    const BankStatus *status = saying->statuses->pdata[i];
    g_auto(Batch) batch = {0};
    if ((status->level == STATUS_TRANSACTION) != own)
      continue;
    if (!find_batch(saying, status, &batch, error) ||
        !batch_answered(saying->run->store, &batch, pay_answer_due(saying->run, batch.account, saying->by.now),
                        &saying->by, error) ||
        !(own ? apply_own : apply_to_rest)(saying, &batch, status, error))
      return FALSE;
  }
  return TRUE;
}

/* One case a batch, whatever the number of its transfers: somebody of ours must act. */
static gboolean open_cases(Saying *saying, GError **error) {
  GHashTableIter iter;
  gpointer message_id, list;
  g_hash_table_iter_init(&iter, saying->refused);
  while (g_hash_table_iter_next(&iter, &message_id, &list)) {
    g_autofree char *subject = g_strconcat("batch:", (char *)message_id, NULL);
    json_t *card = json_pack("{s:s, s:s, s:O}", "batch", (char *)message_id, "channel", saying->channel, "refused",
                             (json_t *)list);
    char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
    const CaseDraft draft = {.reason = "bank_refused",
                             .subject = subject,
                             .card = text,
                             .due_on = deadline_review(saying->run->calendar, saying->by.now)};
    gboolean done = case_open(saying->run->store, &draft, "pay", saying->by.now, NULL, error);
    free(text);
    json_decref(card);
    if (!done)
      return FALSE;
  }
  return TRUE;
}

gboolean pay_statuses(RoleRun *run, const char *channel, const char *source, GPtrArray *statuses, Instant now,
                      GError **error) {
  Saying saying = {.run = run,
                   .channel = channel,
                   .source = source,
                   .by = pay_learner(run, now),
                   .statuses = statuses,
                   .refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref),
                   .spoken_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  gboolean done = apply_level(&saying, TRUE, error) && apply_level(&saying, FALSE, error) && open_cases(&saying, error);
  g_hash_table_unref(saying.refused);
  g_hash_table_unref(saying.spoken_of);
  return done;
}
