#include "parsers/mt940_message.h"

#include <string.h>

#include "parsers/mt940_info.h"
#include "parsers/mt940_origin.h"
#include "parsers/mt940_value.h"
#include "parsers/clean.h"
#include "rules/error.h"

struct Mt940Message {
  RecordSink sink;
  const char *tag; /* of the field that is being read */
  gint64 tag_line;
  const GString *field;

  gboolean envelope_interim, interim; /* an envelope, or a tag, says MT942 */
  int statements;
  Statement statement;
  char *message_id;
  gboolean open, announced, closed; /* closed: has its closing balance */
  gboolean ended;                   /* its end was seen, not the file's */
  char currency[MONEY_CURRENCY_SIZE];
  Day opening_day, closing_day, first_booked;
  gint64 claimed_credits, claimed_debits; /* counts, -1 unknown */
  gint64 counts[2];                       /* lines by direction, and their sums */
  Money sums[2];

  gboolean has_line;
  gint64 entry_line;
  GString *line, *info, *national; /* of the pending :61:, its :86: and its :NS: */
  Mt940InfoReader *reader;
  Mt940Origins *origins;
  GStringChunk *texts;
};

Mt940Message *mt940_message_new(const RecordSink *sink) {
  Mt940Message *message = g_new0(Mt940Message, 1);
  message->sink = *sink;
  message->line = g_string_new(NULL);
  message->info = g_string_new(NULL);
  message->national = g_string_new(NULL);
  message->reader = mt940_info_reader_new();
  message->origins = mt940_origins_new();
  message->texts = g_string_chunk_new(4096);
  return message;
}

void mt940_message_free(Mt940Message *message) {
  if (message == NULL)
    return;
  statement_clear(&message->statement);
  g_free(message->message_id);
  g_string_free(message->line, TRUE);
  g_string_free(message->info, TRUE);
  g_string_free(message->national, TRUE);
  mt940_info_reader_free(message->reader);
  mt940_origins_free(message->origins);
  g_string_chunk_free(message->texts);
  g_free(message);
}

gboolean mt940_at_line(gint64 line, const char *tag, GError **error) {
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, line);
  g_autofree char *field = *tag == '\0' ? NULL : g_strdup_printf(":%s:", tag);
  if (error != NULL && *error != NULL) {
    error_add(error, "line", number);
    error_add(error, "field", field);
  }
  return FALSE;
}

/* Statements ------------------------------------------------------------------------------------------------------- */

static void statement_begin(Mt940Message *message) {
  char *account = g_steal_pointer(&message->statement.account);
  statement_clear(&message->statement);
  message->statement = (Statement){.number = ++message->statements,
                                   .account = account,
                                   .id = g_strdup(message->message_id),
                                   .page = 1,
                                   .last_page = TRUE,
                                   .from = DAY_NONE,
                                   .to = DAY_NONE,
                                   .claimed_entries = -1};
  message->open = TRUE;
  message->announced = message->closed = message->ended = FALSE;
  message->currency[0] = '\0';
  message->opening_day = message->closing_day = message->first_booked = DAY_NONE;
  message->claimed_credits = message->claimed_debits = -1;
  memset(message->counts, 0, sizeof message->counts);
  memset(message->sums, 0, sizeof message->sums);
}

static gboolean is_interim(const Mt940Message *message) {
  return message->interim && !message->statement.has_opening;
}

static gboolean announce(Mt940Message *message, GError **error) {
  Statement *statement = &message->statement;
  if (message->announced)
    return TRUE;
  message->announced = TRUE;
  gboolean interim = is_interim(message);
  statement->kind = interim ? STATEMENT_INTERIM : STATEMENT_LEDGER;
  statement->format = g_strdup(interim ? "mt942" : "mt940");
  if (message->currency[0] != '\0')
    statement->currency = g_strdup(message->currency);
  return message->sink.statement(message->sink.user, statement, error);
}

static gboolean use_currency(Mt940Message *message, const char *currency, GError **error) {
  if (message->currency[0] != '\0' && strcmp(message->currency, currency) != 0)
    return error_set(error, ERROR_REFUSED, "currency", "value", currency, "expected", message->currency, NULL);
  g_strlcpy(message->currency, currency, sizeof message->currency);
  return TRUE;
}

/* Banks date an opening balance by the day that it closed, or by the first day of the statement. */
static void set_days(Mt940Message *message) {
  Statement *statement = &message->statement;
  Day opening = message->opening_day, closing = message->closing_day;
  statement->to = closing;
  if (opening == DAY_NONE)
    return;
  gboolean first_day = message->first_booked != DAY_NONE && message->first_booked <= opening;
  statement->from = first_day ? opening : opening + 1;
  if (closing != DAY_NONE)
    statement->from = MIN(statement->from, closing);
}

static gboolean entry_over(Mt940Message *message, GError **error);

static gboolean comes_true(gboolean claimed, gint64 claimed_count, Money claimed_sum, gint64 count, Money sum) {
  return !claimed || ((claimed_count < 0 || claimed_count == count) && claimed_sum.minor == sum.minor);
}

/* Claims come behind all lines: where they come true, no line is missing. */
static gboolean claims_hold(const Mt940Message *message) {
  const Statement *statement = &message->statement;
  return (statement->has_claimed_credit || statement->has_claimed_debit) &&
         comes_true(statement->has_claimed_credit, message->claimed_credits, statement->claimed_credit,
                    message->counts[DIRECTION_CREDIT], message->sums[DIRECTION_CREDIT]) &&
         comes_true(statement->has_claimed_debit, message->claimed_debits, statement->claimed_debit,
                    message->counts[DIRECTION_DEBIT], message->sums[DIRECTION_DEBIT]);
}

static gboolean count(Mt940Message *message, const Mt940Line *line, GError **error) {
  Money *sum = &message->sums[line->direction];
  message->counts[line->direction]++;
  memcpy(sum->currency, line->amount.currency, sizeof sum->currency);
  return money_add(*sum, line->amount, sum) || error_set(error, ERROR_REFUSED, "amount", NULL);
}

static gboolean statement_over(Mt940Message *message, GError **error) {
  Statement *statement = &message->statement;
  if (!message->open)
    return TRUE;
  if (!entry_over(message, error))
    return FALSE;
  if (is_interim(message) ? !message->ended && !claims_hold(message) : !message->closed)
    return error_set(error, ERROR_REFUSED, "mt940_cut", "expected", is_interim(message) ? "-" : ":62F:", NULL);
  if (!announce(message, error))
    return FALSE;
  statement->has_credit_count = message->claimed_credits >= 0;
  statement->credit_count = MAX(message->claimed_credits, 0);
  statement->has_debit_count = message->claimed_debits >= 0;
  statement->debit_count = MAX(message->claimed_debits, 0);
  if (statement->currency == NULL && message->currency[0] != '\0')
    statement->currency = g_strdup(message->currency);
  set_days(message);
  message->open = FALSE;
  return message->sink.statement_end(message->sink.user, statement, error);
}

/* Entries ---------------------------------------------------------------------------------------------------------- */

/* A field that :61: says: `over` what :86: said, or only where that said nothing. */
static void use_line(Mt940Message *message, Mt940Info *info, Mt940Field field, const char *text, gboolean over) {
  if (*text == '\0' || (info->text[field] != NULL && !over))
    return;
  info->text[field] = mt940_text(message->texts, text, strlen(text));
  info->place[field] = field == MT940_FIELD_BANK_REFERENCE ? ":61://" : ":61:";
}

/* Supplementary details are the other party's IBAN (Rabobank), words for people, or codes ("/OCMT/EUR1,00/"). */
static void use_details(Mt940Message *message, const Mt940Line *line, Mt940Info *info) {
  const char *details = line->details + strspn(line->details, " \n");
  gboolean iban = mt940_is_iban(details, strcspn(details, " \n"));
  if (*details != '/')
    use_line(message, info, iban ? MT940_FIELD_ACCOUNT : MT940_FIELD_SUMMARY, details, FALSE);
}

static void use_references(Mt940Message *message, const Mt940Line *line, Mt940Info *info) {
  use_line(message, info, MT940_FIELD_REFERENCE, line->reference, TRUE);
  use_line(message, info, MT940_FIELD_BANK_REFERENCE, line->bank, TRUE);
  if (*line->name != '\0' && info->text[MT940_FIELD_NAME] == NULL) {
    use_line(message, info, MT940_FIELD_NAME, line->name, FALSE);
    use_line(message, info, MT940_FIELD_ACCOUNT, line->reference, FALSE);
  }
  if (strcmp(line->type, "NRTI") == 0) /* returned item */
    use_line(message, info, MT940_FIELD_RETURN, "RTI", FALSE);
}

static gboolean emit(Mt940Message *message, const Mt940Line *line, GError **error) {
  Mt940Info info;
  const GString *text = message->info->len > 0 ? message->info : message->national;
  mt940_info_read(message->reader, text->str, text->len, message->texts, &info);
  for (int i = 0; text == message->national && i < MT940_FIELDS; i++)
    info.place[i] = ":NS:";
  use_details(message, line, &info);
  use_references(message, line, &info);
  const Entry entry = {.statement = message->statement.number,
                       .line = message->entry_line,
                       .account = message->statement.account,
                       .booking_date = line->booking_date,
                       .value_date = line->value_date,
                       .amount = line->amount,
                       .direction = line->direction,
                       .status = line->expected ? ENTRY_PENDING : ENTRY_BOOKED,
                       .reversal = line->reversal,
                       .return_reason = info.text[MT940_FIELD_RETURN],
                       .bank_reference = info.text[MT940_FIELD_BANK_REFERENCE],
                       .entry_reference = info.text[MT940_FIELD_REFERENCE],
                       .end_to_end_id = info.text[MT940_FIELD_END_TO_END],
                       .counterparty_name = info.text[MT940_FIELD_NAME],
                       .counterparty_account = info.text[MT940_FIELD_ACCOUNT],
                       .counterparty_bank = info.text[MT940_FIELD_BANK],
                       .remark = info.text[MT940_FIELD_REMARK],
                       .purpose = info.text[MT940_FIELD_PURPOSE],
                       .summary = info.text[MT940_FIELD_SUMMARY],
                       .origin = mt940_origin(message->origins, &info)};
  gboolean done = message->sink.entry(message->sink.user, &entry, error);
  g_string_chunk_clear(message->texts);
  return done;
}

static gboolean entry_over(Mt940Message *message, GError **error) {
  Mt940Line line;
  if (!message->has_line)
    return TRUE;
  message->has_line = FALSE;
  if (message->currency[0] == '\0') {
    error_set(error, ERROR_REFUSED, "mt940_order", "expected", message->interim ? ":34F:" : ":60F:", NULL);
    return mt940_at_line(message->entry_line, "61", error);
  }
  if (!mt940_line(message->line->str, message->currency, &line, error) || !count(message, &line, error))
    return mt940_at_line(message->entry_line, "61", error);
  if (message->first_booked == DAY_NONE || line.booking_date < message->first_booked)
    message->first_booked = line.booking_date;
  return announce(message, error) && emit(message, &line, error);
}

static gboolean line_begin(Mt940Message *message, const GString *text, GError **error) {
  if (!message->open || message->closed)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (!entry_over(message, error))
    return FALSE;
  g_string_assign(message->line, text->str);
  g_string_truncate(message->info, 0);
  g_string_truncate(message->national, 0);
  message->has_line = TRUE;
  message->entry_line = message->tag_line;
  return TRUE;
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

/* As it may be kept, "" for nothing; the caller frees. */
static char *first_line(const char *text) {
  g_autofree char *line = g_strndup(text, strcspn(text, "\n"));
  const char *clean = clean_text(line, strlen(line));
  return g_strdup(clean == NULL ? "" : clean);
}

/* "BANKBIC/ACCOUNT/CCY": the account is what is left without the bank and the currency. */
static void read_account(Mt940Message *message, const char *text) {
  g_autofree char *value = first_line(text);
  char *end = value + strlen(value), *part = value;
  if (end - value > 3 && money_exponent(end - 3) >= 0 && !g_ascii_isupper(end[-4])) {
    g_strlcpy(message->currency, end - 3, sizeof message->currency);
    end[-3] = '\0';
    for (gsize size = strlen(value); size > 0 && strchr(" /", value[size - 1]) != NULL; size--)
      value[size - 1] = '\0';
  }
  char *slash = strchr(value, '/');
  if (slash != NULL && slash[1] != '\0')
    part = slash + 1;
  g_free(message->statement.account);
  message->statement.account = *g_strstrip(part) == '\0' ? NULL : g_strdup(part);
}

/* "00027/00001": number of the statement, number of the page. */
static void read_sequence(Mt940Message *message, const char *text) {
  g_autofree char *value = first_line(text);
  guint64 number = 0, page = 0;
  char *slash = strchr(value, '/');
  if (slash != NULL)
    *slash++ = '\0';
  if (slash != NULL && g_ascii_string_to_unsigned(g_strstrip(slash), 10, 1, G_MAXINT32, &page, NULL))
    message->statement.page = (int)page;
  gboolean plain = g_ascii_string_to_unsigned(g_strstrip(value), 10, 0, G_MAXUINT64, &number, NULL);
  g_clear_pointer(&message->statement.sequence, g_free);
  if (*value != '\0' && (!plain || number > 0))
    message->statement.sequence = g_strdup(value);
}

static gboolean read_opening(Mt940Message *message, const char *text, GError **error) {
  Statement *statement = &message->statement;
  if (message->closed) { /* the next page, without a head of its own */
    g_autofree char *sequence = g_strdup(statement->sequence);
    int page = statement->page;
    if (!statement_over(message, error))
      return FALSE;
    statement_begin(message);
    statement->sequence = g_steal_pointer(&sequence);
    statement->page = page + 1;
  }
  if (statement->has_opening || message->announced)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  message->currency[0] = '\0'; /* it says more than :25: */
  statement->has_opening = TRUE;
  return mt940_balance(text, "", &message->opening_day, &statement->opening, error) &&
         use_currency(message, statement->opening.currency, error);
}

static gboolean read_closing(Mt940Message *message, const char *text, GError **error) {
  Statement *statement = &message->statement;
  if (statement->has_closing)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (!entry_over(message, error) ||
      !mt940_balance(text, message->currency, &message->closing_day, &statement->closing, error))
    return FALSE;
  statement->last_page = !g_str_has_suffix(message->tag, "M");
  statement->has_closing = message->closed = TRUE;
  return use_currency(message, statement->closing.currency, error);
}

static gboolean read_floor(Mt940Message *message, const char *text, GError **error) {
  char currency[MONEY_CURRENCY_SIZE];
  g_strlcpy(currency, text, sizeof currency);
  if (money_exponent(currency) < 0)
    return error_set(error, ERROR_REFUSED, "currency", "value", currency, NULL);
  if (!message->announced && !message->statement.has_opening)
    message->currency[0] = '\0';
  return use_currency(message, currency, error);
}

/* "YYMMDDhhmm[+hhmm]" */
static void read_made(Mt940Message *message, const char *text) {
  Day day;
  for (int i = 0; i < 6; i++)
    if (!g_ascii_isdigit(text[i]))
      return;
  g_autofree char *date = g_strdup_printf("20%.2s-%.2s-%.2s", text, text + 2, text + 4);
  if (day_parse(date, &day))
    message->closing_day = day;
}

static gboolean read_claim(Mt940Message *message, const char *text, GError **error) {
  Statement *statement = &message->statement;
  gboolean credit = g_str_has_suffix(message->tag, "C");
  gint64 *count = credit ? &message->claimed_credits : &message->claimed_debits;
  Money *sum = credit ? &statement->claimed_credit : &statement->claimed_debit;
  if (!entry_over(message, error) || !mt940_claim(text, count, sum, error) ||
      !use_currency(message, sum->currency, error))
    return FALSE;
  *(credit ? &statement->has_claimed_credit : &statement->has_claimed_debit) = TRUE;
  return TRUE;
}

/* Debits, credits, sum of debits, sum of credits, as ING writes them. */
static void take_sums(Mt940Message *message, const char *const parts[4]) {
  Statement *statement = &message->statement;
  Money debit, credit;
  guint64 debits, credits;
  const char *debit_text = parts[2], *credit_text = parts[3];
  if (!g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXINT32 / 2, &debits, NULL) ||
      !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXINT32 / 2, &credits, NULL) ||
      !mt940_amount(&debit_text, message->currency, &debit, NULL) ||
      !mt940_amount(&credit_text, message->currency, &credit, NULL))
    return;
  message->claimed_debits = (gint64)debits;
  message->claimed_credits = (gint64)credits;
  statement->claimed_debit = debit;
  statement->claimed_credit = credit;
  statement->has_claimed_debit = statement->has_claimed_credit = TRUE;
}

/* "/SUM/18/3/14830,45/14640,00/" or "D000018C000003D14830,45C14640,00" */
static void read_sums(Mt940Message *message, const char *text) {
  const char *sum = strstr(text, "/SUM/");
  gboolean letters = sum == NULL && *text == 'D' && strcspn(text, "C") == 7;
  g_auto(GStrv) parts = sum != NULL ? g_strsplit(sum + 5, "/", 5) : g_strsplit_set(text + letters, "DC\n", 5);
  if ((sum != NULL || letters) && g_strv_length(parts) >= 4)
    take_sums(message, (const char *const *)parts);
}

/* ":NS:01text", lines of two digits and text. */
static void read_national(Mt940Message *message, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; message->has_line && *line != NULL; line++) {
    gboolean numbered = g_ascii_isdigit((*line)[0]) && g_ascii_isdigit((*line)[1]);
    const char *rest = g_strchug(*line + (numbered ? 2 : 0));
    if (*rest != '\0' && message->national->len + strlen(rest) < MT940_FIELD_BYTES)
      g_string_append_printf(message->national, "%s%s", message->national->len > 0 ? "\n" : "", rest);
  }
}

/* :86: belongs to the line before it, several are one text; behind a balance it speaks of the statement. */
static gboolean read_info(Mt940Message *message, const GString *text, GError **error) {
  if (!message->has_line) {
    if (message->closed)
      read_sums(message, text->str);
    return TRUE;
  }
  if (message->info->len + text->len > MT940_FIELD_BYTES)
    return error_set(error, ERROR_REFUSED, "field_too_long", NULL);
  if (message->info->len > 0)
    g_string_append(message->info, "\n ");
  g_string_append_len(message->info, text->str, (gssize)text->len);
  return TRUE;
}

static gboolean message_begin(Mt940Message *message, const char *text, GError **error) {
  message->ended = TRUE; /* another message follows */
  if (!statement_over(message, error))
    return FALSE;
  g_free(message->message_id);
  message->message_id = first_line(text);
  if (*message->message_id == '\0')
    g_clear_pointer(&message->message_id, g_free);
  g_clear_pointer(&message->statement.account, g_free);
  statement_begin(message);
  message->interim = message->envelope_interim;
  message->envelope_interim = FALSE;
  return TRUE;
}

static gboolean read_field(Mt940Message *message, GError **error) {
  const GString *field = message->field;
  const char *text = field->str + strspn(field->str, " ");
  int number = (message->tag[0] - '0') * 10 + message->tag[1] - '0';
  if (number == MT940_NATIONAL) {
    read_national(message, field->str);
    return TRUE;
  }
  if (number == 20)
    return message_begin(message, text, error);
  if (!message->open)
    return number == 86 || number == 64 || number == 65 ||
           error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (number == 34 || number == 13 || number == 90)
    message->interim = TRUE;
  switch (number) {
  case 25:
    read_account(message, text);
    return TRUE;
  case 28:
    read_sequence(message, text);
    return TRUE;
  case 60:
    return read_opening(message, text, error);
  case 61:
    return line_begin(message, field, error);
  case 62:
    return read_closing(message, text, error);
  case 86:
    return read_info(message, field, error);
  case 34:
    return read_floor(message, text, error);
  case 13:
    read_made(message, text);
    return TRUE;
  case 90:
    return read_claim(message, text, error);
  case 64:
  case 65: /* balances that come behind the closing one: no line is missing, though that may be */
    message->closed = TRUE;
    return entry_over(message, error);
  default:
    return TRUE; /* :21: and others that a bank adds */
  }
}

gboolean mt940_message_field(Mt940Message *message, const char *tag, const GString *text, gint64 line, GError **error) {
  message->tag = tag;
  message->tag_line = line;
  message->field = text;
  return read_field(message, error) || mt940_at_line(line, tag, error);
}

gboolean mt940_message_over(Mt940Message *message, gboolean ended, GError **error) {
  message->ended = ended;
  return statement_over(message, error);
}

void mt940_message_expect(Mt940Message *message, gboolean interim) {
  message->envelope_interim = interim;
}

gboolean mt940_message_is_open(const Mt940Message *message) {
  return message->open;
}

gboolean mt940_message_is_closed(const Mt940Message *message) {
  return message->open && message->closed;
}

gboolean mt940_message_found(const Mt940Message *message) {
  return message->statements > 0;
}
