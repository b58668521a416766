/* What the steps of match_decide() share: the evidence, and how far it is used up. Internal to matching. */
#ifndef YIFEN_RULES_MATCH_BOARD_H
#define YIFEN_RULES_MATCH_BOARD_H

#include "rules/match_pass.h"

typedef struct {
  const MatchGroup *group;
  MatchResult *result;
  gsize *turn;            /* entries in booking order */
  gint64 *due;            /* by order: what is still open on it */
  gboolean *done;         /* by entry: decided */
  gboolean *fixed;        /* by entry: has fixed allocations */
  gsize *named;           /* by entry: how many orders it names */
  MatchFixed *fixed_list; /* entry by entry */
  gsize *fixed_from;      /* by entry: where its fixed allocations begin; one more at the end */
  gboolean *crowded;      /* by entry: more orders are open than were weighed */
  GArray **alone;         /* by order: gsize, the entries that name it and no other, in booking order; or NULL */
  gboolean *tried;        /* by order: whether its parts were looked for in this pass */
  GArray **asked;         /* by entry: gsize, the orders its case asks about */
  GArray *joined;         /* Joined: entries that belong in one case whatever their orders */
} Board;

typedef struct {
  gsize a, b;
} Joined;

Board *board_new(const MatchGroup *group); /* with candidates and hits of every entry */
MatchResult *board_finish(Board *board);   /* frees the board */

const Entry *board_line(const Board *board, gsize entry);
const Order *board_order(const Board *board, gsize order);
MatchOutcome *board_outcome(const Board *board, gsize entry);
MatchDue board_due(const Board *board, gsize order);

void board_settle(Board *board, gsize entry, gsize order, gint64 amount); /* one allocation */
gint64 board_keep_fixed(Board *board, gsize entry);                       /* its fixed allocations; their sum */
void board_ask(Board *board, gsize entry, gsize order);
void board_join(Board *board, gsize a, gsize b);

/* Writes the outcome, and what spoke against each candidate as things stand now. */
void board_conclude(Board *board, gsize entry, Disposition disposition, const char *reason, const char *rule);

void match_find(Board *board);      /* match_find.c: candidates and hits of every entry */
void match_reversals(Board *board); /* match_reversal.c: decides reversals and the credits they take back */
void match_cases(Board *board);     /* match_case.c: gathers the entries in review into cases */

#endif
