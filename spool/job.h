/* Jobs: durable units of work. One row a (role, kind, subject); asking again for a due job is no news, asking while it
 * runs makes it run once more. A role takes back its running jobs when it starts (it holds the role's lock), so leases
 * need no clock. */
#ifndef YIFEN_SPOOL_JOB_H
#define YIFEN_SPOOL_JOB_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  gint64 id;
  char *kind, *subject;
  int attempts; /* this one included */
} Job;
void job_clear(Job *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Job, job_clear)

/* Within a transaction; the bell rings at store_commit. An earlier due time wins over a later one. */
gboolean job_add(Store *store, const char *role, const char *kind, const char *subject, Instant due, GError **error);

/* Makes the role's running jobs due again. Its own transaction. */
gboolean job_recover(Store *store, const char *role, GError **error);

/* In a transaction of its own: what is due later than anything is ever put off was put off by a clock that has been
 * set back since; it is due now. */
#define JOB_LONGEST_WAIT (2 * 24 * 3600 * INSTANT_SECOND)
gboolean job_hurry(Store *store, const char *role, Instant now, GError **error);

/* Claims the role's next due job (its own transaction). *found FALSE: none is due. */
gboolean job_claim(Store *store, const char *role, Instant now, Job *job, gboolean *found, GError **error);

/* Within a transaction: the job is done, is to be tried again at `due`, or failed for good. */
gboolean job_done(Store *store, const Job *job, GError **error);
gboolean job_again(Store *store, const Job *job, Instant due, const char *reason, GError **error);
/* Within a transaction: the role's due jobs that were put off for this reason are due now. */
#define JOB_INSTANCE_HELD "instance_held" /* until restore_confirm */
gboolean job_resume(Store *store, const char *role, const char *reason, Instant now, GError **error);
gboolean job_fail(Store *store, const Job *job, const char *reason, GError **error);

/* When the role's next job is due; INSTANT_NONE when it has none. */
gboolean job_next_due(Store *store, const char *role, Instant *due, GError **error);

#endif
