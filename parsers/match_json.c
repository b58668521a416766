#include "parsers/match_json.h"

#include <jansson.h>
#include <string.h>

#include "rules/name_change.h"

static json_t *text(const char *value) {
  return value == NULL ? NULL : json_string(value);
}

/* Absent rather than null. */
static void set(json_t *object, const char *name, json_t *value) {
  if (value != NULL)
    json_object_set_new(object, name, value);
}

static void set_money(json_t *object, const char *name, gint64 minor, const char *currency) {
  Money money = {.minor = minor};
  g_strlcpy(money.currency, currency, sizeof money.currency);
  g_autofree char *amount = money_format(money);
  set(object, name, text(amount));
}

static void set_day(json_t *object, const char *name, Day day) {
  g_autofree char *date = day_format(day);
  set(object, name, text(date));
}

static const Order *order_at(const MatchGroup *group, gsize index) {
  return group->orders[index].order;
}

/* In what the names differ that count as one. */
static json_t *changes_json(const char *payer, const char *applicant) {
  unsigned changes = name_change_between(payer, applicant);
  json_t *words = json_array();
  for (int bit = 0; bit < NAME_CHANGES; bit++)
    if (changes & (1u << bit))
      json_array_append_new(words, json_string(name_change_word(bit)));
  return words;
}

static json_t *candidate_json(const MatchGroup *group, const Entry *line, const MatchCandidate *candidate) {
  const Order *order = order_at(group, candidate->order);
  json_t *object = json_object();
  set(object, "order_no", text(order->order_no));
  set(object, "applicant", text(order->applicant_name));
  set(object, "payer", text(match_payer_word(candidate->payer)));
  set(object, "grade", text(name_grade_word(candidate->grade)));
  if (candidate->grade == NAME_NORMALISED)
    set(object, "normalised", changes_json(line->counterparty_name, order->applicant_name));
  set(object, "account", json_boolean(candidate->account));
  set(object, "named", json_boolean(candidate->named));
  set(object, "submitted", json_boolean(candidate->submitted));
  set_money(object, "due", candidate->due, order->price.currency);
  set_money(object, "difference", candidate->difference, order->price.currency);
  set(object, "against", text(candidate->against));
  return object;
}

static const char *field_text(const Entry *line, const char *field) {
  if (strcmp(field, "remark") == 0)
    return line->remark;
  return strcmp(field, "purpose") == 0 ? line->purpose : line->summary;
}

static json_t *hit_json(const MatchGroup *group, const Entry *line, const MatchHit *hit) {
  const char *whole = field_text(line, hit->field);
  g_autofree char *found = g_utf8_make_valid(whole + hit->offset, (gssize)hit->length);
  g_autofree char *before = g_utf8_make_valid(whole, (gssize)hit->offset);
  json_t *object = json_object();
  set(object, "order_no", text(order_at(group, hit->order)->order_no));
  set(object, "field", text(hit->field));
  set(object, "offset", json_integer((json_int_t)hit->offset));
  set(object, "length", json_integer((json_int_t)hit->length));
  set(object, "position", json_integer((json_int_t)g_utf8_strlen(before, -1) + 1));
  set(object, "text", text(found));
  return object;
}

static json_t *allocation_json(const MatchGroup *group, const MatchAllocation *allocation) {
  const Order *order = order_at(group, allocation->order);
  json_t *object = json_object();
  set(object, "order_no", text(order->order_no));
  set_money(object, "amount", allocation->amount, order->price.currency);
  return object;
}

/* Chosen ones first, then the nearest: by payer, name, difference, number. */
static gint compare_candidates(gconstpointer a, gconstpointer b) {
  const MatchCandidate *left = *(const MatchCandidate *const *)a, *right = *(const MatchCandidate *const *)b;
  const gint64 lefts[] = {left->against != NULL, left->payer, left->grade, !left->named, ABS(left->difference)};
  const gint64 rights[] = {right->against != NULL, right->payer, right->grade, !right->named, ABS(right->difference)};
  for (gsize i = 0; i < G_N_ELEMENTS(lefts); i++)
    if (lefts[i] != rights[i])
      return lefts[i] < rights[i] ? -1 : 1;
  return left < right ? -1 : 1; /* they lie ordered by number */
}

static json_t *candidates_json(const MatchGroup *group, const Entry *line, const GArray *candidates) {
  g_autoptr(GPtrArray) sorted = g_ptr_array_new();
  json_t *list = json_array();
  for (guint i = 0; i < candidates->len; i++)
    g_ptr_array_add(sorted, &g_array_index(candidates, MatchCandidate, i));
  g_ptr_array_sort(sorted, compare_candidates);
  for (guint i = 0; i < sorted->len; i++)
    json_array_append_new(list, candidate_json(group, line, sorted->pdata[i]));
  return list;
}

static void set_lists(json_t *object, const MatchGroup *group, const Entry *line, const MatchOutcome *outcome) {
  json_t *orders = json_array(), *hits = json_array();
  for (guint i = 0; i < outcome->allocations->len; i++)
    json_array_append_new(orders, allocation_json(group, &g_array_index(outcome->allocations, MatchAllocation, i)));
  for (guint i = 0; i < outcome->hits->len; i++)
    json_array_append_new(hits, hit_json(group, line, &g_array_index(outcome->hits, MatchHit, i)));
  set(object, "orders", orders);
  set(object, "candidates", candidates_json(group, line, outcome->candidates));
  set(object, "hits", hits);
}

static void set_line(json_t *object, const Entry *line) {
  set(object, "id", json_integer(line->id));
  set_day(object, "date", line->booking_date);
  set_money(object, "amount", line->amount.minor, line->amount.currency);
  set(object, "currency", text(line->amount.currency));
  set(object, "direction", text(line->direction == DIRECTION_CREDIT ? "credit" : "debit"));
  set(object, "payer_name", text(line->counterparty_name));
  set(object, "payer_account", text(line->counterparty_account));
  set(object, "remark", text(line->remark));
  set(object, "purpose", text(line->purpose));
  set(object, "summary", text(line->summary));
}

static json_t *entry_json(const MatchGroup *group, const MatchResult *result, gsize index) {
  const MatchOutcome *outcome = &result->outcomes[index];
  json_t *object = json_object();
  set_line(object, group->entries[index].line);
  set(object, "disposition", text(disposition_word(outcome->disposition)));
  set(object, "reason", text(outcome->reason));
  set(object, "rule", text(outcome->rule));
  set(object, "grade", text(name_grade_word(outcome->grade)));
  set(object, "account", json_boolean(outcome->account));
  if (outcome->partner >= 0)
    set(object, "partner", json_integer(group->entries[outcome->partner].line->id));
  set_lists(object, group, group->entries[index].line, outcome);
  return object;
}

static json_t *order_json(const MatchGroup *group, gsize index) {
  static const char *const states[] = {"open", "accepted", "closed", "online"};
  const Order *order = order_at(group, index);
  json_t *object = json_object();
  set(object, "order_no", text(order->order_no));
  set(object, "state", text(states[group->orders[index].state]));
  set(object, "applicant", text(order->applicant_name));
  set(object, "account", text(order->account_number));
  set_money(object, "price", order->price.minor, order->price.currency);
  set_day(object, "submitted", day_of_instant(order->submitted_at));
  return object;
}

static char *print(json_t *object) {
  char *dumped = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup(dumped);
  free(dumped);
  json_decref(object);
  return copy;
}

char *match_card(const MatchGroup *group, const MatchResult *result, gsize case_index) {
  const MatchCase *one = &result->cases[case_index];
  json_t *card = json_object(), *entries = json_array(), *orders = json_array();
  for (guint i = 0; i < one->entries->len; i++)
    json_array_append_new(entries, entry_json(group, result, g_array_index(one->entries, gsize, i)));
  for (guint i = 0; i < one->orders->len; i++)
    json_array_append_new(orders, order_json(group, g_array_index(one->orders, gsize, i)));
  set(card, "reason", text(one->reason));
  set(card, "entries", entries);
  set(card, "orders", orders);
  return print(card);
}

char *match_explain(const MatchGroup *group, const MatchResult *result, gsize entry_index) {
  return print(entry_json(group, result, entry_index));
}
