#include "spool/instance.h"

#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/instance.h"
#include "spool/cases.h"
#include "spool/durable.h"
#include "spool/holds.h"

#define NAME "sending.pass"
#define PASS_MOST 512

static char *keys_of(const Store *store) {
  return g_build_filename(store_dir(store), "keys", NULL);
}

/* Not the identity itself, which is nobody's business. */
static char *machine(void) {
  g_autofree char *id = NULL;
  if (!g_file_get_contents("/etc/machine-id", &id, NULL, NULL))
    return g_strdup("none");
  g_autofree char *salted = g_strconcat("yifen ", g_strstrip(id), NULL);
  char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, salted, -1);
  digest[32] = '\0';
  return digest;
}

static gboolean stamp(int fd, const char *path, Pass *pass) {
  struct statx facts = {0};
  if (statx(fd, path, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &facts) != 0)
    return FALSE;
  pass->inode = facts.stx_ino;
  pass->born = (facts.stx_mask & STATX_BTIME) != 0 ? facts.stx_btime.tv_sec * 1000000000 + facts.stx_btime.tv_nsec : 0;
  return TRUE;
}

/* What is to be found when all is well; *idle: the store never made a message. */
static gboolean look_here(Store *store, Pass *here, gboolean *idle, GError **error) {
  gboolean found = FALSE;
  gint64 batches = 0;
  if (!store_row(store, error, &found,
                 "SELECT epoch, name, (SELECT count(*) FROM (SELECT 1 FROM batch LIMIT 1)) FROM instance", "", "iti",
                 &here->epoch, &here->instance, &batches))
    return FALSE;
  g_assert(found);
  here->machine = machine();
  *idle = here->epoch == 0 && batches == 0;
  return TRUE;
}

/* *there FALSE: no pass that can be read. */
static void look_at_pass(const Store *store, Pass *found, Pass *here, gboolean *there) {
  g_autofree char *keys = keys_of(store), *path = g_build_filename(keys, NAME, NULL), *text = NULL;
  gsize size = 0;
  *there = durable_read(path, PASS_MOST, &text, &size, NULL) && stamp(AT_FDCWD, path, here) && pass_read(text, found);
}

static char *stamped(int fd, gpointer user) {
  Pass *pass = user;
  return stamp(fd, "", pass) ? pass_write(pass) : NULL;
}

static gboolean write_pass(Store *store, Pass *pass, GError **error) {
  g_autofree char *keys = keys_of(store);
  return durable_write_made(keys, NAME, stamped, pass, 0600, error);
}

gboolean instance_renew(Store *store, GError **error) {
  g_auto(Pass) here = {0};
  gboolean idle = FALSE;
  return look_here(store, &here, &idle, error) && write_pass(store, &here, error);
}

static gboolean tell(Store *store, InstanceVerdict verdict, const Pass *found, const Pass *here,
                     const Calendar *calendar, const char *actor, Instant now, GError **error) {
  json_t *facts = json_pack("{s:s, s:I, s:I}", "instance", instance_word(verdict), "store_epoch",
                            (json_int_t)here->epoch, "pass_epoch", (json_int_t)found->epoch);
  char *card = json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(facts);
  const CaseDraft draft = {.reason = "instance_restored",
                           .subject = INSTANCE_SUBJECT,
                           .card = card,
                           .due_on = deadline_review(calendar, now)};
  gboolean done = store_begin(store, error) && hold_instance(store, instance_word(verdict), actor, now, error) &&
                  case_open(store, &draft, actor, now, NULL, error) && store_commit(store, error);
  if (!done)
    store_rollback(store);
  free(card);
  return done;
}

gboolean instance_ready(Store *store, const Calendar *calendar, const char *actor, Instant now, gboolean *ours,
                        GError **error) {
  g_auto(Pass) here = {0}, found = {0};
  gboolean idle = FALSE, there = FALSE, held = TRUE;
  *ours = FALSE;
  if (!look_here(store, &here, &idle, error) || !hold_stands(store, HOLD_INSTANCE, &held, error))
    return FALSE;
  if (held)
    return TRUE;
  look_at_pass(store, &found, &here, &there);
  InstanceVerdict verdict = !there && idle ? INSTANCE_OURS : instance_judge(there ? &found : NULL, &here);
  if (verdict != INSTANCE_OURS)
    return tell(store, verdict, &found, &here, calendar, actor, now, error);
  *ours = TRUE;
  return (there && found.epoch == here.epoch) || write_pass(store, &here, error);
}

gboolean instance_step(Store *store, GError **error) {
  g_assert(store_in_transaction(store));
  return store_run(store, error, "UPDATE instance SET epoch = epoch + 1", "");
}

gboolean instance_confirm(Store *store, GError **error) {
  g_auto(Pass) here = {0}, found = {0};
  gboolean idle = FALSE, there = FALSE;
  g_assert(store_in_transaction(store));
  if (!look_here(store, &here, &idle, error))
    return FALSE;
  look_at_pass(store, &found, &here, &there);
  gint64 next = MAX(here.epoch, there ? found.epoch : 0) + 1;
  return store_run(store, error, "UPDATE instance SET epoch = ?", "i", next);
}
