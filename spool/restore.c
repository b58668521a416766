#include "spool/restore.h"

#include <jansson.h>

#include "rules/error.h"
#include "spool/audit.h"
#include "spool/batches.h"
#include "spool/cases.h"
#include "spool/holds.h"
#include "spool/instance.h"
#include "spool/job.h"
#include "spool/transfers.h"

#define WINDOW (24 * 3600 * INSTANT_SECOND) /* for statements and status files to say what became of them */

static gboolean doubt(Store *store, GPtrArray *transfers, const Learner *by, int *doubted, GError **error) {
  const Evidence evidence = {
      .event = TRANSFER_DOUBT, .source = "restore", .settled_on = DAY_NONE, .due_at = by->now + WINDOW};
  for (guint i = 0; transfers != NULL && i < transfers->len; i++) {
    const Transfer *transfer = transfers->pdata[i];
    if (transfer->state != TRANSFER_SENDING && transfer->state != TRANSFER_PLANNED)
      continue;
    if (!transfer_learn(store, transfer->id, &evidence, by, NULL, error))
      return FALSE;
    ++*doubted;
  }
  return transfers != NULL;
}

static gboolean doubt_batches(Store *store, const Learner *by, int *doubted, GError **error) {
  g_autoptr(GPtrArray) open = batches_open(store, error);
  for (guint i = 0; open != NULL && i < open->len; i++) {
    const Batch *batch = open->pdata[i];
    if (!batch_doubt(store, batch->id, by, error))
      return FALSE;
    g_autoptr(GPtrArray) transfers = transfers_in_batch(store, batch->id, error);
    if (!doubt(store, transfers, by, doubted, error))
      return FALSE;
  }
  return open != NULL;
}

static gboolean doubt_planned(Store *store, const Learner *by, int *doubted, GError **error) {
  g_autoptr(GPtrArray) planned = transfers_planned(store, error);
  return doubt(store, planned, by, doubted, error);
}

static gboolean note(Store *store, const char *reason, int doubted, const Learner *by, GError **error) {
  json_t *detail = json_pack("{s:s, s:i}", "reason", reason, "doubted", doubted);
  char *text = json_dumps(detail, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(detail);
  gboolean done = audit_append(store, by->now, by->actor, "instance.confirm", "instance", text, error);
  free(text);
  return done;
}

static gboolean confirm(Store *store, const char *reason, const Learner *by, int *doubted, GError **error) {
  if (!store_run(store, error, "DELETE FROM hold WHERE account = ?", "t", HOLD_INSTANCE))
    return FALSE;
  if (store_changes(store) == 0)
    return error_set(error, ERROR_REFUSED, "not_restored", NULL);
  return doubt_batches(store, by, doubted, error) && doubt_planned(store, by, doubted, error) &&
         instance_confirm(store, error) && job_resume(store, "pay", JOB_INSTANCE_HELD, by->now, error) &&
         case_moot(store, "instance_restored", INSTANCE_SUBJECT, by->actor, by->now, error) &&
         note(store, reason, *doubted, by, error);
}

gboolean restore_confirm(Store *store, const char *reason, const Learner *by, int *doubted, GError **error) {
  *doubted = 0;
  if (!store_begin(store, error))
    return FALSE;
  if (confirm(store, reason, by, doubted, error) && store_commit(store, error))
    return instance_renew(store, error);
  store_rollback(store);
  return FALSE;
}
