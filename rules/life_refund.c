#include "rules/life_cells.h"

static const char *const refund_states[REFUND_STATES] = {
    [REFUND_REQUESTED] = "requested", [REFUND_REFUSED] = "refused",   [REFUND_APPROVED] = "approved",
    [REFUND_REFUNDED] = "refunded",   [REFUND_REJECTED] = "rejected", [REFUND_RETURNED] = "returned",
    [REFUND_REPLACED] = "replaced",
};
static const char *const refund_events[REFUND_EVENTS] = {
    [REFUND_APPROVE] = "approve", [REFUND_REFUSE] = "refuse",   [REFUND_PAID] = "paid",     [REFUND_REJECT] = "reject",
    [REFUND_RETURN] = "return",   [REFUND_REPLACE] = "replace", [REFUND_RESUME] = "resume",
};

/* clang-format off */
static const LifeCell refund_cells[REFUND_STATES][REFUND_EVENTS] = {
  [REFUND_REQUESTED] = {
    [REFUND_APPROVE] = GO(REFUND_APPROVED),
    [REFUND_REFUSE]  = GO(REFUND_REFUSED),
    [REFUND_PAID]    = REFUSE,
    [REFUND_REJECT]  = REFUSE,
    [REFUND_RETURN]  = REFUSE,
    [REFUND_REPLACE] = REFUSE,
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_REFUSED] = {
    [REFUND_APPROVE] = REFUSE,
    [REFUND_REFUSE]  = STAY,
    [REFUND_PAID]    = REFUSE,
    [REFUND_REJECT]  = REFUSE,
    [REFUND_RETURN]  = REFUSE,
    [REFUND_REPLACE] = REFUSE,
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_APPROVED] = {
    [REFUND_APPROVE] = STAY,
    [REFUND_REFUSE]  = REFUSE,
    [REFUND_PAID]    = GO(REFUND_REFUNDED),
    [REFUND_REJECT]  = GO(REFUND_REJECTED),
    [REFUND_RETURN]  = GO(REFUND_RETURNED),
    [REFUND_REPLACE] = REFUSE,
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_REFUNDED] = {
    [REFUND_APPROVE] = REFUSE,
    [REFUND_REFUSE]  = REFUSE,
    [REFUND_PAID]    = STAY,
    [REFUND_REJECT]  = CONTRADICT,
    [REFUND_RETURN]  = GO(REFUND_RETURNED),
    [REFUND_REPLACE] = REFUSE,
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_REJECTED] = {
    [REFUND_APPROVE] = REFUSE,
    [REFUND_REFUSE]  = REFUSE,
    [REFUND_PAID]    = OVERRULE(REFUND_REFUNDED),
    [REFUND_REJECT]  = STAY,
    [REFUND_RETURN]  = OVERRULE(REFUND_RETURNED),
    [REFUND_REPLACE] = GO(REFUND_REPLACED),
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_RETURNED] = {
    [REFUND_APPROVE] = REFUSE,
    [REFUND_REFUSE]  = REFUSE,
    [REFUND_PAID]    = STAY,
    [REFUND_REJECT]  = STAY,
    [REFUND_RETURN]  = STAY,
    [REFUND_REPLACE] = GO(REFUND_REPLACED),
    [REFUND_RESUME]  = REFUSE,
  },
  [REFUND_REPLACED] = {
    [REFUND_APPROVE] = REFUSE,
    [REFUND_REFUSE]  = REFUSE,
    [REFUND_PAID]    = CONTRADICT,
    [REFUND_REJECT]  = STAY,
    [REFUND_RETURN]  = STAY,
    [REFUND_REPLACE] = REFUSE,
    [REFUND_RESUME]  = GO(REFUND_APPROVED),
  },
};
/* clang-format on */

const LifeCycle life_refund =
    LIFE_CYCLE("refund", REFUND_STATES, REFUND_EVENTS, refund_states, refund_events, refund_cells);
