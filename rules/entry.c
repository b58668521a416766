#include "rules/entry.h"

void statement_clear(Statement *statement) {
  g_free(statement->account);
  g_free(statement->owner);
  g_free(statement->currency);
  g_free(statement->id);
  g_free(statement->sequence);
  g_free(statement->format);
  g_free(statement->profile);
  g_free(statement->unproven);
  *statement = (Statement){0};
}

void statement_copy(const Statement *from, Statement *to) {
  Statement copy = *from;
  copy.account = g_strdup(from->account);
  copy.owner = g_strdup(from->owner);
  copy.currency = g_strdup(from->currency);
  copy.id = g_strdup(from->id);
  copy.sequence = g_strdup(from->sequence);
  copy.format = g_strdup(from->format);
  copy.profile = g_strdup(from->profile);
  copy.unproven = g_strdup(from->unproven);
  *to = copy;
}

/* clang-format off */
#define ENTRY_STRINGS(X) \
  X(account) X(time) X(return_reason) X(bank_reference) X(entry_reference) X(end_to_end_id) X(counterparty_name) \
  X(counterparty_account) X(counterparty_bank) X(remark) X(purpose) X(summary) X(origin)
/* clang-format on */

void entry_clear(Entry *entry) {
#define X(field) g_free(entry->field);
  ENTRY_STRINGS(X)
#undef X
  *entry = (Entry){0};
}

void entry_copy(const Entry *from, Entry *to) {
  Entry copy = *from;
#define X(field) copy.field = g_strdup(from->field);
  ENTRY_STRINGS(X)
#undef X
  *to = copy;
}

void entry_free(Entry *entry) {
  if (entry == NULL)
    return;
  entry_clear(entry);
  g_free(entry);
}
