/* One case for all entries in review that raise the same question: same reason, and an order in common. */
#include "rules/match_board.h"

#include <string.h>

static gsize root(gsize *parent, gsize entry) {
  while (parent[entry] != entry)
    entry = parent[entry] = parent[parent[entry]];
  return entry;
}

static void unite(gsize *parent, gsize a, gsize b) {
  parent[root(parent, a)] = root(parent, b);
}

static gboolean in_review(const Board *board, gsize entry) {
  return board_outcome(board, entry)->disposition == DISPOSITION_REVIEW;
}

/* Entries that ask about the same order for the same reason. */
static void unite_askers(const Board *board, gsize *parent) {
  g_autoptr(GHashTable) first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < board->group->entry_count; i++) {
    gsize entry = board->turn[i];
    const GArray *asked = board->asked[entry];
    for (guint k = 0; in_review(board, entry) && k < asked->len; k++) {
      char *key =
          g_strdup_printf("%s:%" G_GSIZE_FORMAT, board_outcome(board, entry)->reason, g_array_index(asked, gsize, k));
      gpointer earlier;
      if (g_hash_table_lookup_extended(first, key, NULL, &earlier))
        unite(parent, entry, GPOINTER_TO_SIZE(earlier));
      g_hash_table_replace(first, key, GSIZE_TO_POINTER(entry));
    }
  }
}

/* Where the order stands in the case's list, or belongs: the first place whose number is not lower. */
static guint place_of(const Board *board, const GArray *orders, gsize order) {
  guint from = 0, after = orders->len;
  while (from < after) {
    guint middle = from + (after - from) / 2;
    if (strcmp(board_order(board, g_array_index(orders, gsize, middle))->order_no,
               board_order(board, order)->order_no) < 0)
      from = middle + 1;
    else
      after = middle;
  }
  return from;
}

static void add_orders(const Board *board, MatchCase *one, gsize entry) {
  const GArray *asked = board->asked[entry];
  for (guint i = 0; i < asked->len; i++) {
    gsize order = g_array_index(asked, gsize, i);
    guint place = place_of(board, one->orders, order);
    if (place == one->orders->len || g_array_index(one->orders, gsize, place) != order)
      g_array_insert_val(one->orders, place, order);
  }
}

void match_cases(Board *board) {
  gsize count = board->group->entry_count;
  g_autofree gsize *parent = g_new(gsize, count + 1);
  g_autofree gsize *number = g_new0(gsize, count + 1); /* by root: its case + 1 */
  MatchResult *result = board->result;
  for (gsize i = 0; i < count; i++)
    parent[i] = i;
  for (guint i = 0; i < board->joined->len; i++) {
    const Joined *joined = &g_array_index(board->joined, Joined, i);
    unite(parent, joined->a, joined->b);
  }
  unite_askers(board, parent);
  result->cases = g_new0(MatchCase, count + 1);
  for (gsize i = 0; i < count; i++) {
    gsize entry = board->turn[i], top = root(parent, entry);
    if (!in_review(board, entry))
      continue;
    if (number[top] == 0) {
      number[top] = ++result->case_count;
      result->cases[number[top] - 1] =
          (MatchCase){board_outcome(board, entry)->reason, g_array_new(FALSE, FALSE, sizeof(gsize)),
                      g_array_new(FALSE, FALSE, sizeof(gsize))};
    }
    MatchCase *one = &result->cases[number[top] - 1];
    g_array_append_val(one->entries, entry);
    add_orders(board, one, entry);
    board_outcome(board, entry)->in_case = (gssize)number[top] - 1;
  }
}
