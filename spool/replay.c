#include "spool/replay.h"

#include <string.h>

#include "rules/life.h"
#include "spool/group.h"

typedef struct {
  Store *store;
  const ReplayShow *show;
  ReplayCount *count;
  GHashTable *seen; /* ids of lines in groups that were judged */
} Replay;

static void order_free_one(gpointer data) {
  EntryOrder *order = data;
  g_free(order->order_no);
  g_free(order);
}

static gint compare_orders(gconstpointer a, gconstpointer b) {
  return strcmp((*(const EntryOrder *const *)a)->order_no, (*(const EntryOrder *const *)b)->order_no);
}

static GPtrArray *orders_new(void) {
  return g_ptr_array_new_with_free_func(order_free_one);
}

static void add_order(GPtrArray *orders, const Group *group, gsize index, gint64 amount) {
  const GroupOrder *order = group->orders->pdata[index];
  EntryOrder *one = g_new(EntryOrder, 1);
  *one = (EntryOrder){g_strdup(order->order.order_no), amount};
  g_ptr_array_add(orders, one);
}

/* What was settled by itself on each order. */
static gint64 *automatic(const Group *group) {
  gint64 *sums = g_new0(gint64, group->orders->len + 1);
  for (guint i = 0; i < group->allocations->len; i++) {
    const GroupAllocation *one = &g_array_index(group->allocations, GroupAllocation, i);
    sums[one->order] += one->by_person ? 0 : one->amount;
  }
  return sums;
}

static void reopen(Group *group) {
  g_autofree gint64 *sums = automatic(group);
  for (guint i = 0; i < group->orders->len; i++) {
    GroupOrder *order = group->orders->pdata[i];
    if (order->state == MATCH_ACCEPTED && order->payment == PAYMENT_RECEIVED && sums[i] == order->order.price.minor)
      order->state = MATCH_OPEN;
  }
  for (guint i = 0; i < group->allocations->len; i++) {
    GroupAllocation *one = &g_array_index(group->allocations, GroupAllocation, i);
    const GroupOrder *order = group->orders->pdata[one->order];
    one->fixed = one->by_person || order->state != MATCH_OPEN;
  }
}

static GPtrArray *orders_was(const Group *group, gsize entry) {
  GPtrArray *orders = orders_new();
  for (guint i = 0; i < group->allocations->len; i++) {
    const GroupAllocation *one = &g_array_index(group->allocations, GroupAllocation, i);
    if (one->entry == entry)
      add_order(orders, group, one->order, one->amount);
  }
  g_ptr_array_sort(orders, compare_orders);
  return orders;
}

static GPtrArray *orders_now(const Group *group, const MatchOutcome *outcome) {
  GPtrArray *orders = orders_new();
  for (guint i = 0; i < outcome->allocations->len; i++) {
    const MatchAllocation *one = &g_array_index(outcome->allocations, MatchAllocation, i);
    add_order(orders, group, one->order, one->amount);
  }
  return orders;
}

static gboolean same_orders(const GPtrArray *a, const GPtrArray *b) {
  gboolean same = a->len == b->len;
  for (guint i = 0; same && i < a->len; i++) {
    const EntryOrder *left = a->pdata[i], *right = b->pdata[i];
    same = left->amount == right->amount && strcmp(left->order_no, right->order_no) == 0;
  }
  return same;
}

static gboolean waits(const EntryRow *row) {
  return row->disposition == DISPOSITION_PENDING &&
         (g_strcmp0(row->reason, ENTRY_REASON_NEW) == 0 || g_strcmp0(row->reason, ENTRY_REASON_TIE) == 0);
}

static void compare(const Replay *replay, const Group *group, gsize entry, const MatchOutcome *outcome) {
  const EntryRow *row = group->entries->pdata[entry];
  const char *reason = outcome->reason;
  if (reason == NULL && outcome->disposition == DISPOSITION_EXPLAINED)
    reason = outcome->rule; /* as it is stored */
  g_autoptr(GPtrArray) was = orders_was(group, entry), now = orders_now(group, outcome);
  if (row->disposition == outcome->disposition && g_strcmp0(row->reason, reason) == 0 && same_orders(was, now))
    return;
  replay->count->different++;
  ReplayDifference difference = {
      &row->line, {row->disposition, row->reason, NULL, was}, {outcome->disposition, reason, outcome->rule, now}};
  replay->show->different(replay->show->user, &difference);
}

static void judge(const Replay *replay, Group *group) {
  reopen(group);
  g_auto(GroupInput) input = {0};
  group_input(group, &input);
  g_autoptr(MatchResult) result = match_decide(&input.match);
  for (gsize i = 0; i < result->outcome_count; i++) {
    const EntryRow *row = group->entries->pdata[i];
    gint64 *id = g_memdup2(&row->line.id, sizeof row->line.id);
    if (!g_hash_table_add(replay->seen, id))
      continue;
    replay->count->done++;
    if (!input.match.entries[i].decided && !waits(row))
      compare(replay, group, i, &result->outcomes[i]);
  }
  if (replay->show->progress != NULL)
    replay->show->progress(replay->show->user, replay->count);
}

#define JUDGED "payer_key IS NOT NULL AND disposition NOT IN ('own_transfer', 'returned')"

static gboolean all_ids(const Replay *replay, GArray *ids, GError **error) {
  g_auto(Rows) rows = store_rows(replay->store, "SELECT id FROM entry WHERE " JUDGED " ORDER BY id", "");
  while (rows_next(&rows, error)) {
    gint64 id = rows_int(&rows, 0);
    g_array_append_val(ids, id);
  }
  replay->count->total = ids->len;
  return !rows.failed;
}

static gboolean run(const Replay *replay, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!all_ids(replay, ids, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    gint64 id = g_array_index(ids, gint64, i);
    if (g_hash_table_contains(replay->seen, &id))
      continue;
    g_autoptr(Group) group = group_new(replay->store);
    if (!group_add_entry(group, id, error) || !group_close(group, error))
      return FALSE;
    judge(replay, group);
  }
  return TRUE;
}

gboolean replay_run(Store *store, const ReplayShow *show, ReplayCount *count, GError **error) {
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
  Replay self = {store, show, count, seen};
  *count = (ReplayCount){0};
  gboolean ok = store_run(store, error, "BEGIN", "") && run(&self, error);
  store_rollback(store);
  return ok;
}
