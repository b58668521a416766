/* What people decide about cases. Each is a transaction of its own that names who and why.
 * Common refusals: "case_unknown", "case_closed" (value: the id), "case_action" (value: the reason whose cases do not
 * allow this decision). */
#ifndef YIFEN_SPOOL_DECISIONS_H
#define YIFEN_SPOOL_DECISIONS_H

#include "rules/money.h"
#include "spool/orders.h"

/* `application`: the order is accepted; ERROR_REFUSED "case_blocked" while another case of the order is open. A held
 * file (spool/held.h): it is booked as it stands, for the reason that text says; ERROR_USAGE "decision_text" without
 * one. A round in doubt (spool/doubts.h): its fen is sent. text may be NULL. */
gboolean decision_accept(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error);

/* A held file: nothing of it is booked, it is set aside. A round in doubt: it fails; rounds: an order's most. Else a
 * refund that waits for its second person, or the wish for one (spool/refund_decide.h). */
gboolean decision_refuse(Store *store, gint64 id, const char *text, int rounds, const OrderBy *by, GError **error);

/* `application`: the order goes back to the applicant; text says why, fields (rules/correction.h; ends with NULL) what
 * to correct. The review's clock stands until it is handed in again, and the handler is mailed. ERROR_USAGE
 * "correction" for a field (value) that is none. */
gboolean decision_send_back(Store *store, gint64 id, const char *const *fields, const char *text, const OrderBy *by,
                            GError **error);

typedef struct {
  char *order_no;
  Money amount;
} Share;

typedef struct {
  const Share *shares, *waives; /* what is let go (spool/waiver.h), after the shares are settled */
  gsize count, waive_count;
  const char *text; /* why; may be NULL */
} Settlement;

/* A case with credits: parts of them pay orders, in booking order. A share whose payer is the applicant itself proves
 * control of the account; any other pays and proves nothing, and the order takes the way of fen and code. Lines of the
 * case that pay nothing are judged anew by matching. ERROR_REFUSED "order_unknown", "order_closed", "second_waits"
 * (spool/second.h), "settle_over_price" when the order owes less (paid online: nothing), "settle_too_much" when the
 * credits have not so much left (value: the order); and those of waiver_add(). */
gboolean decision_settle(Store *store, gint64 id, const Settlement *is, const OrderBy *by, GError **error);

/* `third_party`, `name_differs` of one order: its payer may pay this order and no other, for the reason that text
 * gives, and what the order owes is settled from the case's credits; it proves nothing. The consent is kept with the
 * order. ERROR_REFUSED "consent_payer" when the lines show several payers or a line shows none, "order_closed",
 * "settle_over_price" when the order owes nothing. */
gboolean decision_consent(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error);

/* An open or closed case that shows money which pays an order: all of it (of an `application`: all that pays the order)
 * is taken back. The lines and orders come into a new case `undone`, and no pass of matching decides about these lines
 * any more. Where it is too late (rules/undo.h) nothing is taken back: a case `undo_too_late` says what stands against
 * it. */
typedef struct {
  unsigned steps;      /* UndoStep bits of all its orders together */
  const char *against; /* why it is too late, or NULL. Static */
  gint64 case_id;      /* the new case */
} UndoResult;
gboolean decision_undo(Store *store, gint64 id, const char *text, const OrderBy *by, UndoResult *result,
                       GError **error);

/* Any other case: nothing is to be done; its undecided lines are explained by the person, a held file is set aside. */
gboolean decision_close(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error);

#endif
