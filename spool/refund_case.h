/* The case and the order that a refund is decided in; shared by asking and approving. */
#ifndef YIFEN_SPOOL_REFUND_CASE_H
#define YIFEN_SPOOL_REFUND_CASE_H

#include "rules/life.h"
#include "spool/refund_decide.h"
#include "spool/refunds.h"

typedef struct {
  gint64 id;
  char *reason, *subject;
  gboolean open;
  gboolean own;       /* `refund`, `refund_failed`, `refund_returned` */
  gint64 previous_id; /* the refund that failed or came back; 0: none */
} RefundCase;
void refund_case_clear(RefundCase *is);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RefundCase, refund_case_clear)

/* ERROR_REFUSED "case_unknown". */
gboolean refund_case_load(Store *store, gint64 id, RefundCase *is, GError **error);
gboolean refund_case_check_open(const RefundCase *is, GError **error); /* ERROR_REFUSED "case_closed" */

typedef struct {
  gint64 id;
  char *order_no, *method;
  Money price;
  gint64 settled;
  char *account_number, *account_bank, *account_cnaps;
  int payment, proof, review;
} RefundPurchase;
void refund_purchase_clear(RefundPurchase *order);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RefundPurchase, refund_purchase_clear)

gboolean refund_purchase_load(Store *store, gint64 id, RefundPurchase *order, GError **error);

/* The line as refund_fit() sees it, refunds of this order. */
gboolean refund_part_load(Store *store, gint64 entry_id, gint64 purchase_id, gint64 asked, RefundPart *part,
                          GError **error);

/* May all of it go back? Gives what each takes from the order, and what the order keeps. */
gboolean refund_fit_check(const RefundPart *parts, const gint64 *entries, gsize count, const RefundPurchase *order,
                          gint64 *taken, gint64 *left, GError **error);

/* The account section as refunds see it; NULL when it is no longer configured. */
const RefundAccount *refund_account(const RefundBy *by, const char *section);

/* Within a transaction: an order whose wish was not granted whole goes on; where it goes by the code, its next round
 * may be due. */
gboolean refund_go_on(Store *store, const RefundPurchase *order, const OrderBy *by, GError **error);

/* The transaction's end: commits what is ok, rolls back the rest. */
gboolean refund_finish(Store *store, gboolean ok, GError **error);

#endif
