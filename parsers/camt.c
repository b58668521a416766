#include "parsers/camt.h"

#include <string.h>

#include "parsers/camt_entry.h"
#include "parsers/clean.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { TRANSACTIONS_MAX = 100000, TEXTS_MAX = 32 << 20 /* of one entry */, JOINED_MAX = 16 * 1024 };

enum {
  REPORT = 1,
  NOTIFICATION,
  STATUS_REPORT,
  INITIATION, /* messages of other kinds */
  MESSAGE,
  MESSAGE_PAGE,
  MESSAGE_LAST,
  STATEMENT,
  STATEMENT_ID,
  PAGE,
  LAST_PAGE,
  SEQUENCE,
  FROM,
  TO,
  ACCOUNT,
  CURRENCY,
  OWNER,
  BALANCE,
  BALANCE_CODE,
  BALANCE_AMOUNT,
  BALANCE_DIRECTION,
  BALANCE_DATE,
  TOTAL_COUNT,
  TOTAL_CREDIT,
  TOTAL_DEBIT,
  ENTRY,
  ENTRY_AMOUNT,
  ENTRY_DIRECTION,
  ENTRY_REVERSAL,
  ENTRY_STATUS,
  ENTRY_STATUS_OTHER,
  BOOKING_DATE,
  VALUE_DATE,
  ENTRY_REFERENCE,
  ENTRY_TEXT,
  BATCH_COUNT,
  TRANSACTION,
  REFERENCE,
  END_TO_END_ID,
  AMOUNT,
  AMOUNT_OF_TRANSACTION,
  AMOUNT_INSTRUCTED,
  DIRECTION,
  PURPOSE,
  UNSTRUCTURED,
  STRUCTURED,
  TIME,
  RETURN_CODE,
  RETURN_TEXT,
  TEXT,
  DEBTOR_NAME,
  DEBTOR_ACCOUNT,
  DEBTOR_BANK,
  DEBTOR_BANK_CODE,
  CREDITOR_NAME,
  CREDITOR_ACCOUNT,
  CREDITOR_BANK,
  CREDITOR_BANK_CODE,
};

/* clang-format off */
#define M "BkToCstmrStmt/"
#define S M "Stmt/"
#define N S "Ntry/"
#define T N "NtryDtls/TxDtls/"
#define PARTY(element, agent, name, account, bank, code)                                                               \
  {T "RltdPties/" element "/Nm", name}, {T "RltdPties/" element "/Pty/Nm", name},                                      \
  {T "RltdPties/" element "/Agt/FinInstnId/Nm", name}, {T "RltdPties/" element "Acct/Nm", name},                       \
  {T "RltdPties/" element "Acct/Id/IBAN", account}, {T "RltdPties/" element "Acct/Id/Othr/Id", account},               \
  {T "RltdAgts/" agent "/FinInstnId/Nm", bank}, {T "RltdAgts/" agent "/FinInstnId/BIC", code},                         \
  {T "RltdAgts/" agent "/FinInstnId/BICFI", code}, {T "RltdAgts/" agent "/FinInstnId/ClrSysMmbId/MmbId", code}

static const XmlPath paths[] = {
    {"BkToCstmrAcctRpt", REPORT}, {"BkToCstmrDbtCdtNtfctn", NOTIFICATION}, {"CstmrPmtStsRpt", STATUS_REPORT},
    {"CstmrCdtTrfInitn", INITIATION},
    {"BkToCstmrStmt", MESSAGE},
    {M "GrpHdr/MsgPgntn/PgNb", MESSAGE_PAGE}, {M "GrpHdr/MsgPgntn/LastPgInd", MESSAGE_LAST},
    {M "Stmt", STATEMENT}, {S "Id", STATEMENT_ID},
    {S "StmtPgntn/PgNb", PAGE}, {S "StmtPgntn/LastPgInd", LAST_PAGE}, {S "ElctrncSeqNb", SEQUENCE},
    {S "FrToDt/FrDtTm", FROM}, {S "FrToDt/ToDtTm", TO},
    {S "Acct/Id/IBAN", ACCOUNT}, {S "Acct/Id/Othr/Id", ACCOUNT}, {S "Acct/Ccy", CURRENCY},
    {S "Acct/Nm", OWNER}, {S "Acct/Ownr/Nm", OWNER},
    {S "Bal", BALANCE}, {S "Bal/Tp/CdOrPrtry/Cd", BALANCE_CODE}, {S "Bal/Amt", BALANCE_AMOUNT},
    {S "Bal/CdtDbtInd", BALANCE_DIRECTION}, {S "Bal/Dt/Dt", BALANCE_DATE}, {S "Bal/Dt/DtTm", BALANCE_DATE},
    {S "TxsSummry/TtlNtries/NbOfNtries", TOTAL_COUNT}, {S "TxsSummry/TtlCdtNtries/Sum", TOTAL_CREDIT},
    {S "TxsSummry/TtlDbtNtries/Sum", TOTAL_DEBIT},
    {S "Ntry", ENTRY}, {N "Amt", ENTRY_AMOUNT}, {N "CdtDbtInd", ENTRY_DIRECTION}, {N "RvslInd", ENTRY_REVERSAL},
    {N "Sts", ENTRY_STATUS}, {N "Sts/Cd", ENTRY_STATUS}, {N "Sts/Prtry", ENTRY_STATUS_OTHER},
    {N "BookgDt/Dt", BOOKING_DATE}, {N "BookgDt/DtTm", BOOKING_DATE},
    {N "ValDt/Dt", VALUE_DATE}, {N "ValDt/DtTm", VALUE_DATE},
    {N "AcctSvcrRef", ENTRY_REFERENCE}, {N "AddtlNtryInf", ENTRY_TEXT}, {N "NtryDtls/Btch/NbOfTxs", BATCH_COUNT},
    {N "NtryDtls/TxDtls", TRANSACTION}, {T "Refs/AcctSvcrRef", REFERENCE}, {T "Refs/EndToEndId", END_TO_END_ID},
    {T "Amt", AMOUNT}, {T "AmtDtls/TxAmt/Amt", AMOUNT_OF_TRANSACTION}, {T "AmtDtls/InstdAmt/Amt", AMOUNT_INSTRUCTED},
    {T "CdtDbtInd", DIRECTION}, {T "Purp/Cd", PURPOSE}, {T "Purp/Prtry", PURPOSE},
    {T "RmtInf/Ustrd", UNSTRUCTURED}, {T "RmtInf/Strd/CdtrRefInf/Ref", STRUCTURED},
    {T "RmtInf/Strd/AddtlRmtInf", STRUCTURED},
    {T "RltdDts/TxDtTm", TIME}, {T "RltdDts/AccptncDtTm", TIME},
    {T "RtrInf/Rsn/Cd", RETURN_CODE}, {T "RtrInf/Rsn/Prtry", RETURN_CODE}, {T "RtrInf/AddtlInf", RETURN_TEXT},
    {T "AddtlTxInf", TEXT},
    PARTY("Dbtr", "DbtrAgt", DEBTOR_NAME, DEBTOR_ACCOUNT, DEBTOR_BANK, DEBTOR_BANK_CODE),
    PARTY("Cdtr", "CdtrAgt", CREDITOR_NAME, CREDITOR_ACCOUNT, CREDITOR_BANK, CREDITOR_BANK_CODE),
    {NULL, 0}};
/* clang-format on */

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
  const char *text; /* never NULL */
  GError **error;
} Event;

static gboolean refuse(Event *event, const char *reason, const char *field) {
  return error_set(event->error, ERROR_REFUSED, reason, "field", field, "value", event->text, NULL);
}

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
  if (*event->text == '\0')
    return TRUE;
  if (joined->len > 0)
    g_string_append_c(joined, ' ');
  g_string_append(joined, event->text);
  return joined->len <= JOINED_MAX || error_set(event->error, ERROR_REFUSED, "field_too_long", NULL);
}

/* Does it begin with hh:mm:ss? */
static gboolean is_time(const char *text) {
  static const char shape[] = "00:00:00";
  for (int i = 0; shape[i] != '\0'; i++)
    if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
      return FALSE;
  return strncmp(text, "25", 2) < 0 && text[3] < '6' && text[6] < '7';
}

/* The day of an xs:date or xs:dateTime, whatever zone follows; and the local time, "YYYY-MM-DDTHH:MM:SS", when there is
 * one. */
static gboolean read_day(Event *event, const char *field, Day *day, char **time) {
  char date[11];
  g_strlcpy(date, event->text, sizeof date);
  if (!day_parse(date, day))
    return refuse(event, "date", field);
  const char *rest = event->text + 10;
  if (time == NULL || *rest != 'T' || *time != NULL)
    return TRUE;
  if (!is_time(rest + 1))
    return refuse(event, "date", field);
  *time = g_string_chunk_insert_len(event->camt->entry.texts, event->text, 19);
  return TRUE;
}

static gboolean read_amount(Event *event, const char *field, Money *amount) {
  const Camt *camt = event->camt;
  const char *currency = camt->currency[0] != '\0' ? camt->currency : camt->statement.currency;
  if (currency == NULL)
    return refuse(event, "currency", field);
  if (!money_parse(event->text, currency, amount, event->error)) {
    error_add(event->error, "field", field);
    return FALSE;
  }
  return amount->minor >= 0 || refuse(event, "amount", field);
}

static gboolean read_direction(Event *event, const char *field, Direction *direction) {
  gboolean credit = g_str_equal(event->text, "CRDT");
  if (!credit && !g_str_equal(event->text, "DBIT"))
    return refuse(event, "direction", field);
  *direction = credit ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  return TRUE;
}

static gboolean read_boolean(Event *event, const char *field, gboolean *value) {
  *value = g_str_equal(event->text, "true") || g_str_equal(event->text, "1");
  return *value || g_str_equal(event->text, "false") || g_str_equal(event->text, "0") ||
         refuse(event, "boolean", field);
}

static gboolean read_count(Event *event, const char *field, gint64 *count) {
  guint64 number;
  if (!g_ascii_string_to_unsigned(event->text, 10, 0, G_MAXINT32, &number, NULL))
    return refuse(event, "number", field);
  *count = (gint64)number;
  return TRUE;
}

static gboolean read_page(Event *event, const char *field, int *page) {
  gint64 number;
  if (!read_count(event, field, &number))
    return FALSE;
  *page = (int)MAX(number, 1);
  return TRUE;
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
  if (*event->text == '\0') /* the parent of Cd */
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_str_equal(event->text, codes[i].code)) {
      entry->base.status = codes[i].status;
      return TRUE;
    }
  return refuse(event, "status_code", "Sts");
}

/* The bank's own word: only what surely means booked is booked. */
static gboolean entry_status_other(Event *event) {
  g_autofree char *word = g_ascii_strup(event->text, -1);
  event->camt->entry.base.status = g_str_has_prefix(word, "BOOK")   ? ENTRY_BOOKED
                                   : g_str_has_prefix(word, "PDNG") ? ENTRY_PENDING
                                                                    : ENTRY_INFO;
  return TRUE;
}

static gboolean transaction_amount(Event *event, int rank, const char *field) {
  CamtTransaction *transaction = event->camt->transaction;
  if (rank <= transaction->amount_rank)
    return TRUE;
  if (!read_amount(event, field, &transaction->amount))
    return FALSE;
  transaction->amount_rank = rank;
  transaction->has_amount = TRUE;
  return TRUE;
}

/* An amount or direction that stands twice says nothing. */
static gboolean once(Event *event, gboolean *seen, const char *field) {
  gboolean before = *seen;
  *seen = TRUE;
  return !before || refuse(event, "repeated", field);
}

static gboolean claimed(Event *event, Money *amount, gboolean *has, const char *field) {
  event->camt->currency[0] = '\0';
  if (event->camt->statement.currency == NULL)
    return TRUE; /* a sum of nothing we could compare */
  *has = TRUE;
  event->text += *event->text == '-'; /* some banks sign the sum of the debits */
  return read_amount(event, field, amount);
}

static gboolean statement_field(Event *event, int id) {
  Camt *camt = event->camt;
  Statement *statement = &camt->statement;
  switch (id) {
  case MESSAGE_PAGE:
    return read_page(event, "PgNb", &camt->message_page);
  case MESSAGE_LAST:
    return read_boolean(event, "LastPgInd", &camt->message_last);
  case PAGE:
    return read_page(event, "PgNb", &statement->page);
  case LAST_PAGE:
    return read_boolean(event, "LastPgInd", &statement->last_page);
  case STATEMENT_ID:
    replace(&statement->id, event->text);
    return TRUE;
  case SEQUENCE:
    replace(&statement->sequence, event->text);
    return TRUE;
  case FROM:
    return read_day(event, "FrDtTm", &statement->from, NULL);
  case TO:
    return read_day(event, "ToDtTm", &statement->to, NULL);
  case ACCOUNT:
    if (statement->account == NULL)
      replace(&statement->account, event->text);
    return TRUE;
  case CURRENCY:
    if (money_exponent(event->text) < 0)
      return refuse(event, "currency", "Acct/Ccy");
    replace(&statement->currency, event->text);
    return TRUE;
  case OWNER:
    replace(&camt->owner, event->text);
    return TRUE;
  case TOTAL_COUNT:
    return read_count(event, "NbOfNtries", &statement->claimed_entries);
  case TOTAL_CREDIT:
    return claimed(event, &statement->claimed_credit, &statement->has_claimed_credit, "TtlCdtNtries/Sum");
  case TOTAL_DEBIT:
    return claimed(event, &statement->claimed_debit, &statement->has_claimed_debit, "TtlDbtNtries/Sum");
  default:
    return statement_over(camt, event->error);
  }
}

static gboolean balance_field(Event *event, int id) {
  Balance *balance = &event->camt->balance;
  Direction direction;
  switch (id) {
  case BALANCE_CODE:
    g_strlcpy(balance->code, event->text, sizeof balance->code);
    return TRUE;
  case BALANCE_AMOUNT:
    balance->has_amount = TRUE;
    return read_amount(event, "Bal/Amt", &balance->amount);
  case BALANCE_DIRECTION:
    if (!read_direction(event, "Bal/CdtDbtInd", &direction))
      return FALSE;
    balance->debit = direction == DIRECTION_DEBIT;
    return TRUE;
  case BALANCE_DATE:
    return read_day(event, "Bal/Dt", &balance->day, NULL);
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
  case ENTRY_AMOUNT:
    return once(event, &entry->has_amount, "Amt") && read_amount(event, "Amt", &base->amount);
  case ENTRY_DIRECTION:
    return once(event, &entry->has_direction, "CdtDbtInd") && read_direction(event, "CdtDbtInd", &base->direction);
  case ENTRY_REVERSAL:
    return read_boolean(event, "RvslInd", &base->reversal);
  case ENTRY_STATUS:
    return entry_status(event);
  case ENTRY_STATUS_OTHER:
    return entry_status_other(event);
  case BOOKING_DATE:
    return read_day(event, "BookgDt", &base->booking_date, &base->time);
  case VALUE_DATE:
    return read_day(event, "ValDt", &base->value_date, NULL);
  case ENTRY_REFERENCE:
    keep_first(event->camt, &base->bank_reference, event->text);
    return TRUE;
  case ENTRY_TEXT:
    keep_first(event->camt, &base->summary, event->text);
    return TRUE;
  case BATCH_COUNT:
    if (!read_count(event, "NbOfTxs", &count))
      return FALSE;
    entry->claimed += count;
    return TRUE;
  default:
    return entry_over(event->camt, event->error);
  }
}

static gboolean transaction_field(Event *event, int id) {
  Camt *camt = event->camt;
  CamtTransaction *transaction = camt->transaction;
  Day day;
  switch (id) {
  case REFERENCE:
    keep_first(camt, &transaction->bank_reference, event->text);
    return TRUE;
  case END_TO_END_ID:
    if (!g_str_equal(event->text, "NOTPROVIDED"))
      keep_first(camt, &transaction->end_to_end_id, event->text);
    return TRUE;
  case AMOUNT:
    return transaction_amount(event, 3, "TxDtls/Amt");
  case AMOUNT_OF_TRANSACTION:
    return transaction_amount(event, 2, "TxAmt");
  case AMOUNT_INSTRUCTED:
    return transaction_amount(event, 1, "InstdAmt");
  case DIRECTION:
    return once(event, &transaction->has_direction, "TxDtls/CdtDbtInd") &&
           read_direction(event, "TxDtls/CdtDbtInd", &transaction->direction);
  case PURPOSE:
    keep_first(camt, &transaction->purpose, event->text);
    return TRUE;
  case UNSTRUCTURED:
    return join(event, camt->unstructured);
  case STRUCTURED:
    return join(event, camt->structured);
  case TIME:
    return read_day(event, "RltdDts", &day, &transaction->time);
  case RETURN_CODE:
    keep_first(camt, &transaction->return_reason, event->text);
    return TRUE;
  case RETURN_TEXT:
    return join(event, camt->returned);
  case TEXT:
    keep_first(camt, &transaction->additional, event->text);
    return TRUE;
  default:
    transaction_over(camt);
    return TRUE;
  }
}

static gboolean party_field(Event *event, int id) {
  CamtParty *party = &event->camt->transaction->parties[id < CREDITOR_NAME ? DEBTOR : CREDITOR];
  switch (id) {
  case DEBTOR_NAME:
  case CREDITOR_NAME:
    keep_first(event->camt, &party->name, event->text);
    return TRUE;
  case DEBTOR_ACCOUNT:
  case CREDITOR_ACCOUNT:
    keep_first(event->camt, &party->account, event->text);
    return TRUE;
  case DEBTOR_BANK:
  case CREDITOR_BANK: /* a name says more than the code that came before it */
    party->bank = NULL;
    keep_first(event->camt, &party->bank, event->text);
    return TRUE;
  default:
    keep_first(event->camt, &party->bank, event->text);
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
  static const char *const others[] = {
      [REPORT] = "camt.052", [NOTIFICATION] = "camt.054", [STATUS_REPORT] = "pain.002", [INITIATION] = "pain.001"};
  Camt *camt = user;
  g_strlcpy(camt->currency, element->currency, sizeof camt->currency);
  switch (id) {
  case REPORT:
  case NOTIFICATION:
  case STATUS_REPORT:
  case INITIATION:
    return error_set(error, ERROR_REFUSED, "message_kind", "value", others[id], "expected", "camt.053", NULL);
  case MESSAGE:
    message_begin(camt, element);
    return TRUE;
  case STATEMENT:
    statement_begin(camt);
    return TRUE;
  case BALANCE:
    camt->balance = (Balance){.day = DAY_NONE};
    return TRUE;
  case TRANSACTION:
    return transaction_begin(camt, error);
  default:
    return TRUE;
  }
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Event event = {user, text == NULL ? "" : text, error};
  if (id == MESSAGE)
    return TRUE;
  if (id >= DEBTOR_NAME)
    return party_field(&event, id);
  if (id >= TRANSACTION)
    return transaction_field(&event, id);
  if (id >= ENTRY)
    return entry_field(&event, id);
  if (id >= BALANCE && id <= BALANCE_DATE)
    return balance_field(&event, id);
  return statement_field(&event, id);
}

Camt *camt_new(const RecordSink *sink) {
  Camt *camt = g_new0(Camt, 1);
  camt->sink = *sink;
  XmlHandler handler = {on_start, on_end, camt};
  camt->xml = xml_reader_new(paths, &handler);
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
