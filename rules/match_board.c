#include "rules/match_board.h"
#include "rules/number.h"

#include <string.h>

const Entry *board_line(const Board *board, gsize entry) {
  return board->group->entries[entry].line;
}

const Order *board_order(const Board *board, gsize order) {
  return board->group->orders[order].order;
}

MatchOutcome *board_outcome(const Board *board, gsize entry) {
  return &board->result->outcomes[entry];
}

MatchDue board_due(const Board *board, gsize order) {
  MatchOrderState state = board->group->orders[order].state;
  if (state == MATCH_GONE)
    return DUE_GONE;
  return state == MATCH_OPEN && board->due[order] > 0 ? DUE_OPEN : DUE_NOTHING;
}

int match_compare(const MatchEntry *a, const MatchEntry *b) {
  const Entry *x = a->line, *y = b->line;
#define BY(left, right)                                                                                                \
  if ((left) != (right))                                                                                               \
    return (left) < (right) ? -1 : 1;
#define BY_TEXT(left, right)                                                                                           \
  if (g_strcmp0(left, right) != 0)                                                                                     \
    return g_strcmp0(left, right);
  BY(x->booking_date, y->booking_date)
  BY(x->time == NULL, y->time == NULL)
  BY_TEXT(x->time, y->time)
  BY_TEXT(x->account, y->account)
  BY(a->place, b->place)
  BY_TEXT(a->identity, b->identity)
  BY(x->amount.minor, y->amount.minor)
  BY(x->direction, y->direction)
  BY_TEXT(x->counterparty_account, y->counterparty_account)
  BY_TEXT(x->counterparty_name, y->counterparty_name)
  BY_TEXT(x->bank_reference, y->bank_reference)
  BY_TEXT(x->remark, y->remark)
  BY_TEXT(x->purpose, y->purpose)
  BY_TEXT(x->summary, y->summary)
  BY(x->id, y->id)
#undef BY
#undef BY_TEXT
  return 0;
}

static int compare_turns(gconstpointer a, gconstpointer b, gpointer data) {
  const MatchEntry *entries = data;
  return match_compare(&entries[*(const gsize *)a], &entries[*(const gsize *)b]);
}

static void open_prices(Board *board) {
  const MatchGroup *group = board->group;
  for (gsize i = 0; i < group->order_count; i++)
    board->due[i] = group->orders[i].state == MATCH_OPEN ? group->orders[i].order->price.minor : 0;
  for (gsize i = 0; i < group->fixed_count; i++)
    board->due[group->fixed[i].order] = MAX(board->due[group->fixed[i].order] - group->fixed[i].amount, 0);
}

static int compare_fixed(gconstpointer a, gconstpointer b, gpointer data) {
  (void)data;
  const MatchFixed *left = a, *right = b;
  return (left->entry > right->entry) - (left->entry < right->entry);
}

static void sort_fixed(Board *board) {
  const MatchGroup *group = board->group;
  gsize next = 0;
  for (gsize i = 0; i < group->fixed_count; i++)
    board->fixed_list[i] = group->fixed[i];
  g_qsort_with_data(board->fixed_list, (gint)group->fixed_count, sizeof(MatchFixed), compare_fixed, NULL);
  for (gsize entry = 0; entry <= group->entry_count; entry++) {
    board->fixed_from[entry] = next;
    while (next < group->fixed_count && board->fixed_list[next].entry == entry)
      next++;
  }
  for (gsize i = 0; i < group->fixed_count; i++)
    board->fixed[group->fixed[i].entry] = TRUE;
}

static void sort_turns(Board *board) {
  const MatchGroup *group = board->group;
  for (gsize i = 0; i < group->entry_count; i++)
    board->turn[i] = i;
  g_qsort_with_data(board->turn, (gint)group->entry_count, sizeof *board->turn, compare_turns,
                    (gpointer)(guintptr)group->entries);
}

static void find_alone(Board *board) {
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    if (board->named[entry] != 1)
      continue;
    GArray **alone = &board->alone[g_array_index(board_outcome(board, entry)->hits, MatchHit, 0).order];
    if (*alone == NULL)
      *alone = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_array_append_val(*alone, entry);
  }
}

static MatchResult *result_new(gsize entries) {
  MatchResult *result = g_new0(MatchResult, 1);
  result->outcome_count = entries;
  result->outcomes = g_new0(MatchOutcome, entries + 1);
  for (gsize i = 0; i < entries; i++)
    result->outcomes[i] = (MatchOutcome){.grade = NAME_NONE,
                                         .allocations = g_array_new(FALSE, FALSE, sizeof(MatchAllocation)),
                                         .candidates = g_array_new(FALSE, FALSE, sizeof(MatchCandidate)),
                                         .hits = g_array_new(FALSE, FALSE, sizeof(MatchHit)),
                                         .partner = -1,
                                         .in_case = -1};
  return result;
}

Board *board_new(const MatchGroup *group) {
  Board *board = g_new0(Board, 1);
  gsize entries = group->entry_count + 1, orders = group->order_count + 1;
  *board = (Board){.group = group,
                   .result = result_new(group->entry_count),
                   .turn = g_new0(gsize, entries),
                   .due = g_new0(gint64, orders),
                   .done = g_new0(gboolean, entries),
                   .fixed = g_new0(gboolean, entries),
                   .fixed_list = g_new0(MatchFixed, group->fixed_count + 1),
                   .fixed_from = g_new0(gsize, entries),
                   .named = g_new0(gsize, entries),
                   .crowded = g_new0(gboolean, entries),
                   .alone = g_new0(GArray *, orders),
                   .tried = g_new0(gboolean, orders),
                   .asked = g_new0(GArray *, entries),
                   .joined = g_array_new(FALSE, FALSE, sizeof(Joined))};
  for (gsize i = 0; i < group->entry_count; i++)
    board->asked[i] = g_array_new(FALSE, FALSE, sizeof(gsize));
  open_prices(board);
  sort_fixed(board);
  sort_turns(board);
  match_find(board);
  find_alone(board);
  return board;
}

MatchResult *board_finish(Board *board) {
  MatchResult *result = board->result;
  for (gsize i = 0; i < board->group->entry_count; i++)
    g_array_unref(board->asked[i]);
  for (gsize i = 0; i < board->group->order_count; i++)
    g_clear_pointer(&board->alone[i], g_array_unref);
  g_array_unref(board->joined);
  g_free(board->turn);
  g_free(board->due);
  g_free(board->done);
  g_free(board->fixed);
  g_free(board->fixed_list);
  g_free(board->fixed_from);
  g_free(board->crowded);
  g_free(board->alone);
  g_free(board->tried);
  g_free(board->named);
  g_free(board->asked);
  g_free(board);
  return result;
}

void board_settle(Board *board, gsize entry, gsize order, gint64 amount) {
  MatchAllocation allocation = {order, amount};
  GArray *allocations = board_outcome(board, entry)->allocations;
  guint place = 0;
  while (place < allocations->len &&
         strcmp(board_order(board, g_array_index(allocations, MatchAllocation, place).order)->order_no,
                board_order(board, order)->order_no) < 0)
    place++;
  g_array_insert_val(allocations, place, allocation);
}

gint64 board_keep_fixed(Board *board, gsize entry) {
  gint64 sum = 0;
  for (gsize i = board->fixed_from[entry]; i < board->fixed_from[entry + 1]; i++) {
    board_settle(board, entry, board->fixed_list[i].order, board->fixed_list[i].amount);
    sum += board->fixed_list[i].amount;
  }
  return sum;
}

void board_ask(Board *board, gsize entry, gsize order) {
  GArray *asked = board->asked[entry];
  for (guint i = 0; i < asked->len; i++)
    if (g_array_index(asked, gsize, i) == order)
      return;
  g_array_append_val(asked, order);
}

void board_join(Board *board, gsize a, gsize b) {
  Joined joined = {a, b};
  g_array_append_val(board->joined, joined);
}

static gboolean chosen(const MatchOutcome *outcome, gsize order) {
  for (guint i = 0; i < outcome->allocations->len; i++)
    if (g_array_index(outcome->allocations, MatchAllocation, i).order == order)
      return TRUE;
  return FALSE;
}

static const char *against_order(const Board *board, const MatchCandidate *candidate) {
  switch (board->group->orders[candidate->order].state) {
  case MATCH_GONE:
    return "closed";
  case MATCH_ONLINE:
    return "online";
  default:
    return candidate->due > 0 ? NULL : "paid";
  }
}

static const char *against(const Board *board, gsize entry, const MatchCandidate *candidate) {
  const char *order = against_order(board, candidate);
  if (order != NULL)
    return order;
  if (strcmp(board_line(board, entry)->amount.currency, board_order(board, candidate->order)->price.currency) != 0)
    return "currency";
  if (candidate->payer & (PAYER_RELATED | PAYER_ACCOUNT | PAYER_NAMELESS))
    return "name";
  if (candidate->payer == PAYER_STRANGER)
    return "payer";
  if (!candidate->named && board->named[entry] > 0)
    return "other_number";
  if (!candidate->named && candidate->payer == PAYER_OTHER_ACCOUNT)
    return "account";
  if (!candidate->named && !candidate->submitted)
    return "later";
  return candidate->difference != 0 ? "amount" : "equal_candidate";
}

/* The candidate that stands for the entry: chosen before not, nearest payer, best grade. */
static gboolean nearer(const MatchCandidate *a, const MatchCandidate *b) {
  if ((a->against == NULL) != (b->against == NULL))
    return a->against == NULL;
  return a->payer != b->payer ? a->payer < b->payer : a->grade < b->grade;
}

void board_conclude(Board *board, gsize entry, Disposition disposition, const char *reason, const char *rule) {
  MatchOutcome *outcome = board_outcome(board, entry);
  const MatchCandidate *best = NULL;
  board->done[entry] = TRUE;
  outcome->disposition = disposition;
  outcome->reason = reason;
  outcome->rule = rule;
  for (guint i = 0; i < outcome->candidates->len; i++) {
    MatchCandidate *candidate = &g_array_index(outcome->candidates, MatchCandidate, i);
    candidate->due = board->due[candidate->order];
    candidate->difference = board_line(board, entry)->amount.minor - candidate->due;
    candidate->against = chosen(outcome, candidate->order)    ? NULL
                         : g_strcmp0(reason, "reversed") == 0 ? "reversed"
                                                              : against(board, entry, candidate);
    if (best == NULL || nearer(candidate, best))
      best = candidate;
  }
  if (best != NULL) {
    outcome->grade = best->grade;
    outcome->account = best->account;
  }
  outcome->proves = disposition == DISPOSITION_SETTLED && best != NULL && best->against == NULL &&
                    (best->payer & (PAYER_SELF | PAYER_OTHER_ACCOUNT)) != 0;
}
