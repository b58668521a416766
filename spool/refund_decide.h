/* What people decide about refunds: one asks, another approves.
 *
 * Where refunds are asked for: in an open case that shows the credit (over, already_paid, third_party, ...); in the
 * case `refund` that a wish of the applicant opens; in `refund_failed` or `refund_returned`, where an earlier refund is
 * to be paid anew, to other details. For the money of an ordinary review (`application`), or of a case that is closed,
 * a case `refund` of its order is opened.
 *
 * Refusals: "case_unknown" "case_closed"; "refund_self": nobody approves their own; "refund_account": the account that
 * received the money (value) may not pay refunds; "refund_too_much" "refund_half" "refund_accepted": rules/refund.h
 * (value: the line or order); "refund_lacks" "refund_differs": the payee's details (field; value: the line);
 * "refund_entry": the line (value) is none of the case's or order's credits; "refund_order": the case names several
 * orders, or none; "refund_asked": somebody has asked and nobody has decided yet; "refund_none": nobody has asked;
 * "refund_uncovered": the earlier refund may still be debited (value: its reference). */
#ifndef YIFEN_SPOOL_REFUND_DECIDE_H
#define YIFEN_SPOOL_REFUND_DECIDE_H

#include "rules/refund.h"
#include "spool/orders.h"

/* An account of the configuration, as refunds see it. */
typedef struct {
  const char *section;
  gboolean pays;      /* it may pay refunds */
  int not_found_days; /* of its bank's profile */
} RefundAccount;

typedef struct {
  OrderBy by;
  gint64 uid; /* of the person: names are not enough to tell two people apart */
  const RefundAccount *accounts;
  gsize account_count;
} RefundBy;

typedef struct {
  gint64 entry_id;
  gint64 amount; /* minor units of the line's currency */
} RefundAsk;

/* In a transaction of its own: so much of these lines is to go back. Without any: an order that was paid online, whole;
 * or the earlier refund, as it was. given: what people complete. Gives the case that now waits for its second person.
 */
gboolean refund_request(Store *store, gint64 case_id, const RefundAsk *asks, gsize count, const RefundPayee *given,
                        const char *text, const RefundBy *by, gint64 *waits, GError **error);

/* In a transaction of its own: all that was asked for in the case. The money is taken from the order that used it, and
 * pay sends it; an order paid online goes to the hall's list. Closes the case unless it has money left to decide about.
 */
gboolean refund_approve(Store *store, gint64 case_id, const RefundBy *by, GError **error);

/* Within a transaction: what was asked for in the case is not done, and the case stays open; or, where nothing was, the
 * applicant's wish, whose case closes. "refund_none" when there is neither. */
gboolean refund_refuse(Store *store, gint64 case_id, const char *text, const OrderBy *by, GError **error);

/* Does the case wait for its second person? */
gboolean refund_asked(Store *store, gint64 case_id, gboolean *asked, GError **error);

#endif
