/* Life cycles: each a table of state x event with every cell filled. spool/life applies them and writes the audit row.
 * The words are the database's and the outside's; never rename one. */
#ifndef YIFEN_RULES_LIFE_H
#define YIFEN_RULES_LIFE_H

#include <glib.h>

typedef enum {
  LIFE_UNFILLED,   /* a hole in a table: asking it stops the program */
  LIFE_MOVE,       /* go to the cell's state */
  LIFE_STAY,       /* known or weaker news: recorded, nothing changes */
  LIFE_REFUSE,     /* the asker may not do this now */
  LIFE_CONTRADICT, /* the news cannot be true beside what is known: a case. Where it outranks what was believed the
                    * state changes as well */
} LifeVerdict;

typedef struct {
  LifeVerdict verdict;
  int to; /* the state after: another one for LIFE_MOVE and sometimes LIFE_CONTRADICT, else the same */
} LifeCell;

typedef struct {
  const char *name; /* "transfer" */
  int state_count, event_count;
  const char *const *states; /* machine words */
  const char *const *events;
  const LifeCell *cells; /* [state * event_count + event]; ask life_next */
} LifeCycle;

LifeCell life_next(const LifeCycle *cycle, int state, int event);
int life_state(const LifeCycle *cycle, const char *word); /* -1 when unknown */
const char *life_verdict_word(LifeVerdict verdict);       /* "move" "stay" "refuse" "contradict" */

/* The whole table as Markdown, for docs/states.md: a row an event, a column a state. The caller frees. */
char *life_print(const LifeCycle *cycle);

/* All cycles, ended by NULL. */
extern const LifeCycle *const life_cycles[];

extern const LifeCycle life_transfer, life_verification, life_payment, life_proof, life_review, life_case, life_file,
    life_batch, life_message, life_refund, life_invoice, life_sms;

/* transfer: planned sending accepted booked rejected returned unknown.
 *
 * Evidence ranks: our statement's line, then a query, then a status file; lower never undoes higher. A status that
 * denies a line contradicts and changes nothing; a line that denies a status contradicts and moves the state to what
 * the line shows. `rejected` therefore ends a transfer unless our own statement says otherwise. Evidence about a
 * transfer that we believe never left (a restored store) contradicts and takes it out of `planned`, so that it is never
 * sent again.
 *
 * `unknown` ends by a query by reference, a status file, a statement line or a person with a text; the channel's own
 * word (DONE, RETRY) is too weak, and so is silence: a statement without the debit is shown to that person and ends
 * nothing by itself. A person ends `unknown` and nothing else. `returned` is final.
 *
 * One line is applied once. Another debit line under the reference of a booked or returned transfer is for the caller
 * to see (transfer.debit_entry_id) as unknown_debit. */
typedef enum {
  TRANSFER_PLANNED,
  TRANSFER_SENDING,
  TRANSFER_ACCEPTED,
  TRANSFER_BOOKED,
  TRANSFER_REJECTED,
  TRANSFER_RETURNED,
  TRANSFER_UNKNOWN,
  TRANSFER_STATES
} TransferState;
typedef enum {
  TRANSFER_SEND,             /* intent and bytes are durable, the channel is about to be called */
  TRANSFER_CANCEL,           /* it is not to leave any more: new details, the order closed, the bank's limits */
  TRANSFER_DONE,             /* the channel took it */
  TRANSFER_RETRY,            /* the channel surely did not take it: back to planned, same bytes */
  TRANSFER_LOST,             /* timeout, cut, malformed answer, or no answer within the profile's window */
  TRANSFER_STATUS_PROGRESS,  /* bank's status: under way (ACTC ACCP ACSP PDNG ..., policy_status) */
  TRANSFER_STATUS_SETTLED,   /* bank's status: it says the money has left (ACSC ACCC); first settlement evidence */
  TRANSFER_STATUS_REJECT,    /* bank's status: refused */
  TRANSFER_STATUS_DUPLICATE, /* bank's status: seen before; says nothing about the first */
  TRANSFER_STATUS_RETURN,    /* bank's status, often days later: it came back 退票 (a bank's own word, B) */
  TRANSFER_DEBIT_LINE,       /* our own statement shows the debit */
  TRANSFER_RETURN_LINE,      /* our own statement shows it coming back */
  TRANSFER_NOT_FOUND,        /* a query behind the bank's documented window does not find it (absence_query) */
  TRANSFER_DOUBT,            /* after a restore: another copy of the store may have sent it (spool/restore.h) */
  TRANSFER_PERSON_BOOKED,
  TRANSFER_PERSON_REJECTED,
  TRANSFER_PERSON_RETURNED,
  TRANSFER_EVENTS
} TransferEvent;

/* verification: due sending awaiting_code verified failed locked expired. One row a round; a new round is a new row.
 * The older row then leaves due or awaiting_code for `expired`: its code counts no more. `verified`, `failed`, `locked`
 * and `expired` are final; a fen that comes back after `verified` withdraws the proof, not the round. */
typedef enum {
  VERIFICATION_DUE,
  VERIFICATION_SENDING,
  VERIFICATION_AWAITING_CODE,
  VERIFICATION_VERIFIED,
  VERIFICATION_FAILED,
  VERIFICATION_LOCKED,
  VERIFICATION_EXPIRED,
  VERIFICATION_STATES
} VerificationState;
typedef enum {
  VERIFICATION_SENT,    /* its transfer is being sent */
  VERIFICATION_SETTLED, /* first settlement evidence: the days of validity start */
  VERIFICATION_RIGHT_CODE,
  VERIFICATION_WRONG_CODE, /* wrong, tries left */
  VERIFICATION_LAST_WRONG_CODE,
  VERIFICATION_REFUSED,  /* rejected or returned for the applicant's reason */
  VERIFICATION_NOT_PAID, /* cancelled, or rejected for our reason: the caller clears `counted`, and opens the next round
                          * when the reason is mended */
  VERIFICATION_TIME_OUT, /* past its last day */
  VERIFICATION_NEW_ROUND, /* new details or a new code asked for; the older transfer is not open, or was cancelled */
  VERIFICATION_EVENTS
} VerificationEvent;

/* payment: unpaid claimed received short over reversed refunding refunded. Follows the allocations: EXACT, LESS, MORE
 * compare their sum with the price, also after a revision changed it. After UNSETTLED a receipt that is still there is
 * applied again. REFUND_DEBIT comes when every refund of the order shows its debit line; a refund that bounces is
 * REFUND_FAILED. */
typedef enum {
  PAYMENT_UNPAID,
  PAYMENT_CLAIMED,
  PAYMENT_RECEIVED,
  PAYMENT_SHORT,
  PAYMENT_OVER,
  PAYMENT_REVERSED,
  PAYMENT_REFUNDING,
  PAYMENT_REFUNDED,
  PAYMENT_STATES
} PaymentState;
typedef enum {
  PAYMENT_RECEIPT,
  PAYMENT_EXACT,
  PAYMENT_LESS,
  PAYMENT_MORE,
  PAYMENT_UNSETTLED,
  PAYMENT_REVERSAL,
  PAYMENT_REFUND_START,
  PAYMENT_REFUND_DEBIT,
  PAYMENT_REFUND_FAILED,
  PAYMENT_EVENTS
} PaymentEvent;

/* refund, of one credit or of an order that was paid online: requested refused approved refunded rejected returned
 * replaced. From APPROVE on its money is taken from the credit, until another refund REPLACEs it. PAID: our own debit
 * line shows it, or the hall has given it back. REJECT: the bank, or the hall's payment provider, refused it. RETURN:
 * it came back. What was rejected or returned is paid anew by another refund alone, which names it as its previous.
 * RESUME: it was debited after all, and the one that replaced it has not left and gives way. */
typedef enum {
  REFUND_REQUESTED,
  REFUND_REFUSED,
  REFUND_APPROVED,
  REFUND_REFUNDED,
  REFUND_REJECTED,
  REFUND_RETURNED,
  REFUND_REPLACED,
  REFUND_STATES
} RefundState;
typedef enum {
  REFUND_APPROVE,
  REFUND_REFUSE,
  REFUND_PAID,
  REFUND_REJECT,
  REFUND_RETURN,
  REFUND_REPLACE,
  REFUND_RESUME,
  REFUND_EVENTS
} RefundEvent;

/* invoice, blue or red: due sending requested issued cancelled. SEND: the file in which it goes out has its number, and
 * from then on the same file with the same lines is written until it is there. CANCEL comes too late once it is being
 * sent: a red one must follow. RENEW: what was cancelled is wanted after all. Its number is told once. */
typedef enum {
  INVOICE_DUE,
  INVOICE_SENDING,
  INVOICE_REQUESTED,
  INVOICE_ISSUED,
  INVOICE_CANCELLED,
  INVOICE_STATES
} InvoiceState;
typedef enum {
  INVOICE_SEND,
  INVOICE_TAKEN, /* the accountant has it */
  INVOICE_ISSUE,
  INVOICE_CANCEL,
  INVOICE_RENEW,
  INVOICE_EVENTS
} InvoiceEvent;

/* proof of account control: none, wire, code, documents; withdrawn when a fen came back after the code. The first proof
 * stands until it falls; when one falls and another is there, the caller applies the other. */
typedef enum { PROOF_NONE, PROOF_WIRE, PROOF_CODE, PROOF_DOCUMENTS, PROOF_WITHDRAWN, PROOF_STATES } ProofState;
typedef enum {
  PROOF_BY_WIRE,
  PROOF_BY_CODE,
  PROOF_BY_DOCUMENTS,
  PROOF_WIRE_GONE,
  PROOF_FEN_RETURNED,
  PROOF_DETAILS_CHANGED,
  PROOF_EVENTS
} ProofEvent;

/* review: waiting open accepted sent_back refund_requested closed. After `accepted` nothing here moves but by UNDO
 * (rules/undo.h): what goes wrong then is a case. A person may send back an order that waits (a case of its own led
 * there). */
typedef enum {
  REVIEW_WAITING,
  REVIEW_OPEN,
  REVIEW_ACCEPTED,
  REVIEW_SENT_BACK,
  REVIEW_REFUND_REQUESTED,
  REVIEW_CLOSED,
  REVIEW_STATES
} ReviewState;
typedef enum {
  REVIEW_READY,
  REVIEW_NOT_READY,
  REVIEW_ACCEPT,
  REVIEW_SEND_BACK,
  REVIEW_RESUBMIT,
  REVIEW_ASK_REFUND,
  REVIEW_KEEP,
  REVIEW_CLOSE,
  REVIEW_UNDO,
  REVIEW_EVENTS
} ReviewEvent; /* KEEP: the wish for a refund was refused or
                * taken back. CLOSE: withdrawn, lapsed or refunded. UNDO: a person took back what had paid it */

/* case: open closed */
typedef enum { CASE_OPEN, CASE_CLOSED, CASE_STATES } CaseState;
typedef enum { CASE_DECIDE, CASE_MOOT, CASE_EVENTS } CaseEvent; /* MOOT: what it asked has answered itself */

/* file, a statement or status file: claimed taken rejected duplicate held. taken: all lines stored. held: stored
 * nothing, waits for a person */
typedef enum { FILE_CLAIMED, FILE_TAKEN, FILE_REJECTED, FILE_DUPLICATE, FILE_HELD, FILE_STATES } FileState;
typedef enum { FILE_STORE, FILE_REFUSE, FILE_KNOWN, FILE_HOLD, FILE_EVENTS } FileEvent;

/* batch, one message to a bank: sealed uploading releasing delivered unknown closed. In `uploading` the final name was
 * never asked for, so it may be done again; from `releasing` on only evidence moves it. DELIVER: the channel took it,
 * or the bank answered it. closed: every fate is known, bytes wiped; that every fate is known is for the caller to see.
 */
typedef enum {
  BATCH_SEALED,
  BATCH_UPLOADING,
  BATCH_RELEASING,
  BATCH_DELIVERED,
  BATCH_UNKNOWN,
  BATCH_CLOSED,
  BATCH_STATES
} BatchState;
typedef enum {
  BATCH_UPLOAD,
  BATCH_RELEASE,
  BATCH_DELIVER,
  BATCH_LOSE,
  BATCH_DOUBT, /* after a restore: another copy of the store may have sent it */
  BATCH_CLOSE,
  BATCH_EVENTS
} BatchEvent;

/* message, one mail of the outbox: queued sending sent failed. AGAIN also takes back what a dead process left in
 * `sending`: a mail may arrive twice, under one Message-ID. */
typedef enum { MESSAGE_QUEUED, MESSAGE_SENDING, MESSAGE_SENT, MESSAGE_FAILED, MESSAGE_STATES } MessageState;
typedef enum { MESSAGE_SEND, MESSAGE_TAKEN, MESSAGE_AGAIN, MESSAGE_GIVE_UP, MESSAGE_EVENTS } MessageEvent;

/* sms, one short message: queued sending sent unknown arrived unreached failed. DONE, REJECT, RETRY and LOSE are what
 * the gateway's answer comes to: it took it, it never will, it surely did not take it, nobody knows; LOSE also takes
 * back what a dead process left in `sending`. AGAIN: an unknown one goes out once more, the caller counts that this
 * happens once. Reports may overtake the answer, and the report of a first copy ends the wait for a second; that it
 * arrived outranks every other word. `unreached`: the number takes no messages. */
typedef enum {
  SMS_QUEUED,
  SMS_SENDING,
  SMS_SENT,
  SMS_UNKNOWN,
  SMS_ARRIVED,
  SMS_UNREACHED,
  SMS_FAILED,
  SMS_STATES
} SmsState;
typedef enum {
  SMS_SEND,
  SMS_DONE,
  SMS_REJECT,
  SMS_RETRY,
  SMS_LOSE,
  SMS_AGAIN,
  SMS_GIVE_UP,
  SMS_REPORT_ARRIVED,
  SMS_REPORT_UNREACHED,
  SMS_EVENTS
} SmsEvent;

#endif
