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
