/* A role of yifend: a plain loop that claims a job, does it, commits. One process a role. */
#ifndef YIFEN_DAEMON_ROLE_H
#define YIFEN_DAEMON_ROLE_H

#include "daemon/conf.h"
#include "rules/day.h"
#include "spool/job.h"
#include "spool/store.h"

typedef struct {
  const Conf *conf;
  Store *store;
  const Calendar *calendar;
  gpointer state; /* the role's own */
} RoleRun;

typedef struct {
  const char *name;
  /* Once, when lock and store are held and running jobs are taken back. NULL: nothing. */
  gboolean (*start)(RoleRun *run, GError **error);
  /* Does one job and ends it in its last transaction: job_done, job_again or job_fail. An ERROR_TEMPORARY error puts
   * the job off with growing delay; ERROR_PERMANENT puts it back and ends the role, which then stays down until a
   * person has mended the cause; other errors fail the job, which is logged and shown by status. */
  gboolean (*job)(RoleRun *run, const Job *job, GError **error);
  /* Due work that is no job (polls, folders). Sets when it wants to be called again; INSTANT_NONE: when the bell rings.
   * It is called after every wake-up too, so it must look at `now` itself. An ERROR_TEMPORARY error is logged and the
   * tick repeated with growing delay, ERROR_REFUSED is logged, ERROR_PERMANENT ends the role. */
  gboolean (*tick)(RoleRun *run, Instant now, Instant *next, GError **error);
  /* A descriptor to wait on beside the bell (inotify of a folder), or -1; tick is called when it is readable. NULL:
   * none. */
  int (*watch)(RoleRun *run);
  void (*stop)(RoleRun *run);
  /* A role that is not such a loop (serve) runs itself until the stop descriptor is readable. NULL for all others. */
  gboolean (*run)(RoleRun *run, int stop_fd, GError **error);
} Role;

extern const Role role_fetch, role_intake, role_pay, role_notify, role_serve, role_staff;
extern const Role *const roles[]; /* ended by NULL */
const Role *role_find(const char *name);

/* Takes the lock, opens the store, works until SIGTERM; or, with to_idle, until nothing is due any more. */
gboolean role_run(const Role *role, const Conf *conf, gboolean to_idle, GError **error);

/* The clock of the programs. */
Instant clock_now(void);

#endif
