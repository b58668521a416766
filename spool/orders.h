/* Orders in the store: taken, changed, withdrawn, lapsed; and the one place that derives what the review waits for. */
#ifndef YIFEN_SPOOL_ORDERS_H
#define YIFEN_SPOOL_ORDERS_H

#include "rules/day.h"
#include "rules/order.h"
#include "spool/store.h"

/* Who changes, when, and by which calendar due days are counted. */
typedef struct {
  const char *actor; /* audit actor: "hall", "staff:NAME", "pay", ... */
  Instant now;
  const Calendar *calendar;
  gint64 uid;          /* of a person who decides; */
  gint64 second_above; /* fen: exceptions of more need a second person (spool/second.h). 0: none does */
} OrderBy;

typedef enum { ORDER_NEW, ORDER_SAME, ORDER_REVISED } OrderTaken;

/* Takes an order in a transaction of its own. The same body again is no news. Another body is a new revision while the
 * order is unpaid or sent back; else ERROR_REFUSED "order_fixed" with value (the number) and field (the first that
 * differs); "order_closed" when it lapsed or was withdrawn. A revision that changes applicant, identifier or bank
 * account voids the proof and kills a live code; a changed price makes the payment short or over. The jobs of pay and
 * intake are added. */
gboolean order_take(Store *store, const Order *order, const OrderBy *by, OrderTaken *taken, GError **error);

/* The application as it stands. NULL with ERROR_REFUSED "order_unknown" (value: the number). The caller frees. */
Order *order_load(Store *store, const char *order_no, GError **error);

/* The order is given up by its applicant, in a transaction of its own. ERROR_REFUSED "order_paid" once money came: that
 * needs a refund. */
gboolean order_withdraw(Store *store, const char *order_no, const OrderBy *by, GError **error);

/* Closes the orders that nobody paid or claimed to have paid within `days` after they came in. Gives their
 * count. */
gboolean orders_lapse(Store *store, const OrderBy *by, int days, int *count, GError **error);

/* Within a transaction, after any change of payment, proof, cases or review: derives whether the order is ready for its
 * reviewers (money and proof there, no other open case), opens or moots its `application` case, and sets the due day.
 */
gboolean order_refresh(Store *store, gint64 purchase_id, const Calendar *calendar, const char *actor, Instant now,
                       GError **error);

/* Within a transaction, before the order goes back to its applicant: keeps how many working days its review had left,
 * with which the clock goes on when it is handed in again (rules/deadline.h). */
gboolean order_clock_stop(Store *store, gint64 purchase_id, const OrderBy *by, GError **error);

#endif
