#include "parsers/voucher_receipt.h"

#include <string.h>

#include "rules/error.h"

typedef struct {
  const char *name, *account, *bank;
} Party;

#define ORIGIN(party)                                                                                                  \
  "booking_date=DateOfBookkeeping\ntime=TimeOfBookkeeping\namount=TransactionAmountInFigures\n"                        \
  "bank_reference=NumberOfBankElectronicReceipt\nentry_reference=BusinessSerialNumber\n"                               \
  "counterparty_name=AccountNameOf" party "\ncounterparty_account=AccountNumberOf" party                               \
  "\ncounterparty_bank=OpeningBankOf" party "\nremark=Notes\npurpose=Usage\nsummary=BusinessProductType\n"

/* The same account, however its digits are grouped. */
static gboolean same_account(const char *a, const char *b) {
  if (a == NULL || b == NULL)
    return FALSE;
  for (;; a++, b++) {
    while (*a == ' ' || *a == '-')
      a++;
    while (*b == ' ' || *b == '-')
      b++;
    if (*a != *b)
      return FALSE;
    if (*a == '\0')
      return TRUE;
  }
}

/* From which side it is seen. */
static gboolean find_side(const VoucherFact *facts, const Party *payer, const Party *payee, Direction *direction,
                          const char **said_by, GError **error) {
  const char *recipient = facts[SINGLE_AccountNumberOfRecipient].text;
  const VoucherFact *flag = &facts[SINGLE_IdentificationOfCreditOrDebit];
  gboolean flagged, paid = same_account(recipient, payer->account), received = same_account(recipient, payee->account);
  if (!voucher_direction(flag, &flagged, direction, error))
    return FALSE;
  *said_by = paid == received ? flag->name : facts[SINGLE_AccountNumberOfRecipient].name;
  if (paid == received) /* neither, or money within one account: only the flag says */
    return flagged || error_set(error, ERROR_REFUSED, "voucher_sides", "field", flag->name, "value", recipient, NULL);
  Direction seen = paid ? DIRECTION_DEBIT : DIRECTION_CREDIT;
  if (flagged && *direction != seen)
    return error_set(error, ERROR_REFUSED, "voucher_sides", "field", flag->name, "value", recipient, NULL);
  *direction = seen;
  return TRUE;
}

static gboolean tell(const Statement *statement, const Entry *entry, const RecordSink *sink, GError **error) {
  return sink->statement(sink->user, statement, error) && sink->entry(sink->user, entry, error) &&
         sink->statement_end(sink->user, statement, error);
}

/* NULL when the currency is not named. */
static gboolean find_currency(const VoucherFact *fact, const char **currency, GError **error) {
  *currency = fact->text == NULL ? NULL : sheet_currency(fact->text);
  return fact->text == NULL || *currency != NULL ||
         error_set(error, ERROR_REFUSED, "currency", "field", fact->name, "value", fact->text, NULL);
}

/* A receipt of a red figure says that the money went the other way. */
static void turn_negative(Entry *entry) {
  if (entry->amount.minor >= 0)
    return;
  entry->amount.minor = -entry->amount.minor;
  entry->direction = entry->direction == DIRECTION_CREDIT ? DIRECTION_DEBIT : DIRECTION_CREDIT;
  entry->reversal = TRUE;
}

gboolean voucher_receipt(const VoucherFact *facts, const char *format, int number, const RecordSink *sink,
                         GError **error) {
  const Party payer = {facts[SINGLE_AccountNameOfPayer].text, facts[SINGLE_AccountNumberOfPayer].text,
                       facts[SINGLE_OpeningBankOfPayer].text};
  const Party payee = {facts[SINGLE_AccountNameOfPayee].text, facts[SINGLE_AccountNumberOfPayee].text,
                       facts[SINGLE_OpeningBankOfPayee].text};
  Entry entry = {.statement = number, .line = 1, .value_date = DAY_NONE};
  const char *currency, *said_by;
  gboolean has;
  if (!find_currency(&facts[SINGLE_Currency], &currency, error) ||
      !voucher_amount(&facts[SINGLE_TransactionAmountInFigures], currency, &has, &entry.amount, error))
    return FALSE;
  if (!has || entry.amount.minor == 0)
    return error_set(error, ERROR_REFUSED, "voucher_empty", NULL);
  if (!voucher_day(&facts[SINGLE_DateOfBookkeeping], &entry.booking_date, error) ||
      !find_side(facts, &payer, &payee, &entry.direction, &said_by, error))
    return FALSE;
  gboolean paid = entry.direction == DIRECTION_DEBIT;
  const Party *own = paid ? &payer : &payee, *other = paid ? &payee : &payer;
  const char *recipient = facts[SINGLE_AccountNumberOfRecipient].text;
  g_autofree char *time = voucher_time(&facts[SINGLE_TimeOfBookkeeping], entry.booking_date);
  g_autofree char *origin = g_strconcat(paid ? ORIGIN("Payee") : ORIGIN("Payer"), "direction=", said_by, "\n", NULL);
  entry.account = (char *)(guintptr)(recipient != NULL ? recipient : own->account);
  entry.time = time;
  entry.bank_reference = (char *)(guintptr)facts[SINGLE_NumberOfBankElectronicReceipt].text;
  entry.entry_reference = (char *)(guintptr)facts[SINGLE_BusinessSerialNumber].text;
  entry.counterparty_name = (char *)(guintptr)other->name;
  entry.counterparty_account = (char *)(guintptr)other->account;
  entry.counterparty_bank = (char *)(guintptr)other->bank;
  entry.remark = (char *)(guintptr)facts[SINGLE_Notes].text;
  entry.purpose = (char *)(guintptr)facts[SINGLE_Usage].text;
  entry.summary = (char *)(guintptr)facts[SINGLE_BusinessProductType].text;
  entry.origin = origin;
  turn_negative(&entry);
  const Statement statement = {.number = number,
                               .kind = STATEMENT_ADVICE,
                               .account = entry.account,
                               .owner = (char *)(guintptr)own->name,
                               .currency = entry.amount.currency,
                               .id = entry.bank_reference,
                               .page = 1,
                               .last_page = TRUE,
                               .from = entry.booking_date,
                               .to = entry.booking_date,
                               .format = (char *)(guintptr)format,
                               .claimed_entries = -1};
  return tell(&statement, &entry, sink, error);
}
