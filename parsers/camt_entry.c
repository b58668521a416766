#include "parsers/camt_entry.h"

#include <string.h>

#include "parsers/clean.h"
#include "rules/error.h"

enum { CHUNK = 8192 };

void camt_entry_init(CamtEntry *entry) {
  *entry = (CamtEntry){.texts = g_string_chunk_new(CHUNK),
                       .transactions = g_array_new(FALSE, TRUE, sizeof(CamtTransaction))};
  camt_entry_reset(entry);
}

void camt_entry_reset(CamtEntry *entry) {
  gboolean full = entry->texts_size > CHUNK / 2; /* to clear it is to allocate it anew */
  if (full)
    g_string_chunk_clear(entry->texts);
  g_array_set_size(entry->transactions, 0);
  *entry = (CamtEntry){.texts = entry->texts,
                       .texts_size = full ? 0 : entry->texts_size,
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
  if (strcmp(a, b) == 0)
    return TRUE;
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
  return party->name.text != NULL || party->account.text != NULL;
}

/* Which party is not the owner; -1 when only the owner is named. */
static int counterparty(const CamtTransaction *transaction, const Entry *entry, const char *account,
                        const char *owner) {
  const CamtParty *debtor = &transaction->parties[DEBTOR], *creditor = &transaction->parties[CREDITOR];
  gboolean debtor_ours = same_account(debtor->account.text, account),
           creditor_ours = same_account(creditor->account.text, account);
  if (debtor_ours == creditor_ours && party_known(debtor) && party_known(creditor)) {
    debtor_ours = same_name(debtor->name.text, owner);
    creditor_ours = same_name(creditor->name.text, owner);
  }
  if (debtor_ours != creditor_ours)
    return party_known(debtor_ours ? creditor : debtor) ? (debtor_ours ? CREDITOR : DEBTOR) : -1;
  if (party_known(debtor) != party_known(creditor))
    return party_known(debtor) ? DEBTOR : CREDITOR;
  gboolean returned = entry->reversal || entry->return_reason != NULL;
  return (entry->direction == DIRECTION_CREDIT) != returned ? DEBTOR : CREDITOR;
}

/* One entry to be handed on, and where its fields stood. */
typedef struct {
  Entry entry;
  CamtFrom from;
} Line;

static void put(Line *line, char **field, CamtField name, const CamtText *text) {
  if (text->text == NULL)
    return;
  *field = text->text;
  line->from.element[name] = text->element;
}

static void add_party(Line *line, const CamtTransaction *transaction, const CamtOutlet *outlet) {
  int party = counterparty(transaction, &line->entry, outlet->account, outlet->owner);
  if (party < 0)
    return;
  const CamtParty *other = &transaction->parties[party];
  put(line, &line->entry.counterparty_name, FROM_COUNTERPARTY_NAME, &other->name);
  put(line, &line->entry.counterparty_account, FROM_COUNTERPARTY_ACCOUNT, &other->account);
  put(line, &line->entry.counterparty_bank, FROM_COUNTERPARTY_BANK, &other->bank);
}

static void add_details(Line *line, const CamtTransaction *transaction, const CamtOutlet *outlet) {
  Entry *entry = &line->entry;
  put(line, &entry->end_to_end_id, FROM_END_TO_END_ID, &transaction->end_to_end_id);
  put(line, &entry->purpose, FROM_PURPOSE, &transaction->purpose);
  put(line, &entry->return_reason, FROM_RETURN_REASON, &transaction->return_reason);
  if (entry->time == NULL)
    put(line, &entry->time, FROM_TIME, &transaction->time);
  put(line, &entry->remark, FROM_REMARK,
      transaction->unstructured.text != NULL ? &transaction->unstructured
      : transaction->structured.text != NULL ? &transaction->structured
                                             : &transaction->additional);
  if (entry->summary == NULL)
    put(line, &entry->summary, FROM_SUMMARY, &transaction->additional);
  add_party(line, transaction, outlet);
}

static gboolean hand_on(Line *line, const CamtOutlet *outlet, GError **error) {
  line->entry.origin = camt_origins_text(outlet->origins, &line->from);
  return outlet->sink->entry(outlet->sink->user, &line->entry, error);
}

/* Do the transactions' amounts add up to the entry's, in its currency? One that goes the other way is netted: the
 * account moved once, by the difference. */
static gboolean adds_up(const CamtEntry *entry) {
  Money sum = {0, ""};
  memcpy(sum.currency, entry->base.amount.currency, sizeof sum.currency);
  for (guint i = 0; i < entry->transactions->len; i++) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, i);
    gboolean netted = transaction->direction_element != 0 && transaction->direction != entry->base.direction;
    if (netted || transaction->amount_rank == 0 || !money_add(sum, transaction->amount, &sum))
      return FALSE;
  }
  return sum.minor == entry->base.amount.minor;
}

static gboolean emit_split(const CamtEntry *entry, const CamtOutlet *outlet, GError **error) {
  for (guint i = 0; i < entry->transactions->len; i++) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, i);
    Line line = {entry->base, entry->from};
    guint8 *element = line.from.element;
    line.entry.amount = transaction->amount;
    element[FROM_AMOUNT] = transaction->amount_element;
    line.entry.entry_reference = line.entry.bank_reference;
    element[FROM_ENTRY_REFERENCE] = element[FROM_BANK_REFERENCE];
    line.entry.bank_reference = NULL;
    put(&line, &line.entry.bank_reference, FROM_BANK_REFERENCE, &transaction->bank_reference);
    line.entry.index = (int)i + 1;
    add_details(&line, transaction, outlet);
    if (!hand_on(&line, outlet, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean emit_whole(const CamtEntry *entry, const CamtOutlet *outlet, GError **error) {
  Line line = {entry->base, entry->from};
  gint64 count = MAX(entry->claimed, (gint64)entry->transactions->len);
  if (count > 1)
    line.entry.transactions = (int)MIN(count, G_MAXINT);
  else if (entry->transactions->len == 1) {
    const CamtTransaction *transaction = &g_array_index(entry->transactions, CamtTransaction, 0);
    add_details(&line, transaction, outlet);
    if (line.entry.bank_reference == NULL)
      put(&line, &line.entry.bank_reference, FROM_BANK_REFERENCE, &transaction->bank_reference);
  }
  return hand_on(&line, outlet, error);
}

static gboolean check(const CamtEntry *entry, gboolean ledger, GError **error) {
  const guint8 *element = entry->from.element;
  gboolean books = ledger && entry->base.status == ENTRY_BOOKED;
  const char *missing = element[FROM_AMOUNT] == 0                       ? "Amt"
                        : element[FROM_DIRECTION] == 0                  ? "CdtDbtInd"
                        : entry->base.booking_date == DAY_NONE && books ? "BookgDt"
                                                                        : NULL;
  return missing == NULL || error_set(error, ERROR_REFUSED, "missing", "field", missing, NULL);
}

gboolean camt_entry_emit(CamtEntry *entry, const CamtOutlet *outlet, GError **error) {
  if (entry->base.booking_date == DAY_NONE) {
    entry->base.booking_date = entry->base.value_date;
    entry->from.element[FROM_BOOKING_DATE] = entry->from.element[FROM_VALUE_DATE];
  }
  if (!check(entry, outlet->ledger, error))
    return FALSE;
  gboolean all = entry->claimed <= (gint64)entry->transactions->len; /* NbOfTxs may tell of more */
  if (entry->transactions->len > 1 && all && adds_up(entry))
    return emit_split(entry, outlet, error);
  return emit_whole(entry, outlet, error);
}
