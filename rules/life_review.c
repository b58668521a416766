#include "rules/life_cells.h"

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
    [REVIEW_KEEP] = "keep",           [REVIEW_CLOSE] = "close",         [REVIEW_UNDO] = "undo",
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
    [REVIEW_UNDO]       = STAY,
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
    [REVIEW_UNDO]       = STAY,
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
    [REVIEW_UNDO]       = GO(REVIEW_WAITING),
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
    [REVIEW_UNDO]       = STAY,
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
    [REVIEW_UNDO]       = REFUSE,
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
    [REVIEW_UNDO]       = REFUSE,
  },
};
/* clang-format on */

const LifeCycle life_review =
    LIFE_CYCLE("review", REVIEW_STATES, REVIEW_EVENTS, review_states, review_events, review_cells);
