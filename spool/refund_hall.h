/* Refunds of orders that were paid by Alipay or WeChat: the hall gives the money back by the way it came, and tells. */
#ifndef YIFEN_SPOOL_REFUND_HALL_H
#define YIFEN_SPOOL_REFUND_HALL_H

#include <jansson.h>

#include "spool/evidence.h"

/* What the hall is to give back: JSON objects {"id","order_no","method","transaction_id","amount","currency",
 * "approved_at"}, oldest first. A new reference; NULL with error. */
json_t *refund_hall_list(Store *store, GError **error);

/* In a transaction of its own: done, or not possible (detail says why; people are asked, `refund_failed`). The same
 * result again is no news. ERROR_REFUSED "refund_unknown", "refund_bank" (our bank pays that one), "state" for a result
 * that denies an earlier one. detail may be NULL. Gives the refund's state. */
gboolean refund_hall_result(Store *store, gint64 id, gboolean done, const char *detail, const Learner *by,
                            const char **state, GError **error);

#endif
