/* What only time or people bring about: answers that are missing, codes that end, rounds whose obstacle is gone. */
#include "daemon/bank/pay.h"
#include "spool/rounds.h"
#include "spool/transfers.h"

static gboolean commit(RoleRun *run, gboolean done, GError **error) {
  if (done && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

/* No answer and no line by then: nothing is guessed, people are told. */
static gboolean lose_overdue(RoleRun *run, Instant now, GError **error) {
  const Learner by = pay_learner(run, now);
  const Evidence lost = {.event = TRANSFER_LOST, .source = "clock", .settled_on = DAY_NONE, .due_at = INSTANT_NONE};
  g_autoptr(GPtrArray) overdue = transfers_overdue(run->store, now, error);
  for (guint i = 0; overdue != NULL && i < overdue->len; i++) {
    const Transfer *transfer = overdue->pdata[i];
    gboolean asked = FALSE;
    if (!pay_asks(run, transfer, &asked, error))
      return FALSE;
    if (asked)
      continue;
    if (!store_begin(run->store, error) ||
        !commit(run, transfer_learn(run->store, transfer->id, &lost, &by, NULL, error), error))
      return FALSE;
  }
  return overdue != NULL;
}

static gboolean expire(RoleRun *run, Instant now, Instant *next, GError **error) {
  const Learner by = pay_learner(run, now);
  Instant due = INSTANT_NONE;
  int count = 0;
  if (!verifications_next_expiry(run->store, &due, error))
    return FALSE;
  if (due != INSTANT_NONE && due <= now &&
      (!store_begin(run->store, error) ||
       !commit(run, verifications_expire(run->store, day_of_instant(now), &by, &count, error), error) ||
       !verifications_next_expiry(run->store, &due, error)))
    return FALSE;
  *next = instant_earlier(*next, due);
  return TRUE;
}

static gboolean ask_again(RoleRun *run, Instant now, GError **error) {
  g_autoptr(GPtrArray) orders = rounds_mended(run->store, error);
  if (orders == NULL || orders->len == 0)
    return orders != NULL;
  if (!store_begin(run->store, error))
    return FALSE;
  gboolean done = TRUE;
  for (guint i = 0; done && i < orders->len; i++)
    done = job_add(run->store, "pay", "verify", orders->pdata[i], now, error);
  return commit(run, done, error);
}

gboolean pay_watch(RoleRun *run, Instant now, Instant *next, GError **error) {
  Instant due = INSTANT_NONE;
  if (!lose_overdue(run, now, error) || !expire(run, now, next, error) || !ask_again(run, now, error) ||
      !transfers_next_due(run->store, now, &due, error))
    return FALSE;
  *next = instant_earlier(*next, due);
  return TRUE;
}
