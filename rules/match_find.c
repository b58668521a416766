/* Which orders come into question for an entry: those that it names, that gave its account, or whose applicant's name
 * has its key; and how the payer stands to each.
 *
 * Of one payer there may be thousands of both, and most entries name their order. So where many orders share an account
 * or a key, an entry is weighed against a part of them only (crowd_of), and never settled by payer and amount alone. */
#include "rules/match_board.h"
#include "rules/number.h"

#include <string.h>

typedef struct {
  GHashTable *accounts, *keys; /* account or key -> Bucket */
  NumberIndex *numbers;
  const char **number_list;
  char **account_list; /* normal, by order */
} Finder;

/* The orders that share an account or a key. Withdrawn ones count for nothing: a group need not hold them. */
typedef struct {
  GArray *all; /* gsize; a crowd's ordered by number */
  guint live;  /* how many were not withdrawn */
  /* of a crowd only */
  GArray *open;       /* gsize: the first MATCH_CROWD + 1 that are open */
  GHashTable *prices; /* price -> GArray of gsize: the first MATCH_FEW of those that are paid */
  gboolean mixed;     /* they have several applicants */
} Bucket;

static void bucket_free(gpointer data) {
  Bucket *bucket = data;
  g_array_unref(bucket->all);
  g_clear_pointer(&bucket->open, g_array_unref);
  g_clear_pointer(&bucket->prices, g_hash_table_unref);
  g_free(bucket);
}

static void index_order(const Board *board, GHashTable *table, const char *key, gsize order) {
  if (key == NULL || *key == '\0')
    return;
  Bucket *bucket = g_hash_table_lookup(table, key);
  if (bucket == NULL) {
    bucket = g_new0(Bucket, 1);
    bucket->all = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_hash_table_insert(table, g_strdup(key), bucket);
  }
  g_array_append_val(bucket->all, order);
  bucket->live += board->group->orders[order].state != MATCH_GONE;
}

static gint compare_orders(gconstpointer a, gconstpointer b, gpointer board) {
  return strcmp(board_order(board, *(const gsize *)a)->order_no, board_order(board, *(const gsize *)b)->order_no);
}

static void add_price(GHashTable *prices, gint64 price, gsize order) {
  GArray *found = g_hash_table_lookup(prices, &price);
  if (found == NULL) {
    found = g_array_new(FALSE, FALSE, sizeof(gsize));
    g_hash_table_insert(prices, g_memdup2(&price, sizeof price), found);
  }
  if (found->len < MATCH_FEW)
    g_array_append_val(found, order);
}

static void bucket_sort_out(const Board *board, Bucket *bucket) {
  const char *first = NULL;
  bucket->open = g_array_new(FALSE, FALSE, sizeof(gsize));
  bucket->prices = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  g_array_sort_with_data(bucket->all, compare_orders, (gpointer)(guintptr)board);
  for (guint i = 0; i < bucket->all->len; i++) {
    gsize order = g_array_index(bucket->all, gsize, i);
    MatchDue due = board_due(board, order);
    if (due == DUE_OPEN && bucket->open->len <= MATCH_CROWD)
      g_array_append_val(bucket->open, order);
    if (due == DUE_NOTHING)
      add_price(bucket->prices, board_order(board, order)->price.minor, order);
    if (due != DUE_GONE && first == NULL)
      first = board_order(board, order)->applicant_name;
    if (due != DUE_GONE)
      bucket->mixed |= strcmp(first, board_order(board, order)->applicant_name) != 0;
  }
}

static void sort_out_all(const Board *board, GHashTable *table) {
  GHashTableIter iter;
  gpointer bucket;
  g_hash_table_iter_init(&iter, table);
  while (g_hash_table_iter_next(&iter, NULL, &bucket))
    if (((Bucket *)bucket)->live > MATCH_CROWD)
      bucket_sort_out(board, bucket);
}

static GHashTable *order_table(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bucket_free);
}

static Finder finder_new(const Board *board) {
  gsize count = board->group->order_count;
  Finder finder = {order_table(), order_table(), NULL, g_new0(const char *, count + 1), g_new0(char *, count + 1)};
  for (gsize i = 0; i < count; i++) {
    const Order *order = board_order(board, i);
    g_autofree char *key = name_key(order->applicant_name);
    finder.number_list[i] = order->order_no;
    finder.account_list[i] = account_normal(order->account_number);
    index_order(board, finder.accounts, finder.account_list[i], i);
    index_order(board, finder.keys, key, i);
  }
  finder.numbers = number_index_new(finder.number_list, count);
  sort_out_all(board, finder.accounts);
  sort_out_all(board, finder.keys);
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

static void collect(const GArray *found, guint most, GHashTable *orders) {
  for (guint i = 0; found != NULL && i < MIN(found->len, most); i++)
    g_hash_table_add(orders, GSIZE_TO_POINTER(g_array_index(found, gsize, i)));
}

/* A crowd's part: who names an order is hardly asked about others; who names none, about the open ones, and those of
 * the same price that were paid. What is fixed or decided asks about none. */
static void collect_crowd(Board *board, const Bucket *bucket, gsize entry, GHashTable *orders) {
  const Entry *line = board_line(board, entry);
  gboolean named = board_outcome(board, entry)->hits->len > 0;
  if (board->fixed[entry] || board->group->entries[entry].decided)
    return;
  if (line->direction == DIRECTION_DEBIT) {
    collect(bucket->all, MATCH_FEW, orders);
    return;
  }
  collect(bucket->open, named ? MATCH_FEW : MATCH_CROWD, orders);
  if (!named)
    collect(g_hash_table_lookup(bucket->prices, &line->amount.minor), MATCH_FEW, orders);
  board->crowded[entry] |= bucket->open->len > MATCH_CROWD;
}

static void collect_bucket(Board *board, GHashTable *table, const char *key, gsize entry, GHashTable *orders) {
  const Bucket *bucket = key == NULL ? NULL : g_hash_table_lookup(table, key);
  if (bucket != NULL && bucket->open != NULL)
    collect_crowd(board, bucket, entry, orders);
  else if (bucket != NULL)
    collect(bucket->all, G_MAXUINT, orders);
}

/* A set of the orders that come into question. */
static GHashTable *connected(Board *board, const Finder *finder, gsize entry, const char *account) {
  g_autofree char *key = name_key(board_line(board, entry)->counterparty_name);
  const GArray *hits = board_outcome(board, entry)->hits;
  GHashTable *orders = g_hash_table_new(NULL, NULL);
  for (guint i = 0; i < hits->len; i++)
    g_hash_table_add(orders, GSIZE_TO_POINTER(g_array_index(hits, MatchHit, i).order));
  collect_bucket(board, finder->accounts, account, entry, orders);
  collect_bucket(board, finder->keys, key, entry, orders);
  for (gsize i = board->fixed_from[entry]; i < board->fixed_from[entry + 1]; i++)
    g_hash_table_add(orders, GSIZE_TO_POINTER(board->fixed_list[i].order));
  return orders;
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
static void doubt_shared(const Board *board, GArray *candidates, gboolean shared) {
  const MatchCandidate *first = NULL;
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

/* Of a crowd not all that share the account were weighed. */
static gboolean mixed_crowd(const Finder *finder, const char *account) {
  const Bucket *bucket = account == NULL ? NULL : g_hash_table_lookup(finder->accounts, account);
  return bucket != NULL && bucket->mixed;
}

static void find_one(Board *board, const Finder *finder, gsize entry) {
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
  doubt_shared(board, outcome->candidates, mixed_crowd(finder, account));
}

void match_find(Board *board) {
  Finder finder = finder_new(board);
  for (gsize i = 0; i < board->group->entry_count; i++)
    find_one(board, &finder, i);
  finder_clear(&finder, board->group->order_count);
}
