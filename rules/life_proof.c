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
