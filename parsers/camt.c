#include "parsers/camt.h"

#include <string.h>

#include "parsers/camt_entry.h"
#include "parsers/camt_paths.h"
#include "parsers/camt_value.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { TRANSACTIONS_MAX = 100000, TEXTS_MAX = 32 << 20 /* of one entry */, JOINED_MAX = 16 * 1024 };

typedef struct {
  char code[8];
  gboolean has_amount, debit;
  Money amount;
  Day day;
} Balance;

struct Camt {
  RecordSink sink;
  XmlReader *xml;
  char format[40];
  int message_page, statements;
  gboolean message_last, announced, from_previous; /* from_previous: opening is PRCD */
  gint64 entries;
  Statement statement;
  char *owner;
  Balance balance;
  Day opening_day, closing_day;
  CamtEntry entry;
  CamtTransaction *transaction; /* the open one, within entry.transactions */
  GString *unstructured, *structured, *returned;
  char currency[8]; /* attribute of the open amount */
  gsize kept;       /* bytes of the open entry's texts */
};

typedef struct {
  Camt *camt;
  CamtValue value;
} Event;

static char *keep(Camt *camt, const char *text) {
  camt->kept += strlen(text) + 1;
  return g_string_chunk_insert(camt->entry.texts, text);
}

static void keep_first(Camt *camt, char **field, const char *text) {
  if (*field == NULL && *text != '\0')
    *field = keep(camt, text);
}

static void replace(char **field, const char *text) {
  g_free(*field);
  *field = *text == '\0' ? NULL : g_strdup(text);
}

static gboolean join(Event *event, GString *joined) {
  if (*event->value.text == '\0')
    return TRUE;
  if (joined->len > 0)
    g_string_append_c(joined, ' ');
  g_string_append(joined, event->value.text);
  return joined->len <= JOINED_MAX || error_set(event->value.error, ERROR_REFUSED, "field_too_long", NULL);
}

static void statement_begin(Camt *camt) {
  statement_clear(&camt->statement);
  g_clear_pointer(&camt->owner, g_free);
  camt->statement = (Statement){.number = ++camt->statements,
                                .page = camt->message_page,
                                .last_page = camt->message_last,
                                .from = DAY_NONE,
                                .to = DAY_NONE,
                                .claimed_entries = -1,
                                .format = g_strdup(camt->format)};
  camt->announced = camt->from_previous = FALSE;
  camt->opening_day = camt->closing_day = DAY_NONE;
}

static void balance_end(Camt *camt) {
  const Balance *balance = &camt->balance;
  Statement *statement = &camt->statement;
  if (!balance->has_amount)
    return;
  if (statement->currency == NULL)
    statement->currency = g_strdup(balance->amount.currency);
  if (!g_str_equal(statement->currency, balance->amount.currency))
    return;
  Money amount = balance->amount;
  if (balance->debit)
    amount.minor = -amount.minor;
  gboolean previous = g_str_equal(balance->code, "PRCD");
  if ((g_str_equal(balance->code, "OPBD") || previous) &&
      (!statement->has_opening || (camt->from_previous && !previous))) {
    statement->has_opening = TRUE;
    statement->opening = amount;
    camt->from_previous = previous;
    camt->opening_day = previous && balance->day != DAY_NONE ? balance->day + 1 : balance->day;
  } else if (g_str_equal(balance->code, "CLBD") && !statement->has_closing) {
    statement->has_closing = TRUE;
    statement->closing = amount;
    camt->closing_day = balance->day;
  }
}

static gboolean announce(Camt *camt, GError **error) {
  Statement *statement = &camt->statement;
  if (camt->announced)
    return TRUE;
  camt->announced = TRUE;
  if (statement->currency == NULL && camt->entry.has_amount)
    statement->currency = g_strdup(camt->entry.base.amount.currency);
  if (statement->to == DAY_NONE)
    statement->to = camt->closing_day;
  if (statement->from == DAY_NONE)
    statement->from = statement->to == DAY_NONE ? camt->opening_day : MIN(camt->opening_day, statement->to);
  if (statement->from == DAY_NONE)
    statement->from = camt->opening_day;
  return camt->sink.statement(camt->sink.user, statement, error);
}

static gboolean statement_over(Camt *camt, GError **error) {
  return announce(camt, error) && camt->sink.statement_end(camt->sink.user, &camt->statement, error);
}

static gboolean entry_over(Camt *camt, GError **error) {
  if (!announce(camt, error))
    return FALSE;
  Entry *base = &camt->entry.base;
  base->statement = camt->statement.number;
  base->line = ++camt->entries;
  base->account = camt->statement.account;
  if (base->booking_date == DAY_NONE && camt->statement.from == camt->statement.to)
    base->booking_date = camt->statement.to;
  gboolean done = camt_entry_emit(&camt->entry, camt->statement.account, camt->owner, &camt->sink, error);
  camt_entry_reset(&camt->entry);
  camt->kept = 0;
  return done;
}

static gboolean transaction_begin(Camt *camt, GError **error) {
  GArray *transactions = camt->entry.transactions;
  if (transactions->len >= TRANSACTIONS_MAX || camt->kept > TEXTS_MAX)
    return error_set(error, ERROR_REFUSED, "batch_too_large", NULL);
  g_array_set_size(transactions, transactions->len + 1);
  camt->transaction = &g_array_index(transactions, CamtTransaction, transactions->len - 1);
  g_string_truncate(camt->unstructured, 0);
  g_string_truncate(camt->structured, 0);
  g_string_truncate(camt->returned, 0);
  return TRUE;
}

static void transaction_over(Camt *camt) {
  CamtTransaction *transaction = camt->transaction;
  keep_first(camt, &transaction->unstructured, camt->unstructured->str);
  keep_first(camt, &transaction->structured, camt->structured->str);
  keep_first(camt, &transaction->return_reason, camt->returned->str);
  camt->transaction = NULL;
}

static gboolean entry_status(Event *event) {
  CamtEntry *entry = &event->camt->entry;
  static const struct {
    const char *code;
    EntryStatus status;
  } codes[] = {{"BOOK", ENTRY_BOOKED}, {"PDNG", ENTRY_PENDING}, {"INFO", ENTRY_INFO}, {"FUTR", ENTRY_INFO}};
  if (*event->value.text == '\0') /* the parent of Cd */
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_str_equal(event->value.text, codes[i].code)) {
      entry->base.status = codes[i].status;
      return TRUE;
    }
  return camt_refuse(&event->value, "status_code", "Sts");
}

/* The bank's own word: only what surely means booked is booked. */
static gboolean entry_status_other(Event *event) {
  g_autofree char *word = g_ascii_strup(event->value.text, -1);
  event->camt->entry.base.status = g_str_has_prefix(word, "BOOK")   ? ENTRY_BOOKED
                                   : g_str_has_prefix(word, "PDNG") ? ENTRY_PENDING
                                                                    : ENTRY_INFO;
  return TRUE;
}

static gboolean transaction_amount(Event *event, int rank, const char *field) {
  CamtTransaction *transaction = event->camt->transaction;
  if (rank <= transaction->amount_rank)
    return TRUE;
  if (!camt_read_amount(&event->value, field, &transaction->amount))
    return FALSE;
  transaction->amount_rank = rank;
  transaction->has_amount = TRUE;
  return TRUE;
}

/* An amount or direction that stands twice says nothing. */
static gboolean once(Event *event, gboolean *seen, const char *field) {
  gboolean before = *seen;
  *seen = TRUE;
  return !before || camt_refuse(&event->value, "repeated", field);
}

static gboolean claimed(Event *event, Money *amount, gboolean *has, const char *field) {
  if (event->value.currency == NULL)
    return TRUE; /* a sum of nothing we could compare */
  *has = TRUE;
  event->value.text += *event->value.text == '-'; /* some banks sign the sum of the debits */
  return camt_read_amount(&event->value, field, amount);
}

static gboolean statement_field(Event *event, int id) {
  Camt *camt = event->camt;
  Statement *statement = &camt->statement;
  switch (id) {
  case CAMT_MESSAGE_PAGE:
    return camt_read_page(&event->value, "PgNb", &camt->message_page);
  case CAMT_MESSAGE_LAST:
    return camt_read_boolean(&event->value, "LastPgInd", &camt->message_last);
  case CAMT_PAGE:
    return camt_read_page(&event->value, "PgNb", &statement->page);
  case CAMT_LAST_PAGE:
    return camt_read_boolean(&event->value, "LastPgInd", &statement->last_page);
  case CAMT_STATEMENT_ID:
    replace(&statement->id, event->value.text);
    return TRUE;
  case CAMT_SEQUENCE:
    replace(&statement->sequence, event->value.text);
    return TRUE;
  case CAMT_FROM:
    return camt_read_day(&event->value, "FrDtTm", &statement->from, NULL);
  case CAMT_TO:
    return camt_read_day(&event->value, "ToDtTm", &statement->to, NULL);
  case CAMT_ACCOUNT:
    if (statement->account == NULL)
      replace(&statement->account, event->value.text);
    return TRUE;
  case CAMT_CURRENCY:
    if (money_exponent(event->value.text) < 0)
      return camt_refuse(&event->value, "currency", "Acct/Ccy");
    replace(&statement->currency, event->value.text);
    return TRUE;
  case CAMT_OWNER:
    replace(&camt->owner, event->value.text);
    return TRUE;
  case CAMT_TOTAL_COUNT:
    return camt_read_count(&event->value, "NbOfNtries", &statement->claimed_entries);
  case CAMT_TOTAL_CREDIT:
    return claimed(event, &statement->claimed_credit, &statement->has_claimed_credit, "TtlCdtNtries/Sum");
  case CAMT_TOTAL_DEBIT:
    return claimed(event, &statement->claimed_debit, &statement->has_claimed_debit, "TtlDbtNtries/Sum");
  default:
    return statement_over(camt, event->value.error);
  }
}

static gboolean balance_field(Event *event, int id) {
  Balance *balance = &event->camt->balance;
  Direction direction;
  switch (id) {
  case CAMT_BALANCE_CODE:
    g_strlcpy(balance->code, event->value.text, sizeof balance->code);
    return TRUE;
  case CAMT_BALANCE_AMOUNT:
    balance->has_amount = TRUE;
    return camt_read_amount(&event->value, "Bal/Amt", &balance->amount);
  case CAMT_BALANCE_DIRECTION:
    if (!camt_read_direction(&event->value, "Bal/CdtDbtInd", &direction))
      return FALSE;
    balance->debit = direction == DIRECTION_DEBIT;
    return TRUE;
  case CAMT_BALANCE_DATE:
    return camt_read_day(&event->value, "Bal/Dt", &balance->day, NULL);
  default:
    balance_end(event->camt);
    return TRUE;
  }
}

static gboolean entry_field(Event *event, int id) {
  CamtEntry *entry = &event->camt->entry;
  Entry *base = &entry->base;
  gint64 count;
  switch (id) {
  case CAMT_ENTRY_AMOUNT:
    return once(event, &entry->has_amount, "Amt") && camt_read_amount(&event->value, "Amt", &base->amount);
  case CAMT_ENTRY_DIRECTION:
    return once(event, &entry->has_direction, "CdtDbtInd") &&
           camt_read_direction(&event->value, "CdtDbtInd", &base->direction);
  case CAMT_ENTRY_REVERSAL:
    return camt_read_boolean(&event->value, "RvslInd", &base->reversal);
  case CAMT_ENTRY_STATUS:
    return entry_status(event);
  case CAMT_ENTRY_STATUS_OTHER:
    return entry_status_other(event);
  case CAMT_BOOKING_DATE:
    return camt_read_day(&event->value, "BookgDt", &base->booking_date, &base->time);
  case CAMT_VALUE_DATE:
    return camt_read_day(&event->value, "ValDt", &base->value_date, NULL);
  case CAMT_ENTRY_REFERENCE:
    keep_first(event->camt, &base->bank_reference, event->value.text);
    return TRUE;
  case CAMT_ENTRY_TEXT:
    keep_first(event->camt, &base->summary, event->value.text);
    return TRUE;
  case CAMT_BATCH_COUNT:
    if (!camt_read_count(&event->value, "NbOfTxs", &count))
      return FALSE;
    entry->claimed += count;
    return TRUE;
  default:
    return entry_over(event->camt, event->value.error);
  }
}

static gboolean transaction_field(Event *event, int id) {
  Camt *camt = event->camt;
  CamtTransaction *transaction = camt->transaction;
  Day day;
  switch (id) {
  case CAMT_REFERENCE:
    keep_first(camt, &transaction->bank_reference, event->value.text);
    return TRUE;
  case CAMT_END_TO_END_ID:
    if (!g_str_equal(event->value.text, "NOTPROVIDED"))
      keep_first(camt, &transaction->end_to_end_id, event->value.text);
    return TRUE;
  case CAMT_AMOUNT:
    return transaction_amount(event, 3, "TxDtls/Amt");
  case CAMT_AMOUNT_OF_TRANSACTION:
    return transaction_amount(event, 2, "TxAmt");
  case CAMT_AMOUNT_INSTRUCTED:
    return transaction_amount(event, 1, "InstdAmt");
  case CAMT_DIRECTION:
    return once(event, &transaction->has_direction, "TxDtls/CdtDbtInd") &&
           camt_read_direction(&event->value, "TxDtls/CdtDbtInd", &transaction->direction);
  case CAMT_PURPOSE:
    keep_first(camt, &transaction->purpose, event->value.text);
    return TRUE;
  case CAMT_UNSTRUCTURED:
    return join(event, camt->unstructured);
  case CAMT_STRUCTURED:
    return join(event, camt->structured);
  case CAMT_TIME:
    return camt_read_day(&event->value, "RltdDts", &day, &transaction->time);
  case CAMT_RETURN_CODE:
    keep_first(camt, &transaction->return_reason, event->value.text);
    return TRUE;
  case CAMT_RETURN_TEXT:
    return join(event, camt->returned);
  case CAMT_TEXT:
    keep_first(camt, &transaction->additional, event->value.text);
    return TRUE;
  default:
    transaction_over(camt);
    return TRUE;
  }
}

static gboolean party_field(Event *event, int id) {
  CamtParty *party = &event->camt->transaction->parties[id < CAMT_CREDITOR_NAME ? DEBTOR : CREDITOR];
  switch (id) {
  case CAMT_DEBTOR_NAME:
  case CAMT_CREDITOR_NAME:
    keep_first(event->camt, &party->name, event->value.text);
    return TRUE;
  case CAMT_DEBTOR_ACCOUNT:
  case CAMT_CREDITOR_ACCOUNT:
    keep_first(event->camt, &party->account, event->value.text);
    return TRUE;
  case CAMT_DEBTOR_BANK:
  case CAMT_CREDITOR_BANK: /* a name says more than the code that came before it */
    party->bank = NULL;
    keep_first(event->camt, &party->bank, event->value.text);
    return TRUE;
  default:
    keep_first(event->camt, &party->bank, event->value.text);
    return TRUE;
  }
}

static void message_begin(Camt *camt, const XmlElement *element) {
  camt->message_page = 1;
  camt->message_last = TRUE;
  const char *name = element->namespace == NULL ? NULL : strstr(element->namespace, "camt.053.001.");
  if (name == NULL || !g_ascii_isdigit(name[13]) || !g_ascii_isdigit(name[14]))
    g_strlcpy(camt->format, "camt.053", sizeof camt->format);
  else
    g_snprintf(camt->format, sizeof camt->format, "%.15s", name);
}

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  static const char *const others[] = {[CAMT_REPORT] = "camt.052",
                                       [CAMT_NOTIFICATION] = "camt.054",
                                       [CAMT_STATUS_REPORT] = "pain.002",
                                       [CAMT_INITIATION] = "pain.001"};
  Camt *camt = user;
  g_strlcpy(camt->currency, element->currency, sizeof camt->currency);
  switch (id) {
  case CAMT_REPORT:
  case CAMT_NOTIFICATION:
  case CAMT_STATUS_REPORT:
  case CAMT_INITIATION:
    return error_set(error, ERROR_REFUSED, "message_kind", "value", others[id], "expected", "camt.053", NULL);
  case CAMT_MESSAGE:
    message_begin(camt, element);
    return TRUE;
  case CAMT_STATEMENT:
    statement_begin(camt);
    return TRUE;
  case CAMT_BALANCE:
    camt->balance = (Balance){.day = DAY_NONE};
    return TRUE;
  case CAMT_TRANSACTION:
    return transaction_begin(camt, error);
  default:
    return TRUE;
  }
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Camt *camt = user;
  const char *currency = camt->currency[0] != '\0' ? camt->currency : camt->statement.currency;
  Event event = {camt, {text == NULL ? "" : text, currency, camt->entry.texts, error}};
  if (id == CAMT_MESSAGE)
    return TRUE;
  if (id >= CAMT_DEBTOR_NAME)
    return party_field(&event, id);
  if (id >= CAMT_TRANSACTION)
    return transaction_field(&event, id);
  if (id >= CAMT_ENTRY)
    return entry_field(&event, id);
  if (id >= CAMT_BALANCE && id <= CAMT_BALANCE_DATE)
    return balance_field(&event, id);
  return statement_field(&event, id);
}

Camt *camt_new(const RecordSink *sink) {
  Camt *camt = g_new0(Camt, 1);
  camt->sink = *sink;
  XmlHandler handler = {on_start, on_end, camt};
  camt->xml = xml_reader_new(camt_paths, &handler);
  camt->unstructured = g_string_new(NULL);
  camt->structured = g_string_new(NULL);
  camt->returned = g_string_new(NULL);
  camt_entry_init(&camt->entry);
  return camt;
}

void camt_free(Camt *camt) {
  if (camt == NULL)
    return;
  xml_reader_free(camt->xml);
  g_string_free(camt->unstructured, TRUE);
  g_string_free(camt->structured, TRUE);
  g_string_free(camt->returned, TRUE);
  camt_entry_clear(&camt->entry);
  statement_clear(&camt->statement);
  g_free(camt->owner);
  g_free(camt);
}

gboolean camt_feed(Camt *camt, const char *bytes, gsize size, GError **error) {
  return xml_reader_feed(camt->xml, bytes, size, error);
}

gboolean camt_finish(Camt *camt, GError **error) {
  return xml_reader_finish(camt->xml, error) &&
         (camt->statements > 0 || error_set(error, ERROR_REFUSED, "xml_root", "value", xml_reader_root(camt->xml),
                                            "expected", "camt.053", NULL));
}
