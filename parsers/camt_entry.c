#include "parsers/camt_entry.h"

#include <string.h>

#include "parsers/clean.h"
#include "rules/error.h"

void camt_entry_init(CamtEntry *entry) {
  *entry =
      (CamtEntry){.texts = g_string_chunk_new(2048), .transactions = g_array_new(FALSE, TRUE, sizeof(CamtTransaction))};
  camt_entry_reset(entry);
}

void camt_entry_reset(CamtEntry *entry) {
  g_string_chunk_clear(entry->texts);
  g_array_set_size(entry->transactions, 0);
  *entry = (CamtEntry){.texts = entry->texts,
                       .transactions = entry->transactions,
                       .base = {.booking_date = DAY_NONE, .value_date = DAY_NONE}};
}

void camt_entry_clear(CamtEntry *entry) {
  g_string_chunk_free(entry->texts);
  g_array_unref(entry->transactions);
}

static gboolean same_account(const char *a, const char *b) {
  if (a == NULL || b == NULL)
    return FALSE;
  for (;; a++, b++) {
    while (*a != '\0' && !g_ascii_isalnum(*a))
      a++;
    while (*b != '\0' && !g_ascii_isalnum(*b))
      b++;
    if (*a == '\0' || g_ascii_toupper(*a) != g_ascii_toupper(*b))
      return *a == *b;
  }
}

static gboolean same_name(const char *a, const char *b) {
  if (a == NULL || b == NULL)
    return FALSE;
  g_autofree char *left = clean_key(a), *right = clean_key(b);
  return g_str_equal(left, right);
}

static gboolean party_known(const CamtParty *party) {
  return party->name != NULL || party->account != NULL;
}

/* Which party is not the owner; -1 when only the owner is named. */
static int counterparty(const CamtTransaction *transaction, const Entry *entry, const char *account,
                        const char *owner) {
  const CamtParty *debtor = &transaction->parties[DEBTOR], *creditor = &transaction->parties[CREDITOR];
  gboolean debtor_ours = same_account(debtor->account, account),
           creditor_ours = same_account(creditor->account, account);
  if (debtor_ours == creditor_ours && party_known(debtor) && party_known(creditor)) {
    debtor_ours = same_name(debtor->name, owner);
    creditor_ours = same_name(creditor->name, owner);
  }
  if (debtor_ours != creditor_ours)
    return party_known(debtor_ours ? creditor : debtor) ? (debtor_ours ? CREDITOR : DEBTOR) : -1;
  if (party_known(debtor) != party_known(creditor))
    return party_known(debtor) ? DEBTOR : CREDITOR;
  gboolean returned = entry->reversal || entry->return_reason != NULL;
  return (entry->direction == DIRECTION_CREDIT) != returned ? DEBTOR : CREDITOR;
}

static void add_details(Entry *entry, const CamtTransaction *transaction, const char *account, const char *owner) {
  entry->end_to_end_id = transaction->end_to_end_id;
  entry->purpose = transaction->purpose;
  entry->return_reason = transaction->return_reason;
  if (entry->time == NULL)
    entry->time = transaction->time;
  entry->remark = transaction->unstructured != NULL ? transaction->unstructured
                  : transaction->structured != NULL ? transaction->structured
                                                    : transaction->additional;
  if (entry->summary == NULL)
    entry->summary = transaction->additional;
  int party = counterparty(transaction, entry, account, owner);
  if (party < 0)
    return;
  entry->counterparty_name = transaction->parties[party].name;
  entry->counterparty_account = transaction->parties[party].account;
  entry->counterparty_bank = transaction->parties[party].bank;
}

static Direction direction_of(const CamtTransaction *transaction, const Entry *base) {
  return transaction->has_direction ? transaction->direction : base->direction;
}

/* Do the transactions' amounts add up to the entry's, in its currency? */
static gboolean adds_up(const CamtEntry *entry) {
  Money sum = {0, ""};
  memcpy(sum.currency, entry->base.amount.currency, sizeof sum.currency);
  for (guint i = 0; i < entry->transactions->len; i++) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, i);
    gboolean along = direction_of(transaction, &entry->base) == entry->base.direction;
    if (!transaction->has_amount || !(along ? money_add : money_subtract)(sum, transaction->amount, &sum))
      return FALSE;
  }
  return sum.minor == entry->base.amount.minor;
}

static gboolean emit_split(const CamtEntry *entry, const char *account, const char *owner, const RecordSink *sink,
                           GError **error) {
  for (guint i = 0; i < entry->transactions->len; i++) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, i);
    Entry one = entry->base;
    one.amount = transaction->amount;
    one.direction = direction_of(transaction, &entry->base);
    one.entry_reference = one.bank_reference;
    one.bank_reference = transaction->bank_reference;
    one.index = (int)i + 1;
    add_details(&one, transaction, account, owner);
    if (!sink->entry(sink->user, &one, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean emit_whole(const CamtEntry *entry, const char *account, const char *owner, const RecordSink *sink,
                           GError **error) {
  Entry one = entry->base;
  gint64 count = MAX(entry->claimed, (gint64)entry->transactions->len);
  if (count > 1)
    one.transactions = (int)MIN(count, G_MAXINT);
  else if (entry->transactions->len == 1) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, 0);
    add_details(&one, transaction, account, owner);
    if (one.bank_reference == NULL)
      one.bank_reference = transaction->bank_reference;
  }
  return sink->entry(sink->user, &one, error);
}

static gboolean check(const CamtEntry *entry, GError **error) {
  const char *missing = !entry->has_amount                                                           ? "Amt"
                        : !entry->has_direction                                                      ? "CdtDbtInd"
                        : entry->base.booking_date == DAY_NONE && entry->base.status == ENTRY_BOOKED ? "BookgDt"
                                                                                                     : NULL;
  return missing == NULL || error_set(error, ERROR_REFUSED, "missing", "field", missing, NULL);
}

gboolean camt_entry_emit(CamtEntry *entry, const char *account, const char *owner, const RecordSink *sink,
                         GError **error) {
  if (entry->base.booking_date == DAY_NONE)
    entry->base.booking_date = entry->base.value_date;
  if (!check(entry, error))
    return FALSE;
  if (entry->transactions->len > 1 && adds_up(entry))
    return emit_split(entry, account, owner, sink, error);
  return emit_whole(entry, account, owner, sink, error);
}
