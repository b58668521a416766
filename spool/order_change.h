/* One change of a stored order: the parts that orders and verification share. All within a transaction. */
#ifndef YIFEN_SPOOL_ORDER_CHANGE_H
#define YIFEN_SPOOL_ORDER_CHANGE_H

#include "spool/orders.h"

/* Where an order stands. */
typedef struct {
  gint64 id;
  int payment, proof, review; /* rules/life */
  Order order;                /* as it stands, with its revision */
} OrderStand;
void order_stand_clear(OrderStand *stand);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderStand, order_stand_clear)

/* Reads one order, also outside a transaction. ERROR_REFUSED "order_unknown" when `found` is NULL and there is none. */
gboolean order_stand(Store *store, const char *order_no, OrderStand *stand, gboolean *found, GError **error);

/* Writes the next revision: fields, body, price, the voided proof, the killed code, jobs, audit row `action`.
 * Refreshes. */
gboolean order_revise(Store *store, const OrderStand *stand, const Order *next, const char *action, const OrderBy *by,
                      GError **error);

/* Kills the latest round, if there is one, so that its code counts no more, and asks pay for the next. */
gboolean order_next_round(Store *store, const OrderStand *stand, const OrderBy *by, GError **error);

/* Is a transfer of the order not yet decided? */
gboolean order_transfer_open(Store *store, gint64 purchase_id, gboolean *open, GError **error);

/* Does a fen and a code prove this order (paid online, or a round was made for it)? */
gboolean order_by_code(Store *store, const OrderStand *stand, gboolean *by_code, GError **error);

/* An audit row about the order; detail is an object of one text, or none. */
gboolean order_audit(Store *store, const char *order_no, const char *action, const char *key, const char *value,
                     const OrderBy *by, GError **error);

#endif
