#include "parsers/voucher_lines.h"

#include <string.h>

#include "rules/error.h"

static const char origin[] = "booking_date=DateOfBookkeeping\n"
                             "time=TimeOfBookkeeping\n"
                             "amount=TransactionAmount\n"
                             "direction=IdentificationOfCreditOrDebit\n"
                             "bank_reference=NumberOfBankElectronicReceipt\n"
                             "entry_reference=BusinessSerialNumber\n"
                             "counterparty_name=NameOfCounterparty\n"
                             "counterparty_account=AccountOfCounterparty\n"
                             "counterparty_bank=DepositoryBankOfCounterparty\n"
                             "remark=NotesOfBankElectronicReceipt\n"
                             "purpose=OtherAccountingInformation\n"
                             "summary=TypesOfBusinessProducts\n"
                             "balance=AccountBalance\n";

void voucher_lines_init(VoucherLines *lines, int number, const RecordSink *sink) {
  *lines = (VoucherLines){.sink = sink, .number = number};
}

static void idle_clear(VoucherIdle *idle) {
  g_free(idle->day);
  g_free(idle->receipt);
  g_free(idle->serial);
  *idle = (VoucherIdle){0};
}

void voucher_lines_clear(VoucherLines *lines) {
  sheet_statement_clear(&lines->state);
  idle_clear(&lines->idle);
  idle_clear(&lines->last);
}

static char *borrow(const VoucherFact *fact) {
  return (char *)(guintptr)fact->text;
}

/* The named month, up to the day on which it was printed; nothing when it is none. */
static void read_month(const VoucherFact *single, Statement *statement) {
  guint64 year, month;
  const char *year_text = single[SINGLE_YearOfBankReconciliationStatement].text;
  const char *month_text = single[SINGLE_MonthOfBankReconciliationStatement].text;
  if (year_text == NULL || !g_ascii_string_to_unsigned(year_text, 10, 1900, 2998, &year, NULL) || month_text == NULL ||
      !g_ascii_string_to_unsigned(month_text, 10, 1, 12, &month, NULL))
    return;
  gboolean last = month == 12;
  day_from_ymd((int)year, (int)month, 1, &statement->from);
  day_from_ymd((int)year + last, last ? 1 : (int)month + 1, 1, &statement->to);
  statement->to--;
  Day printed;
  if (voucher_day(&single[SINGLE_PrintDate], &printed, NULL) && printed >= statement->from)
    statement->to = MIN(statement->to, printed);
}

static gboolean find_currency(const VoucherFact *single, const char **currency, GError **error) {
  const VoucherFact *fact = &single[SINGLE_Currency];
  *currency = fact->text == NULL ? NULL : sheet_currency(fact->text);
  return fact->text == NULL || *currency != NULL ||
         error_set(error, ERROR_REFUSED, "currency", "field", fact->name, "value", fact->text, NULL);
}

/* unit: the currency of the first amount, for a statement that names none itself. */
static gboolean announce(VoucherLines *lines, const VoucherFact *single, const char *unit, GError **error) {
  const VoucherFact *account = &single[SINGLE_CustomerSettlementBankAccount];
  const char *currency;
  if (lines->announced)
    return TRUE;
  lines->announced = TRUE;
  if (!find_currency(single, &currency, error))
    return FALSE;
  if (account->text == NULL)
    return error_set(error, ERROR_REFUSED, "missing", "field", account->name, NULL);
  Statement facts = {.number = lines->number,
                     .kind = STATEMENT_LEDGER,
                     .account = g_strdup(account->text),
                     .currency = g_strdup(currency != NULL ? currency
                                          : *unit != '\0'  ? unit
                                                           : NULL),
                     .page = 1,
                     .last_page = TRUE,
                     .from = DAY_NONE,
                     .to = DAY_NONE,
                     .format = g_strdup(lines->format),
                     .claimed_entries = -1};
  read_month(single, &facts);
  sheet_statement_begin(&lines->state, &facts);
  return lines->sink->statement(lines->sink->user, &lines->state.statement, error);
}

static gboolean read_balance(const VoucherFact *line, const char *currency, Entry *entry, GError **error) {
  gboolean flagged;
  Direction side = DIRECTION_CREDIT;
  if (!voucher_amount(&line[LINE_AccountBalance], currency, &entry->has_balance, &entry->balance, error) ||
      !voucher_direction(&line[LINE_DebitOrCreditOfBalance], &flagged, &side, error))
    return FALSE;
  if (entry->has_balance && side == DIRECTION_DEBIT && entry->balance.minor > 0)
    entry->balance.minor = -entry->balance.minor; /* overdrawn */
  return TRUE;
}

static gboolean proves(const VoucherLines *lines, const Entry *entry, Direction direction) {
  Money after;
  Money move = {direction == DIRECTION_DEBIT ? -entry->amount.minor : entry->amount.minor, ""};
  if (!lines->has_before || !entry->has_balance)
    return FALSE;
  memcpy(move.currency, entry->amount.currency, sizeof move.currency);
  return money_add(lines->before, move, &after) && after.minor == entry->balance.minor;
}

static Direction opposite(Direction direction) {
  return direction == DIRECTION_DEBIT ? DIRECTION_CREDIT : DIRECTION_DEBIT;
}

/* entry: amount as written, direction as flagged. */
static void settle_direction(const VoucherLines *lines, const VoucherIdle *half, Entry *entry) {
  Direction flagged = entry->direction;
  gboolean negative = entry->amount.minor < 0;
  if (negative) {
    entry->amount.minor = -entry->amount.minor;
    entry->direction = DIRECTION_DEBIT;
  }
  gboolean doubtful = negative || (half != NULL && half->has_direction && half->direction != flagged);
  Direction other = opposite(entry->direction);
  if (doubtful && !proves(lines, entry, entry->direction) && proves(lines, entry, other))
    entry->direction = other;
  entry->reversal = negative && entry->direction != flagged;
}

static gboolean alike(const char *a, const char *b) {
  return a == NULL || b == NULL || g_str_equal(a, b);
}

static gboolean halves(const VoucherIdle *a, const VoucherIdle *b) {
  return alike(a->day, b->day) && alike(a->receipt, b->receipt) && alike(a->serial, b->serial);
}

static gboolean refuse_idle(gint64 ordinal, GError **error) {
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, ordinal);
  return error_set(error, ERROR_REFUSED, "voucher_idle", "value", number, NULL);
}

/* A tuple that moves nothing and found no other half: only its balance can say that nothing is missing. */
static gboolean excuse_idle(VoucherLines *lines, gint64 ordinal, GError **error) {
  VoucherIdle *idle = &lines->idle;
  gboolean excused = !idle->waits || (idle->zero && idle->has_balance && lines->has_before &&
                                      idle->balance.minor == lines->before.minor);
  idle_clear(idle);
  return excused || refuse_idle(ordinal, error);
}

static VoucherIdle share(const VoucherFact *line, const Entry *entry, gboolean flagged, gboolean zero) {
  return (VoucherIdle){.waits = TRUE,
                       .zero = zero,
                       .has_direction = flagged,
                       .direction = entry->direction,
                       .has_balance = entry->has_balance,
                       .balance = entry->balance,
                       .day = g_strdup(line[LINE_DateOfBookkeeping].text),
                       .receipt = g_strdup(line[LINE_NumberOfBankElectronicReceipt].text),
                       .serial = g_strdup(line[LINE_BusinessSerialNumber].text)};
}

static gboolean take_idle(VoucherLines *lines, VoucherIdle *idle, GError **error) {
  gboolean paired = lines->unpaired && halves(&lines->last, idle);
  if (paired) {
    lines->unpaired = FALSE;
    idle_clear(idle);
    return TRUE;
  }
  gboolean good = excuse_idle(lines, lines->ordinal - 1, error);
  lines->idle = *idle;
  return good;
}

static gboolean emit(VoucherLines *lines, const VoucherFact *line, Entry *entry, GError **error) {
  Statement *statement = &lines->state.statement;
  if (!voucher_day(&line[LINE_DateOfBookkeeping], &entry->booking_date, error))
    return FALSE;
  statement->from = statement->from == DAY_NONE ? entry->booking_date : MIN(statement->from, entry->booking_date);
  statement->to = MAX(statement->to, entry->booking_date);
  g_autofree char *time = voucher_time(&line[LINE_TimeOfBookkeeping], entry->booking_date);
  entry->account = statement->account;
  entry->time = time;
  entry->bank_reference = borrow(&line[LINE_NumberOfBankElectronicReceipt]);
  entry->entry_reference = borrow(&line[LINE_BusinessSerialNumber]);
  entry->counterparty_name = borrow(&line[LINE_NameOfCounterparty]);
  entry->counterparty_account = borrow(&line[LINE_AccountOfCounterparty]);
  entry->counterparty_bank = borrow(&line[LINE_DepositoryBankOfCounterparty]);
  entry->remark = borrow(&line[LINE_NotesOfBankElectronicReceipt]);
  entry->purpose = borrow(&line[LINE_OtherAccountingInformation]);
  entry->summary = borrow(&line[LINE_TypesOfBusinessProducts]);
  entry->origin = (char *)(guintptr)origin;
  sheet_statement_add(&lines->state, entry);
  lines->has_before = entry->has_balance;
  lines->before = entry->balance;
  lines->entries++;
  return lines->sink->entry(lines->sink->user, entry, error);
}

gboolean voucher_lines_add(VoucherLines *lines, const VoucherFact *single, const VoucherFact *line, GError **error) {
  Entry entry = {.statement = lines->number, .line = ++lines->ordinal, .value_date = DAY_NONE};
  const VoucherFact *amount = &line[LINE_TransactionAmount], *flag = &line[LINE_IdentificationOfCreditOrDebit];
  gboolean has, flagged;
  if (!announce(lines, single, amount->currency, error))
    return FALSE;
  const char *currency = lines->state.statement.currency;
  if (!voucher_amount(amount, currency, &has, &entry.amount, error) ||
      !voucher_direction(flag, &flagged, &entry.direction, error) || !read_balance(line, currency, &entry, error))
    return FALSE;
  VoucherIdle own = share(line, &entry, flagged, has);
  if (!has || entry.amount.minor == 0)
    return take_idle(lines, &own, error);
  if (!flagged) {
    idle_clear(&own);
    return error_set(error, ERROR_REFUSED, "missing", "field", flag->name, NULL);
  }
  gboolean paired = lines->idle.waits && halves(&lines->idle, &own);
  idle_clear(&lines->last);
  lines->last = own;
  lines->unpaired = !paired;
  settle_direction(lines, paired ? &lines->idle : NULL, &entry);
  if (paired)
    idle_clear(&lines->idle);
  return excuse_idle(lines, lines->ordinal - 1, error) && emit(lines, line, &entry, error);
}

gboolean voucher_lines_end(VoucherLines *lines, const VoucherFact *single, GError **error) {
  const VoucherFact *fact = &single[SINGLE_AccountBalanceAtTheEndOfReconciliationCycleAmount];
  Statement *statement = &lines->state.statement;
  gboolean has;
  Money closing;
  if ((lines->entries == 0 && fact->text == NULL) ||
      (lines->entries == 0 && single[SINGLE_CustomerSettlementBankAccount].text == NULL))
    return error_set(error, ERROR_REFUSED, "voucher_empty", NULL);
  if (!excuse_idle(lines, lines->ordinal, error) || !announce(lines, single, fact->currency, error) ||
      !voucher_amount(fact, statement->currency, &has, &closing, error))
    return FALSE;
  sheet_statement_end(&lines->state);
  if (has) {
    statement->has_closing = TRUE;
    statement->closing = closing;
  }
  return lines->sink->statement_end(lines->sink->user, statement, error);
}
