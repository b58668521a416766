#include "rules/life_cells.h"

static const char *const case_states[CASE_STATES] = {
    [CASE_OPEN] = "open",
    [CASE_CLOSED] = "closed",
};
static const char *const case_events[CASE_EVENTS] = {
    [CASE_DECIDE] = "decide",
    [CASE_MOOT] = "moot",
};

/* clang-format off */
static const LifeCell case_cells[CASE_STATES][CASE_EVENTS] = {
  [CASE_OPEN] = {
    [CASE_DECIDE] = GO(CASE_CLOSED),
    [CASE_MOOT]   = GO(CASE_CLOSED),
  },
  [CASE_CLOSED] = {
    [CASE_DECIDE] = REFUSE,
    [CASE_MOOT]   = STAY,
  },
};
/* clang-format on */

const LifeCycle life_case = LIFE_CYCLE("case", CASE_STATES, CASE_EVENTS, case_states, case_events, case_cells);

static const char *const file_states[FILE_STATES] = {
    [FILE_CLAIMED] = "claimed",     [FILE_TAKEN] = "taken", [FILE_REJECTED] = "rejected",
    [FILE_DUPLICATE] = "duplicate", [FILE_HELD] = "held",
};
static const char *const file_events[FILE_EVENTS] = {
    [FILE_STORE] = "store",
    [FILE_REFUSE] = "refuse",
    [FILE_KNOWN] = "known",
    [FILE_HOLD] = "hold",
};

/* clang-format off */
static const LifeCell file_cells[FILE_STATES][FILE_EVENTS] = {
  [FILE_CLAIMED] = {
    [FILE_STORE]  = GO(FILE_TAKEN),
    [FILE_REFUSE] = GO(FILE_REJECTED),
    [FILE_KNOWN]  = GO(FILE_DUPLICATE),
    [FILE_HOLD]   = GO(FILE_HELD),
  },
  [FILE_TAKEN] = {
    [FILE_STORE]  = REFUSE,
    [FILE_REFUSE] = REFUSE,
    [FILE_KNOWN]  = REFUSE,
    [FILE_HOLD]   = REFUSE,
  },
  [FILE_REJECTED] = {
    [FILE_STORE]  = REFUSE,
    [FILE_REFUSE] = REFUSE,
    [FILE_KNOWN]  = REFUSE,
    [FILE_HOLD]   = REFUSE,
  },
  [FILE_DUPLICATE] = {
    [FILE_STORE]  = REFUSE,
    [FILE_REFUSE] = REFUSE,
    [FILE_KNOWN]  = REFUSE,
    [FILE_HOLD]   = REFUSE,
  },
  [FILE_HELD] = {
    [FILE_STORE]  = GO(FILE_TAKEN),
    [FILE_REFUSE] = GO(FILE_REJECTED),
    [FILE_KNOWN]  = GO(FILE_DUPLICATE),
    [FILE_HOLD]   = STAY,
  },
};
/* clang-format on */

const LifeCycle life_file = LIFE_CYCLE("file", FILE_STATES, FILE_EVENTS, file_states, file_events, file_cells);

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
