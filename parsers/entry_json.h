/* Statements and entries as JSON objects, the outside's form: keys in fixed order, unknown fields absent. */
#ifndef YIFEN_PARSERS_ENTRY_JSON_H
#define YIFEN_PARSERS_ENTRY_JSON_H

#include <jansson.h>

#include "rules/entry.h"

/* New references; file may be NULL. */
json_t *statement_json(const Statement *statement, const char *file);
json_t *entry_json(const Entry *entry, const char *file);

/* Sets "origin": {"amount":"贷方金额",...} for those fields that the object has; nothing when there are none. origin:
 * as in rules/origin.h, or NULL. */
void entry_json_origin(json_t *object, const char *origin);

/* Words of the enums: "credit", "debit"; "booked", "pending", "info". */
const char *direction_word(Direction direction);
const char *entry_status_word(EntryStatus status);

#endif
