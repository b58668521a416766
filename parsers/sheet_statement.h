/* Statements that grow row by row: running balances. */
#ifndef YIFEN_PARSERS_SHEET_STATEMENT_H
#define YIFEN_PARSERS_SHEET_STATEMENT_H

#include "parsers/record.h"

enum { SHEET_TIME_SIZE = sizeof "YYYY-MM-DDThh:mm:ss" };

typedef struct {
  Statement statement;
  gint64 rows;
  gboolean all_balances;                                        /* every row has one */
  gboolean forward, backward;                                   /* they chain oldest first, newest first */
  Money first_balance, last_balance, first_move, last_move;     /* moves are signed */
  char first_time[SHEET_TIME_SIZE], last_time[SHEET_TIME_SIZE]; /* "" while unknown */
} SheetStatement;

void sheet_statement_begin(SheetStatement *state, const Statement *facts); /* takes over the strings of facts */
void sheet_statement_add(SheetStatement *state, const Entry *entry);
void sheet_statement_end(SheetStatement *state); /* derives the balances */
void sheet_statement_clear(SheetStatement *state);

#endif
