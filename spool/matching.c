#include "spool/matching.h"

#include <string.h>

#include "parsers/match_json.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "rules/life.h"
#include "rules/match_pass.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/group.h"
#include "spool/life.h"
#include "spool/orders.h"

#define PIECE_US 4000

/* What follows for one order from all lines together. */
typedef struct {
  gint64 settled;  /* paid by all that follows now, minor units */
  gboolean proves; /* and all of it proves the applicant */
  gboolean less, more;
} Tally;

typedef struct {
  Store *store;
  Group *group;
  const MatchResult *result;
  const MatchGroup *match;
  const MatchingBy *by;
  gsize *first;      /* by entry: where its stored allocations begin; one more at the end */
  GHashTable *cases; /* case_key() of what is asked now */
  Tally *tallies;    /* by order */
} Deed;

static const EntryRow *entry_at(const Deed *deed, gsize index) {
  return deed->group->entries->pdata[index];
}

static GroupOrder *order_at(const Deed *deed, gsize index) {
  return deed->group->orders->pdata[index];
}

/* Does this stored allocation still follow? */
static gboolean follows(const Deed *deed, const GroupAllocation *stored) {
  const MatchOutcome *outcome = &deed->result->outcomes[stored->entry];
  for (guint i = 0; i < outcome->allocations->len; i++) {
    const MatchAllocation *want = &g_array_index(outcome->allocations, MatchAllocation, i);
    if (want->order == stored->order)
      return want->amount == stored->amount && outcome->proves == stored->proves;
  }
  return FALSE;
}

static gboolean audit_allocation(const Deed *deed, const char *action, gsize entry, gsize order, gint64 amount,
                                 const char *rule, GError **error) {
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry_at(deed, entry)->line.id);
  g_autofree char *detail = g_strdup_printf("{\"amount\":%" G_GINT64_FORMAT ",\"order_no\":\"%s\",\"rule\":\"%s\"}",
                                            amount, order_at(deed, order)->order.order_no, rule);
  return audit_append(deed->store, deed->by->now, deed->by->actor, action, subject, detail, error);
}

static gboolean remove_stale(const Deed *deed, GError **error) {
  for (guint i = 0; i < deed->group->allocations->len; i++) {
    const GroupAllocation *stored = &g_array_index(deed->group->allocations, GroupAllocation, i);
    if (stored->fixed || follows(deed, stored))
      continue;
    if (!store_run(deed->store, error, "DELETE FROM allocation WHERE id = ?", "i", stored->id) ||
        !audit_allocation(deed, "entry.unsettle", stored->entry, stored->order, stored->amount, "", error))
      return FALSE;
  }
  return TRUE;
}

/* NULL: none is stored. */
static const GroupAllocation *stored_for(const Deed *deed, gsize entry, gsize order) {
  for (gsize i = deed->first[entry]; i < deed->first[entry + 1]; i++) {
    const GroupAllocation *stored = &g_array_index(deed->group->allocations, GroupAllocation, i);
    if (stored->order == order)
      return stored;
  }
  return NULL;
}

static gboolean stored_already(const Deed *deed, gsize entry, gsize order) {
  const GroupAllocation *stored = stored_for(deed, entry, order);
  return stored != NULL && (stored->fixed || follows(deed, stored));
}

static gboolean add_new(const Deed *deed, gsize entry, GError **error) {
  const MatchOutcome *outcome = &deed->result->outcomes[entry];
  for (guint i = 0; i < outcome->allocations->len; i++) {
    const MatchAllocation *want = &g_array_index(outcome->allocations, MatchAllocation, i);
    if (stored_already(deed, entry, want->order))
      continue;
    if (!store_run(deed->store, error,
                   "INSERT INTO allocation (entry_id, purchase_id, amount, rule, proves, by, at) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)",
                   "iiititi", entry_at(deed, entry)->line.id, order_at(deed, want->order)->order.id, want->amount,
                   outcome->rule, (gint64)outcome->proves, deed->by->actor, deed->by->now) ||
        !audit_allocation(deed, "entry.settle", entry, want->order, want->amount, outcome->rule, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean write_entries(const Deed *deed, GError **error) {
  if (!remove_stale(deed, error))
    return FALSE;
  for (gsize i = 0; i < deed->result->outcome_count; i++) {
    const MatchOutcome *outcome = &deed->result->outcomes[i];
    const MatchEntry *given = &deed->match->entries[i];
    const char *reason = outcome->reason;
    if (reason == NULL && outcome->disposition == DISPOSITION_EXPLAINED)
      reason = outcome->rule;
    if (!add_new(deed, i, error) ||
        (!given->decided && !entry_dispose(deed->store, entry_at(deed, i), outcome->disposition, reason,
                                           deed->by->actor, deed->by->now, error)))
      return FALSE;
  }
  return TRUE;
}

/* A case is about its first line in booking order. */
static char *case_subject(const Deed *deed, const MatchCase *asked) {
  gint64 id = entry_at(deed, g_array_index(asked->entries, gsize, 0))->line.id;
  return g_strdup_printf("entry:%" G_GINT64_FORMAT, id);
}

static char *case_key(const char *reason, const char *subject) {
  return g_strconcat(reason, "\n", subject, NULL);
}

static gboolean still_asked(const Deed *deed, const char *reason, const char *subject) {
  g_autofree char *key = case_key(reason, subject);
  return g_hash_table_contains(deed->cases, key);
}

typedef struct {
  char *reason, *subject;
} OpenCase;

static void open_case_free(gpointer data) {
  OpenCase *open = data;
  g_free(open->reason);
  g_free(open->subject);
  g_free(open);
}

static gboolean find_stale_cases(const Deed *deed, gint64 entry_id, GPtrArray *stale, GError **error) {
  g_auto(Rows) rows = store_rows(deed->store,
                                 "SELECT c.reason, c.subject FROM case_entry l JOIN review_case c ON c.id = l.case_id "
                                 "WHERE l.entry_id = ? AND c.state = 'open'",
                                 "i", entry_id);
  while (rows_next(&rows, error)) {
    if (match_reason(rows_text(&rows, 0)) == NULL || still_asked(deed, rows_text(&rows, 0), rows_text(&rows, 1)))
      continue;
    OpenCase *open = g_new(OpenCase, 1);
    *open = (OpenCase){g_strdup(rows_text(&rows, 0)), g_strdup(rows_text(&rows, 1))};
    g_ptr_array_add(stale, open);
  }
  return !rows.failed;
}

static gboolean close_stale_cases(const Deed *deed, GError **error) {
  g_autoptr(GPtrArray) stale = g_ptr_array_new_with_free_func(open_case_free);
  for (guint i = 0; i < deed->group->entries->len; i++)
    if (!find_stale_cases(deed, entry_at(deed, i)->line.id, stale, error))
      return FALSE;
  for (guint i = 0; i < stale->len; i++) {
    const OpenCase *open = stale->pdata[i];
    if (!case_moot(deed->store, open->reason, open->subject, deed->by->actor, deed->by->now, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean ask(const Deed *deed, gsize index, GError **error) {
  const MatchCase *asked = &deed->result->cases[index];
  g_autofree char *subject = case_subject(deed, asked);
  g_autofree char *card = match_card(deed->match, deed->result, index);
  g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  for (guint i = 0; i < asked->entries->len; i++)
    g_array_append_val(entries, entry_at(deed, g_array_index(asked->entries, gsize, i))->line.id);
  for (guint i = 0; i < asked->orders->len; i++)
    g_array_append_val(orders, order_at(deed, g_array_index(asked->orders, gsize, i))->order.id);
  CaseDraft draft = {.reason = asked->reason,
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(deed->by->calendar, deed->by->now),
                     .orders = (const gint64 *)(void *)orders->data,
                     .order_count = orders->len,
                     .entries = (const gint64 *)(void *)entries->data,
                     .entry_count = entries->len};
  return case_open(deed->store, &draft, deed->by->actor, deed->by->now, NULL, error);
}

static gboolean part_proves(const Deed *deed, gsize entry, gsize order) {
  const GroupAllocation *stored = stored_for(deed, entry, order);
  return stored != NULL && stored->fixed ? stored->proves /* what a person saw */
                                         : deed->result->outcomes[entry].proves;
}

static void tally_allocations(const Deed *deed) {
  for (gsize i = 0; i < deed->group->orders->len; i++)
    deed->tallies[i].proves = TRUE;
  for (gsize e = 0; e < deed->result->outcome_count; e++) {
    const GArray *allocations = deed->result->outcomes[e].allocations;
    for (guint i = 0; i < allocations->len; i++) {
      const MatchAllocation *allocation = &g_array_index(allocations, MatchAllocation, i);
      Tally *tally = &deed->tallies[allocation->order];
      tally->settled += allocation->amount;
      tally->proves = tally->proves && part_proves(deed, e, allocation->order);
    }
  }
}

static void tally_case(const Deed *deed, const MatchCase *asked) {
  for (guint i = 0; i < asked->orders->len; i++) {
    Tally *tally = &deed->tallies[g_array_index(asked->orders, gsize, i)];
    tally->less |= strcmp(asked->reason, "short") == 0;
    tally->more |= strcmp(asked->reason, "over") == 0;
  }
}

static void deed_prepare(Deed *deed) {
  gsize entries = deed->group->entries->len, next = 0;
  const GArray *allocations = deed->group->allocations; /* entry by entry */
  deed->first = g_new0(gsize, entries + 1);
  deed->tallies = g_new0(Tally, deed->group->orders->len + 1);
  deed->cases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize e = 0; e <= entries; e++) {
    while (next < allocations->len && g_array_index(allocations, GroupAllocation, next).entry < e)
      next++;
    deed->first[e] = next;
  }
  tally_allocations(deed);
  for (gsize i = 0; i < deed->result->case_count; i++) {
    g_autofree char *subject = case_subject(deed, &deed->result->cases[i]);
    g_hash_table_add(deed->cases, case_key(deed->result->cases[i].reason, subject));
    tally_case(deed, &deed->result->cases[i]);
  }
}

static void deed_clear(Deed *deed) {
  g_free(deed->first);
  g_free(deed->tallies);
  g_hash_table_unref(deed->cases);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Deed, deed_clear)

/* What the money says; -1: no news. */
static int payment_event(const GroupOrder *order, const Tally *tally) {
  int now = order->payment;
  gboolean open = now == PAYMENT_UNPAID || now == PAYMENT_CLAIMED || now == PAYMENT_RECEIVED || now == PAYMENT_SHORT ||
                  now == PAYMENT_OVER;
  if (!open)
    return -1;
  if (tally->settled == order->order.price.minor)
    return now == PAYMENT_RECEIVED ? -1 : PAYMENT_EXACT;
  if (tally->settled > 0 || tally->less)
    return now == PAYMENT_SHORT ? -1 : PAYMENT_LESS;
  if (tally->more)
    return now == PAYMENT_OVER ? -1 : PAYMENT_MORE;
  return now == PAYMENT_UNPAID || now == PAYMENT_CLAIMED ? -1 : PAYMENT_UNSETTLED;
}

static int proof_event(const GroupOrder *order, const Tally *tally) {
  gboolean proven = tally->proves && tally->settled == order->order.price.minor;
  if (proven && order->proof == PROOF_NONE)
    return PROOF_BY_WIRE;
  return !proven && order->proof == PROOF_WIRE ? PROOF_WIRE_GONE : -1;
}

static gboolean write_order(const Deed *deed, gsize index, GError **error) {
  const GroupOrder *order = order_at(deed, index);
  if (order->state != MATCH_OPEN)
    return TRUE;
  const Tally *tally = &deed->tallies[index];
  int payment = payment_event(order, tally), proof = proof_event(order, tally);
  g_autofree char *cause = g_strdup_printf("{\"settled\":%" G_GINT64_FORMAT "}", tally->settled);
  LifeNews news = {.actor = deed->by->actor, .cause = cause, .now = deed->by->now};
  if (payment >= 0 && !life_apply(deed->store, &life_payment, order->order.id, payment, &news, NULL, NULL, NULL, error))
    return FALSE;
  if (proof >= 0 && !life_apply(deed->store, &life_proof, order->order.id, proof, &news, NULL, NULL, NULL, error))
    return FALSE;
  return order_refresh(deed->store, order->order.id, deed->by->calendar, deed->by->actor, deed->by->now, error);
}

static gboolean carry_out(const Deed *deed, GError **error) {
  if (!write_entries(deed, error) || !close_stale_cases(deed, error))
    return FALSE;
  for (gsize i = 0; i < deed->result->case_count; i++)
    if (!ask(deed, i, error))
      return FALSE;
  for (guint i = 0; i < deed->group->orders->len; i++)
    if (!write_order(deed, i, error))
      return FALSE;
  return TRUE;
}

static gboolean judge(Group *group, const MatchingBy *by, GError **error) {
  g_assert(store_in_transaction(group->store));
  if (!group_close(group, error))
    return FALSE;
  g_auto(GroupInput) input = {0};
  group_input(group, &input);
  g_autoptr(MatchResult) result = match_decide(&input.match);
  g_auto(Deed) deed = {group->store, group, result, &input.match, by};
  deed_prepare(&deed);
  return carry_out(&deed, error);
}

gboolean matching_entry(Store *store, gint64 entry_id, const MatchingBy *by, GError **error) {
  g_autoptr(Group) group = group_new(store);
  return group_add_entry(group, entry_id, error) && judge(group, by, error);
}

gboolean matching_order(Store *store, const char *order_no, const MatchingBy *by, GError **error) {
  gboolean found;
  gint64 id = 0;
  if (!store_row(store, error, &found, "SELECT id FROM purchase WHERE order_no = ?", "t", order_no, "i", &id))
    return FALSE;
  g_autoptr(Group) group = group_new(store);
  return !found || (group_add_order(group, id, error) && judge(group, by, error));
}

/* The next line after *id that waits for its first judgement; *id 0: none. Those already judged with another's group
 * are passed over. */
static gboolean next_new(Store *store, gint64 *id, GError **error) {
  gboolean found;
  gint64 after = *id;
  *id = 0;
  return store_row(store, error, &found,
                   "SELECT id FROM entry WHERE disposition = 'pending' AND reason = '" ENTRY_REASON_NEW
                   "' AND id > ? ORDER BY id LIMIT 1",
                   "i", after, "i", id);
}

/* Judges lines for some milliseconds in one transaction. */
static gboolean judge_some(Store *store, gint64 *id, const MatchingBy *by, GError **error) {
  gint64 started = g_get_monotonic_time();
  while (g_get_monotonic_time() - started < PIECE_US) {
    if (!next_new(store, id, error))
      return FALSE;
    if (*id == 0)
      return TRUE;
    if (!matching_entry(store, *id, by, error))
      return FALSE;
  }
  return TRUE;
}

gboolean matching_new(Store *store, const MatchingBy *by, GError **error) {
  gint64 id = 0;
  do {
    if (!store_begin(store, error))
      return FALSE;
    if (!judge_some(store, &id, by, error) || !store_commit(store, error)) {
      store_rollback(store);
      return FALSE;
    }
    piece_step_aside(store);
  } while (id != 0);
  return TRUE;
}

static gboolean check_matched(Store *store, gint64 entry_id, GError **error) {
  gboolean found;
  gint64 matched = 0;
  if (!store_row(store, error, &found, "SELECT payer_key IS NOT NULL FROM entry WHERE id = ?", "i", entry_id, "i",
                 &matched))
    return FALSE;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, entry_id);
  if (matched)
    return TRUE;
  return error_set(error, ERROR_REFUSED, found ? "not_matched" : "unknown_entry", "value", value, NULL);
}

char *matching_explain(Store *store, gint64 entry_id, GError **error) {
  g_autoptr(Group) group = group_new(store);
  if (!check_matched(store, entry_id, error) || !group_add_entry(group, entry_id, error) || !group_close(group, error))
    return NULL;
  g_auto(GroupInput) input = {0};
  group_input(group, &input);
  g_autoptr(MatchResult) result = match_decide(&input.match);
  return match_explain(&input.match, result, 0);
}
