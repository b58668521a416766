/* Reversals 冲正: a debit that takes a credit back. It names its credit by reference; else account, amount, name and
 * date must fit. When several credits fit, nothing is guessed: all are frozen in one case. */
#include "rules/match_board.h"

#include <string.h>

#define REFERENCE_SHORTEST 8 /* characters: shorter serials turn up in texts by chance */

typedef struct {
  gsize reversal;
  char *party;  /* party_of() */
  GArray *fits; /* gsize: credits that it may take back */
} Reversal;

static gboolean holds(const char *text, const char *reference) {
  return text != NULL && strstr(text, reference) != NULL;
}

static gboolean same_reference(const Entry *reversal, const Entry *credit) {
  const char *reference = credit->bank_reference;
  if (credit->end_to_end_id != NULL && g_strcmp0(reversal->end_to_end_id, credit->end_to_end_id) == 0)
    return TRUE;
  if (reference == NULL || strlen(reference) < REFERENCE_SHORTEST)
    return FALSE;
  return g_strcmp0(reversal->bank_reference, reference) == 0 || g_strcmp0(reversal->entry_reference, reference) == 0 ||
         g_strcmp0(reversal->end_to_end_id, reference) == 0 || holds(reversal->remark, reference) ||
         holds(reversal->purpose, reference) || holds(reversal->summary, reference);
}

/* Name and account, equal for two lines when they show the same party; NULL: it cannot be told. */
static char *party_of(const Entry *line) {
  g_autofree char *account = account_normal(line->counterparty_account);
  g_autofree char *name = name_normal(line->counterparty_name);
  return account == NULL || *name == '\0' || strchr(name, '?') != NULL ? NULL : g_strjoin("\n", account, name, NULL);
}

/* Credits of one amount, in booking order: only among these a reversal looks. */
typedef struct {
  gsize entry;
  char *party;
} Credit;

static void credit_clear(gpointer data) {
  g_free(((Credit *)data)->party);
}

static void add_credit(GHashTable *credits, const Board *board, gsize entry) {
  gint64 amount = board_line(board, entry)->amount.minor;
  Credit credit = {entry, party_of(board_line(board, entry))};
  GArray *equal = g_hash_table_lookup(credits, &amount);
  if (equal == NULL) {
    equal = g_array_new(FALSE, FALSE, sizeof(Credit));
    g_array_set_clear_func(equal, credit_clear);
    g_hash_table_insert(credits, g_memdup2(&amount, sizeof amount), equal);
  }
  g_array_append_val(equal, credit);
}

static GHashTable *credits_by_amount(const Board *board) {
  GHashTable *credits = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, (GDestroyNotify)g_array_unref);
  for (gsize i = 0; i < board->group->entry_count; i++)
    if (board_line(board, board->turn[i])->direction == DIRECTION_CREDIT)
      add_credit(credits, board, board->turn[i]);
  return credits;
}

static gboolean not_before(const Entry *reversal, const Entry *credit) {
  if (credit->booking_date != reversal->booking_date)
    return credit->booking_date < reversal->booking_date;
  return credit->time == NULL || reversal->time == NULL || strcmp(credit->time, reversal->time) <= 0;
}

static gboolean same_money(const Entry *reversal, const Entry *credit) {
  return credit->direction == DIRECTION_CREDIT && credit->amount.minor == reversal->amount.minor &&
         strcmp(credit->amount.currency, reversal->amount.currency) == 0 &&
         g_strcmp0(credit->account, reversal->account) == 0 && not_before(reversal, credit);
}

static gboolean names(const Board *board, gsize entry, gsize order) {
  const GArray *hits = board_outcome(board, entry)->hits;
  for (guint i = 0; i < hits->len; i++)
    if (g_array_index(hits, MatchHit, i).order == order)
      return TRUE;
  return FALSE;
}

static gboolean names_same(const Board *board, gsize a, gsize b) {
  const GArray *hits = board_outcome(board, a)->hits;
  gboolean same = hits->len > 0 && board->named[a] == board->named[b];
  for (guint i = 0; i < hits->len; i++)
    same = same && names(board, b, g_array_index(hits, MatchHit, i).order);
  return same;
}

/* How well a credit fits: 3 by reference, 2 by party and order number, 1 by party, 0 not at all. */
static int fit(const Board *board, const Reversal *reversal, const Credit *credit) {
  const Entry *a = board_line(board, reversal->reversal), *b = board_line(board, credit->entry);
  if (board->done[credit->entry] || !same_money(a, b))
    return 0;
  if (same_reference(a, b))
    return 3;
  if (reversal->party == NULL || g_strcmp0(reversal->party, credit->party) != 0)
    return 0;
  return names_same(board, reversal->reversal, credit->entry) ? 2 : 1;
}

/* The credits that fit best, in booking order. */
static void find_fits(const Board *board, GHashTable *credits, Reversal *reversal) {
  int best = 1;
  const GArray *equal = g_hash_table_lookup(credits, &board_line(board, reversal->reversal)->amount.minor);
  g_array_set_size(reversal->fits, 0);
  for (guint i = 0; equal != NULL && i < equal->len; i++) {
    const Credit *credit = &g_array_index(equal, Credit, i);
    int now = fit(board, reversal, credit);
    if (now > best)
      g_array_set_size(reversal->fits, 0);
    best = MAX(best, now);
    if (now == best)
      g_array_append_val(reversal->fits, credit->entry);
  }
}

static void ask_named(Board *board, gsize entry) {
  const MatchOutcome *outcome = board_outcome(board, entry);
  for (guint i = 0; i < outcome->hits->len; i++)
    board_ask(board, entry, g_array_index(outcome->hits, MatchHit, i).order);
  for (guint i = 0; i < outcome->allocations->len; i++)
    board_ask(board, entry, g_array_index(outcome->allocations, MatchAllocation, i).order);
}

static void freeze(Board *board, gsize entry) {
  board_keep_fixed(board, entry);
  ask_named(board, entry);
  board_conclude(board, entry, DISPOSITION_REVIEW, "reversed", "reversal");
}

/* A pair cancels itself, unless its money was given to an order for good. */
static void pair(Board *board, gsize reversal, gsize credit) {
  board_outcome(board, reversal)->partner = (gssize)credit;
  board_outcome(board, credit)->partner = (gssize)reversal;
  if (board->fixed[credit] || board->group->entries[credit].decided) {
    freeze(board, reversal);
    freeze(board, credit);
    board_join(board, reversal, credit);
    return;
  }
  board_conclude(board, reversal, DISPOSITION_EXPLAINED, "reversed", "reversal");
  board_conclude(board, credit, DISPOSITION_EXPLAINED, "reversed", "reversal");
}

/* Pairs what fits one credit alone, all at once, so that their order plays no part. */
static gboolean pair_round(Board *board, GHashTable *credits, GArray *reversals) {
  g_autofree guint *claims = g_new0(guint, board->group->entry_count + 1); /* by credit: reversals that fit it alone */
  gboolean any = FALSE;
  for (guint i = 0; i < reversals->len; i++) {
    Reversal *reversal = &g_array_index(reversals, Reversal, i);
    find_fits(board, credits, reversal);
    if (reversal->fits->len == 1)
      claims[g_array_index(reversal->fits, gsize, 0)]++;
  }
  for (guint i = reversals->len; i-- > 0;) {
    Reversal *reversal = &g_array_index(reversals, Reversal, i);
    if (reversal->fits->len != 1 || claims[g_array_index(reversal->fits, gsize, 0)] != 1)
      continue;
    pair(board, reversal->reversal, g_array_index(reversal->fits, gsize, 0));
    g_array_remove_index(reversals, i);
    any = TRUE;
  }
  return any;
}

/* A word like 冲正 in a debit that nothing connects with an order or a credit is somebody's wording, no reversal. */
static void leave(Board *board, const Reversal *reversal) {
  gsize entry = reversal->reversal;
  gboolean wording = reversal->fits->len == 0 && !board_line(board, entry)->reversal &&
                     board_outcome(board, entry)->candidates->len == 0;
  if (wording) {
    board_conclude(board, entry, DISPOSITION_EXPLAINED, NULL, "ordinary_debit");
    return;
  }
  freeze(board, entry);
  for (guint i = 0; i < reversal->fits->len; i++) {
    gsize credit = g_array_index(reversal->fits, gsize, i);
    if (!board->done[credit])
      freeze(board, credit);
    board_join(board, entry, credit);
  }
}

static void reversal_clear(gpointer data) {
  g_array_unref(((Reversal *)data)->fits);
  g_free(((Reversal *)data)->party);
}

void match_reversals(Board *board) {
  g_autoptr(GArray) reversals = g_array_new(FALSE, FALSE, sizeof(Reversal));
  g_array_set_clear_func(reversals, reversal_clear);
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    if (board_line(board, entry)->direction != DIRECTION_DEBIT || board->done[entry])
      continue;
    Reversal reversal = {entry, party_of(board_line(board, entry)), g_array_new(FALSE, FALSE, sizeof(gsize))};
    g_array_append_val(reversals, reversal);
  }
  if (reversals->len == 0)
    return;
  g_autoptr(GHashTable) credits = credits_by_amount(board);
  while (reversals->len > 0 && pair_round(board, credits, reversals))
    ;
  for (guint i = 0; i < reversals->len; i++)
    leave(board, &g_array_index(reversals, Reversal, i));
}
