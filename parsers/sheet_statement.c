#include "parsers/sheet_statement.h"

#include <string.h>

#include "parsers/sheet_value.h"
#include "rules/error.h"

void sheet_statement_begin(SheetStatement *state, const Statement *facts) {
  sheet_statement_clear(state);
  state->statement = *facts;
  state->all_balances = state->forward = state->backward = TRUE;
}

void sheet_statement_clear(SheetStatement *state) {
  statement_clear(&state->statement);
  g_free(state->first_time);
  g_free(state->last_time);
  *state = (SheetStatement){0};
}

static Money move_of(const Entry *entry) {
  Money move = entry->amount;
  if (entry->direction == DIRECTION_DEBIT)
    move.minor = -move.minor;
  return move;
}

static gboolean follows(Money before, Money move, Money after) {
  Money sum;
  return money_add(before, move, &sum) && sum.minor == after.minor;
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
    state->first_time = g_strdup(entry->time);
  }
  state->last_balance = entry->balance;
  state->last_move = move;
  if (g_strcmp0(state->last_time, entry->time) != 0) {
    g_free(state->last_time);
    state->last_time = g_strdup(entry->time);
  }
  state->rows++;
}

void sheet_statement_end(SheetStatement *state) {
  Statement *statement = &state->statement;
  if (state->rows == 0 || !state->all_balances)
    return;
  gboolean newest_first = state->backward && (!state->forward || g_strcmp0(state->first_time, state->last_time) > 0);
  statement->broken = !state->forward && !state->backward;
  Money oldest = newest_first ? state->last_balance : state->first_balance;
  Money move = newest_first ? state->last_move : state->first_move;
  if (statement->broken || !money_subtract(oldest, move, &statement->opening))
    return;
  statement->closing = newest_first ? state->first_balance : state->last_balance;
  statement->has_opening = statement->has_closing = statement->derived = TRUE;
}

static gboolean is_count(Total total) {
  return total == TOTAL_COUNT || total == TOTAL_CREDIT_COUNT || total == TOTAL_DEBIT_COUNT;
}

gboolean sheet_totals_read(SheetTotals *totals, Total total, const char *cell, const char *currency, GError **error) {
  gboolean has;
  if (!is_count(total)) {
    if (!sheet_amount(cell, currency, &has, &totals->said_sum[total], error))
      return FALSE;
    totals->said[total] = has;
    return TRUE;
  }
  guint64 count;
  g_autofree char *text = g_strstrip(g_strdup(cell));
  if (g_str_has_suffix(text, "笔"))
    text[strlen(text) - strlen("笔")] = '\0';
  if (*text == '\0')
    return TRUE;
  if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, &count, NULL))
    return error_set(error, ERROR_REFUSED, "number", "value", cell, NULL);
  totals->said[total] = TRUE;
  totals->said_count[total] = (gint64)count;
  return TRUE;
}

gboolean sheet_totals_add(SheetTotals *totals, gboolean credit_column, Money amount, GError **error) {
  Money *sum = credit_column ? &totals->credit : &totals->debit;
  if (sum->currency[0] == '\0')
    memcpy(sum->currency, amount.currency, sizeof sum->currency);
  totals->count++;
  if (credit_column)
    totals->credit_count++;
  else
    totals->debit_count++;
  /* sums over several currencies prove nothing, and none of these layouts has them */
  return money_add(*sum, amount, sum) || error_set(error, ERROR_REFUSED, "currency", "value", amount.currency, NULL);
}

static gboolean differs(const SheetTotals *totals, const char *field, const char *value, const char *expected,
                        GError **error) {
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, totals->line);
  return error_set(error, ERROR_REFUSED, "sheet_totals", "line", line, "field", field, "value", value, "expected",
                   expected, NULL);
}

static gboolean check_count(const SheetTotals *totals, Total total, gint64 count, const char *field, GError **error) {
  if (!totals->said[total] || totals->said_count[total] == count)
    return TRUE;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, count);
  g_autofree char *expected = g_strdup_printf("%" G_GINT64_FORMAT, totals->said_count[total]);
  return differs(totals, field, value, expected, error);
}

static gboolean check_sum(const SheetTotals *totals, Total total, Money sum, const char *field, GError **error) {
  if (!totals->said[total] || totals->said_sum[total].minor == sum.minor)
    return TRUE;
  memcpy(sum.currency, totals->said_sum[total].currency, sizeof sum.currency);
  g_autofree char *value = money_format(sum), *expected = money_format(totals->said_sum[total]);
  return differs(totals, field, value, expected, error);
}

gboolean sheet_totals_check(const SheetTotals *totals, GError **error) {
  return check_count(totals, TOTAL_COUNT, totals->count, "笔数", error) &&
         check_count(totals, TOTAL_CREDIT_COUNT, totals->credit_count, "收入笔数", error) &&
         check_count(totals, TOTAL_DEBIT_COUNT, totals->debit_count, "支出笔数", error) &&
         check_sum(totals, TOTAL_CREDIT, totals->credit, "收入金额", error) &&
         check_sum(totals, TOTAL_DEBIT, totals->debit, "支出金额", error);
}
