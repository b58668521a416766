/* What an order's applicant is shown: one word and what to do next, derived from the order's life cycles and nothing
 * else.
 *
 * The machine words are the outside's; people read `status.WORD` and `next.WORD` of daemon/words.h:
 *   unpaid 待缴费  verifying 金融认证中  code_sent 金融认证成功 (待认证: the fen is there, the code is not)
 *   verification_failed 金融认证失败  reviewing 待审核  sent_back 退回修改  accepted 成功受理
 *   refund_requested 申请退费  refunding 退费中  refunded 已退费  closed 已关闭
 * (已制证 and 已寄出 come with issuance.)
 */
#ifndef YIFEN_RULES_STATUS_H
#define YIFEN_RULES_STATUS_H

#include "rules/life.h"

typedef enum {
  STATUS_UNPAID,
  STATUS_VERIFYING,
  STATUS_CODE_SENT,
  STATUS_VERIFICATION_FAILED,
  STATUS_REVIEWING,
  STATUS_SENT_BACK,
  STATUS_ACCEPTED,
  STATUS_REFUND_REQUESTED,
  STATUS_REFUNDING,
  STATUS_REFUNDED,
  STATUS_CLOSED,
  STATUS_SHOWN
} StatusShown;

typedef enum {
  NEXT_NOTHING,
  NEXT_PAY,             /* wire the price, upload the receipt */
  NEXT_PAY_REST,        /* less than the price came */
  NEXT_WAIT,            /* it is our turn */
  NEXT_ENTER_CODE,      /* look at the bank account and type the code */
  NEXT_CORRECT_ACCOUNT, /* the bank refused: correct the field that the round names */
  NEXT_ASK_ROUND,       /* locked or expired: ask for a new code */
  NEXT_CONTACT,         /* no round is left: people decide */
  NEXT_AMEND,           /* sent back: correct and hand in again */
  STATUS_NEXTS
} StatusNext;

extern const char *const status_words[STATUS_SHOWN]; /* "unpaid", ... */
extern const char *const status_nexts[STATUS_NEXTS]; /* "nothing", "pay", ... */

typedef struct {
  PaymentState payment;
  ProofState proof;
  ReviewState review;
  gboolean has_round; /* a verification exists; the next four speak of the latest */
  VerificationState round;
  gboolean counted;       /* the applicant caused it, verification.counted */
  TransferState transfer; /* of that round, TRANSFER_PLANNED while it has none */
  gboolean rounds_left;   /* another round is allowed */
} StatusFacts;

typedef struct {
  StatusShown shown;
  StatusNext next;
} Status;

Status status_of(const StatusFacts *facts);

#endif
