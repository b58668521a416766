#include "rules/life_cells.h"

#include <string.h>

const LifeCycle *const life_cycles[] = {
    &life_transfer, &life_batch,   &life_verification, &life_proof,   &life_payment, &life_review, &life_case,
    &life_file,     &life_message, &life_refund,       &life_invoice, &life_sms,     NULL};

LifeCell life_next(const LifeCycle *cycle, int state, int event) {
  g_assert(state >= 0 && state < cycle->state_count && event >= 0 && event < cycle->event_count);
  LifeCell cell = cycle->cells[state * cycle->event_count + event];
  g_assert(cell.verdict != LIFE_UNFILLED);
  if (cell.to == LIFE_SAME)
    cell.to = state;
  return cell;
}

int life_state(const LifeCycle *cycle, const char *word) {
  for (int i = 0; word != NULL && i < cycle->state_count; i++)
    if (strcmp(cycle->states[i], word) == 0)
      return i;
  return -1;
}

const char *life_verdict_word(LifeVerdict verdict) {
  static const char *const words[] = {
      [LIFE_MOVE] = "move", [LIFE_STAY] = "stay", [LIFE_REFUSE] = "refuse", [LIFE_CONTRADICT] = "contradict"};
  g_assert(verdict > LIFE_UNFILLED && verdict <= LIFE_CONTRADICT);
  return words[verdict];
}

static void print_cell(GString *out, const LifeCycle *cycle, int state, int event) {
  LifeCell cell = life_next(cycle, state, event);
  const char *to = cycle->states[cell.to];
  if (cell.verdict == LIFE_MOVE)
    g_string_append_printf(out, " → %s |", to);
  else if (cell.verdict == LIFE_STAY)
    g_string_append(out, " stays |");
  else if (cell.verdict == LIFE_REFUSE)
    g_string_append(out, " refused |");
  else if (cell.to == state)
    g_string_append(out, " contradiction |");
  else
    g_string_append_printf(out, " contradiction → %s |", to);
}

char *life_print(const LifeCycle *cycle) {
  GString *out = g_string_new(NULL);
  g_string_append_printf(out, "## %s\n\n| |", cycle->name);
  for (int state = 0; state < cycle->state_count; state++)
    g_string_append_printf(out, " %s |", cycle->states[state]);
  g_string_append(out, "\n|---|");
  for (int state = 0; state < cycle->state_count; state++)
    g_string_append(out, "---|");
  g_string_append_c(out, '\n');
  for (int event = 0; event < cycle->event_count; event++) {
    g_string_append_printf(out, "| %s |", cycle->events[event]);
    for (int state = 0; state < cycle->state_count; state++)
      print_cell(out, cycle, state, event);
    g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}
