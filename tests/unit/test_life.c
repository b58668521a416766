/* Walks every cell of every life cycle. `test_life --print` writes docs/states.md (make states). */
#include "rules/life.h"

#include <stdio.h>
#include <string.h>

#define PAGE "docs/states.md"

static char *print_page(void) {
  GString *page = g_string_new(
      "# Life cycles\n\nPrinted from the tables in `rules/life_*.c` by `make states`; `rules/life.h` says what each "
      "event\n"
      "means. A row is an event, a column the state it meets. *stays*: known or weaker news. *refused*: may not be "
      "asked\n"
      "now. *contradiction*: cannot be true beside what is known, a case; with an arrow the news outranks what was\n"
      "believed.\n");
  for (int i = 0; life_cycles[i] != NULL; i++) {
    g_autofree char *table = life_print(life_cycles[i]);
    g_string_append_printf(page, "\n%s", table);
  }
  return g_string_free(page, FALSE);
}

static void test_cells(void) {
  for (int i = 0; life_cycles[i] != NULL; i++) {
    const LifeCycle *c = life_cycles[i];
    for (int state = 0; state < c->state_count; state++)
      for (int event = 0; event < c->event_count; event++) {
        if (c->cells[state * c->event_count + event].verdict == LIFE_UNFILLED)
          g_error("%s: %s x %s is not filled", c->name, c->states[state], c->events[event]);
        LifeCell cell = life_next(c, state, event);
        gboolean good = cell.to >= 0 && cell.to < c->state_count;
        if (cell.verdict == LIFE_MOVE)
          good = good && cell.to != state;
        else if (cell.verdict != LIFE_CONTRADICT)
          good = good && cell.to == state;
        if (!good)
          g_error("%s: %s x %s goes to %d", c->name, c->states[state], c->events[event], cell.to);
      }
  }
}

static void check_words(const char *const *words, int count) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; i < count; i++) {
    g_assert_nonnull(words[i]);
    g_assert_cmpuint(strspn(words[i], "abcdefghijklmnopqrstuvwxyz_"), ==, strlen(words[i]));
    g_assert_true(g_hash_table_add(seen, (gpointer)(guintptr)words[i]));
  }
}

static void test_words(void) {
  for (int i = 0; life_cycles[i] != NULL; i++) {
    const LifeCycle *c = life_cycles[i];
    check_words(c->states, c->state_count);
    check_words(c->events, c->event_count);
    for (int state = 0; state < c->state_count; state++)
      g_assert_cmpint(life_state(c, c->states[state]), ==, state);
    g_assert_cmpint(life_state(c, "nowhere"), ==, -1);
    g_assert_cmpint(life_state(c, NULL), ==, -1);
  }
  g_assert_cmpstr(life_verdict_word(LIFE_MOVE), ==, "move");
  g_assert_cmpstr(life_verdict_word(LIFE_CONTRADICT), ==, "contradict");
}

/* Which states can be reached from a state by moves. */
static guint reach(const LifeCycle *c, guint states) {
  for (guint before = 0; before != states;) {
    before = states;
    for (int state = 0; state < c->state_count; state++)
      for (int event = 0; event < c->event_count && (states >> state & 1) != 0; event++)
        if (life_next(c, state, event).verdict == LIFE_MOVE)
          states |= 1u << life_next(c, state, event).to;
  }
  return states;
}

/* Final states by name, in order; a cycle without any must always find back to its first state. */
static void test_reach(void) {
  static const struct {
    const LifeCycle *cycle;
    const char *finals;
    const char *home; /* what every other state leads to, where that is no final one */
  } cases[] = {
      {&life_transfer, "rejected returned"},
      {&life_batch, "closed"},
      {&life_verification, "verified failed locked expired"},
      {&life_proof, ""},
      {&life_payment, ""},
      {&life_review, "closed"},
      {&life_case, "closed"},
      {&life_file, "taken rejected duplicate"},
      {&life_message, "sent"},
      {&life_refund, "refused", "refunded"},
      {&life_invoice, "issued"},
      {&life_sms, "arrived"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const LifeCycle *c = cases[i].cycle;
    guint finals = 0;
    g_autoptr(GString) names = g_string_new(NULL);
    g_test_message("%s", c->name);
    g_assert_cmphex(reach(c, 1), ==, (1u << c->state_count) - 1);
    for (int state = 0; state < c->state_count; state++)
      if (reach(c, 1u << state) == 1u << state) {
        finals |= 1u << state;
        g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", c->states[state]);
      }
    g_assert_cmpstr(names->str, ==, cases[i].finals);
    guint home = cases[i].home != NULL ? 1u << life_state(c, cases[i].home) : finals == 0;
    for (int state = 0; state < c->state_count; state++)
      g_assert_cmphex(reach(c, 1u << state) & (finals | home), !=, 0);
  }
  g_assert_null(life_cycles[G_N_ELEMENTS(cases)]);
}

/* The only ways into a state, "from event" joined by "; ", contradictions that move marked "!". These are the promises:
 * who may make a transfer leave, what proves it booked, what proves control. */
static void test_ways_in(void) {
  static const struct {
    const LifeCycle *cycle;
    const char *to, *ways;
  } cases[] = {
      {&life_transfer, "planned", "sending retry"},
      {&life_transfer, "sending", "planned send"},
      {&life_transfer, "accepted",
       "!planned status_progress; !planned status_settled; sending done; sending status_progress; "
       "sending status_settled; unknown status_progress; unknown status_settled"},
      {&life_transfer, "booked",
       "!planned debit_line; sending debit_line; accepted debit_line; !rejected debit_line; unknown debit_line; "
       "unknown person_booked"},
      {&life_transfer, "rejected",
       "planned cancel; !planned status_reject; sending status_reject; accepted status_reject; unknown status_reject; "
       "unknown not_found; unknown person_rejected"},
      {&life_transfer, "returned",
       "!planned status_return; !planned return_line; sending status_return; sending return_line; accepted "
       "status_return; accepted return_line; booked status_return; booked return_line; !rejected return_line; "
       "unknown status_return; unknown return_line; unknown person_returned"},
      {&life_transfer, "unknown",
       "!planned status_duplicate; planned doubt; sending lost; sending doubt; accepted lost; !accepted not_found"},
      {&life_batch, "sealed", ""},
      {&life_batch, "uploading", "sealed upload"},
      {&life_batch, "releasing", "uploading release"},
      {&life_batch, "unknown", "sealed doubt; uploading doubt; releasing lose; releasing doubt"},
      {&life_verification, "due", ""},
      {&life_verification, "verified", "sending right_code; awaiting_code right_code"},
      {&life_verification, "locked", "sending last_wrong_code; awaiting_code last_wrong_code"},
      {&life_verification, "failed", "due refused; sending refused; awaiting_code refused"},
      {&life_verification, "expired",
       "due not_paid; due new_round; sending not_paid; awaiting_code not_paid; awaiting_code time_out; "
       "awaiting_code new_round"},
      {&life_proof, "code", "none by_code; withdrawn by_code"},
      {&life_proof, "withdrawn", "code fen_returned"},
      {&life_payment, "refunded", "refunding refund_debit"},
      {&life_payment, "refunding",
       "received refund_start; short refund_start; over refund_start; refunded refund_failed"},
      {&life_review, "accepted", "open accept"},
      {&life_review, "open", "waiting ready"},
      {&life_review, "closed", "waiting close; sent_back close; refund_requested close"},
      {&life_file, "claimed", ""},
      {&life_file, "taken", "claimed store; held store"},
      {&life_message, "sent", "sending taken"},
      {&life_refund, "approved", "requested approve; replaced resume"},
      {&life_refund, "refunded", "approved paid; !rejected paid"},
      {&life_refund, "replaced", "rejected replace; returned replace"},
      {&life_invoice, "sending", "due send"},
      {&life_invoice, "issued", "sending issue; requested issue"},
      {&life_invoice, "due", "cancelled renew"},
      {&life_sms, "unknown", "sending lose"},
      {&life_sms, "queued", "sending retry; unknown again"},
      {&life_sms, "sent", "sending done"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const LifeCycle *c = cases[i].cycle;
    int to = life_state(c, cases[i].to);
    g_autoptr(GString) ways = g_string_new(NULL);
    for (int state = 0; state < c->state_count; state++)
      for (int event = 0; event < c->event_count; event++) {
        LifeCell cell = life_next(c, state, event);
        if (cell.to == to && state != to)
          g_string_append_printf(ways, "%s%s%s %s", ways->len > 0 ? "; " : "",
                                 cell.verdict == LIFE_CONTRADICT ? "!" : "", c->states[state], c->events[event]);
      }
    g_test_message("%s into %s", c->name, cases[i].to);
    g_assert_cmpstr(ways->str, ==, cases[i].ways);
  }
}

/* Stories: events from the first state on, and where they lead. */
static void test_stories(void) {
  static const struct {
    const LifeCycle *cycle;
    const char *events, *end;
  } cases[] = {
      {&life_transfer, "send done status_progress status_settled debit_line", "booked"},
      {&life_transfer, "send retry send done debit_line return_line", "returned"},
      {&life_transfer, "send lost debit_line", "booked"},
      {&life_transfer, "send lost status_duplicate done lost", "unknown"},
      {&life_transfer, "send lost status_reject status_progress", "rejected"},
      {&life_transfer, "send status_reject !debit_line return_line debit_line", "returned"},
      {&life_transfer, "send debit_line !status_reject done", "booked"},
      {&life_transfer, "send return_line debit_line", "returned"},
      {&life_transfer, "send done lost not_found !debit_line", "booked"},
      {&life_transfer, "send done lost not_found !status_settled", "rejected"},
      {&life_transfer, "send lost person_booked debit_line", "booked"},
      {&life_transfer, "send lost person_booked !not_found", "booked"},
      {&life_transfer, "!debit_line -send", "booked"},
      {&life_transfer, "-person_rejected cancel -send", "rejected"},
      {&life_transfer, "send -send -cancel lost -retry -send", "unknown"},
      {&life_batch, "upload upload release lose -upload -release deliver close -upload", "closed"},
      {&life_batch, "upload !deliver -upload", "delivered"},
      {&life_verification, "sent wrong_code wrong_code right_code right_code settled refused", "verified"},
      {&life_verification, "-right_code -wrong_code sent settled last_wrong_code -right_code", "locked"},
      {&life_verification, "sent -time_out -new_round settled new_round -right_code", "expired"},
      {&life_verification, "sent settled time_out -right_code -wrong_code", "expired"},
      {&life_verification, "sent refused -right_code settled", "failed"},
      {&life_verification, "sent not_paid -sent", "expired"},
      {&life_proof, "by_code fen_returned by_wire by_code wire_gone", "none"},
      {&life_proof, "by_documents by_code fen_returned details_changed", "none"},
      {&life_payment, "receipt less exact more exact", "received"},
      {&life_payment, "exact reversal receipt exact refund_start refund_debit refund_failed", "refunding"},
      {&life_payment, "-refund_start exact unsettled receipt", "claimed"},
      {&life_payment, "exact refund_start -exact !reversal refund_failed reversal", "reversed"},
      {&life_review, "-accept ready not_ready ready send_back -accept resubmit ready accept not_ready -close",
       "accepted"},
      {&life_review, "ready -resubmit ask_refund -accept keep ready ask_refund close -ask_refund", "closed"},
      {&life_case, "decide -decide moot", "closed"},
      {&life_file, "hold hold store -refuse", "taken"},
      {&life_message, "send again send give_up -send again send taken -again", "sent"},
      {&life_refund, "-paid -replace approve -replace -refuse paid -replace return replace -approve !paid", "replaced"},
      {&life_refund, "approve reject !paid !reject", "refunded"},
      {&life_refund, "approve -resume reject replace !paid resume paid", "refunded"},
      {&life_refund, "refuse -approve -paid", "refused"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    const LifeCycle *c = cases[i].cycle;
    g_auto(GStrv) words = g_strsplit(cases[i].events, " ", 0);
    int state = 0;
    g_test_message("%s: %s", c->name, cases[i].events);
    for (int w = 0; words[w] != NULL; w++) {
      const char *word = words[w] + strspn(words[w], "!-");
      int event = 0;
      while (event < c->event_count && strcmp(c->events[event], word) != 0)
        event++;
      LifeCell cell = life_next(c, state, event);
      g_assert_cmpint(cell.verdict == LIFE_CONTRADICT, ==, words[w][0] == '!');
      g_assert_cmpint(cell.verdict == LIFE_REFUSE, ==, words[w][0] == '-');
      state = cell.to;
    }
    g_assert_cmpstr(c->states[state], ==, cases[i].end);
  }
}

static void test_hole(void) {
  if (g_test_subprocess()) {
    static const LifeCell cells[1] = {0};
    static const char *const words[] = {"here"};
    static const LifeCycle holed = {"holed", 1, 1, words, words, cells};
    life_next(&holed, 0, 0);
    return;
  }
  g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed();
}

static void test_page(void) {
  g_autofree char *page = print_page(), *kept = NULL;
  if (!g_file_get_contents(PAGE, &kept, NULL, NULL)) {
    g_test_fail_printf("%s is absent: make states", PAGE);
    return;
  }
  if (strcmp(page, kept) != 0)
    g_test_fail_printf("%s is not what the tables print: make states", PAGE);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--print") == 0) {
    g_autofree char *page = print_page();
    return fputs(page, stdout) < 0 || fflush(stdout) != 0;
  }
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/life/cells", test_cells);
  g_test_add_func("/life/words", test_words);
  g_test_add_func("/life/reach", test_reach);
  g_test_add_func("/life/ways-in", test_ways_in);
  g_test_add_func("/life/stories", test_stories);
  g_test_add_func("/life/hole", test_hole);
  g_test_add_func("/life/page", test_page);
  return g_test_run();
}
