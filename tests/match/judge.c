/* judge: the matcher alone, for tests that try more than a store could take. Reads worlds from standard input, one JSON
 * array a line, and writes what match_decide() made of each:
 *   in   [[order...], [line...], [[line, order, amount]... fixed]], an order [number, name, account, price, day,
 * state], a line an object with the names of rules/entry.h; days count from 1970 out  [[disposition, reason, rule,
 * partner, case, [[order, amount]...]]...], one a line of the world Indices are those of the input, -1 for none. */
#include "rules/match.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  GArray *order_rows, *orders, *line_rows, *lines, *fixed;
} World;

static const char *text_at(json_t *array, gsize index) {
  return json_string_value(json_array_get(array, index));
}

static gint64 number_at(json_t *array, gsize index) {
  return json_integer_value(json_array_get(array, index));
}

static char *copy(json_t *object, const char *key) {
  return g_strdup(json_string_value(json_object_get(object, key)));
}

static MatchOrderState state_of(const char *word) {
  static const char *const words[] = {"open", "accepted", "gone", "online"};
  for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_strcmp0(words[i], word) == 0)
      return (MatchOrderState)i;
  g_error("no state: %s", word);
}

static void add_order(World *world, json_t *from) {
  Order order = {.id = (gint64)world->order_rows->len + 1,
                 .order_no = g_strdup(text_at(from, 0)),
                 .applicant_name = g_strdup(text_at(from, 1)),
                 .account_number = g_strdup(text_at(from, 2)),
                 .submitted_at = instant_at((Day)number_at(from, 4), 9, 0, 0),
                 .price = {number_at(from, 3), "CNY"}};
  MatchOrder state = {.state = state_of(text_at(from, 5))};
  g_array_append_val(world->order_rows, order);
  g_array_append_val(world->orders, state);
}

static void add_line(World *world, json_t *from) {
  const char *direction = json_string_value(json_object_get(from, "direction"));
  Entry line = {.id = (gint64)world->line_rows->len + 1,
                .account = copy(from, "account"),
                .booking_date = (Day)json_integer_value(json_object_get(from, "day")),
                .time = copy(from, "time"),
                .amount = {json_integer_value(json_object_get(from, "amount")), "CNY"},
                .direction = g_strcmp0(direction, "debit") == 0 ? DIRECTION_DEBIT : DIRECTION_CREDIT,
                .reversal = json_is_true(json_object_get(from, "reversal")),
                .bank_reference = copy(from, "bank_reference"),
                .transactions = (int)json_integer_value(json_object_get(from, "transactions")),
                .counterparty_name = copy(from, "counterparty_name"),
                .counterparty_account = copy(from, "counterparty_account"),
                .remark = copy(from, "remark"),
                .purpose = copy(from, "purpose"),
                .summary = copy(from, "summary")};
  MatchEntry entry = {.place = (gint64)world->line_rows->len};
  g_array_append_val(world->line_rows, line);
  g_array_append_val(world->lines, entry);
}

static void clear_order(gpointer order) {
  order_clear(order);
}

static void clear_line(gpointer line) {
  entry_clear(line);
}

static World world_read(json_t *from) {
  World world = {g_array_new(FALSE, FALSE, sizeof(Order)), g_array_new(FALSE, FALSE, sizeof(MatchOrder)),
                 g_array_new(FALSE, FALSE, sizeof(Entry)), g_array_new(FALSE, FALSE, sizeof(MatchEntry)),
                 g_array_new(FALSE, FALSE, sizeof(MatchFixed))};
  gsize i;
  json_t *item;
  g_array_set_clear_func(world.order_rows, clear_order);
  g_array_set_clear_func(world.line_rows, clear_line);
  json_array_foreach(json_array_get(from, 0), i, item) add_order(&world, item);
  json_array_foreach(json_array_get(from, 1), i, item) add_line(&world, item);
  json_array_foreach(json_array_get(from, 2), i, item) {
    MatchFixed fixed = {(gsize)number_at(item, 0), (gsize)number_at(item, 1), number_at(item, 2)};
    g_array_append_val(world.fixed, fixed);
  }
  for (guint k = 0; k < world.orders->len; k++)
    g_array_index(world.orders, MatchOrder, k).order = &g_array_index(world.order_rows, Order, k);
  for (guint k = 0; k < world.lines->len; k++)
    g_array_index(world.lines, MatchEntry, k).line = &g_array_index(world.line_rows, Entry, k);
  return world;
}

static void world_clear(World *world) {
  g_array_unref(world->order_rows);
  g_array_unref(world->orders);
  g_array_unref(world->line_rows);
  g_array_unref(world->lines);
  g_array_unref(world->fixed);
}

static json_t *outcome_json(const MatchOutcome *outcome) {
  json_t *allocations = json_array();
  for (guint i = 0; i < outcome->allocations->len; i++) {
    const MatchAllocation *one = &g_array_index(outcome->allocations, MatchAllocation, i);
    json_array_append_new(allocations, json_pack("[I,I]", (json_int_t)one->order, (json_int_t)one->amount));
  }
  return json_pack("[s,s?,s,I,I,o]", disposition_word(outcome->disposition), outcome->reason, outcome->rule,
                   (json_int_t)outcome->partner, (json_int_t)outcome->in_case, allocations);
}

static json_t *judge(json_t *from) {
  World world = world_read(from);
  const MatchGroup group = {(const MatchEntry *)(gpointer)world.lines->data,
                            world.lines->len,
                            (const MatchOrder *)(gpointer)world.orders->data,
                            world.orders->len,
                            (const MatchFixed *)(gpointer)world.fixed->data,
                            world.fixed->len,
                            NULL};
  g_autoptr(MatchResult) result = match_decide(&group);
  json_t *out = json_array();
  for (gsize i = 0; i < result->outcome_count; i++)
    json_array_append_new(out, outcome_json(&result->outcomes[i]));
  world_clear(&world);
  return out;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    json_t *from = json_loads(line, 0, NULL);
    if (from == NULL)
      g_error("no JSON: %.80s", line);
    json_t *out = judge(from);
    json_dumpf(out, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(out);
    json_decref(from);
  }
  free(line);
  return 0;
}
