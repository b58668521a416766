#include "rules/life_cells.h"

static const char *const proof_states[PROOF_STATES] = {
    [PROOF_NONE] = "none",           [PROOF_WIRE] = "wire",           [PROOF_CODE] = "code",
    [PROOF_DOCUMENTS] = "documents", [PROOF_WITHDRAWN] = "withdrawn",
};
static const char *const proof_events[PROOF_EVENTS] = {
    [PROOF_BY_WIRE] = "by_wire",     [PROOF_BY_CODE] = "by_code",           [PROOF_BY_DOCUMENTS] = "by_documents",
    [PROOF_WIRE_GONE] = "wire_gone", [PROOF_FEN_RETURNED] = "fen_returned", [PROOF_DETAILS_CHANGED] = "details_changed",
};

/* clang-format off */
static const LifeCell proof_cells[PROOF_STATES][PROOF_EVENTS] = {
  [PROOF_NONE] = {
    [PROOF_BY_WIRE]         = GO(PROOF_WIRE),
    [PROOF_BY_CODE]         = GO(PROOF_CODE),
    [PROOF_BY_DOCUMENTS]    = GO(PROOF_DOCUMENTS),
    [PROOF_WIRE_GONE]       = STAY,
    [PROOF_FEN_RETURNED]    = STAY,
    [PROOF_DETAILS_CHANGED] = STAY,
  },
  [PROOF_WIRE] = {
    [PROOF_BY_WIRE]         = STAY,
    [PROOF_BY_CODE]         = STAY,
    [PROOF_BY_DOCUMENTS]    = STAY,
    [PROOF_WIRE_GONE]       = GO(PROOF_NONE),
    [PROOF_FEN_RETURNED]    = STAY,
    [PROOF_DETAILS_CHANGED] = GO(PROOF_NONE),
  },
  [PROOF_CODE] = {
    [PROOF_BY_WIRE]         = STAY,
    [PROOF_BY_CODE]         = STAY,
    [PROOF_BY_DOCUMENTS]    = STAY,
    [PROOF_WIRE_GONE]       = STAY,
    [PROOF_FEN_RETURNED]    = GO(PROOF_WITHDRAWN),
    [PROOF_DETAILS_CHANGED] = GO(PROOF_NONE),
  },
  [PROOF_DOCUMENTS] = {
    [PROOF_BY_WIRE]         = STAY,
    [PROOF_BY_CODE]         = STAY,
    [PROOF_BY_DOCUMENTS]    = STAY,
    [PROOF_WIRE_GONE]       = STAY,
    [PROOF_FEN_RETURNED]    = STAY,
    [PROOF_DETAILS_CHANGED] = GO(PROOF_NONE),
  },
  [PROOF_WITHDRAWN] = {
    [PROOF_BY_WIRE]         = GO(PROOF_WIRE),
    [PROOF_BY_CODE]         = GO(PROOF_CODE),
    [PROOF_BY_DOCUMENTS]    = GO(PROOF_DOCUMENTS),
    [PROOF_WIRE_GONE]       = STAY,
    [PROOF_FEN_RETURNED]    = STAY,
    [PROOF_DETAILS_CHANGED] = GO(PROOF_NONE),
  },
};
/* clang-format on */

const LifeCycle life_proof = LIFE_CYCLE("proof", PROOF_STATES, PROOF_EVENTS, proof_states, proof_events, proof_cells);

static const char *const payment_states[PAYMENT_STATES] = {
    [PAYMENT_UNPAID] = "unpaid",       [PAYMENT_CLAIMED] = "claimed",   [PAYMENT_RECEIVED] = "received",
    [PAYMENT_SHORT] = "short",         [PAYMENT_OVER] = "over",         [PAYMENT_REVERSED] = "reversed",
    [PAYMENT_REFUNDING] = "refunding", [PAYMENT_REFUNDED] = "refunded",
};
static const char *const payment_events[PAYMENT_EVENTS] = {
    [PAYMENT_RECEIPT] = "receipt",
    [PAYMENT_EXACT] = "exact",
    [PAYMENT_LESS] = "less",
    [PAYMENT_MORE] = "more",
    [PAYMENT_UNSETTLED] = "unsettled",
    [PAYMENT_REVERSAL] = "reversal",
    [PAYMENT_REFUND_START] = "refund_start",
    [PAYMENT_REFUND_DEBIT] = "refund_debit",
    [PAYMENT_REFUND_FAILED] = "refund_failed",
};

/* clang-format off */
static const LifeCell payment_cells[PAYMENT_STATES][PAYMENT_EVENTS] = {
  [PAYMENT_UNPAID] = {
    [PAYMENT_RECEIPT]       = GO(PAYMENT_CLAIMED),
    [PAYMENT_EXACT]         = GO(PAYMENT_RECEIVED),
    [PAYMENT_LESS]          = GO(PAYMENT_SHORT),
    [PAYMENT_MORE]          = GO(PAYMENT_OVER),
    [PAYMENT_UNSETTLED]     = STAY,
    [PAYMENT_REVERSAL]      = STAY,
    [PAYMENT_REFUND_START]  = REFUSE,
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_CLAIMED] = {
    [PAYMENT_RECEIPT]       = STAY,
    [PAYMENT_EXACT]         = GO(PAYMENT_RECEIVED),
    [PAYMENT_LESS]          = GO(PAYMENT_SHORT),
    [PAYMENT_MORE]          = GO(PAYMENT_OVER),
    [PAYMENT_UNSETTLED]     = STAY,
    [PAYMENT_REVERSAL]      = STAY,
    [PAYMENT_REFUND_START]  = REFUSE,
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_RECEIVED] = {
    [PAYMENT_RECEIPT]       = STAY,
    [PAYMENT_EXACT]         = STAY,
    [PAYMENT_LESS]          = GO(PAYMENT_SHORT),
    [PAYMENT_MORE]          = GO(PAYMENT_OVER),
    [PAYMENT_UNSETTLED]     = GO(PAYMENT_UNPAID),
    [PAYMENT_REVERSAL]      = GO(PAYMENT_REVERSED),
    [PAYMENT_REFUND_START]  = GO(PAYMENT_REFUNDING),
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_SHORT] = {
    [PAYMENT_RECEIPT]       = STAY,
    [PAYMENT_EXACT]         = GO(PAYMENT_RECEIVED),
    [PAYMENT_LESS]          = STAY,
    [PAYMENT_MORE]          = GO(PAYMENT_OVER),
    [PAYMENT_UNSETTLED]     = GO(PAYMENT_UNPAID),
    [PAYMENT_REVERSAL]      = GO(PAYMENT_REVERSED),
    [PAYMENT_REFUND_START]  = GO(PAYMENT_REFUNDING),
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_OVER] = {
    [PAYMENT_RECEIPT]       = STAY,
    [PAYMENT_EXACT]         = GO(PAYMENT_RECEIVED),
    [PAYMENT_LESS]          = GO(PAYMENT_SHORT),
    [PAYMENT_MORE]          = STAY,
    [PAYMENT_UNSETTLED]     = GO(PAYMENT_UNPAID),
    [PAYMENT_REVERSAL]      = GO(PAYMENT_REVERSED),
    [PAYMENT_REFUND_START]  = GO(PAYMENT_REFUNDING),
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_REVERSED] = {
    [PAYMENT_RECEIPT]       = GO(PAYMENT_CLAIMED),
    [PAYMENT_EXACT]         = GO(PAYMENT_RECEIVED),
    [PAYMENT_LESS]          = GO(PAYMENT_SHORT),
    [PAYMENT_MORE]          = GO(PAYMENT_OVER),
    [PAYMENT_UNSETTLED]     = STAY,
    [PAYMENT_REVERSAL]      = STAY,
    [PAYMENT_REFUND_START]  = REFUSE,
    [PAYMENT_REFUND_DEBIT]  = CONTRADICT,
    [PAYMENT_REFUND_FAILED] = REFUSE,
  },
  [PAYMENT_REFUNDING] = {
    [PAYMENT_RECEIPT]       = REFUSE,
    [PAYMENT_EXACT]         = REFUSE,
    [PAYMENT_LESS]          = REFUSE,
    [PAYMENT_MORE]          = REFUSE,
    [PAYMENT_UNSETTLED]     = REFUSE,
    [PAYMENT_REVERSAL]      = CONTRADICT,
    [PAYMENT_REFUND_START]  = STAY,
    [PAYMENT_REFUND_DEBIT]  = GO(PAYMENT_REFUNDED),
    [PAYMENT_REFUND_FAILED] = GO(PAYMENT_RECEIVED),
  },
  [PAYMENT_REFUNDED] = {
    [PAYMENT_RECEIPT]       = REFUSE,
    [PAYMENT_EXACT]         = REFUSE,
    [PAYMENT_LESS]          = REFUSE,
    [PAYMENT_MORE]          = REFUSE,
    [PAYMENT_UNSETTLED]     = REFUSE,
    [PAYMENT_REVERSAL]      = CONTRADICT,
    [PAYMENT_REFUND_START]  = REFUSE,
    [PAYMENT_REFUND_DEBIT]  = STAY,
    [PAYMENT_REFUND_FAILED] = GO(PAYMENT_REFUNDING),
  },
};
/* clang-format on */

const LifeCycle life_payment =
    LIFE_CYCLE("payment", PAYMENT_STATES, PAYMENT_EVENTS, payment_states, payment_events, payment_cells);

static const char *const review_states[REVIEW_STATES] = {
    [REVIEW_WAITING] = "waiting",
    [REVIEW_OPEN] = "open",
    [REVIEW_ACCEPTED] = "accepted",
    [REVIEW_SENT_BACK] = "sent_back",
    [REVIEW_REFUND_REQUESTED] = "refund_requested",
    [REVIEW_CLOSED] = "closed",
};
static const char *const review_events[REVIEW_EVENTS] = {
    [REVIEW_READY] = "ready",         [REVIEW_NOT_READY] = "not_ready", [REVIEW_ACCEPT] = "accept",
    [REVIEW_SEND_BACK] = "send_back", [REVIEW_RESUBMIT] = "resubmit",   [REVIEW_ASK_REFUND] = "ask_refund",
    [REVIEW_KEEP] = "keep",           [REVIEW_CLOSE] = "close",
};

/* clang-format off */
static const LifeCell review_cells[REVIEW_STATES][REVIEW_EVENTS] = {
  [REVIEW_WAITING] = {
    [REVIEW_READY]      = GO(REVIEW_OPEN),
    [REVIEW_NOT_READY]  = STAY,
    [REVIEW_ACCEPT]     = REFUSE,
    [REVIEW_SEND_BACK]  = GO(REVIEW_SENT_BACK),
    [REVIEW_RESUBMIT]   = STAY,
    [REVIEW_ASK_REFUND] = GO(REVIEW_REFUND_REQUESTED),
    [REVIEW_KEEP]       = REFUSE,
    [REVIEW_CLOSE]      = GO(REVIEW_CLOSED),
  },
  [REVIEW_OPEN] = {
    [REVIEW_READY]      = STAY,
    [REVIEW_NOT_READY]  = GO(REVIEW_WAITING),
    [REVIEW_ACCEPT]     = GO(REVIEW_ACCEPTED),
    [REVIEW_SEND_BACK]  = GO(REVIEW_SENT_BACK),
    [REVIEW_RESUBMIT]   = REFUSE,
    [REVIEW_ASK_REFUND] = GO(REVIEW_REFUND_REQUESTED),
    [REVIEW_KEEP]       = REFUSE,
    [REVIEW_CLOSE]      = REFUSE,
  },
  [REVIEW_ACCEPTED] = {
    [REVIEW_READY]      = STAY,
    [REVIEW_NOT_READY]  = STAY,
    [REVIEW_ACCEPT]     = REFUSE,
    [REVIEW_SEND_BACK]  = REFUSE,
    [REVIEW_RESUBMIT]   = REFUSE,
    [REVIEW_ASK_REFUND] = REFUSE,
    [REVIEW_KEEP]       = REFUSE,
    [REVIEW_CLOSE]      = REFUSE,
  },
  [REVIEW_SENT_BACK] = {
    [REVIEW_READY]      = STAY,
    [REVIEW_NOT_READY]  = STAY,
    [REVIEW_ACCEPT]     = REFUSE,
    [REVIEW_SEND_BACK]  = REFUSE,
    [REVIEW_RESUBMIT]   = GO(REVIEW_WAITING),
    [REVIEW_ASK_REFUND] = GO(REVIEW_REFUND_REQUESTED),
    [REVIEW_KEEP]       = REFUSE,
    [REVIEW_CLOSE]      = GO(REVIEW_CLOSED),
  },
  [REVIEW_REFUND_REQUESTED] = {
    [REVIEW_READY]      = STAY,
    [REVIEW_NOT_READY]  = STAY,
    [REVIEW_ACCEPT]     = REFUSE,
    [REVIEW_SEND_BACK]  = REFUSE,
    [REVIEW_RESUBMIT]   = REFUSE,
    [REVIEW_ASK_REFUND] = STAY,
    [REVIEW_KEEP]       = GO(REVIEW_WAITING),
    [REVIEW_CLOSE]      = GO(REVIEW_CLOSED),
  },
  [REVIEW_CLOSED] = {
    [REVIEW_READY]      = STAY,
    [REVIEW_NOT_READY]  = STAY,
    [REVIEW_ACCEPT]     = REFUSE,
    [REVIEW_SEND_BACK]  = REFUSE,
    [REVIEW_RESUBMIT]   = REFUSE,
    [REVIEW_ASK_REFUND] = REFUSE,
    [REVIEW_KEEP]       = REFUSE,
    [REVIEW_CLOSE]      = STAY,
  },
};
/* clang-format on */

const LifeCycle life_review =
    LIFE_CYCLE("review", REVIEW_STATES, REVIEW_EVENTS, review_states, review_events, review_cells);
