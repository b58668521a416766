/* Waivers: what a person lets go when a settlement is not exact. Recorded on the order and kept; taken back when the
 * settlement is, or when the price becomes another one. All within a transaction. */
#ifndef YIFEN_SPOOL_WAIVER_H
#define YIFEN_SPOOL_WAIVER_H

#include "rules/money.h"
#include "spool/orders.h"

/* An order that still lacks part of its price: so much of it is let go, and when nothing is lacking any more the order
 * is paid. An order that lacks nothing: so much of what came over its price, on the case's credits that pay it, stays
 * with us. ERROR_REFUSED "waive_unpaid" when nothing has paid the order, "waive_too_much" when there is not so much to
 * let go, or it is not below the price (value: the order, expected: how much there is). */
gboolean waiver_add(Store *store, gint64 case_id, const char *order_no, Money amount, const char *text,
                    const OrderBy *by, GError **error);

/* All of the order's price, and of what came over with this credit; nothing when there are none. */
gboolean waiver_undo_order(Store *store, gint64 purchase_id, const char *actor, Instant now, GError **error);
gboolean waiver_undo_entry(Store *store, gint64 entry_id, const char *actor, Instant now, GError **error);

#endif
