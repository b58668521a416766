#include "rules/status.h"

const char *const status_words[STATUS_SHOWN] = {
    [STATUS_UNPAID] = "unpaid",       [STATUS_VERIFYING] = "verifying",
    [STATUS_CODE_SENT] = "code_sent", [STATUS_VERIFICATION_FAILED] = "verification_failed",
    [STATUS_REVIEWING] = "reviewing", [STATUS_SENT_BACK] = "sent_back",
    [STATUS_ACCEPTED] = "accepted",   [STATUS_REFUND_REQUESTED] = "refund_requested",
    [STATUS_REFUNDING] = "refunding", [STATUS_REFUNDED] = "refunded",
    [STATUS_CLOSED] = "closed",
};

const char *const status_nexts[STATUS_NEXTS] = {
    [NEXT_NOTHING] = "nothing",       [NEXT_PAY] = "pay",
    [NEXT_PAY_REST] = "pay_rest",     [NEXT_WAIT] = "wait",
    [NEXT_ENTER_CODE] = "enter_code", [NEXT_CORRECT_ACCOUNT] = "correct_account",
    [NEXT_ASK_ROUND] = "ask_round",   [NEXT_CONTACT] = "contact",
    [NEXT_AMEND] = "amend",
};

static Status failed(const StatusFacts *facts, StatusNext next) {
  return (Status){STATUS_VERIFICATION_FAILED, facts->rounds_left ? next : NEXT_CONTACT};
}

/* The fen arrives in seconds, our evidence tomorrow: while the bank may have it the code may be typed. */
static gboolean may_have_arrived(const StatusFacts *facts) {
  return facts->transfer == TRANSFER_ACCEPTED || facts->transfer == TRANSFER_UNKNOWN ||
         facts->transfer == TRANSFER_BOOKED;
}

static Status of_round(const StatusFacts *facts) {
  Status verifying = {STATUS_VERIFYING, NEXT_WAIT};
  if (facts->proof == PROOF_WITHDRAWN && (!facts->has_round || facts->round == VERIFICATION_VERIFIED))
    return failed(facts, NEXT_CORRECT_ACCOUNT);
  if (!facts->has_round)
    return verifying;
  switch (facts->round) {
  case VERIFICATION_SENDING:
    return may_have_arrived(facts) ? (Status){STATUS_VERIFYING, NEXT_ENTER_CODE} : verifying;
  case VERIFICATION_AWAITING_CODE:
    return (Status){STATUS_CODE_SENT, NEXT_ENTER_CODE};
  case VERIFICATION_FAILED:
    return failed(facts, NEXT_CORRECT_ACCOUNT);
  case VERIFICATION_LOCKED:
    return failed(facts, NEXT_ASK_ROUND);
  case VERIFICATION_EXPIRED: /* a round that we ended follows by itself; it only takes longer */
    return facts->counted ? failed(facts, NEXT_ASK_ROUND) : verifying;
  case VERIFICATION_DUE:
  case VERIFICATION_VERIFIED: /* of older details: the next round follows */
  case VERIFICATION_STATES:
    break;
  }
  return verifying;
}

static Status of_waiting(const StatusFacts *facts) {
  switch (facts->payment) {
  case PAYMENT_UNPAID:
  case PAYMENT_REVERSED:
    return (Status){STATUS_UNPAID, NEXT_PAY};
  case PAYMENT_SHORT:
    return (Status){STATUS_UNPAID, NEXT_PAY_REST};
  case PAYMENT_CLAIMED:
    return (Status){STATUS_REVIEWING, NEXT_WAIT};
  default:
    break;
  }
  if (facts->proof == PROOF_NONE || facts->proof == PROOF_WITHDRAWN)
    return of_round(facts);
  return (Status){STATUS_REVIEWING, NEXT_WAIT};
}

Status status_of(const StatusFacts *facts) {
  if (facts->payment == PAYMENT_REFUNDED)
    return (Status){STATUS_REFUNDED, NEXT_NOTHING};
  if (facts->payment == PAYMENT_REFUNDING)
    return (Status){STATUS_REFUNDING, NEXT_WAIT};
  if (facts->review == REVIEW_CLOSED)
    return (Status){STATUS_CLOSED, NEXT_NOTHING};
  switch (facts->review) {
  case REVIEW_REFUND_REQUESTED:
    return (Status){STATUS_REFUND_REQUESTED, NEXT_WAIT};
  case REVIEW_ACCEPTED:
    return (Status){STATUS_ACCEPTED, NEXT_NOTHING};
  case REVIEW_SENT_BACK:
    return (Status){STATUS_SENT_BACK, NEXT_AMEND};
  case REVIEW_OPEN:
    return (Status){STATUS_REVIEWING, NEXT_WAIT};
  default:
    return of_waiting(facts);
  }
}
