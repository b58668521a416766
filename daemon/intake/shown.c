#include "daemon/intake/shown.h"

#include "rules/deadline.h"
#include "spool/gaps.h"
#include "spool/supersede.h"
#include "spool/vanished.h"

typedef struct {
  const Intake *intake;
  EntryCounter *counter;
  const Plan *plan;
  const ConfAccount *wanted, *now;
  GHashTable *keys;
} Shown;

static gboolean on_statement(void *user, const Statement *head, GError **error) {
  Shown *shown = user;
  (void)error;
  shown->now = ((const PlannedStatement *)shown->plan->statements->pdata[head->number - 1])->account;
  return TRUE;
}

static gboolean on_entry(void *user, const Entry *entry, GError **error) {
  Shown *shown = user;
  (void)error;
  if (!line_counts(entry))
    return TRUE;
  g_auto(Line) line = {0};
  line_prepare(shown->intake, shown->now, entry, shown->counter, &line);
  if (shown->now == shown->wanted)
    g_hash_table_add(shown->keys, vanished_key(entry->booking_date, line.identity));
  return TRUE;
}

static gboolean on_statement_end(void *user, const Statement *head, GError **error) {
  (void)user;
  (void)head;
  (void)error;
  return TRUE;
}

GHashTable *shown_lines(const Intake *intake, const FileRow *file, const Plan *plan, const ConfAccount *account,
                        GError **error) {
  g_autoptr(EntryCounter) counter = entry_counter_new();
  g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  Shown shown = {.intake = intake, .counter = counter, .plan = plan, .wanted = account, .keys = keys};
  const RecordSink sink = {
      .statement = on_statement, .entry = on_entry, .statement_end = on_statement_end, .user = &shown};
  return intake_parse(intake, file, &sink, error) ? g_steal_pointer(&keys) : NULL;
}

typedef struct {
  FileRow file;
  Plan *plan;
} Version;

static void version_clear(Version *version) {
  file_row_clear(&version->file);
  plan_free(version->plan);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Version, version_clear)

static gboolean load(const Intake *intake, gint64 file_id, Version *version, GError **error) {
  return file_load(intake->store, file_id, &version->file, error) &&
         plan_file(intake, &version->file, &version->plan, error);
}

/* The days of all its statements of this account. */
static void find_days(const Plan *plan, const ConfAccount *account, Day *from, Day *to) {
  *from = *to = DAY_NONE;
  for (guint i = 0; i < plan->statements->len; i++) {
    const PlannedStatement *planned = plan->statements->pdata[i];
    if (planned->account != account || planned->first == DAY_NONE)
      continue;
    *from = *from == DAY_NONE ? planned->first : MIN(*from, planned->first);
    *to = MAX(*to, planned->last);
  }
}

static gboolean ask(const Intake *intake, const ConfAccount *account, const Plan *old, GHashTable *gone, Instant now,
                    GError **error) {
  const MatchingBy by = {.actor = "intake", .now = now, .calendar = intake->calendar};
  Day from, to;
  find_days(old, account, &from, &to);
  if (!store_begin(intake->store, error))
    return FALSE;
  if ((from == DAY_NONE || vanished_these(intake->store, account->name, from, to, gone, &by, error)) &&
      gaps_ask(intake->store, account->name, deadline_review(intake->calendar, now), by.actor, now, error) &&
      store_commit(intake->store, error))
    return TRUE;
  store_rollback(intake->store);
  return FALSE;
}

static gboolean compare(const Intake *intake, const ConfAccount *account, const Version *old, const Version *other,
                        Instant now, GError **error) {
  g_autoptr(GHashTable) gone = shown_lines(intake, &old->file, old->plan, account, error);
  g_autoptr(GHashTable) kept = gone != NULL ? shown_lines(intake, &other->file, other->plan, account, error) : NULL;
  GHashTableIter iter;
  gpointer key;
  if (kept == NULL)
    return FALSE;
  g_hash_table_iter_init(&iter, gone);
  while (g_hash_table_iter_next(&iter, &key, NULL))
    if (g_hash_table_contains(kept, key))
      g_hash_table_iter_remove(&iter);
  return ask(intake, account, old->plan, gone, now, error);
}

static gboolean first_of_account(const Plan *plan, guint index) {
  const PlannedStatement *planned = plan->statements->pdata[index];
  for (guint i = 0; i < index; i++)
    if (((const PlannedStatement *)plan->statements->pdata[i])->account == planned->account)
      return FALSE;
  return TRUE;
}

gboolean shown_supersede(const Intake *intake, gint64 file_id, Instant now, GError **error) {
  g_auto(Version) old = {0}, other = {0};
  gint64 id = 0;
  if (!supersede_other(intake->store, file_id, &id, error) || !load(intake, file_id, &old, error) ||
      !load(intake, id, &other, error))
    return FALSE;
  for (guint i = 0; i < old.plan->statements->len; i++) {
    const PlannedStatement *planned = old.plan->statements->pdata[i];
    if (first_of_account(old.plan, i) && !compare(intake, planned->account, &old, &other, now, error))
      return FALSE;
  }
  return TRUE;
}
