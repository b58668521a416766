#include "parsers/entry_json.h"

#include "parsers/json_text.h"
#include "rules/origin.h"

const char *direction_word(Direction direction) {
  return direction == DIRECTION_CREDIT ? "credit" : "debit";
}

const char *entry_status_word(EntryStatus status) {
  static const char *const words[] = {[ENTRY_BOOKED] = "booked", [ENTRY_PENDING] = "pending", [ENTRY_INFO] = "info"};
  return words[status];
}

static void set_day(json_t *object, const char *key, Day day) {
  g_autofree char *text = day_format(day);
  json_text_set(object, key, text);
}

static void set_money(json_t *object, const char *key, gboolean has, Money money) {
  g_autofree char *text = has ? money_format(money) : NULL;
  json_text_set(object, key, text);
}

static void set_number(json_t *object, const char *key, gboolean has, gint64 number) {
  if (has)
    json_object_set_new_nocheck(object, key, json_integer(number));
}

static void set_true(json_t *object, const char *key, gboolean value) {
  if (value)
    json_object_set_new_nocheck(object, key, json_true());
}

json_t *statement_json(const Statement *statement, const char *file) {
  json_t *object = json_object();
  json_text_set(object, "type", "statement");
  json_text_set(object, "file", file);
  set_number(object, "statement", TRUE, statement->number);
  json_text_set(object, "account", statement->account);
  json_text_set(object, "currency", statement->currency);
  json_text_set(object, "id", statement->id);
  json_text_set(object, "sequence", statement->sequence);
  set_number(object, "page", TRUE, statement->page);
  json_object_set_new_nocheck(object, "last_page", json_boolean(statement->last_page));
  set_day(object, "from", statement->from);
  set_day(object, "to", statement->to);
  set_money(object, "opening", statement->has_opening, statement->opening);
  set_money(object, "closing", statement->has_closing, statement->closing);
  set_true(object, "derived", statement->derived);
  set_true(object, "broken", statement->broken);
  set_true(object, "open_end", statement->open_end);
  set_true(object, "doubtful", statement->doubtful);
  set_number(object, "claimed_entries", statement->claimed_entries >= 0, statement->claimed_entries);
  set_number(object, "claimed_credit_entries", statement->has_credit_count, statement->credit_count);
  set_number(object, "claimed_debit_entries", statement->has_debit_count, statement->debit_count);
  set_money(object, "claimed_credit", statement->has_claimed_credit, statement->claimed_credit);
  set_money(object, "claimed_debit", statement->has_claimed_debit, statement->claimed_debit);
  json_text_set(object, "unproven", statement->unproven);
  json_text_set(object, "format", statement->format);
  json_text_set(object, "profile", statement->profile);
  return object;
}

static void set_parties(json_t *object, const Entry *entry) {
  json_text_set(object, "end_to_end_id", entry->end_to_end_id);
  json_text_set(object, "counterparty_name", entry->counterparty_name);
  json_text_set(object, "counterparty_account", entry->counterparty_account);
  json_text_set(object, "counterparty_bank", entry->counterparty_bank);
  json_text_set(object, "remark", entry->remark);
  json_text_set(object, "purpose", entry->purpose);
  json_text_set(object, "summary", entry->summary);
}

void entry_json_origin(json_t *object, const char *origin) {
  OriginPart part;
  json_t *places = json_object();
  while (origin_next(&origin, &part)) {
    g_autofree char *field = g_strndup(part.field, part.field_size), *place = g_strndup(part.place, part.place_size);
    if (json_object_get(object, field) != NULL)
      json_text_set(places, field, place);
  }
  if (json_object_size(places) > 0)
    json_object_set_new_nocheck(object, "origin", places);
  else
    json_decref(places);
}

json_t *entry_json(const Entry *entry, const char *file) {
  json_t *object = json_object();
  json_text_set(object, "type", "entry");
  json_text_set(object, "file", file);
  set_number(object, "statement", entry->statement > 0, entry->statement);
  set_number(object, "line", TRUE, entry->line);
  json_text_set(object, "account", entry->account);
  set_day(object, "booking_date", entry->booking_date);
  set_day(object, "value_date", entry->value_date);
  json_text_set(object, "time", entry->time);
  set_money(object, "amount", TRUE, entry->amount);
  json_text_set(object, "currency", entry->amount.currency);
  json_text_set(object, "direction", direction_word(entry->direction));
  json_text_set(object, "status", entry_status_word(entry->status));
  json_object_set_new_nocheck(object, "reversal", json_boolean(entry->reversal));
  json_text_set(object, "return_reason", entry->return_reason);
  json_text_set(object, "bank_reference", entry->bank_reference);
  json_text_set(object, "entry_reference", entry->entry_reference);
  set_number(object, "index", entry->index > 0, entry->index);
  set_number(object, "transactions", entry->transactions > 1, entry->transactions);
  set_parties(object, entry);
  set_money(object, "balance", entry->has_balance, entry->balance);
  entry_json_origin(object, entry->origin);
  return object;
}
