#include "rules/life_cells.h"

static const char *const message_states[MESSAGE_STATES] = {
    [MESSAGE_QUEUED] = "queued",
    [MESSAGE_SENDING] = "sending",
    [MESSAGE_SENT] = "sent",
    [MESSAGE_FAILED] = "failed",
};
static const char *const message_events[MESSAGE_EVENTS] = {
    [MESSAGE_SEND] = "send",
    [MESSAGE_TAKEN] = "taken",
    [MESSAGE_AGAIN] = "again",
    [MESSAGE_GIVE_UP] = "give_up",
};

/* clang-format off */
static const LifeCell message_cells[MESSAGE_STATES][MESSAGE_EVENTS] = {
  [MESSAGE_QUEUED] = {
    [MESSAGE_SEND]    = GO(MESSAGE_SENDING),
    [MESSAGE_TAKEN]   = REFUSE,
    [MESSAGE_AGAIN]   = STAY,
    [MESSAGE_GIVE_UP] = GO(MESSAGE_FAILED),
  },
  [MESSAGE_SENDING] = {
    [MESSAGE_SEND]    = REFUSE,
    [MESSAGE_TAKEN]   = GO(MESSAGE_SENT),
    [MESSAGE_AGAIN]   = GO(MESSAGE_QUEUED),
    [MESSAGE_GIVE_UP] = GO(MESSAGE_FAILED),
  },
  [MESSAGE_SENT] = {
    [MESSAGE_SEND]    = REFUSE,
    [MESSAGE_TAKEN]   = STAY,
    [MESSAGE_AGAIN]   = REFUSE,
    [MESSAGE_GIVE_UP] = REFUSE,
  },
  [MESSAGE_FAILED] = {
    [MESSAGE_SEND]    = REFUSE,
    [MESSAGE_TAKEN]   = REFUSE,
    [MESSAGE_AGAIN]   = GO(MESSAGE_QUEUED),
    [MESSAGE_GIVE_UP] = STAY,
  },
};
/* clang-format on */

const LifeCycle life_message =
    LIFE_CYCLE("message", MESSAGE_STATES, MESSAGE_EVENTS, message_states, message_events, message_cells);
