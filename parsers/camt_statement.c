#include "parsers/camt_statement.h"

#include <string.h>

void camt_statement_begin(CamtStatement *statement, int number, const CamtMessage *message, const char *format,
                          int page, gboolean last_page) {
  camt_statement_clear(statement);
  *statement = (CamtStatement){.head = {.number = number,
                                        .kind = message->kind,
                                        .page = page,
                                        .last_page = last_page,
                                        .from = DAY_NONE,
                                        .to = DAY_NONE,
                                        .claimed_entries = -1,
                                        .format = g_strdup(format)},
                               .opening_day = DAY_NONE,
                               .closing_day = DAY_NONE};
}

void camt_statement_clear(CamtStatement *statement) {
  statement_clear(&statement->head);
  g_clear_pointer(&statement->owner, g_free);
}

static gboolean replace(char **field, const CamtValue *value) {
  g_free(*field);
  *field = g_strdup(value->text);
  return TRUE;
}

static gboolean claimed(CamtValue *value, Money *amount, gboolean *has, const char *field) {
  if (value->currency == NULL)
    return TRUE; /* a sum of nothing we could compare */
  *has = TRUE;
  value->text += *value->text == '-'; /* some banks sign the sum of the debits */
  return camt_read_amount(value, field, amount);
}

static gboolean total_field(CamtTotals *totals, CamtKind kind, CamtValue *value) {
  Direction direction;
  switch (kind) {
  case CAMT_TOTAL_SUM:
    return claimed(value, &totals->sum, &totals->has_sum, "TtlNtries/Sum");
  case CAMT_TOTAL_NET:
    return claimed(value, &totals->net, &totals->has_net, "TtlNtries/TtlNetNtry");
  default:
    if (!camt_read_direction(value, "TtlNtries/CdtDbtInd", &direction))
      return FALSE;
    totals->net_debit = direction == DIRECTION_DEBIT;
    return TRUE;
  }
}

static gboolean balance_field(CamtBalance *balance, CamtKind kind, CamtValue *value) {
  Direction direction;
  switch (kind) {
  case CAMT_BALANCE_CODE:
    g_strlcpy(balance->code, value->text, sizeof balance->code);
    return TRUE;
  case CAMT_BALANCE_AMOUNT:
    balance->has_amount = TRUE;
    return camt_read_amount(value, "Bal/Amt", &balance->amount);
  case CAMT_BALANCE_DIRECTION:
    if (!camt_read_direction(value, "Bal/CdtDbtInd", &direction))
      return FALSE;
    balance->debit = direction == DIRECTION_DEBIT;
    return TRUE;
  default:
    return camt_read_day(value, "Bal/Dt", &balance->day, NULL);
  }
}

gboolean camt_statement_field(CamtStatement *statement, CamtKind kind, CamtValue *value) {
  Statement *head = &statement->head;
  switch (kind) {
  case CAMT_PAGE:
    return camt_read_page(value, "PgNb", &head->page);
  case CAMT_LAST_PAGE:
    return camt_read_boolean(value, "LastPgInd", &head->last_page);
  case CAMT_STATEMENT_ID:
    return replace(&head->id, value);
  case CAMT_SEQUENCE:
    return replace(&head->sequence, value);
  case CAMT_FROM:
    return camt_read_day(value, "FrDtTm", &head->from, NULL);
  case CAMT_TO:
    return camt_read_day(value, "ToDtTm", &head->to, NULL);
  case CAMT_ACCOUNT:
    return head->account != NULL || replace(&head->account, value);
  case CAMT_CURRENCY:
    return money_exponent(value->text) < 0 ? camt_refuse(value, "currency", "Acct/Ccy")
                                           : replace(&head->currency, value);
  case CAMT_OWNER:
    return replace(&statement->owner, value);
  case CAMT_TOTAL_COUNT:
    return camt_read_count(value, "NbOfNtries", &head->claimed_entries);
  case CAMT_CREDIT_COUNT:
    head->has_credit_count = TRUE;
    return camt_read_count(value, "NbOfNtries", &head->credit_count);
  case CAMT_DEBIT_COUNT:
    head->has_debit_count = TRUE;
    return camt_read_count(value, "NbOfNtries", &head->debit_count);
  case CAMT_TOTAL_CREDIT:
    return claimed(value, &head->claimed_credit, &head->has_claimed_credit, "TtlCdtNtries/Sum");
  case CAMT_TOTAL_DEBIT:
    return claimed(value, &head->claimed_debit, &head->has_claimed_debit, "TtlDbtNtries/Sum");
  case CAMT_TOTAL_SUM:
  case CAMT_TOTAL_NET:
  case CAMT_TOTAL_NET_DIRECTION:
    return total_field(&statement->totals, kind, value);
  default:
    return balance_field(&statement->balance, kind, value);
  }
}

void camt_balance_begin(CamtStatement *statement) {
  statement->balance = (CamtBalance){.day = DAY_NONE};
}

/* A statement of several days may show the balances of each: the first day opens it, the last closes it. */
static void open_with(CamtStatement *statement, Money amount, gboolean previous) {
  Day day = statement->balance.day;
  if (previous && day != DAY_NONE)
    day++;
  gboolean earlier = day != DAY_NONE && statement->opening_day != DAY_NONE && day < statement->opening_day;
  if (statement->head.has_opening && (previous == statement->from_previous ? !earlier : previous))
    return;
  statement->head.has_opening = TRUE;
  statement->head.opening = amount;
  statement->from_previous = previous;
  statement->opening_day = day;
}

static void close_with(CamtStatement *statement, Money amount) {
  Day day = statement->balance.day;
  gboolean later = day != DAY_NONE && statement->closing_day != DAY_NONE && day > statement->closing_day;
  if (statement->head.has_closing && !later)
    return;
  statement->head.has_closing = TRUE;
  statement->head.closing = amount;
  statement->closing_day = day;
}

/* Between the pages of one day stands ITBD: what one page ends with and the next begins with. */
static void between_pages(CamtStatement *statement, Money amount) {
  if (statement->head.kind != STATEMENT_LEDGER)
    return;
  if (statement->head.page > 1 && !statement->head.has_opening)
    open_with(statement, amount, FALSE);
  else if (!statement->head.last_page)
    close_with(statement, amount);
}

void camt_balance_end(CamtStatement *statement) {
  const CamtBalance *balance = &statement->balance;
  Statement *head = &statement->head;
  if (!balance->has_amount)
    return;
  if (head->currency == NULL)
    head->currency = g_strdup(balance->amount.currency);
  if (!g_str_equal(head->currency, balance->amount.currency))
    return;
  Money amount = balance->amount;
  if (balance->debit)
    amount.minor = -amount.minor;
  if (g_str_equal(balance->code, "OPBD") || g_str_equal(balance->code, "PRCD"))
    open_with(statement, amount, balance->code[0] == 'P');
  else if (g_str_equal(balance->code, "CLBD"))
    close_with(statement, amount);
  else if (g_str_equal(balance->code, "ITBD"))
    between_pages(statement, amount);
}

void camt_statement_settle(CamtStatement *statement, const Money *first) {
  Statement *head = &statement->head;
  if (head->currency == NULL && first != NULL)
    head->currency = g_strdup(first->currency);
  if (head->to == DAY_NONE)
    head->to = statement->closing_day;
  if (head->from == DAY_NONE)
    head->from = head->to == DAY_NONE ? statement->opening_day : MIN(statement->opening_day, head->to);
  if (head->from == DAY_NONE)
    head->from = statement->opening_day;
}

/* credit + debit = sum and credit - debit = net. Where sum and net cannot both be, one of the two will not hold. */
void camt_statement_finish(CamtStatement *statement) {
  const CamtTotals *totals = &statement->totals;
  Statement *head = &statement->head;
  Money twice = {0};
  if (!totals->has_sum || !totals->has_net || head->has_claimed_credit || head->has_claimed_debit ||
      !(totals->net_debit ? money_subtract : money_add)(totals->sum, totals->net, &twice) || twice.minor < 0)
    return;
  head->claimed_credit = head->claimed_debit = twice;
  head->claimed_credit.minor /= 2;
  head->claimed_debit.minor = totals->sum.minor - head->claimed_credit.minor;
  head->has_claimed_credit = head->has_claimed_debit = TRUE;
}
