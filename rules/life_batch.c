#include "rules/life_cells.h"

static const char *const batch_states[BATCH_STATES] = {
    [BATCH_SEALED] = "sealed",       [BATCH_UPLOADING] = "uploading", [BATCH_RELEASING] = "releasing",
    [BATCH_DELIVERED] = "delivered", [BATCH_UNKNOWN] = "unknown",     [BATCH_CLOSED] = "closed",
};
static const char *const batch_events[BATCH_EVENTS] = {
    [BATCH_UPLOAD] = "upload", [BATCH_RELEASE] = "release", [BATCH_DELIVER] = "deliver",
    [BATCH_LOSE] = "lose",     [BATCH_DOUBT] = "doubt",     [BATCH_CLOSE] = "close",
};

/* clang-format off */
static const LifeCell batch_cells[BATCH_STATES][BATCH_EVENTS] = {
  [BATCH_SEALED] = {
    [BATCH_UPLOAD]  = GO(BATCH_UPLOADING),
    [BATCH_RELEASE] = REFUSE,
    [BATCH_DELIVER] = OVERRULE(BATCH_DELIVERED),
    [BATCH_LOSE]    = REFUSE,
    [BATCH_DOUBT]   = GO(BATCH_UNKNOWN),
    [BATCH_CLOSE]   = GO(BATCH_CLOSED),
  },
  [BATCH_UPLOADING] = {
    [BATCH_UPLOAD]  = STAY,
    [BATCH_RELEASE] = GO(BATCH_RELEASING),
    [BATCH_DELIVER] = OVERRULE(BATCH_DELIVERED),
    [BATCH_LOSE]    = REFUSE,
    [BATCH_DOUBT]   = GO(BATCH_UNKNOWN),
    [BATCH_CLOSE]   = GO(BATCH_CLOSED),
  },
  [BATCH_RELEASING] = {
    [BATCH_UPLOAD]  = REFUSE,
    [BATCH_RELEASE] = REFUSE,
    [BATCH_DELIVER] = GO(BATCH_DELIVERED),
    [BATCH_LOSE]    = GO(BATCH_UNKNOWN),
    [BATCH_DOUBT]   = GO(BATCH_UNKNOWN),
    [BATCH_CLOSE]   = GO(BATCH_CLOSED),
  },
  [BATCH_DELIVERED] = {
    [BATCH_UPLOAD]  = REFUSE,
    [BATCH_RELEASE] = REFUSE,
    [BATCH_DELIVER] = STAY,
    [BATCH_LOSE]    = STAY,
    [BATCH_DOUBT]   = STAY,
    [BATCH_CLOSE]   = GO(BATCH_CLOSED),
  },
  [BATCH_UNKNOWN] = {
    [BATCH_UPLOAD]  = REFUSE,
    [BATCH_RELEASE] = REFUSE,
    [BATCH_DELIVER] = GO(BATCH_DELIVERED),
    [BATCH_LOSE]    = STAY,
    [BATCH_DOUBT]   = STAY,
    [BATCH_CLOSE]   = GO(BATCH_CLOSED),
  },
  [BATCH_CLOSED] = {
    [BATCH_UPLOAD]  = REFUSE,
    [BATCH_RELEASE] = REFUSE,
    [BATCH_DELIVER] = STAY,
    [BATCH_LOSE]    = STAY,
    [BATCH_DOUBT]   = STAY,
    [BATCH_CLOSE]   = STAY,
  },
};
/* clang-format on */

const LifeCycle life_batch = LIFE_CYCLE("batch", BATCH_STATES, BATCH_EVENTS, batch_states, batch_events, batch_cells);
