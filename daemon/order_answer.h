/* An order as the hall and `yifen order` show it: status, what to do next, tries, expiry, the field to correct; and its
 * receipts. */
#ifndef YIFEN_DAEMON_ORDER_ANSWER_H
#define YIFEN_DAEMON_ORDER_ANSWER_H

#include <jansson.h>

#include "daemon/conf.h"
#include "rules/status.h"
#include "spool/order_view.h"
#include "spool/orders.h"

Status order_status(const Conf *conf, const OrderView *view);

/* Tries of the latest round that are left; 0 when its code cannot be typed. */
int order_tries_left(const Conf *conf, const OrderView *view);

/* The day on which the fen is expected or came; DAY_NONE when none is under way, or nobody can say. */
Day order_fen_day(const OrderView *view);

/* The same for people: also that it is late, on hold, or cannot be told. NULL when none is under way. The caller frees.
 */
char *order_fen_text(const OrderView *view, Day today);

/* "status.WORD" or "next.WORD" as people read it. */
const char *order_status_text(Status status);
const char *order_next_text(Status status);

/* {"order_no","revision","status","status_text","next","next_text","payment","proof","review","applicant","method","price",
 * "currency","submitted_at", and where known
 * "settled","due_on","round","tries_left","code_expires_on","fen_expected_on","fen_expected_text",
 * "field","field_text","cause","cause_text","transfer","warnings"; while it is sent back
 * "corrections":[{"field","text"}], "sent_back_text","review_days_left" (working days for which its clock stands)}. A
 * new reference. */
json_t *order_answer(const Conf *conf, const OrderView *view);

/* The same with "receipts": receipt_list() (spool/receipts.h), where a reason has its "reason_text". NULL on error. */
json_t *order_answer_whole(const Conf *conf, Store *store, const OrderView *view, GError **error);

#endif
