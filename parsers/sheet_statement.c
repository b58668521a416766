#include "parsers/sheet_statement.h"

#include <string.h>

void sheet_statement_begin(SheetStatement *state, const Statement *facts) {
  sheet_statement_clear(state);
  state->statement = *facts;
  state->all_balances = state->forward = state->backward = TRUE;
}

void sheet_statement_clear(SheetStatement *state) {
  statement_clear(&state->statement);
  *state = (SheetStatement){0};
}

static Money move_of(const Entry *entry) {
  Money move = entry->amount;
  if (entry->status != ENTRY_BOOKED)
    move.minor = 0;
  else if (entry->direction == DIRECTION_DEBIT)
    move.minor = -move.minor;
  return move;
}

static gboolean follows(Money before, Money move, Money after) {
  Money sum;
  return money_add(before, move, &sum) && sum.minor == after.minor;
}

static void set_time(char *time, const Entry *entry) {
  if (entry->time == NULL)
    *time = '\0';
  else
    memcpy(time, entry->time, SHEET_TIME_SIZE);
}

void sheet_statement_add(SheetStatement *state, const Entry *entry) {
  Money move = move_of(entry);
  if (!entry->has_balance)
    state->all_balances = FALSE;
  else if (state->rows > 0 && state->all_balances) {
    state->forward = state->forward && follows(state->last_balance, move, entry->balance);
    state->backward = state->backward && follows(entry->balance, state->last_move, state->last_balance);
  }
  if (state->rows == 0) {
    state->first_balance = entry->balance;
    state->first_move = move;
    set_time(state->first_time, entry);
  }
  state->last_balance = entry->balance;
  state->last_move = move;
  set_time(state->last_time, entry);
  state->rows++;
}

void sheet_statement_end(SheetStatement *state) {
  Statement *statement = &state->statement;
  if (state->rows == 0 || !state->all_balances)
    return;
  gboolean newest_first = state->backward && (!state->forward || strcmp(state->first_time, state->last_time) > 0);
  statement->broken = !state->forward && !state->backward;
  Money oldest = newest_first ? state->last_balance : state->first_balance;
  Money move = newest_first ? state->last_move : state->first_move;
  if (statement->broken || !money_subtract(oldest, move, &statement->opening))
    return;
  statement->closing = newest_first ? state->first_balance : state->last_balance;
  statement->has_opening = statement->has_closing = statement->derived = TRUE;
}
