#include "spool/tied.h"

#include <jansson.h>
#include <string.h>

#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "spool/cases.h"
#include "spool/entries.h"

/* What each word of pay means for the line. */
static const struct Meaning {
  const char *kind;
  Disposition disposition;
  const char *reason;
  gboolean ask; /* the reason is a case */
} meanings[] = {
    {"debit", DISPOSITION_OWN_TRANSFER, NULL, FALSE},
    {"return", DISPOSITION_RETURNED, NULL, FALSE},
    {"arrived", DISPOSITION_OWN_TRANSFER, NULL, FALSE},
    {"sent_back", DISPOSITION_EXPLAINED, "fen_sent_back", FALSE},
    {"ordinary", DISPOSITION_EXPLAINED, "ordinary_debit", FALSE},
    {"unknown_debit", DISPOSITION_REVIEW, "unknown_debit", TRUE},
    {"unknown_return", DISPOSITION_REVIEW, "unknown_return", TRUE},
};

static const struct Meaning *meaning_of(const char *kind) {
  for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
    if (strcmp(meanings[i].kind, kind) == 0)
      return &meanings[i];
  g_assert_not_reached();
}

static char *card_of(const EntryRow *row) {
  g_autofree char *day = day_format(row->line.booking_date), *amount = money_format(row->line.amount);
  json_t *card = json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)row->line.id, "account", row->account, "date", day,
                           "amount", amount);
  json_text_set(card, "payer_name", row->line.counterparty_name);
  json_text_set(card, "payer_account", row->line.counterparty_account);
  json_text_set(card, "remark", row->line.remark);
  json_text_set(card, "return_reason", row->line.return_reason);
  char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup(text);
  free(text);
  json_decref(card);
  return copy;
}

static gboolean ask(Store *store, const EntryRow *row, const struct Meaning *meaning, const MatchingBy *by,
                    GError **error) {
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, row->line.id);
  for (gsize i = 0; i < G_N_ELEMENTS(meanings); i++)
    if (meanings[i].ask && &meanings[i] != meaning &&
        !case_moot(store, meanings[i].reason, subject, by->actor, by->now, error))
      return FALSE;
  if (!meaning->ask)
    return TRUE;
  g_autofree char *card = card_of(row);
  CaseDraft draft = {.reason = meaning->reason,
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(by->calendar, by->now),
                     .entries = &row->line.id,
                     .entry_count = 1};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

static gboolean keep_transfer(Store *store, const EntryRow *row, const struct Meaning *meaning, gint64 transfer_id,
                              GError **error) {
  return store_run(store, error,
                   "UPDATE entry SET transfer_id = nullif(?, 0), sealed = CASE WHEN ? THEN sealed END WHERE id = ?",
                   "iii", transfer_id, (gint64)meaning->ask, row->line.id);
}

gboolean tied_apply(Store *store, gint64 entry_id, const MatchingBy *by, GError **error) {
  gboolean found;
  gint64 transfer_id = 0;
  g_autofree char *kind = NULL;
  g_auto(EntryRow) row = {0};
  if (!store_row(store, error, &found, "SELECT kind, transfer_id FROM tie WHERE entry_id = ?", "i", entry_id, "ti",
                 &kind, &transfer_id) ||
      !entry_load(store, entry_id, &row, error))
    return FALSE;
  if (!found || (row.reason != NULL && g_str_has_prefix(row.reason, "person")))
    return TRUE;
  const struct Meaning *meaning = meaning_of(kind);
  if (!ask(store, &row, meaning, by, error))
    return FALSE;
  if (strcmp(kind, "ordinary") == 0 && row.line.direction == DIRECTION_CREDIT)
    return entry_promote(store, entry_id, &row.line, error) && matching_entry(store, entry_id, by, error);
  return keep_transfer(store, &row, meaning, transfer_id, error) &&
         entry_dispose(store, &row, meaning->disposition, meaning->reason, by->actor, by->now, error);
}
