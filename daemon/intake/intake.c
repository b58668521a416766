/* The role intake: claims files, has them parsed in the cage, stores their lines, matches them with the orders, opens
 * cases and answers who dropped a file. Jobs: "file" ID, "match" ORDER_NO, "tied" ENTRY_ID,
 * "receipt" RECEIPT_FILE_ID, "superseded" FILE_ID. */
#include <string.h>

#include "daemon/intake/import.h"
#include "daemon/intake/invoice.h"
#include "daemon/intake/putaway.h"
#include "daemon/intake/receipt.h"
#include "daemon/intake/result.h"
#include "daemon/intake/shown.h"
#include "daemon/log.h"
#include "daemon/role.h"
#include "rules/error.h"
#include "spool/drop.h"
#include "spool/overdue.h"
#include "spool/tied.h"

#define ACTOR "intake"

typedef struct {
  Intake *intake;
  Drop *drop;
  Day swept; /* when orders that nobody paid were last looked at */
} State;

static void stop(RoleRun *run) {
  State *state = run->state;
  if (state == NULL)
    return;
  intake_free(state->intake);
  drop_close(state->drop);
  g_clear_pointer(&run->state, g_free);
}

static gboolean start(RoleRun *run, GError **error) {
  State *state = run->state = g_new0(State, 1);
  g_autoptr(GPtrArray) sections = g_ptr_array_new();
  for (guint i = 0; i < run->conf->accounts->len; i++)
    g_ptr_array_add(sections, ((const ConfAccount *)run->conf->accounts->pdata[i])->name);
  g_ptr_array_add(sections, NULL);
  state->intake = intake_new(run->conf, run->store, run->calendar, error);
  return state->intake != NULL &&
         (state->drop = drop_open(run->conf->state, (const char *const *)sections->pdata, error)) != NULL &&
         drop_sweep(run->store, clock_now(), error);
}

/* Ends the job in the transaction that `act` works in. */
typedef gboolean JobAct(RoleRun *run, const Job *job, const MatchingBy *by, GError **error);

static gboolean in_transaction(RoleRun *run, const Job *job, JobAct *act, GError **error) {
  MatchingBy by = {.actor = ACTOR, .now = clock_now(), .calendar = run->calendar};
  if (!store_begin(run->store, error))
    return FALSE;
  if ((act == NULL || act(run, job, &by, error)) && job_done(run->store, job, error) && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

static gint64 subject_id(const Job *job) {
  return g_ascii_strtoll(job->subject, NULL, 10);
}

static gboolean act_match(RoleRun *run, const Job *job, const MatchingBy *by, GError **error) {
  return matching_order(run->store, job->subject, by, error);
}

static gboolean act_tied(RoleRun *run, const Job *job, const MatchingBy *by, GError **error) {
  return tied_apply(run->store, subject_id(job), by, error);
}

static gboolean do_file(RoleRun *run, const Job *job, GError **error) {
  const State *state = run->state;
  g_auto(FileRow) file = {0};
  MatchingBy by = {.actor = ACTOR, .now = clock_now(), .calendar = run->calendar};
  if (!file_load(run->store, subject_id(job), &file, error))
    return FALSE;
  if ((file.state == FILE_CLAIMED || file.state == FILE_HELD) &&
      (!intake_refresh(state->intake, error) || !import_file(state->intake, &file, by.now, error)))
    return FALSE;
  return matching_new(run->store, &by, error) && in_transaction(run, job, NULL, error);
}

static gboolean do_superseded(RoleRun *run, const Job *job, GError **error) {
  const State *state = run->state;
  return intake_refresh(state->intake, error) && shown_supersede(state->intake, subject_id(job), clock_now(), error) &&
         in_transaction(run, job, NULL, error);
}

/* A voucher that cannot be read is answered too; what fails for now is tried again. */
static gboolean do_receipt(RoleRun *run, const Job *job, GError **error) {
  const State *state = run->state;
  g_auto(ReceiptFile) file = {0};
  g_auto(Voucher) voucher = {0};
  g_autoptr(GError) why = NULL;
  const OrderBy by = {.actor = ACTOR, .now = clock_now(), .calendar = run->calendar};
  if (!receipt_file_load(run->store, subject_id(job), &file, error))
    return FALSE;
  gboolean read = voucher_read(state->intake, &file, &voucher, &why);
  if (!read && error_kind(why) != ERROR_REFUSED) {
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
  }
  if (!store_begin(run->store, error))
    return FALSE;
  if ((read ? receipt_read(run->store, &file, &voucher.claim, &by, error)
            : receipt_unread(run->store, &file, why, &by, error)) &&
      job_done(run->store, job, error) && store_commit(run->store, error))
    return TRUE;
  store_rollback(run->store);
  return FALSE;
}

static gboolean do_job(RoleRun *run, const Job *job, GError **error) {
  if (strcmp(job->kind, "file") == 0)
    return do_file(run, job, error);
  if (strcmp(job->kind, "match") == 0)
    return in_transaction(run, job, act_match, error);
  if (strcmp(job->kind, "tied") == 0)
    return in_transaction(run, job, act_tied, error);
  if (strcmp(job->kind, "receipt") == 0)
    return do_receipt(run, job, error);
  if (strcmp(job->kind, "superseded") == 0)
    return do_superseded(run, job, error);
  return error_set(error, ERROR_REFUSED, "job_kind", "value", job->kind, NULL);
}

static gboolean on_odd(void *user, const char *section, const char *name, const GError *why, Instant since,
                       GError **error) {
  const State *state = user;
  log_error(why, "left in the drop folder", "FILE", name, NULL);
  return result_odd(state->intake, section, name, why, since, error);
}

/* Once a day. *next: the next midnight. */
static gboolean sweep_orders(RoleRun *run, Instant now, Instant *next, GError **error) {
  State *state = run->state;
  const OrderBy by = {.actor = ACTOR, .now = now, .calendar = run->calendar};
  Day today = day_of_instant(now);
  *next = instant_at(today + 1, 0, 0, 0);
  if (state->swept == today)
    return TRUE;
  if (!overdue_sweep(run->store, &by, error))
    return FALSE;
  state->swept = today;
  return TRUE;
}

static Instant sooner(Instant a, Instant b) {
  return a == INSTANT_NONE ? b : b == INSTANT_NONE ? a : MIN(a, b);
}

static gboolean tick(RoleRun *run, Instant now, Instant *next, GError **error) {
  State *state = run->state;
  const DropSink sink = {.odd = on_odd, .user = state};
  Instant ready, patience, midnight, invoices;
  int claimed = 0;
  if (!putaway_all(state->intake, now, &patience, error) ||
      !drop_scan(state->drop, run->store, now, run->conf->settle_seconds, &sink, &ready, &claimed, error) ||
      !sweep_orders(run, now, &midnight, error) || !invoice_write(run, now, &invoices, error))
    return FALSE;
  *next = sooner(sooner(midnight, invoices), sooner(patience, ready));
  return TRUE;
}

static int watch(RoleRun *run) {
  return drop_fd(((const State *)run->state)->drop);
}

const Role role_intake = {.name = "intake", .start = start, .job = do_job, .tick = tick, .watch = watch, .stop = stop};
