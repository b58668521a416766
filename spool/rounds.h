/* Rounds of verification: what an order needs next, and the round, transfer and reference that are planned for it. */
#ifndef YIFEN_SPOOL_ROUNDS_H
#define YIFEN_SPOOL_ROUNDS_H

#include "rules/life.h"
#include "spool/evidence.h"
#include "spool/transfers.h"

typedef enum {
  ROUND_NOT_NEEDED, /* one is under way, the account is proven, or the order is closed */
  ROUND_WAITS,      /* an earlier transfer of the order is not decided yet */
  ROUND_NEEDED,
} RoundNeed;

/* An order as the planning of its next round sees it. */
typedef struct {
  gint64 purchase_id;
  char *order_no;
  char *applicant_name, *uscc, *owner; /* owner: the legal representative, or the sole trader; NULL: not told */
  char *account_name, *account_number, *account_bank, *account_cnaps;
  int last;      /* number of its newest round, 0: none yet */
  gint64 due_id; /* its newest round when that is due and has no transfer, else 0 */
  gboolean
      mending; /* the newest round went nowhere for a reason of ours and does not count: the next takes its place */
  int counted; /* rounds that the applicant caused */
  int today;   /* rounds that applicants caused to this account number since `since`, all orders together */
  int planned_today; /* verifications planned since `since`, all orders together */
  gint64 cancel_id;  /* a planned transfer whose round is over: to be cancelled; 0: none */
  RoundNeed need;
} RoundOrder;
void round_order_clear(RoundOrder *order);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RoundOrder, round_order_clear)

/* Within a transaction. ERROR_REFUSED "order_unknown". Days of a clock that ran more than a day ahead are not counted.
 */
gboolean round_order_load(Store *store, const char *order_no, Instant since, RoundOrder *order, GError **error);

/* Within a transaction: the round (a new row unless due_id) and its planned transfer of `amount` from `account`, under
 * a new reference. expected: when it reaches its payee. */
gboolean round_plan(Store *store, const RoundOrder *order, const char *account, Money amount, Day expected,
                    const Learner *by, GError **error);

/* Within a transaction: the round without a transfer, while people decide about it. Gives its number. */
gboolean round_keep(Store *store, const RoundOrder *order, const Learner *by, int *round, GError **error);

/* Orders whose newest round went nowhere for a reason of ours that is mended (no `bank_refused` case of its batch or of
 * the order, no `bank_reversed` or `transfer_contradiction` case of its transfer is open) and whose next round nobody
 * has asked for yet. Numbers; free with g_ptr_array_unref. */
GPtrArray *rounds_mended(Store *store, GError **error);

/* Planned transfers whose round is over (new details, the order closed): ids (gint64). */
GArray *rounds_dead(Store *store, GError **error);

#endif
