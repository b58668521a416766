#include "rules/life_cells.h"

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
