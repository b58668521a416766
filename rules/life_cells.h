/* How the tables of life_*.c are written: a row a state, every event named, every cell one of these. */
#ifndef YIFEN_RULES_LIFE_CELLS_H
#define YIFEN_RULES_LIFE_CELLS_H

#include "rules/life.h"

#define LIFE_SAME (-1) /* the state it is in */

#define GO(state)                                                                                                      \
  { LIFE_MOVE, state }
#define STAY                                                                                                           \
  { LIFE_STAY, LIFE_SAME }
#define REFUSE                                                                                                         \
  { LIFE_REFUSE, LIFE_SAME }
#define CONTRADICT                                                                                                     \
  { LIFE_CONTRADICT, LIFE_SAME }
#define OVERRULE(state)                                                                                                \
  { LIFE_CONTRADICT, state } /* contradicts, and outranks what was believed */

#define LIFE_CYCLE(word, state_end, event_end, state_words, event_words, table)                                        \
  {                                                                                                                    \
    .name = word, .state_count = state_end, .event_count = event_end, .states = state_words, .events = event_words,    \
    .cells = &table[0][0],                                                                                             \
  }

#endif
