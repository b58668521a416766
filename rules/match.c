#include "rules/match_board.h"

#include <string.h>

#define APPLICANT (PAYER_SELF | PAYER_OTHER_ACCOUNT)

/* Payment platforms pay out what they collected; the order's own record says who paid. Beginnings of normal names. */
static const char *const platforms[] = {"支付宝(中国)", "财付通支付科技", "银联商务", "拉卡拉支付", "网银在线(北京)"};

static gboolean right_number(const MatchPass *pass, gsize named) {
  switch (pass->number) {
  case NUMBER_NONE:
    return named == 0;
  case NUMBER_ONE:
    return named == 1;
  case NUMBER_SEVERAL:
    return named > 1;
  default:
    return named > 0;
  }
}

static gboolean right_amount(const MatchPass *pass, Money money, gint64 due, Money price) {
  gint64 amount = money.minor;
  if (pass->amount != AMOUNT_ANY && strcmp(money.currency, price.currency) != 0)
    return FALSE;
  switch (pass->amount) {
  case AMOUNT_EXACT:
    return amount == due;
  case AMOUNT_LESS:
    return amount < due;
  case AMOUNT_MORE:
    return amount > due;
  case AMOUNT_PRICE:
    return amount == price.minor;
  default:
    return TRUE;
  }
}

/* The closer conditions. */
static gboolean is_close(const Board *board, const MatchPass *pass, gsize entry, const MatchCandidate *candidate) {
  Day since = day_of_instant(board_order(board, candidate->order)->submitted_at);
  return (pass->grades == 0 || (pass->grades & (1u << candidate->grade)) != 0) &&
         (pass->days == 0 || board_line(board, entry)->booking_date - since <= pass->days);
}

/* Whether a settlement is unique is asked without the closer conditions: a narrower pass must not be a bolder one. */
static gboolean in_question(const Board *board, const MatchPass *pass, gsize entry, const MatchCandidate *candidate) {
  const Entry *line = board_line(board, entry);
  const Order *order = board_order(board, candidate->order);
  return candidate->named == (pass->number != NUMBER_NONE) && (candidate->payer & pass->payers) != 0 &&
         (board_due(board, candidate->order) & pass->due) != 0 && (candidate->submitted || !pass->in_time) &&
         right_amount(pass, line->amount, board->due[candidate->order], order->price) &&
         (pass->disposition == DISPOSITION_SETTLED || is_close(board, pass, entry, candidate));
}

/* The orders that come into question for an entry in a pass: gsize, ordered by order number. */
static GArray *questions(const Board *board, const MatchPass *pass, gsize entry) {
  GArray *orders = g_array_new(FALSE, FALSE, sizeof(gsize));
  const GArray *candidates = board_outcome(board, entry)->candidates;
  for (guint i = 0; right_number(pass, board->named[entry]) && i < candidates->len; i++) {
    const MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    if (in_question(board, pass, entry, candidate))
      g_array_append_val(orders, candidate->order);
  }
  return orders;
}

static gboolean all_close(const Board *board, const MatchPass *pass, gsize entry, const GArray *orders) {
  const GArray *candidates = board_outcome(board, entry)->candidates;
  for (guint i = 0; i < candidates->len; i++) {
    const MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    for (guint k = 0; k < orders->len; k++)
      if (g_array_index(orders, gsize, k) == candidate->order && !is_close(board, pass, entry, candidate))
        return FALSE;
  }
  return TRUE;
}

static gboolean own_open(const Board *board, const MatchCandidate *candidate) {
  return (candidate->payer & APPLICANT) != 0 && board_due(board, candidate->order) == DUE_OPEN;
}

static gboolean has_own_open(const Board *board, gsize entry) {
  const GArray *candidates = board_outcome(board, entry)->candidates;
  for (guint i = 0; i < candidates->len; i++)
    if (own_open(board, &g_array_index(candidates, MatchCandidate, i)))
      return TRUE;
  return FALSE;
}

/* Whether two or more of the dues, sorted from large to small, add up to the amount. Steps bound the search; when they
 * are used up the answer is yes, which is a doubt. */
static gboolean subset_sums(const gint64 *dues, gsize count, gint64 amount, int taken, int *steps) {
  if (amount == 0)
    return taken > 1;
  if (--*steps <= 0)
    return TRUE;
  for (gsize i = 0; i < count; i++)
    if (dues[i] <= amount && subset_sums(dues + i + 1, count - i - 1, amount - dues[i], taken + 1, steps))
      return TRUE;
  return FALSE;
}

static int compare_dues(gconstpointer a, gconstpointer b) {
  gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;
  return (left < right) - (left > right);
}

static gboolean silent_sum(const Board *board, gsize entry) {
  if (board->crowded[entry]) /* of so many orders some nearly always do */
    return TRUE;
  g_autoptr(GArray) dues = g_array_new(FALSE, FALSE, sizeof(gint64));
  const GArray *candidates = board_outcome(board, entry)->candidates;
  for (guint i = 0; i < candidates->len; i++) {
    const MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    if (own_open(board, candidate) && candidate->submitted)
      g_array_append_val(dues, board->due[candidate->order]);
  }
  g_array_sort(dues, compare_dues);
  int steps = 20000;
  return subset_sums((const gint64 *)(gpointer)dues->data, dues->len, board_line(board, entry)->amount.minor, 0,
                     &steps);
}

/* Amounts are taken from what is due only after the outcome has noted what was due. */
static void settle(Board *board, gsize entry, const gsize *orders, const gint64 *amounts, gsize count,
                   const MatchPass *pass) {
  for (gsize i = 0; i < count; i++)
    board_settle(board, entry, orders[i], amounts[i]);
  board_conclude(board, entry, pass->disposition, pass->reason, pass->name);
  for (gsize i = 0; i < count; i++)
    board->due[orders[i]] -= amounts[i];
}

/* The first undecided entries, in booking order, that name this order alone and together are what is due; fewer than
 * two, or a sum that steps over it, are none. */
static GArray *parts_of(const Board *board, const MatchPass *pass, gsize order) {
  g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(gsize));
  gint64 left = board->due[order];
  for (guint i = 0; left > 0 && i < board->alone[order]->len; i++) {
    gsize entry = g_array_index(board->alone[order], gsize, i);
    if (board->done[entry])
      continue;
    g_autoptr(GArray) orders = questions(board, pass, entry);
    if (orders->len != 1)
      continue;
    if (!all_close(board, pass, entry, orders))
      return NULL;
    left -= board_line(board, entry)->amount.minor;
    g_array_append_val(parts, entry);
  }
  return left == 0 && parts->len > 1 ? g_steal_pointer(&parts) : NULL;
}

static void settle_parts(Board *board, const MatchPass *pass, gsize order) {
  if (board->tried[order] || board->alone[order] == NULL)
    return;
  board->tried[order] = TRUE;
  g_autoptr(GArray) parts = parts_of(board, pass, order);
  for (guint i = 0; parts != NULL && i < parts->len; i++) {
    gsize entry = g_array_index(parts, gsize, i);
    gint64 amount = board_line(board, entry)->amount.minor;
    settle(board, entry, &order, &amount, 1, pass);
  }
}

static void settle_sum(Board *board, const MatchPass *pass, gsize entry, const GArray *orders) {
  g_autofree gint64 *amounts = g_new(gint64, orders->len + 1);
  gint64 left = board_line(board, entry)->amount.minor;
  for (guint i = 0; i < orders->len; i++) {
    amounts[i] = board->due[g_array_index(orders, gsize, i)];
    if (amounts[i] > left)
      return;
    left -= amounts[i];
  }
  if (left == 0)
    settle(board, entry, (const gsize *)(gpointer)orders->data, amounts, orders->len, pass);
}

static void try_settle(Board *board, const MatchPass *pass, gsize entry, const GArray *orders) {
  if (!all_close(board, pass, entry, orders))
    return;
  if (pass->amount == AMOUNT_SUM) {
    if (orders->len == board->named[entry])
      settle_sum(board, pass, entry, orders);
    return;
  }
  if (orders->len != 1)
    return;
  gsize order = g_array_index(orders, gsize, 0);
  if (pass->amount == AMOUNT_PARTS)
    settle_parts(board, pass, order);
  else if (pass->number != NUMBER_NONE || !silent_sum(board, entry))
    settle(board, entry, &order, &board_line(board, entry)->amount.minor, 1, pass);
}

static void try_review(Board *board, const MatchPass *pass, gsize entry, const GArray *orders) {
  if (orders->len == 0 || (pass->amount == AMOUNT_SILENT_SUM && !silent_sum(board, entry)) ||
      (pass->own_besides && !has_own_open(board, entry)))
    return;
  for (guint i = 0; i < orders->len; i++)
    board_ask(board, entry, g_array_index(orders, gsize, i));
  const GArray *candidates = board_outcome(board, entry)->candidates;
  for (guint i = 0; pass->own_besides && i < candidates->len; i++) {
    const MatchCandidate *candidate = &g_array_index(candidates, MatchCandidate, i);
    if (own_open(board, candidate))
      board_ask(board, entry, candidate->order);
  }
  board_conclude(board, entry, pass->disposition, pass->reason, pass->name);
}

static void run_pass(Board *board, const MatchPass *pass) {
  memset(board->tried, 0, board->group->order_count * sizeof *board->tried);
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    if (board->done[entry])
      continue;
    g_autoptr(GArray) orders = questions(board, pass, entry);
    if (pass->disposition == DISPOSITION_SETTLED)
      try_settle(board, pass, entry, orders);
    else
      try_review(board, pass, entry, orders);
  }
}

static const MatchPass *passes_of(const Board *board) {
  return board->group->passes != NULL ? board->group->passes : match_passes;
}

/* An entry of which a part is fixed, because one of its orders was accepted: the rest still settles when it names all
 * its orders and the sum is exact. */
static void settle_rest(Board *board, const MatchPass *pass, gsize entry, gint64 rest) {
  g_autoptr(GArray) orders = questions(board, pass, entry);
  for (guint i = 0; i < orders->len; i++)
    rest -= board->due[g_array_index(orders, gsize, i)];
  if (rest != 0 || board_outcome(board, entry)->allocations->len + orders->len != board->named[entry] ||
      !all_close(board, pass, entry, orders))
    return;
  for (guint i = 0; i < orders->len; i++) {
    gsize order = g_array_index(orders, gsize, i);
    board_settle(board, entry, order, board->due[order]);
    board->due[order] = 0;
  }
}

static void keep_fixed(Board *board, gsize entry) {
  gint64 rest = board_line(board, entry)->amount.minor - board_keep_fixed(board, entry);
  const MatchPass *sum = passes_of(board);
  while (sum->name != NULL && sum->amount != AMOUNT_SUM)
    sum++;
  if (rest > 0 && !board->group->entries[entry].decided && sum->name != NULL)
    settle_rest(board, sum, entry, rest);
  board_conclude(board, entry, DISPOSITION_SETTLED, NULL, "fixed");
}

/* Everything that needs no weighing. Fixed things come first: what they use is used. */
static void keep_decided(Board *board) {
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    const MatchEntry *self = &board->group->entries[entry];
    if (board->done[entry])
      continue;
    if (board->fixed[entry])
      keep_fixed(board, entry);
    else if (self->decided)
      board_conclude(board, entry, self->disposition, NULL, "person");
  }
}

static gboolean from_platform(const Board *board, gsize entry) {
  g_autofree char *payer = name_normal(board_line(board, entry)->counterparty_name);
  gboolean platform = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS(platforms); i++)
    platform |= g_str_has_prefix(payer, platforms[i]);
  return platform && board_outcome(board, entry)->candidates->len == 0;
}

static void set_aside(Board *board) {
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    const Entry *line = board_line(board, entry);
    if (board->done[entry])
      continue;
    if (strcmp(line->amount.currency, "CNY") != 0)
      board_conclude(board, entry, DISPOSITION_REVIEW, "currency", "currency");
    else if (line->transactions > 1)
      board_conclude(board, entry, DISPOSITION_REVIEW, "combined", "batch");
    else if (from_platform(board, entry))
      board_conclude(board, entry, DISPOSITION_EXPLAINED, NULL, "platform");
  }
}

static void decided_reversals(Board *board) {
  for (gsize i = 0; i < board->group->entry_count; i++) {
    const MatchEntry *self = &board->group->entries[i];
    if (self->decided && self->line->direction == DIRECTION_DEBIT)
      board_conclude(board, i, self->disposition, NULL, "person");
  }
}

MatchResult *match_decide(const MatchGroup *group) {
  Board *board = board_new(group);
  decided_reversals(board);
  match_reversals(board);
  keep_decided(board);
  set_aside(board);
  for (const MatchPass *pass = passes_of(board); pass->name != NULL; pass++)
    run_pass(board, pass);
  for (gsize i = 0; i < group->entry_count; i++)
    if (!board->done[i])
      board_conclude(board, i, DISPOSITION_PENDING, "unknown_payer", "no_order");
  match_cases(board);
  return board_finish(board);
}

void match_result_free(MatchResult *result) {
  if (result == NULL)
    return;
  for (gsize i = 0; i < result->outcome_count; i++) {
    g_array_unref(result->outcomes[i].allocations);
    g_array_unref(result->outcomes[i].candidates);
    g_array_unref(result->outcomes[i].hits);
  }
  for (gsize i = 0; i < result->case_count; i++) {
    g_array_unref(result->cases[i].entries);
    g_array_unref(result->cases[i].orders);
  }
  g_free(result->outcomes);
  g_free(result->cases);
  g_free(result);
}

const char *disposition_word(Disposition disposition) {
  static const char *const words[DISPOSITIONS] = {"settled",      "review",   "explained",
                                                  "own_transfer", "returned", "pending"};
  g_assert(disposition >= 0 && disposition < DISPOSITIONS);
  return words[disposition];
}

gboolean disposition_parse(const char *word, Disposition *out) {
  for (int i = 0; i < DISPOSITIONS; i++) {
    if (strcmp(disposition_word((Disposition)i), word) == 0) {
      *out = (Disposition)i;
      return TRUE;
    }
  }
  return FALSE;
}

const char *match_payer_word(MatchPayer payer) {
  static const char *const words[] = {"self", "other_account", "related", "account", "stranger", "nameless"};
  return words[g_bit_nth_lsf(payer, -1)];
}
