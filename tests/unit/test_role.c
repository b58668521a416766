#include "daemon/role.h"

#include <stdio.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/lock.h"
#include "tests/unit/spooldir.h"

/* A role whose job does what its kind says, once for "busy". */
static int done, ticks, started, stopped;

static gboolean finish(RoleRun *run, const Job *job, GError **error) {
  done++;
  return store_begin(run->store, error) && job_done(run->store, job, error) && store_commit(run->store, error);
}

static gboolean fake_job(RoleRun *run, const Job *job, GError **error) {
  if (g_str_equal(job->kind, "refused"))
    return error_set(error, ERROR_REFUSED, "no_good", NULL);
  if (g_str_equal(job->kind, "broken"))
    return error_set(error, ERROR_PERMANENT, "mend_me", NULL);
  if (g_str_equal(job->kind, "half")) { /* dies within its transaction: nothing of it may stay */
    g_assert_true(store_begin(run->store, error));
    g_assert_true(job_add(run->store, "fake", "good", "left over", 0, error));
    return error_set(error, ERROR_TEMPORARY, "later", NULL);
  }
  if (g_str_equal(job->kind, "busy"))
    return error_set(error, ERROR_TEMPORARY, "later", NULL);
  if (g_str_equal(job->kind, "more")) { /* adds work for itself */
    done++;
    return store_begin(run->store, error) && job_done(run->store, job, error) &&
           job_add(run->store, "fake", "good", "added", clock_now(), error) && store_commit(run->store, error);
  }
  return finish(run, job, error);
}

static gboolean fake_tick(RoleRun *run, Instant now, Instant *next, GError **error) {
  (void)run;
  (void)error;
  ticks++;
  *next = now + 60 * INSTANT_SECOND;
  return TRUE;
}

static gboolean fake_start(RoleRun *run, GError **error) {
  (void)error;
  g_assert_nonnull(run->calendar);
  started++;
  return TRUE;
}

static void fake_stop(RoleRun *run) {
  (void)run;
  stopped++;
}

static const Role fake = {.name = "fake", .start = fake_start, .job = fake_job, .tick = fake_tick, .stop = fake_stop};

static gboolean run_with(const char *const *kinds, char **state, int *attempts, Instant *due, GError **error) {
  char *dir = spooldir_new();
  done = ticks = started = stopped = 0;
  g_autoptr(Store) store = store_open(dir, error);
  g_assert_nonnull(store);
  g_assert_true(store_begin(store, error));
  for (; *kinds != NULL; kinds++)
    g_assert_true(job_add(store, "fake", *kinds, "1", clock_now(), error));
  g_assert_true(store_commit(store, error));

  MatchRules rules = {0};
  Conf conf = {.state = dir, .rules = &rules};
  gboolean ok = role_run(&fake, &conf, TRUE, error);
  gboolean found;
  gint64 tried = 0;
  g_assert_true(
      store_row(store, NULL, &found, "SELECT state, attempts, due_at FROM job", "", "tii", state, &tried, due));
  *attempts = (int)tried;
  g_clear_pointer(&store, store_close);
  spooldir_remove(dir);
  return ok;
}

static const struct {
  const char *kinds[4];
  const char *state; /* of the job that is left; NULL: none is */
  int done;
  const char *failure; /* reason that the role ends with */
  gboolean later;      /* the job waits */
} cases[] = {
    {{NULL}, NULL, 0},
    {{"good", NULL}, NULL, 1},
    {{"more", NULL}, NULL, 2},
    {{"refused", "good", NULL}, "failed", 1},
    {{"busy", "good", NULL}, "due", 1, NULL, TRUE},
    {{"half", NULL}, "due", 0, NULL, TRUE},
    {{"broken", NULL}, "due", 0, "mend_me"},
};

static void test_jobs(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *state = NULL;
    int attempts = 0;
    Instant due = 0, now = clock_now();
    g_assert_cmpint(run_with(cases[i].kinds, &state, &attempts, &due, &error), ==, cases[i].failure == NULL);
    g_assert_cmpstr(state, ==, cases[i].state);
    g_assert_cmpint(done, ==, cases[i].done);
    g_assert_cmpint(started, ==, 1);
    g_assert_cmpint(stopped, ==, 1);
    g_assert_cmpint(ticks > 0, ==, cases[i].failure == NULL);
    if (cases[i].failure != NULL)
      g_assert_cmpstr(error_reason(error), ==, cases[i].failure);
    if (cases[i].later)
      g_assert_cmpint(due, >=, now + INSTANT_SECOND);
  }
}

static void test_taken(void) {
  char *dir = spooldir_new();
  g_autoptr(GError) error = NULL;
  int held = lock_role(dir, "fake", NULL);
  g_assert_cmpint(held, >=, 0);
  MatchRules rules = {0};
  Conf conf = {.state = dir, .rules = &rules};
  g_assert_false(role_run(&fake, &conf, TRUE, &error));
  g_assert_cmpstr(error_reason(error), ==, "role_taken");
  g_assert_cmpint(error_kind(error), ==, ERROR_TEMPORARY);
  close(held);
  spooldir_remove(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_assert_nonnull(freopen("/dev/null", "w", stderr)); /* the role's journal */
  g_test_add_func("/role/jobs", test_jobs);
  g_test_add_func("/role/taken", test_taken);
  return g_test_run();
}
