#include "spool/job.h"

void job_clear(Job *job) {
  g_free(job->kind);
  g_free(job->subject);
  *job = (Job){0};
}

gboolean job_add(Store *store, const char *role, const char *kind, const char *subject, Instant due, GError **error) {
  g_assert(store_in_transaction(store));
  store_ring(store, role);
  return store_run(
      store, error,
      "INSERT INTO job (role, kind, subject, state, due_at) VALUES (?, ?, ?, 'due', ?) "
      "ON CONFLICT (role, kind, subject) DO UPDATE SET "
      "again = CASE WHEN job.state = 'running' THEN 1 ELSE 0 END, "
      "attempts = CASE WHEN job.state = 'failed' THEN 0 ELSE job.attempts END, "
      "due_at = CASE WHEN job.state = 'due' AND job.due_at < excluded.due_at THEN job.due_at ELSE excluded.due_at END, "
      "state = CASE WHEN job.state = 'failed' THEN 'due' ELSE job.state END",
      "ttti", role, kind, subject, due);
}

gboolean job_recover(Store *store, const char *role, GError **error) {
  if (!store_begin(store, error))
    return FALSE;
  if (store_run(store, error, "UPDATE job SET state = 'due', again = 0 WHERE role = ? AND state = 'running'", "t",
                role) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean job_hurry(Store *store, const char *role, Instant now, GError **error) {
  gboolean any = FALSE;
  gint64 one = 0;
  if (!store_row(store, error, &any, "SELECT 1 FROM job WHERE role = ? AND state = 'due' AND due_at > ? LIMIT 1", "ti",
                 role, now + JOB_LONGEST_WAIT, "i", &one))
    return FALSE;
  if (!any)
    return TRUE;
  if (store_begin(store, error) &&
      store_run(store, error, "UPDATE job SET due_at = ? WHERE role = ? AND state = 'due' AND due_at > ?", "iti", now,
                role, now + JOB_LONGEST_WAIT) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

static gboolean next_due_job(Store *store, const char *role, Instant now, Job *job, gboolean *found, GError **error) {
  gint64 attempts = 0;
  if (!store_row(store, error, found,
                 "SELECT id, kind, subject, attempts FROM job WHERE role = ? AND state = 'due' AND due_at <= ? "
                 "ORDER BY due_at, id LIMIT 1",
                 "ti", role, now, "itti", &job->id, &job->kind, &job->subject, &attempts))
    return FALSE;
  job->attempts = (int)attempts + 1;
  return TRUE;
}

/* An idle role must not take the write lock just to find that nothing is due. */
static gboolean any_due(Store *store, const char *role, Instant now, gboolean *any, GError **error) {
  Instant due;
  if (!job_next_due(store, role, &due, error))
    return FALSE;
  *any = due != INSTANT_NONE && due <= now;
  return TRUE;
}

gboolean job_claim(Store *store, const char *role, Instant now, Job *job, gboolean *found, GError **error) {
  gboolean any;
  *found = FALSE;
  if (!any_due(store, role, now, &any, error))
    return FALSE;
  if (!any)
    return TRUE;
  g_auto(Job) claimed = {0};
  gboolean got = FALSE;
  if (!store_begin(store, error))
    return FALSE;
  if (!next_due_job(store, role, now, &claimed, &got, error) ||
      (got &&
       !store_run(store, error, "UPDATE job SET state = 'running', attempts = attempts + 1, again = 0 WHERE id = ?",
                  "i", claimed.id)) ||
      !store_commit(store, error)) {
    store_rollback(store);
    return FALSE;
  }
  *found = got;
  if (got) {
    *job = claimed;
    claimed = (Job){0};
  }
  return TRUE;
}

gboolean job_done(Store *store, const Job *job, GError **error) {
  g_assert(store_in_transaction(store));
  return store_run(store, error, "DELETE FROM job WHERE id = ? AND again = 0", "i", job->id) &&
         (store_changes(store) == 1 ||
          store_run(store, error, "UPDATE job SET state = 'due', again = 0, attempts = 0, error = NULL WHERE id = ?",
                    "i", job->id));
}

gboolean job_again(Store *store, const Job *job, Instant due, const char *reason, GError **error) {
  g_assert(store_in_transaction(store));
  return store_run(store, error, "UPDATE job SET state = 'due', again = 0, due_at = ?, error = ? WHERE id = ?", "iti",
                   due, reason, job->id);
}

gboolean job_resume(Store *store, const char *role, const char *reason, Instant now, GError **error) {
  g_assert(store_in_transaction(store));
  store_ring(store, role);
  return store_run(store, error, "UPDATE job SET due_at = ? WHERE role = ? AND state = 'due' AND error = ?", "itt", now,
                   role, reason);
}

gboolean job_fail(Store *store, const Job *job, const char *reason, GError **error) {
  g_assert(store_in_transaction(store));
  return store_run(store, error, "UPDATE job SET state = 'failed', again = 0, error = ? WHERE id = ?", "ti", reason,
                   job->id);
}

gboolean job_next_due(Store *store, const char *role, Instant *due, GError **error) {
  gboolean found;
  gint64 at = INSTANT_NONE;
  if (!store_row(store, error, &found,
                 "SELECT due_at FROM job WHERE role = ? AND state = 'due' ORDER BY due_at LIMIT 1", "t", role, "i",
                 &at))
    return FALSE;
  *due = found ? at : INSTANT_NONE;
  return TRUE;
}
