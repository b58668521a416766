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

/* Orders by what entries show of them: account or key -> GArray of order indices. */
static void index_order(GHashTable *table, char *key, gsize order) {
  if (key == NULL || *key == '\0') {
    g_free(key);
    return;
  }
  GArray *found = g_hash_table_lookup(table, key);
  if (found == NULL) {
    found = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_hash_table_insert(table, g_strdup(key), found);
  }
  g_array_append_val(found, order);
  g_free(key);
}

typedef struct {
  GHashTable *accounts, *keys;
  NumberIndex *numbers;
  const char **number_list;
  char **account_list; /* normal, by order */
} Finder;

static GHashTable *order_table(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
}

static Finder finder_new(const MatchGroup *group) {
  gsize count = group->order_count + 1;
  Finder finder = {order_table(), order_table(), NULL, g_new0(const char *, count), g_new0(char *, count)};
  for (gsize i = 0; i < group->order_count; i++) {
    const Order *order = group->orders[i].order;
    finder.number_list[i] = order->order_no;
    finder.account_list[i] = account_normal(order->account_number);
    index_order(finder.accounts, g_strdup(finder.account_list[i]), i);
    index_order(finder.keys, name_key(order->applicant_name), i);
  }
  finder.numbers = number_index_new(finder.number_list, group->order_count);
  return finder;
}

static void finder_clear(Finder *finder, gsize orders) {
  g_hash_table_unref(finder->accounts);
  g_hash_table_unref(finder->keys);
  number_index_free(finder->numbers);
  g_free(finder->number_list);
  for (gsize i = 0; i < orders; i++)
    g_free(finder->account_list[i]);
  g_free(finder->account_list);
}

static void collect(GHashTable *table, char *key, GHashTable *orders) {
  GArray *found = key == NULL ? NULL : g_hash_table_lookup(table, key);
  for (guint i = 0; found != NULL && i < found->len; i++)
    g_hash_table_add(orders, GSIZE_TO_POINTER(g_array_index(found, gsize, i)));
  g_free(key);
}

static void find_hits(const Finder *finder, const char *field, const char *text, GArray *hits) {
  g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(NumberHit));
  number_find(finder->numbers, text, found);
  for (guint i = 0; i < found->len; i++) {
    const NumberHit *hit = &g_array_index(found, NumberHit, i);
    MatchHit place = {hit->number, field, hit->offset, hit->length};
    g_array_append_val(hits, place);
  }
}

static MatchPayer payer_of(NameGrade grade, gboolean account) {
  switch (grade) {
  case NAME_EQUAL:
  case NAME_NORMALISED:
    return account ? PAYER_SELF : PAYER_OTHER_ACCOUNT;
  case NAME_TRUNCATED:
  case NAME_WILDCARD:
    return account ? PAYER_SELF : PAYER_RELATED;
  case NAME_LEGAL_FORM:
  case NAME_BRANCH:
    return PAYER_RELATED;
  case NAME_NONE:
    return PAYER_NAMELESS;
  default:
    return account ? PAYER_ACCOUNT : PAYER_STRANGER;
  }
}

/* What is compared for every order: a customer may have thousands, so names are graded once an applicant. */
typedef struct {
  const char *payer, *applicant;
  NameGrade grade;
  char *account; /* normal, NULL when there is none */
} Scale;

static NameGrade weigh_name(Scale *scale, const char *applicant) {
  if (scale->applicant == NULL || g_strcmp0(scale->applicant, applicant) != 0)
    scale->grade = name_grade(scale->payer, applicant);
  scale->applicant = applicant;
  return scale->grade;
}

static MatchCandidate weigh(const Board *board, const Finder *finder, Scale *scale, gsize entry, gsize index) {
  const Order *order = board_order(board, index);
  MatchCandidate candidate = {.order = index};
  candidate.grade = weigh_name(scale, order->applicant_name);
  candidate.account = scale->account != NULL && g_strcmp0(scale->account, finder->account_list[index]) == 0;
  candidate.payer = payer_of(candidate.grade, candidate.account);
  candidate.submitted = day_of_instant(order->submitted_at) <= board_line(board, entry)->booking_date;
  const GArray *hits = board_outcome(board, entry)->hits;
  for (guint i = 0; i < hits->len; i++)
    candidate.named |= g_array_index(hits, MatchHit, i).order == index;
  return candidate;
}

static gint compare_candidates(gconstpointer a, gconstpointer b, gpointer data) {
  const MatchCandidate *left = a, *right = b;
  return strcmp(board_order(data, left->order)->order_no, board_order(data, right->order)->order_no);
}

/* A set of the orders that the entry is connected with. */
static GHashTable *connected(const Board *board, const Finder *finder, gsize entry, char *account) {
  const Entry *line = board_line(board, entry);
  const GArray *hits = board_outcome(board, entry)->hits;
  GHashTable *orders = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < hits->len; i++)
    g_hash_table_add(orders, GSIZE_TO_POINTER(g_array_index(hits, MatchHit, i).order));
  collect(finder->accounts, g_strdup(account), orders);
  collect(finder->keys, name_key(line->counterparty_name), orders);
  for (gsize i = 0; board->fixed[entry] && i < board->group->fixed_count; i++)
    if (board->group->fixed[i].entry == entry)
      g_hash_table_add(orders, GSIZE_TO_POINTER(board->group->fixed[i].order));
  return orders;
}

/* May the account's holder, whose name is not clear, be this applicant? */
static gboolean uncertain(const Board *board, const MatchCandidate *candidate) {
  return candidate->account && candidate->grade > NAME_NORMALISED && candidate->grade < NAME_OTHER &&
         board->group->orders[candidate->order].state != MATCH_GONE;
}

static gboolean same_applicant(const Board *board, const MatchCandidate *a, const MatchCandidate *b) {
  g_autofree char *left = name_normal(board_order(board, a->order)->applicant_name);
  g_autofree char *right = name_normal(board_order(board, b->order)->applicant_name);
  return strcmp(left, right) == 0;
}

/* A name that was cut, or holds '?', may be that of two applicants who share the account: then it is neither's. */
static void doubt_shared(const Board *board, GArray *candidates) {
  const MatchCandidate *first = NULL;
  gboolean shared = FALSE;
  for (guint i = 0; i < candidates->len; i++) {
    const MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    if (!uncertain(board, candidate))
      continue;
    first = first == NULL ? candidate : first;
    shared |= !same_applicant(board, first, candidate);
  }
  for (guint i = 0; shared && i < candidates->len; i++) {
    MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    if (candidate->payer == PAYER_SELF && uncertain(board, candidate))
      candidate->payer = PAYER_RELATED;
  }
}

static void find_candidates(Board *board, const Finder *finder, gsize entry) {
  const Entry *line = board_line(board, entry);
  MatchOutcome *outcome = board_outcome(board, entry);
  find_hits(finder, "remark", line->remark, outcome->hits);
  find_hits(finder, "purpose", line->purpose, outcome->hits);
  find_hits(finder, "summary", line->summary, outcome->hits);
  g_autofree char *account = account_normal(line->counterparty_account);
  g_autoptr(GHashTable) orders = connected(board, finder, entry, account);
  Scale scale = {.payer = line->counterparty_name, .account = account};
  GHashTableIter iter;
  gpointer order;
  g_hash_table_iter_init(&iter, orders);
  while (g_hash_table_iter_next(&iter, &order, NULL)) {
    MatchCandidate candidate = weigh(board, finder, &scale, entry, GPOINTER_TO_SIZE(order));
    board->named[entry] += candidate.named ? 1 : 0;
    g_array_append_val(outcome->candidates, candidate);
  }
  g_array_sort_with_data(outcome->candidates, compare_candidates, board);
  doubt_shared(board, outcome->candidates);
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

static gint64 open_price(const MatchGroup *group, gsize order) {
  if (group->orders[order].state != MATCH_OPEN)
    return 0;
  gint64 due = group->orders[order].order->price.minor;
  for (gsize i = 0; i < group->fixed_count; i++)
    if (group->fixed[i].order == order)
      due -= group->fixed[i].amount;
  return MAX(due, 0);
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
  gsize entries = group->entry_count;
  *board = (Board){.group = group,
                   .result = result_new(entries),
                   .turn = g_new0(gsize, entries + 1),
                   .due = g_new0(gint64, group->order_count + 1),
                   .done = g_new0(gboolean, entries + 1),
                   .fixed = g_new0(gboolean, entries + 1),
                   .named = g_new0(gsize, entries + 1),
                   .asked = g_new0(GArray *, entries + 1),
                   .joined = g_array_new(FALSE, FALSE, sizeof(Joined))};
  for (gsize i = 0; i < group->order_count; i++)
    board->due[i] = open_price(group, i);
  for (gsize i = 0; i < group->fixed_count; i++)
    board->fixed[group->fixed[i].entry] = TRUE;
  Finder finder = finder_new(group);
  for (gsize i = 0; i < entries; i++) {
    board->turn[i] = i;
    board->asked[i] = g_array_new(FALSE, FALSE, sizeof(gsize));
    find_candidates(board, &finder, i);
  }
  finder_clear(&finder, group->order_count);
  g_qsort_with_data(board->turn, (gint)entries, sizeof *board->turn, compare_turns, (gpointer)(guintptr)group->entries);
  return board;
}

MatchResult *board_finish(Board *board) {
  MatchResult *result = board->result;
  for (gsize i = 0; i < board->group->entry_count; i++)
    g_array_unref(board->asked[i]);
  g_array_unref(board->joined);
  g_free(board->turn);
  g_free(board->due);
  g_free(board->done);
  g_free(board->fixed);
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
  for (gsize i = 0; board->fixed[entry] && i < board->group->fixed_count; i++) {
    const MatchFixed *fixed = &board->group->fixed[i];
    if (fixed->entry != entry)
      continue;
    board_settle(board, entry, fixed->order, fixed->amount);
    sum += fixed->amount;
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
