#include "daemon/role.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "daemon/log.h"
#include "rules/error.h"
#include "spool/lock.h"

#define LONGEST_SLEEP (30 * INSTANT_SECOND) /* a lost bell costs no more */
#define LONGEST_BURST (1 * INSTANT_SECOND)  /* of jobs between two ticks */
#define LONGEST_DELAY (600 * INSTANT_SECOND)

typedef struct {
  const Role *role;
  RoleRun run;
  Bell *bell;
  gboolean to_idle;
  int tick_failures;
  Instant tick_at; /* when the tick wants to be called again */
  Instant seen;    /* the clock, last time round */
} Loop;

static int stop_event = -1;
static volatile sig_atomic_t stopping;

static void on_stop(int signal) {
  (void)signal;
  int saved = errno;
  stopping = 1;
  if (eventfd_write(stop_event, 1) != 0)
    _exit(ERROR_TEMPORARY); /* a stop that nobody would hear */
  errno = saved;
}

/* A handler and not a blocked signal: masks are inherited by programs that a role starts. */
static void watch_stop(void) {
  stop_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_assert(stop_event >= 0);
  const struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
  g_assert(sigaction(SIGTERM, &action, NULL) == 0 && sigaction(SIGINT, &action, NULL) == 0);
}

Instant clock_now(void) {
  return g_get_real_time();
}

static Instant delay_after(int failures) {
  Instant delay = INSTANT_SECOND << CLAMP(failures - 1, 0, 10);
  return MIN(delay, LONGEST_DELAY);
}

static Instant earlier(Instant a, Instant b) {
  return a == INSTANT_NONE ? b : b == INSTANT_NONE ? a : MIN(a, b);
}

/* The job did not end itself: put it off, put it back or fail it. FALSE with the error that ends the role. */
static gboolean end_failed_job(Loop *loop, const Job *job, GError *failure, GError **error) {
  Store *store = loop->run.store;
  store_rollback(store);
  log_error(failure, "job failed", "JOB", job->kind, "SUBJECT", job->subject, NULL);
  ErrorKind kind = error_kind(failure);
  Instant again = clock_now() + (kind == ERROR_PERMANENT ? 0 : delay_after(job->attempts));
  gboolean retried = kind == ERROR_PERMANENT || kind == ERROR_TEMPORARY;
  gboolean ok = store_begin(store, error) &&
                (retried ? job_again(store, job, again, error_reason(failure), error)
                         : job_fail(store, job, error_reason(failure), error)) &&
                store_commit(store, error);
  if (!ok)
    store_rollback(store);
  if (ok && kind == ERROR_PERMANENT) {
    g_propagate_error(error, g_error_copy(failure));
    return FALSE;
  }
  return ok;
}

static gboolean do_job(Loop *loop, gboolean *found, GError **error) {
  g_auto(Job) job = {0};
  if (!job_claim(loop->run.store, loop->role->name, clock_now(), &job, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  g_autoptr(GError) failure = NULL;
  if (loop->role->job(&loop->run, &job, &failure)) {
    g_assert(!store_in_transaction(loop->run.store));
    return TRUE;
  }
  return end_failed_job(loop, &job, failure, error);
}

static gboolean do_jobs(Loop *loop, GError **error) {
  gint64 until = g_get_monotonic_time() + LONGEST_BURST;
  gboolean found = loop->role->job != NULL;
  while (found && !stopping && g_get_monotonic_time() < until)
    if (!do_job(loop, &found, error))
      return FALSE;
  return TRUE;
}

static gboolean do_tick(Loop *loop, GError **error) {
  g_autoptr(GError) failure = NULL;
  Instant now = clock_now();
  loop->tick_at = INSTANT_NONE;
  if (loop->role->tick == NULL || stopping)
    return TRUE;
  if (loop->role->tick(&loop->run, now, &loop->tick_at, &failure)) {
    loop->tick_failures = 0;
    g_assert(!store_in_transaction(loop->run.store));
    return TRUE;
  }
  store_rollback(loop->run.store);
  if (error_kind(failure) == ERROR_PERMANENT) {
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
  }
  log_error(failure, "tick failed", NULL);
  loop->tick_at = now + delay_after(++loop->tick_failures);
  return TRUE;
}

static gboolean wait_for_work(Loop *loop, Instant due) {
  Instant now = clock_now(), sleep = due == INSTANT_NONE ? LONGEST_SLEEP : CLAMP(due - now, 0, LONGEST_SLEEP);
  struct pollfd fds[] = {{.fd = stop_event, .events = POLLIN},
                         {.fd = bell_fd(loop->bell), .events = POLLIN},
                         {.fd = loop->role->watch != NULL ? loop->role->watch(&loop->run) : -1, .events = POLLIN}};
  int ready = poll(fds, G_N_ELEMENTS(fds), (int)((sleep + 999) / 1000));
  g_assert(ready >= 0 || errno == EINTR);
  return !stopping;
}

/* A clock that was set back must not put off for a year what was due. */
static gboolean notice_clock(Loop *loop, GError **error) {
  Instant now = clock_now(), seen = loop->seen;
  loop->seen = now;
  return now >= seen || job_hurry(loop->run.store, loop->role->name, now, error);
}

static gboolean work(Loop *loop, GError **error) {
  loop->seen = G_MAXINT64; /* it may have been set back while we were not there */
  while (!stopping) {
    Instant due = INSTANT_NONE;
    bell_drain(loop->bell);
    if (!notice_clock(loop, error) || !do_jobs(loop, error) || !do_tick(loop, error) ||
        !job_next_due(loop->run.store, loop->role->name, &due, error))
      return FALSE;
    due = loop->role->job != NULL ? earlier(due, loop->tick_at) : loop->tick_at;
    if (due != INSTANT_NONE && due <= clock_now())
      continue;
    if (loop->to_idle || !wait_for_work(loop, due))
      return TRUE;
  }
  return TRUE;
}

static gboolean run_held(Loop *loop, GError **error) {
  const Role *role = loop->role;
  RoleRun *run = &loop->run;
  if (!job_recover(run->store, role->name, error) || (role->start != NULL && !role->start(run, error)))
    return FALSE;
  gboolean ok = role->run != NULL ? role->run(run, stop_event, error) : work(loop, error);
  if (role->stop != NULL)
    role->stop(run);
  return ok;
}

gboolean role_run(const Role *role, const Conf *conf, gboolean to_idle, GError **error) {
  if (stop_event < 0)
    watch_stop();
  int lock = lock_role(conf->state, role->name, error);
  if (lock < 0)
    return FALSE;
  g_autoptr(Calendar) calendar = conf_calendar(conf, error);
  g_autoptr(Store) store = calendar != NULL ? store_open(conf->state, error) : NULL;
  if (store != NULL)
    store_set_passes(store, conf->rules->passes);
  g_autoptr(Bell) bell = store != NULL ? bell_open(conf->state, role->name, error) : NULL;
  Loop loop = {
      .role = role, .run = {.conf = conf, .store = store, .calendar = calendar}, .bell = bell, .to_idle = to_idle};
  gboolean ok = bell != NULL && run_held(&loop, error);
  (void)close(lock);
  return ok;
}
