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

typedef struct {
  Store *store;
  Group *group;
  const MatchResult *result;
  const MatchGroup *match;
  const MatchingBy *by;
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

static gboolean stored_already(const Deed *deed, gsize entry, gsize order) {
  for (guint i = 0; i < deed->group->allocations->len; i++) {
    const GroupAllocation *stored = &g_array_index(deed->group->allocations, GroupAllocation, i);
    if (stored->entry == entry && stored->order == order)
      return stored->fixed || follows(deed, stored);
  }
  return FALSE;
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

static gboolean still_asked(const Deed *deed, const char *reason, const char *subject) {
  for (gsize i = 0; i < deed->result->case_count; i++) {
    g_autofree char *mine = case_subject(deed, &deed->result->cases[i]);
    if (strcmp(deed->result->cases[i].reason, reason) == 0 && strcmp(mine, subject) == 0)
      return TRUE;
  }
  return FALSE;
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
  for (guint i = 0; i < deed->group->allocations->len; i++) {
    const GroupAllocation *stored = &g_array_index(deed->group->allocations, GroupAllocation, i);
    if (stored->fixed && stored->entry == entry && stored->order == order)
      return stored->proves; /* what a person saw */
  }
  return deed->result->outcomes[entry].proves;
}

/* What the order has been paid by all that follows now, and whether all of it proves the applicant. */
static gint64 settled(const Deed *deed, gsize order, gboolean *proves) {
  gint64 sum = 0;
  *proves = TRUE;
  for (gsize e = 0; e < deed->result->outcome_count; e++) {
    const MatchOutcome *outcome = &deed->result->outcomes[e];
    for (guint i = 0; i < outcome->allocations->len; i++) {
      const MatchAllocation *allocation = &g_array_index(outcome->allocations, MatchAllocation, i);
      if (allocation->order != order)
        continue;
      sum += allocation->amount;
      *proves = *proves && part_proves(deed, e, order);
    }
  }
  *proves = *proves && sum > 0;
  return sum;
}

static gboolean asked_about(const Deed *deed, gsize order, const char *reason) {
  for (gsize i = 0; i < deed->result->case_count; i++) {
    const MatchCase *asked = &deed->result->cases[i];
    for (guint k = 0; strcmp(asked->reason, reason) == 0 && k < asked->orders->len; k++)
      if (g_array_index(asked->orders, gsize, k) == order)
        return TRUE;
  }
  return FALSE;
}

/* What the money says; -1: no news. */
static int payment_event(const Deed *deed, gsize index, gint64 sum) {
  const GroupOrder *order = order_at(deed, index);
  int now = order->payment;
  gboolean open = now == PAYMENT_UNPAID || now == PAYMENT_CLAIMED || now == PAYMENT_RECEIVED || now == PAYMENT_SHORT ||
                  now == PAYMENT_OVER;
  if (!open)
    return -1;
  if (sum == order->order.price.minor)
    return now == PAYMENT_RECEIVED ? -1 : PAYMENT_EXACT;
  if (sum > 0 || asked_about(deed, index, "short"))
    return now == PAYMENT_SHORT ? -1 : PAYMENT_LESS;
  if (asked_about(deed, index, "over"))
    return now == PAYMENT_OVER ? -1 : PAYMENT_MORE;
  return now == PAYMENT_UNPAID || now == PAYMENT_CLAIMED ? -1 : PAYMENT_UNSETTLED;
}

static int proof_event(const GroupOrder *order, gint64 sum, gboolean proves) {
  gboolean proven = proves && sum == order->order.price.minor;
  if (proven && order->proof == PROOF_NONE)
    return PROOF_BY_WIRE;
  return !proven && order->proof == PROOF_WIRE ? PROOF_WIRE_GONE : -1;
}

static gboolean write_order(const Deed *deed, gsize index, GError **error) {
  const GroupOrder *order = order_at(deed, index);
  if (order->state != MATCH_OPEN)
    return TRUE;
  gboolean proves;
  gint64 sum = settled(deed, index, &proves);
  int payment = payment_event(deed, index, sum), proof = proof_event(order, sum, proves);
  g_autofree char *cause = g_strdup_printf("{\"settled\":%" G_GINT64_FORMAT "}", sum);
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
  Deed deed = {group->store, group, result, &input.match, by};
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
