/* Job "answer": a bank's status file (pain.002). It is read whole in the cage, counts only from the channel its message
 * went out on, and speaks only for transfers of that message; else the file is refused whole and changes nothing. */
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "daemon/bank/pay.h"
#include "daemon/cage.h"
#include "daemon/log.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "rules/policy.h"
#include "spool/batches.h"
#include "spool/cases.h"
#include "spool/files.h"
#include "spool/transfers.h"

/* What the bank says it has debited must show on a statement of ours by then, else its fate is unknown after all. */
#define LINE_WINDOW (7 * 24 * 3600 * INSTANT_SECOND)

typedef struct {
  RoleRun *run;
  FileRow *file;
  const char *channel;
  char *source; /* "file:ID" */
  Learner by;
  GPtrArray *statuses;   /* BankStatus */
  GHashTable *refused;   /* message id -> json array: what the bank refused for a reason of ours */
  GHashTable *spoken_of; /* references that have a status of their own */
} Answer;

static void status_free(BankStatus *status) {
  bank_status_clear(status);
  g_free(status);
}

static gboolean keep(void *user, const BankStatus *status, GError **error) {
  (void)error;
  Answer *answer = user;
  BankStatus *copy = g_new0(BankStatus, 1);
  *copy = (BankStatus){.level = status->level,
                       .message_id = g_strdup(status->message_id),
                       .payment_id = g_strdup(status->payment_id),
                       .end_to_end_id = g_strdup(status->end_to_end_id),
                       .status = g_strdup(status->status),
                       .reason = mask_codes(status->reason), /* banks repeat what we wrote */
                       .detail = mask_codes(status->detail),
                       .bank_reference = g_strdup(status->bank_reference)};
  g_ptr_array_add(answer->statuses, copy);
  return TRUE;
}

static gboolean parse(Answer *answer, GError **error) {
  g_autofree char *path = g_build_filename(answer->run->conf->state, answer->file->path, NULL);
  const CageRequest request = {.profiles = NULL, .profile = NULL, .kind = CAGE_STATUS};
  const RecordSink sink = {.status = keep, .user = answer};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return error_set(error, ERROR_PERMANENT, "file_system", "file", answer->file->path, "detail", g_strerror(errno),
                     NULL);
  gboolean done = cage_parse(fd, &request, &sink, error);
  close(fd);
  return done;
}

static gboolean find_batch(Answer *answer, const BankStatus *status, Batch *batch, GError **error) {
  gboolean found = FALSE;
  if (status->message_id == NULL || !batch_find(answer->run->store, status->message_id, batch, &found, error))
    return status->message_id != NULL || error_set(error, ERROR_REFUSED, "status_foreign", NULL);
  return (found && g_str_equal(batch->channel, answer->channel)) ||
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

static void remember_refusal(Answer *answer, const Batch *batch, const Transfer *transfer, const BankStatus *status) {
  json_t *list = g_hash_table_lookup(answer->refused, batch->message_id);
  if (list == NULL) {
    list = json_array();
    g_hash_table_insert(answer->refused, g_strdup(batch->message_id), list);
  }
  json_array_append_new(list, json_pack("{s:s, s:s, s:s?, s:s?}", "reference", transfer->reference, "order_no",
                                        transfer->order_no, "reason", status->reason, "text", status->detail));
}

static gboolean learn(Answer *answer, const Batch *batch, const Transfer *transfer, const BankStatus *status,
                      GError **error) {
  Reason reason = policy_reason(status->reason, status->detail);
  TransferEvent event;
  if (!policy_status(status->status, reason, &event))
    return TRUE;
  if (event == TRANSFER_STATUS_RETURN)
    reason = policy_return(status->reason, status->detail);
  gboolean reasoned =
      event == TRANSFER_STATUS_REJECT || event == TRANSFER_STATUS_DUPLICATE || event == TRANSFER_STATUS_RETURN;
  char *detail = detail_of(status);
  Evidence evidence = {.event = event,
                       .source = answer->source,
                       .detail = detail,
                       .status = status->status,
                       .reason = status->reason,
                       .reason_class = reasoned ? policy_class_word(reason.class) : NULL,
                       .bank_reference = status->bank_reference,
                       .field = reason.field,
                       .cause = reason.cause,
                       .ours = reason.class != REASON_APPLICANT,
                       .settled_on = event == TRANSFER_STATUS_SETTLED ? day_of_instant(answer->by.now) : DAY_NONE,
                       .due_at = event == TRANSFER_STATUS_SETTLED
                                     ? answer->by.now + LINE_WINDOW
                                     : pay_answer_due(answer->run, transfer->account, answer->by.now)};
  LifeVerdict verdict = LIFE_STAY;
  gboolean done = transfer_learn(answer->run->store, transfer->id, &evidence, &answer->by, &verdict, error);
  if (done && event == TRANSFER_STATUS_REJECT && verdict == LIFE_MOVE && evidence.ours)
    remember_refusal(answer, batch, transfer, status);
  free(detail);
  return done;
}

static gboolean apply_own(Answer *answer, const Batch *batch, const BankStatus *status, GError **error) {
  gboolean found = FALSE;
  g_auto(Transfer) transfer = {0};
  if (status->end_to_end_id != NULL &&
      !transfer_find(answer->run->store, status->end_to_end_id, &transfer, &found, error))
    return FALSE;
  if (!found || transfer.batch_id != batch->id)
    return error_set(error, ERROR_REFUSED, "status_reference", "value", status->end_to_end_id, NULL);
  g_hash_table_add(answer->spoken_of, g_strdup(transfer.reference));
  return learn(answer, batch, &transfer, status, error);
}

/* A status of the whole message speaks for those that have none of their own. */
static gboolean apply_to_rest(Answer *answer, const Batch *batch, const BankStatus *status, GError **error) {
  g_autoptr(GPtrArray) transfers = transfers_in_batch(answer->run->store, batch->id, error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (!g_hash_table_contains(answer->spoken_of, transfer->reference) &&
        !learn(answer, batch, transfer, status, error))
      return FALSE;
  }
  return transfers != NULL;
}

static gboolean apply_level(Answer *answer, gboolean own, GError **error) {
  for (guint i = 0; i < answer->statuses->len; i++) {
    const BankStatus *status = answer->statuses->pdata[i];
    g_auto(Batch) batch = {0};
    if ((status->level == STATUS_TRANSACTION) != own)
      continue;
    if (!find_batch(answer, status, &batch, error) ||
        !batch_answered(answer->run->store, &batch, pay_answer_due(answer->run, batch.account, answer->by.now),
                        &answer->by, error) ||
        !(own ? apply_own : apply_to_rest)(answer, &batch, status, error))
      return FALSE;
  }
  return TRUE;
}

/* One case a batch, whatever the number of its transfers: somebody of ours must act. */
static gboolean open_cases(Answer *answer, GError **error) {
  GHashTableIter iter;
  gpointer message_id, list;
  g_hash_table_iter_init(&iter, answer->refused);
  while (g_hash_table_iter_next(&iter, &message_id, &list)) {
    g_autofree char *subject = g_strconcat("batch:", (char *)message_id, NULL);
    json_t *card = json_pack("{s:s, s:s, s:O}", "batch", (char *)message_id, "channel", answer->channel, "refused",
                             (json_t *)list);
    char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
    const CaseDraft draft = {.reason = "bank_refused",
                             .subject = subject,
                             .card = text,
                             .due_on = deadline_review(answer->run->calendar, answer->by.now)};
    gboolean done = case_open(answer->run->store, &draft, "pay", answer->by.now, NULL, error);
    free(text);
    json_decref(card);
    if (!done)
      return FALSE;
  }
  return TRUE;
}

static gboolean apply(Answer *answer, const Job *job, GError **error) {
  Store *store = answer->run->store;
  return store_begin(store, error) && apply_level(answer, TRUE, error) && apply_level(answer, FALSE, error) &&
         open_cases(answer, error) &&
         file_end(store, answer->file->id, FILE_STORE, NULL, NULL, "pay", answer->by.now, error) &&
         job_done(store, job, error) && store_commit(store, error);
}

static char *facts_of(const GError *error) {
  static const char *const names[] = {"line", "column", "field", "value", "expected", "detail"};
  json_t *facts = json_object();
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    if (error_fact(error, names[i]) != NULL) {
      g_autofree char *masked = mask_codes(error_fact(error, names[i]));
      json_object_set_new(facts, names[i], json_string(masked));
    }
  char *text = json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(facts);
  return text;
}

static gboolean refuse(Answer *answer, const Job *job, const GError *why, GError **error) {
  Store *store = answer->run->store;
  store_rollback(store);
  log_error(why, "status file refused", "FILE", job->subject, NULL);
  char *facts = facts_of(why);
  gboolean done =
      store_begin(store, error) &&
      file_end(store, answer->file->id, FILE_REFUSE, error_reason(why), facts, "pay", answer->by.now, error) &&
      job_done(store, job, error) && store_commit(store, error);
  free(facts);
  return done;
}

static gboolean answer_file(Answer *answer, const Job *job, GError **error) {
  g_autoptr(GError) why = NULL;
  if (parse(answer, &why) && apply(answer, job, &why))
    return TRUE;
  if (error_kind(why) == ERROR_REFUSED)
    return refuse(answer, job, why, error);
  g_propagate_error(error, g_steal_pointer(&why));
  return FALSE;
}

gboolean pay_answer(RoleRun *run, const Job *job, GError **error) {
  g_auto(FileRow) file = {0};
  Instant now = clock_now();
  if (!file_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &file, error))
    return FALSE;
  if (file.state != FILE_CLAIMED || !g_str_has_prefix(file.origin, "channel:"))
    return pay_job_done(run, job, error);
  Answer answer = {.run = run,
                   .file = &file,
                   .channel = file.origin + strlen("channel:"),
                   .source = g_strconcat("file:", job->subject, NULL),
                   .by = pay_learner(run, now),
                   .statuses = g_ptr_array_new_with_free_func((GDestroyNotify)status_free),
                   .refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref),
                   .spoken_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
  gboolean done = answer_file(&answer, job, error);
  g_free(answer.source);
  g_ptr_array_unref(answer.statuses);
  g_hash_table_unref(answer.refused);
  g_hash_table_unref(answer.spoken_of);
  return done;
}
