/* Refunds in the store: reading them, their transfers, and what is paid anew. */
#ifndef YIFEN_SPOOL_REFUNDS_H
#define YIFEN_SPOOL_REFUNDS_H

#include <jansson.h>

#include "rules/triage.h"
#include "spool/evidence.h"
#include "spool/transfers.h"

typedef struct {
  gint64 id, purchase_id, case_id;
  gint64 entry_id;         /* the credit; 0: paid online */
  gint64 previous_id;      /* the refund that it pays anew; 0: none */
  char *order_no, *method; /* of the order: "wire" "alipay" "wechat" */
  char *account;           /* section that received the money; NULL: paid online */
  Money amount;
  char *payee_name, *payee_account, *payee_bank, *payee_cnaps; /* NULL: paid online; cnaps may be */
  RefundState state;
  char *text, *detail; /* why; and why not, or what the hall said: may be NULL */
  char *requested_by, *approved_by;
  gint64 requested_uid;
  gint64 transfer_id; /* 0: none yet */
  gboolean doubted; /* the refund that it pays anew was debited after all: people are asked (transfer_contradiction) */
} Refund;
void refund_clear(Refund *refund);
void refund_free(Refund *refund);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Refund, refund_clear)

/* ERROR_REFUSED "refund_unknown" (value: the id). */
gboolean refund_load(Store *store, gint64 id, Refund *refund, GError **error);

/* Lists of Refund, oldest first; free with g_ptr_array_unref. NULL with error. */
GPtrArray *refunds_requested(Store *store, gint64 case_id, GError **error);
/* Rejected for no reason of the payee's, whose obstacle is gone (no `bank_refused` case of the batch is open) and that
 * nobody pays anew yet: when its transfer is surely not debited, refund_repeat() may. */
GPtrArray *refunds_to_repeat(Store *store, GError **error);

/* The refunds of a case as JSON objects {"id","entry","order_no","amount","currency","state","account","payee_name",
 * "payee_account","payee_bank","payee_cnaps","reason","detail","requested_by","approved_by","transfer","previous"}: the
 * transfer is its reference. A new reference; NULL with error. */
json_t *refunds_json(Store *store, gint64 case_id, GError **error);

/* Where refunds have gone or are going: debits of that amount to that account may be ours (rules/triage). Elements
 * TriageRefund. NULL with error. */
GArray *refund_payees(Store *store, GError **error);

/* Within a transaction: the planned transfer of an approved refund, under a new reference, from the account that
 * received the money. */
gboolean refund_plan(Store *store, const Refund *refund, const Learner *by, GError **error);

/* Within a transaction: a rejected refund is replaced by a new one of the same two people and details; the job "refund"
 * of pay is added. Only when no debit of the first can come any more (spool/absence). */
gboolean refund_repeat(Store *store, const Refund *refund, const Learner *by, GError **error);

/* Within a transaction, from transfer_learn(): what became of its transfer becomes of the refund, and of the order's
 * payment; people are asked when the payee's details were refused (`refund_failed`) or the money came back
 * (`refund_returned`), subject "refund:ID". after: the transfer's state now. */
gboolean refund_follow(Store *store, const Transfer *transfer, int after, const Evidence *evidence, const Learner *by,
                       GError **error);

/* Within a transaction: the refund is done, as a debit line or the hall says; the order's payment ends when all its
 * refunds are. */
gboolean refund_paid(Store *store, const Refund *refund, const Learner *by, GError **error);

/* Within a transaction: opens `reason` ("refund_failed", "refund_returned") about it. why: the bank's or the hall's
 * word, field: what is wrong with the payee's details ("name" "number" "bank"); either may be NULL. */
gboolean refund_ask(Store *store, const Refund *refund, const char *reason, const char *why, const char *field,
                    const Learner *by, GError **error);

#endif
