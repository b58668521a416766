/* Job "acknowledged": a file's name by which a bank says that it has a message, or refuses it whole. It is learnt as a
 * status of the whole message is; why a message was refused a name does not say, so that people of ours must look. */
#include "daemon/bank/pay.h"
#include "daemon/log.h"
#include "parsers/record.h"
#include "rules/mask.h"
#include "spool/acknowledgements.h"
#include "spool/transfers.h"

#define TAKEN "ACTC" /* ISO 20022 ExternalPaymentGroupStatus1Code: the message is well; nothing is settled */
#define REFUSED "RJCT"

/* What it was said to have refused before it now is said to have: nothing is undone, and people must ask. */
static gboolean deny(RoleRun *run, const Acknowledgement *said, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const Evidence evidence = {.event = TRANSFER_STATUS_PROGRESS,
                             .source = "channel",
                             .status = TAKEN,
                             .settled_on = DAY_NONE,
                             .due_at = INSTANT_NONE};
  g_autoptr(GPtrArray) transfers = transfers_in_batch(run->store, said->batch_id, error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (transfer->state == TRANSFER_REJECTED && !transfer_denied(run->store, transfer->id, &evidence, &by, error))
      return FALSE;
  }
  return transfers != NULL;
}

static gboolean learn(RoleRun *run, const Acknowledgement *said, Instant now, GError **error) {
  g_autofree char *name = mask_codes(said->name);
  BankStatus status = {.level = STATUS_GROUP,
                       .message_id = said->message_id,
                       .status = (char *)(said->taken ? TAKEN : REFUSED),
                       .detail = name};
  g_autoptr(GPtrArray) statuses = g_ptr_array_new();
  g_ptr_array_add(statuses, &status);
  return pay_statuses(run, said->channel, "channel", statuses, now, error) &&
         (!said->too_late || deny(run, said, now, error));
}

gboolean pay_acknowledged(RoleRun *run, const Job *job, GError **error) {
  g_auto(Acknowledgement) said = {0};
  gboolean found = FALSE;
  if (!acknowledgement_load(run->store, g_ascii_strtoll(job->subject, NULL, 10), &said, &found, error))
    return FALSE;
  if (found)
    log_event(said.taken ? LOG_INFO : LOG_WARNING, said.taken ? "batch acknowledged" : "batch refused", "BATCH",
              said.message_id, "FILE", said.name, NULL);
  return store_begin(run->store, error) && (!found || learn(run, &said, clock_now(), error)) &&
         job_done(run->store, job, error) && store_commit(run->store, error);
}
