#include "rules/life_cells.h"

static const char *const invoice_states[INVOICE_STATES] = {
    [INVOICE_DUE] = "due",       [INVOICE_SENDING] = "sending",     [INVOICE_REQUESTED] = "requested",
    [INVOICE_ISSUED] = "issued", [INVOICE_CANCELLED] = "cancelled",
};
static const char *const invoice_events[INVOICE_EVENTS] = {
    [INVOICE_SEND] = "send",     [INVOICE_TAKEN] = "taken", [INVOICE_ISSUE] = "issue",
    [INVOICE_CANCEL] = "cancel", [INVOICE_RENEW] = "renew",
};

/* clang-format off */
static const LifeCell invoice_cells[INVOICE_STATES][INVOICE_EVENTS] = {
  [INVOICE_DUE] = {
    [INVOICE_SEND]   = GO(INVOICE_SENDING),
    [INVOICE_TAKEN]  = REFUSE,
    [INVOICE_ISSUE]  = REFUSE,
    [INVOICE_CANCEL] = GO(INVOICE_CANCELLED),
    [INVOICE_RENEW]  = STAY,
  },
  [INVOICE_SENDING] = {
    [INVOICE_SEND]   = REFUSE,
    [INVOICE_TAKEN]  = GO(INVOICE_REQUESTED),
    [INVOICE_ISSUE]  = GO(INVOICE_ISSUED),
    [INVOICE_CANCEL] = STAY,
    [INVOICE_RENEW]  = STAY,
  },
  [INVOICE_REQUESTED] = {
    [INVOICE_SEND]   = REFUSE,
    [INVOICE_TAKEN]  = STAY,
    [INVOICE_ISSUE]  = GO(INVOICE_ISSUED),
    [INVOICE_CANCEL] = STAY,
    [INVOICE_RENEW]  = STAY,
  },
  [INVOICE_ISSUED] = {
    [INVOICE_SEND]   = REFUSE,
    [INVOICE_TAKEN]  = STAY,
    [INVOICE_ISSUE]  = REFUSE,
    [INVOICE_CANCEL] = STAY,
    [INVOICE_RENEW]  = STAY,
  },
  [INVOICE_CANCELLED] = {
    [INVOICE_SEND]   = REFUSE,
    [INVOICE_TAKEN]  = REFUSE,
    [INVOICE_ISSUE]  = REFUSE,
    [INVOICE_CANCEL] = STAY,
    [INVOICE_RENEW]  = GO(INVOICE_DUE),
  },
};
/* clang-format on */

const LifeCycle life_invoice =
    LIFE_CYCLE("invoice", INVOICE_STATES, INVOICE_EVENTS, invoice_states, invoice_events, invoice_cells);
