#include "parsers/camt.h"

#include <string.h>

#include "parsers/camt_entry.h"
#include "parsers/camt_paths.h"
#include "parsers/camt_statement.h"
#include "parsers/camt_value.h"
#include "parsers/xml.h"
#include "rules/error.h"

enum { TRANSACTIONS_MAX = 100000, TEXTS_MAX = 32 << 20 /* of one entry */, JOINED_MAX = 16 * 1024 };

struct Camt {
  RecordSink sink;
  XmlReader *xml;
  const CamtMessage *message;
  char format[40];
  int message_page, statements;
  gboolean message_last, announced;
  gint64 entries;
  CamtStatement statement;
  CamtEntry entry;
  CamtTransaction *transaction; /* the open one, within entry.transactions */
  CamtOrigins *origins;
  GString *unstructured, *structured, *returned;
  char currency[8]; /* attribute of the open amount, that has this id */
  int currency_id;
};

typedef struct {
  Camt *camt;
  guint8 element;
  CamtValue value;
} Event;

static char *keep(Camt *camt, const char *text) {
  gsize size = strlen(text);
  camt->entry.texts_size += size + 1;
  return g_string_chunk_insert_len(camt->entry.texts, text, (gssize)size);
}

static gboolean keep_first(Event *event, CamtText *field) {
  if (field->text == NULL)
    *field = (CamtText){keep(event->camt, event->value.text), event->element};
  return TRUE;
}

static gboolean keep_of_entry(Event *event, char **field, CamtField name) {
  if (*field != NULL)
    return TRUE;
  *field = keep(event->camt, event->value.text);
  event->camt->entry.from.element[name] = event->element;
  return TRUE;
}

/* Several elements of one text, joined by blanks; the last says where it stood. */
static gboolean join(Event *event, GString *joined, CamtText *field) {
  if (joined->len > 0)
    g_string_append_c(joined, ' ');
  g_string_append(joined, event->value.text);
  field->element = event->element;
  return joined->len <= JOINED_MAX || error_set(event->value.error, ERROR_REFUSED, "field_too_long", NULL);
}

static void keep_joined(Camt *camt, const GString *joined, CamtText *field) {
  if (field->text == NULL && joined->len > 0)
    field->text = keep(camt, joined->str);
}

static gboolean announce(Camt *camt, const Money *first, GError **error) {
  if (camt->announced)
    return TRUE;
  camt->announced = TRUE;
  camt_statement_settle(&camt->statement, first);
  return camt->sink.statement(camt->sink.user, &camt->statement.head, error);
}

static gboolean statement_over(Camt *camt, GError **error) {
  camt_statement_finish(&camt->statement);
  return announce(camt, NULL, error) && camt->sink.statement_end(camt->sink.user, &camt->statement.head, error);
}

static gboolean entry_over(Camt *camt, GError **error) {
  Entry *base = &camt->entry.base;
  const Statement *head = &camt->statement.head;
  if (!announce(camt, camt->entry.from.element[FROM_AMOUNT] != 0 ? &base->amount : NULL, error))
    return FALSE;
  base->statement = head->number;
  base->line = ++camt->entries;
  base->account = head->account;
  if (base->booking_date == DAY_NONE && head->from == head->to)
    base->booking_date = head->to;
  const CamtOutlet outlet = {head->kind == STATEMENT_LEDGER, head->account, camt->statement.owner, camt->origins,
                             &camt->sink};
  gboolean done = camt_entry_emit(&camt->entry, &outlet, error);
  camt_entry_reset(&camt->entry);
  return done;
}

static gboolean transaction_begin(Camt *camt, GError **error) {
  GArray *transactions = camt->entry.transactions;
  if (transactions->len >= TRANSACTIONS_MAX || camt->entry.texts_size > TEXTS_MAX)
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
  keep_joined(camt, camt->unstructured, &transaction->unstructured);
  keep_joined(camt, camt->structured, &transaction->structured);
  keep_joined(camt, camt->returned, &transaction->return_reason);
  camt->transaction = NULL;
}

static gboolean entry_status(Event *event) {
  static const struct {
    const char *code;
    EntryStatus status;
  } codes[] = {{"BOOK", ENTRY_BOOKED}, {"PDNG", ENTRY_PENDING}, {"INFO", ENTRY_INFO}, {"FUTR", ENTRY_INFO}};
  for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
    if (g_str_equal(event->value.text, codes[i].code)) {
      event->camt->entry.base.status = codes[i].status;
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

/* The transaction's own amount before those that were instructed; one in the entry's currency before all others. */
static gboolean transaction_amount(Event *event, int rank, const char *field) {
  enum { SAME_CURRENCY = 10 };
  CamtTransaction *transaction = event->camt->transaction;
  Money amount;
  if (!camt_read_amount(&event->value, field, &amount))
    return FALSE;
  if (g_str_equal(amount.currency, event->camt->entry.base.amount.currency))
    rank += SAME_CURRENCY;
  if (rank <= transaction->amount_rank)
    return TRUE;
  transaction->amount_rank = rank;
  transaction->amount = amount;
  transaction->amount_element = event->element;
  return TRUE;
}

/* An amount or direction that stands twice says nothing. */
static gboolean once(Event *event, guint8 *element, const char *field) {
  gboolean before = *element != 0;
  *element = event->element;
  return !before || camt_refuse(&event->value, "repeated", field);
}

static gboolean message_field(Event *event, CamtKind kind) {
  Camt *camt = event->camt;
  return kind == CAMT_MESSAGE_PAGE ? camt_read_page(&event->value, "PgNb", &camt->message_page)
                                   : camt_read_boolean(&event->value, "LastPgInd", &camt->message_last);
}

static gboolean entry_field(Event *event, CamtKind kind) {
  CamtEntry *entry = &event->camt->entry;
  Entry *base = &entry->base;
  guint8 *element = entry->from.element;
  gint64 count;
  switch (kind) {
  case CAMT_ENTRY_AMOUNT:
    return once(event, &element[FROM_AMOUNT], "Amt") && camt_read_amount(&event->value, "Amt", &base->amount);
  case CAMT_ENTRY_DIRECTION:
    return once(event, &element[FROM_DIRECTION], "CdtDbtInd") &&
           camt_read_direction(&event->value, "CdtDbtInd", &base->direction);
  case CAMT_ENTRY_REVERSAL:
    element[FROM_REVERSAL] = event->element;
    return camt_read_boolean(&event->value, "RvslInd", &base->reversal);
  case CAMT_ENTRY_STATUS:
    element[FROM_STATUS] = event->element;
    return entry_status(event);
  case CAMT_ENTRY_STATUS_OTHER:
    element[FROM_STATUS] = event->element;
    return entry_status_other(event);
  case CAMT_BOOKING_DATE:
    element[FROM_BOOKING_DATE] = event->element;
    if (base->time == NULL)
      element[FROM_TIME] = event->element;
    return camt_read_day(&event->value, "BookgDt", &base->booking_date, &base->time);
  case CAMT_VALUE_DATE:
    element[FROM_VALUE_DATE] = event->element;
    return camt_read_day(&event->value, "ValDt", &base->value_date, NULL);
  case CAMT_ENTRY_REFERENCE:
    return keep_of_entry(event, &base->bank_reference, FROM_BANK_REFERENCE);
  case CAMT_ENTRY_TEXT:
    return keep_of_entry(event, &base->summary, FROM_SUMMARY);
  default:
    if (!camt_read_count(&event->value, "NbOfTxs", &count))
      return FALSE;
    entry->claimed += count;
    return TRUE;
  }
}

static gboolean transaction_field(Event *event, CamtKind kind) {
  Camt *camt = event->camt;
  CamtTransaction *transaction = camt->transaction;
  Day day;
  switch (kind) {
  case CAMT_REFERENCE:
    return keep_first(event, &transaction->bank_reference);
  case CAMT_END_TO_END_ID:
    return g_str_equal(event->value.text, "NOTPROVIDED") || keep_first(event, &transaction->end_to_end_id);
  case CAMT_AMOUNT:
    return transaction_amount(event, 3, "TxDtls/Amt");
  case CAMT_AMOUNT_OF_TRANSACTION:
    return transaction_amount(event, 2, "TxAmt");
  case CAMT_AMOUNT_INSTRUCTED:
    return transaction_amount(event, 1, "InstdAmt");
  case CAMT_DIRECTION:
    return once(event, &transaction->direction_element, "TxDtls/CdtDbtInd") &&
           camt_read_direction(&event->value, "TxDtls/CdtDbtInd", &transaction->direction);
  case CAMT_PURPOSE:
    return keep_first(event, &transaction->purpose);
  case CAMT_UNSTRUCTURED:
    return join(event, camt->unstructured, &transaction->unstructured);
  case CAMT_STRUCTURED:
    return join(event, camt->structured, &transaction->structured);
  case CAMT_TIME:
    transaction->time.element = event->element;
    return camt_read_day(&event->value, "RltdDts", &day, &transaction->time.text);
  case CAMT_RETURN_CODE:
    return keep_first(event, &transaction->return_reason);
  case CAMT_RETURN_TEXT:
    return transaction->return_reason.text != NULL || join(event, camt->returned, &transaction->return_reason);
  default:
    return keep_first(event, &transaction->additional);
  }
}

static gboolean party_field(Event *event, CamtKind kind) {
  CamtParty *party = &event->camt->transaction->parties[kind < CAMT_CREDITOR_NAME ? DEBTOR : CREDITOR];
  switch (kind) {
  case CAMT_DEBTOR_NAME:
  case CAMT_CREDITOR_NAME:
    return keep_first(event, &party->name);
  case CAMT_DEBTOR_ACCOUNT:
  case CAMT_CREDITOR_ACCOUNT:
    return keep_first(event, &party->account);
  case CAMT_DEBTOR_BANK:
  case CAMT_CREDITOR_BANK: /* a name says more than the code that came before it */
    party->bank.text = NULL;
    return keep_first(event, &party->bank);
  default:
    return keep_first(event, &party->bank);
  }
}

/* The version stands in the namespace: "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08". */
static void message_begin(Camt *camt, const CamtMessage *message, const XmlElement *element) {
  camt->message = message;
  camt->message_page = 1;
  camt->message_last = TRUE;
  const char *name = element->namespace == NULL ? NULL : strstr(element->namespace, message->name);
  if (name != NULL && g_str_has_prefix(name + 8, ".001.") && g_ascii_isdigit(name[13]) && g_ascii_isdigit(name[14]))
    g_snprintf(camt->format, sizeof camt->format, "%.15s", name);
  else
    g_strlcpy(camt->format, message->name, sizeof camt->format);
}

static gboolean on_start(void *user, int id, const XmlElement *element, GError **error) {
  Camt *camt = user;
  const CamtMessage *message = camt_message(id);
  memcpy(camt->currency, element->currency, sizeof camt->currency);
  camt->currency_id = id;
  if (message == NULL)
    return error_set(error, ERROR_REFUSED, "message_kind", "value", camt_payment(id), "expected", "camt.053", NULL);
  switch (camt_kind(camt_element(id))) {
  case CAMT_MESSAGE:
    message_begin(camt, message, element);
    return TRUE;
  case CAMT_STATEMENT:
    camt->announced = FALSE;
    camt_statement_begin(&camt->statement, ++camt->statements, message, camt->format, camt->message_page,
                         camt->message_last);
    return TRUE;
  case CAMT_BALANCE:
    camt_balance_begin(&camt->statement);
    return TRUE;
  case CAMT_TRANSACTION:
    return transaction_begin(camt, error);
  default:
    return TRUE;
  }
}

static gboolean begins(int id) {
  CamtKind kind = camt_kind(camt_element(id));
  return camt_message(id) == NULL || kind == CAMT_MESSAGE || kind == CAMT_STATEMENT || kind == CAMT_BALANCE ||
         kind == CAMT_TRANSACTION;
}

/* What is made of others ends whether it has text or not. */
static gboolean whole_over(Camt *camt, CamtKind kind, gboolean *whole, GError **error) {
  *whole = TRUE;
  switch (kind) {
  case CAMT_MESSAGE:
    return TRUE;
  case CAMT_STATEMENT:
    return statement_over(camt, error);
  case CAMT_BALANCE:
    camt_balance_end(&camt->statement);
    return TRUE;
  case CAMT_ENTRY:
    return entry_over(camt, error);
  case CAMT_TRANSACTION:
    transaction_over(camt);
    return TRUE;
  default:
    *whole = FALSE;
    return TRUE;
  }
}

static gboolean on_end(void *user, int id, const char *text, GError **error) {
  Camt *camt = user;
  guint8 element = camt_element(id);
  CamtKind kind = camt_kind(element);
  gboolean whole;
  if (!whole_over(camt, kind, &whole, error) || whole)
    return error == NULL || *error == NULL;
  if (text == NULL) /* an empty element is none */
    return TRUE;
  gboolean own = camt->currency_id == id && camt->currency[0] != '\0';
  const char *currency = own ? camt->currency : camt->statement.head.currency;
  camt->currency_id = 0;
  Event event = {camt, element, {text, currency, camt->entry.texts, error}};
  if (kind >= CAMT_DEBTOR_NAME)
    return party_field(&event, kind);
  if (kind > CAMT_TRANSACTION)
    return transaction_field(&event, kind);
  if (kind > CAMT_ENTRY)
    return entry_field(&event, kind);
  if (kind < CAMT_STATEMENT)
    return message_field(&event, kind);
  return camt_statement_field(&camt->statement, kind, &event.value);
}

Camt *camt_new(const RecordSink *sink) {
  Camt *camt = g_new0(Camt, 1);
  camt->sink = *sink;
  XmlHandler handler = {on_start, on_end, camt, begins};
  camt->xml = xml_reader_new(camt_paths(), &handler);
  camt->origins = camt_origins_new();
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
  camt_origins_free(camt->origins);
  g_string_free(camt->unstructured, TRUE);
  g_string_free(camt->structured, TRUE);
  g_string_free(camt->returned, TRUE);
  camt_entry_clear(&camt->entry);
  camt_statement_clear(&camt->statement);
  g_free(camt);
}

gboolean camt_parse(Camt *camt, const Source *source, GError **error) {
  return xml_reader_parse(camt->xml, source, error) &&
         (camt->statements > 0 || error_set(error, ERROR_REFUSED, "xml_root", "value", xml_reader_root(camt->xml),
                                            "expected", "camt.053", NULL));
}
