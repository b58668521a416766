/* Rounds that people decide about before a fen is sent (rules/policy.h, PolicyDoubt): who else verified the account,
 * the cases, and what was decided. A case's subject is "round:ORDER:ROUND"; accepted it releases that round alone,
 * refused it ends it. */
#ifndef YIFEN_SPOOL_DOUBTS_H
#define YIFEN_SPOOL_DOUBTS_H

#include "rules/policy.h"
#include "spool/orders.h"
#include "spool/rounds.h"

#define DOUBT_SUBJECT "round:"

/* Companies (credit codes) that verified this order's account since `since`, and accounts that its company verified,
 * this order's own included. */
gboolean doubt_spread(Store *store, const RoundOrder *order, Instant since, int *companies, int *accounts,
                      GError **error);

/* Within a transaction: those of `doubts` that nobody has accepted for the round that is next. */
gboolean doubts_left(Store *store, const RoundOrder *order, guint doubts, guint *left, GError **error);

/* Within a transaction: keeps the round without a transfer and opens one case a doubt. The cards name the other orders
 * since `since`. */
gboolean doubts_ask(Store *store, const RoundOrder *order, guint doubts, Instant since, const Learner *by,
                    GError **error);

/* Within a transaction: what was asked about rounds of this order has answered itself. */
gboolean doubts_moot(Store *store, gint64 purchase_id, const char *actor, Instant now, GError **error);

/* Within a transaction, when a case was accepted: pay goes on with the round. */
gboolean doubt_accept(Store *store, const char *subject, Instant now, GError **error);
/* Within a transaction, when a case of this doubt was refused: the round has failed; the applicant is told which field
 * to correct. rounds: an order's most (verification_exhausted). ERROR_REFUSED "round_over" when it is no longer due. */
gboolean doubt_refuse(Store *store, const char *subject, PolicyDoubt doubt, int rounds, const OrderBy *by,
                      GError **error);

#endif
