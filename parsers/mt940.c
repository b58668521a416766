#include "parsers/mt940.h"

#include <string.h>

#include "parsers/mt940_info.h"
#include "parsers/mt940_origin.h"
#include "parsers/mt940_value.h"
#include "rules/error.h"

enum { HEAD = 4096, LINE_MAX_BYTES = 16 * 1024, FIELD_MAX_BYTES = 16 * 1024, TAG_BYTES = 8, NATIONAL = 0 };

struct Mt940 {
  RecordSink sink;
  GString *pending; /* text whose line has not ended */
  gboolean begun;   /* HEAD bytes were seen, or the end */
  gboolean signs;   /* lines end in "@@" */
  gint64 number;    /* of the present line */

  char tag[TAG_BYTES]; /* open field: "61", "62F"; "" between messages */
  gint64 tag_line;
  GString *field;

  gboolean envelope_interim, interim; /* an envelope, or a tag, says MT942 */
  gboolean enveloped;                 /* in a block {4: that has not ended */
  int statements;
  Statement statement;
  char *message_id;
  gboolean open, announced, closed; /* closed: has its closing balance */
  gboolean ended;                   /* a line "-" stood last */
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

Mt940 *mt940_new(const RecordSink *sink) {
  Mt940 *mt940 = g_new0(Mt940, 1);
  mt940->sink = *sink;
  mt940->pending = g_string_new(NULL);
  mt940->field = g_string_new(NULL);
  mt940->line = g_string_new(NULL);
  mt940->info = g_string_new(NULL);
  mt940->national = g_string_new(NULL);
  mt940->reader = mt940_info_reader_new();
  mt940->origins = mt940_origins_new();
  mt940->texts = g_string_chunk_new(4096);
  return mt940;
}

void mt940_free(Mt940 *mt940) {
  if (mt940 == NULL)
    return;
  statement_clear(&mt940->statement);
  g_free(mt940->message_id);
  g_string_free(mt940->pending, TRUE);
  g_string_free(mt940->field, TRUE);
  g_string_free(mt940->line, TRUE);
  g_string_free(mt940->info, TRUE);
  g_string_free(mt940->national, TRUE);
  mt940_info_reader_free(mt940->reader);
  mt940_origins_free(mt940->origins);
  g_string_chunk_free(mt940->texts);
  g_free(mt940);
}

static gboolean at_line(gint64 line, const char *tag, GError **error) {
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, line);
  g_autofree char *field = *tag == '\0' ? NULL : g_strdup_printf(":%s:", tag);
  if (error != NULL && *error != NULL) {
    error_add(error, "line", number);
    error_add(error, "field", field);
  }
  return FALSE;
}

static gboolean refuse(const Mt940 *mt940, const char *reason, const char *expected, GError **error) {
  error_set(error, ERROR_REFUSED, reason, "expected", expected, NULL);
  return at_line(mt940->number, mt940->tag, error);
}

/* Statements ------------------------------------------------------------------------------------------------------- */

static void statement_begin(Mt940 *mt940) {
  char *account = g_steal_pointer(&mt940->statement.account);
  statement_clear(&mt940->statement);
  mt940->statement = (Statement){.number = ++mt940->statements,
                                 .account = account,
                                 .id = g_strdup(mt940->message_id),
                                 .page = 1,
                                 .last_page = TRUE,
                                 .from = DAY_NONE,
                                 .to = DAY_NONE,
                                 .claimed_entries = -1};
  mt940->open = TRUE;
  mt940->announced = mt940->closed = mt940->ended = FALSE;
  mt940->currency[0] = '\0';
  mt940->opening_day = mt940->closing_day = mt940->first_booked = DAY_NONE;
  mt940->claimed_credits = mt940->claimed_debits = -1;
  memset(mt940->counts, 0, sizeof mt940->counts);
  memset(mt940->sums, 0, sizeof mt940->sums);
}

static gboolean is_interim(const Mt940 *mt940) {
  return mt940->interim && !mt940->statement.has_opening;
}

static gboolean announce(Mt940 *mt940, GError **error) {
  Statement *statement = &mt940->statement;
  if (mt940->announced)
    return TRUE;
  mt940->announced = TRUE;
  gboolean interim = is_interim(mt940);
  statement->kind = interim ? STATEMENT_INTERIM : STATEMENT_LEDGER;
  statement->format = g_strdup(interim ? "mt942" : "mt940");
  if (mt940->currency[0] != '\0')
    statement->currency = g_strdup(mt940->currency);
  return mt940->sink.statement(mt940->sink.user, statement, error);
}

static gboolean use_currency(Mt940 *mt940, const char *currency, GError **error) {
  if (mt940->currency[0] != '\0' && strcmp(mt940->currency, currency) != 0)
    return error_set(error, ERROR_REFUSED, "currency", "value", currency, "expected", mt940->currency, NULL);
  g_strlcpy(mt940->currency, currency, sizeof mt940->currency);
  return TRUE;
}

/* Banks date an opening balance by the day that it closed, or by the first day of the statement. */
static void set_days(Mt940 *mt940) {
  Statement *statement = &mt940->statement;
  Day opening = mt940->opening_day, closing = mt940->closing_day;
  statement->to = closing;
  if (opening == DAY_NONE)
    return;
  gboolean first_day = mt940->first_booked != DAY_NONE && mt940->first_booked <= opening;
  statement->from = first_day ? opening : opening + 1;
  if (closing != DAY_NONE)
    statement->from = MIN(statement->from, closing);
}

static gboolean entry_over(Mt940 *mt940, GError **error);

static gboolean comes_true(gboolean claimed, gint64 claimed_count, Money claimed_sum, gint64 count, Money sum) {
  return !claimed || ((claimed_count < 0 || claimed_count == count) && claimed_sum.minor == sum.minor);
}

/* Claims come behind all lines: where they come true, no line is missing. */
static gboolean claims_hold(const Mt940 *mt940) {
  const Statement *statement = &mt940->statement;
  return (statement->has_claimed_credit || statement->has_claimed_debit) &&
         comes_true(statement->has_claimed_credit, mt940->claimed_credits, statement->claimed_credit,
                    mt940->counts[DIRECTION_CREDIT], mt940->sums[DIRECTION_CREDIT]) &&
         comes_true(statement->has_claimed_debit, mt940->claimed_debits, statement->claimed_debit,
                    mt940->counts[DIRECTION_DEBIT], mt940->sums[DIRECTION_DEBIT]);
}

static gboolean count(Mt940 *mt940, const Mt940Line *line, GError **error) {
  Money *sum = &mt940->sums[line->direction];
  mt940->counts[line->direction]++;
  memcpy(sum->currency, line->amount.currency, sizeof sum->currency);
  return money_add(*sum, line->amount, sum) || error_set(error, ERROR_REFUSED, "amount", NULL);
}

static gboolean statement_over(Mt940 *mt940, GError **error) {
  Statement *statement = &mt940->statement;
  if (!mt940->open)
    return TRUE;
  if (!entry_over(mt940, error))
    return FALSE;
  if (is_interim(mt940) ? !mt940->ended && !claims_hold(mt940) : !mt940->closed)
    return refuse(mt940, "mt940_cut", is_interim(mt940) ? "-" : ":62F:", error);
  if (!announce(mt940, error))
    return FALSE;
  statement->has_credit_count = mt940->claimed_credits >= 0;
  statement->credit_count = MAX(mt940->claimed_credits, 0);
  statement->has_debit_count = mt940->claimed_debits >= 0;
  statement->debit_count = MAX(mt940->claimed_debits, 0);
  if (statement->currency == NULL && mt940->currency[0] != '\0')
    statement->currency = g_strdup(mt940->currency);
  set_days(mt940);
  mt940->open = FALSE;
  return mt940->sink.statement_end(mt940->sink.user, statement, error);
}

/* Entries ---------------------------------------------------------------------------------------------------------- */

/* A field that :61: says: `over` what :86: said, or only where that said nothing. */
static void use_line(Mt940 *mt940, Mt940Info *info, Mt940Field field, const char *text, gboolean over) {
  if (*text == '\0' || (info->text[field] != NULL && !over))
    return;
  info->text[field] = mt940_text(mt940->texts, text, strlen(text));
  info->place[field] = field == MT940_FIELD_BANK_REFERENCE ? ":61://" : ":61:";
}

/* Supplementary details are the other party's IBAN (Rabobank), words for people, or codes ("/OCMT/EUR1,00/"). */
static void use_details(Mt940 *mt940, const Mt940Line *line, Mt940Info *info) {
  const char *details = line->details + strspn(line->details, " \n");
  gboolean iban = mt940_is_iban(details, strcspn(details, " \n"));
  if (*details != '/')
    use_line(mt940, info, iban ? MT940_FIELD_ACCOUNT : MT940_FIELD_SUMMARY, details, FALSE);
}

static void use_references(Mt940 *mt940, const Mt940Line *line, Mt940Info *info) {
  use_line(mt940, info, MT940_FIELD_REFERENCE, line->reference, TRUE);
  use_line(mt940, info, MT940_FIELD_BANK_REFERENCE, line->bank, TRUE);
  if (*line->name != '\0' && info->text[MT940_FIELD_NAME] == NULL) {
    use_line(mt940, info, MT940_FIELD_NAME, line->name, FALSE);
    use_line(mt940, info, MT940_FIELD_ACCOUNT, line->reference, FALSE);
  }
  if (strcmp(line->type, "NRTI") == 0) /* returned item */
    use_line(mt940, info, MT940_FIELD_RETURN, "RTI", FALSE);
}

static gboolean emit(Mt940 *mt940, const Mt940Line *line, GError **error) {
  Mt940Info info;
  const GString *text = mt940->info->len > 0 ? mt940->info : mt940->national;
  mt940_info_read(mt940->reader, text->str, text->len, mt940->texts, &info);
  for (int i = 0; text == mt940->national && i < MT940_FIELDS; i++)
    info.place[i] = ":NS:";
  use_details(mt940, line, &info);
  use_references(mt940, line, &info);
  const Entry entry = {.statement = mt940->statement.number,
                       .line = mt940->entry_line,
                       .account = mt940->statement.account,
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
                       .origin = mt940_origin(mt940->origins, &info)};
  gboolean done = mt940->sink.entry(mt940->sink.user, &entry, error);
  g_string_chunk_clear(mt940->texts);
  return done;
}

static gboolean entry_over(Mt940 *mt940, GError **error) {
  Mt940Line line;
  if (!mt940->has_line)
    return TRUE;
  mt940->has_line = FALSE;
  if (mt940->currency[0] == '\0') {
    error_set(error, ERROR_REFUSED, "mt940_order", "expected", mt940->interim ? ":34F:" : ":60F:", NULL);
    return at_line(mt940->entry_line, "61", error);
  }
  if (!mt940_line(mt940->line->str, mt940->currency, &line, error) || !count(mt940, &line, error))
    return at_line(mt940->entry_line, "61", error);
  if (mt940->first_booked == DAY_NONE || line.booking_date < mt940->first_booked)
    mt940->first_booked = line.booking_date;
  return announce(mt940, error) && emit(mt940, &line, error);
}

static gboolean line_begin(Mt940 *mt940, const GString *text, GError **error) {
  if (!mt940->open || mt940->closed)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (!entry_over(mt940, error))
    return FALSE;
  g_string_assign(mt940->line, text->str);
  g_string_truncate(mt940->info, 0);
  g_string_truncate(mt940->national, 0);
  mt940->has_line = TRUE;
  mt940->entry_line = mt940->tag_line;
  return TRUE;
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static char *first_line(const char *text) {
  return g_strstrip(g_strndup(text, strcspn(text, "\n")));
}

/* "BANKBIC/ACCOUNT/CCY": the account is what is left without the bank and the currency. */
static void read_account(Mt940 *mt940, const char *text) {
  g_autofree char *value = first_line(text);
  char *end = value + strlen(value), *part = value;
  if (end - value > 3 && money_exponent(end - 3) >= 0 && !g_ascii_isupper(end[-4])) {
    g_strlcpy(mt940->currency, end - 3, sizeof mt940->currency);
    end[-3] = '\0';
    for (gsize size = strlen(value); size > 0 && strchr(" /", value[size - 1]) != NULL; size--)
      value[size - 1] = '\0';
  }
  char *slash = strchr(value, '/');
  if (slash != NULL && slash[1] != '\0')
    part = slash + 1;
  g_free(mt940->statement.account);
  mt940->statement.account = *g_strstrip(part) == '\0' ? NULL : g_strdup(part);
}

/* "00027/00001": number of the statement, number of the page. */
static void read_sequence(Mt940 *mt940, const char *text) {
  g_autofree char *value = first_line(text);
  guint64 number = 0, page = 0;
  char *slash = strchr(value, '/');
  if (slash != NULL)
    *slash++ = '\0';
  if (slash != NULL && g_ascii_string_to_unsigned(g_strstrip(slash), 10, 1, G_MAXINT32, &page, NULL))
    mt940->statement.page = (int)page;
  gboolean plain = g_ascii_string_to_unsigned(g_strstrip(value), 10, 0, G_MAXUINT64, &number, NULL);
  g_clear_pointer(&mt940->statement.sequence, g_free);
  if (*value != '\0' && (!plain || number > 0))
    mt940->statement.sequence = g_strdup(value);
}

static gboolean read_opening(Mt940 *mt940, const char *text, GError **error) {
  Statement *statement = &mt940->statement;
  if (mt940->closed) { /* the next page, without a head of its own */
    g_autofree char *sequence = g_strdup(statement->sequence);
    int page = statement->page;
    if (!statement_over(mt940, error))
      return FALSE;
    statement_begin(mt940);
    statement->sequence = g_steal_pointer(&sequence);
    statement->page = page + 1;
  }
  if (statement->has_opening || mt940->announced)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  mt940->currency[0] = '\0'; /* it says more than :25: */
  statement->has_opening = TRUE;
  return mt940_balance(text, "", &mt940->opening_day, &statement->opening, error) &&
         use_currency(mt940, statement->opening.currency, error);
}

static gboolean read_closing(Mt940 *mt940, const char *text, GError **error) {
  Statement *statement = &mt940->statement;
  if (statement->has_closing)
    return error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (!entry_over(mt940, error) ||
      !mt940_balance(text, mt940->currency, &mt940->closing_day, &statement->closing, error))
    return FALSE;
  statement->last_page = !g_str_has_suffix(mt940->tag, "M");
  statement->has_closing = mt940->closed = TRUE;
  return use_currency(mt940, statement->closing.currency, error);
}

static gboolean read_floor(Mt940 *mt940, const char *text, GError **error) {
  char currency[MONEY_CURRENCY_SIZE];
  g_strlcpy(currency, text, sizeof currency);
  if (money_exponent(currency) < 0)
    return error_set(error, ERROR_REFUSED, "currency", "value", currency, NULL);
  if (!mt940->announced && !mt940->statement.has_opening)
    mt940->currency[0] = '\0';
  return use_currency(mt940, currency, error);
}

/* "YYMMDDhhmm[+hhmm]" */
static void read_made(Mt940 *mt940, const char *text) {
  Day day;
  for (int i = 0; i < 6; i++)
    if (!g_ascii_isdigit(text[i]))
      return;
  g_autofree char *date = g_strdup_printf("20%.2s-%.2s-%.2s", text, text + 2, text + 4);
  if (day_parse(date, &day))
    mt940->closing_day = day;
}

static gboolean read_claim(Mt940 *mt940, const char *text, GError **error) {
  Statement *statement = &mt940->statement;
  gboolean credit = g_str_has_suffix(mt940->tag, "C");
  gint64 *count = credit ? &mt940->claimed_credits : &mt940->claimed_debits;
  Money *sum = credit ? &statement->claimed_credit : &statement->claimed_debit;
  if (!entry_over(mt940, error) || !mt940_claim(text, count, sum, error) || !use_currency(mt940, sum->currency, error))
    return FALSE;
  *(credit ? &statement->has_claimed_credit : &statement->has_claimed_debit) = TRUE;
  return TRUE;
}

/* Debits, credits, sum of debits, sum of credits, as ING writes them. */
static void take_sums(Mt940 *mt940, const char *const parts[4]) {
  Statement *statement = &mt940->statement;
  Money debit, credit;
  guint64 debits, credits;
  const char *debit_text = parts[2], *credit_text = parts[3];
  if (!g_ascii_string_to_unsigned(parts[0], 10, 0, G_MAXINT32 / 2, &debits, NULL) ||
      !g_ascii_string_to_unsigned(parts[1], 10, 0, G_MAXINT32 / 2, &credits, NULL) ||
      !mt940_amount(&debit_text, mt940->currency, &debit, NULL) ||
      !mt940_amount(&credit_text, mt940->currency, &credit, NULL))
    return;
  mt940->claimed_debits = (gint64)debits;
  mt940->claimed_credits = (gint64)credits;
  statement->claimed_debit = debit;
  statement->claimed_credit = credit;
  statement->has_claimed_debit = statement->has_claimed_credit = TRUE;
}

/* "/SUM/18/3/14830,45/14640,00/" or "D000018C000003D14830,45C14640,00" */
static void read_sums(Mt940 *mt940, const char *text) {
  const char *sum = strstr(text, "/SUM/");
  gboolean letters = sum == NULL && *text == 'D' && strcspn(text, "C") == 7;
  g_auto(GStrv) parts = sum != NULL ? g_strsplit(sum + 5, "/", 5) : g_strsplit_set(text + letters, "DC\n", 5);
  if ((sum != NULL || letters) && g_strv_length(parts) >= 4)
    take_sums(mt940, (const char *const *)parts);
}

/* ":NS:01text", lines of two digits and text. */
static void read_national(Mt940 *mt940, const char *text) {
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  for (char **line = lines; mt940->has_line && *line != NULL; line++) {
    gboolean numbered = g_ascii_isdigit((*line)[0]) && g_ascii_isdigit((*line)[1]);
    const char *rest = g_strchug(*line + (numbered ? 2 : 0));
    if (*rest != '\0' && mt940->national->len + strlen(rest) < FIELD_MAX_BYTES)
      g_string_append_printf(mt940->national, "%s%s", mt940->national->len > 0 ? "\n" : "", rest);
  }
}

/* :86: belongs to the line before it, several are one text; behind a balance it speaks of the statement. */
static gboolean read_info(Mt940 *mt940, const GString *text, GError **error) {
  if (!mt940->has_line) {
    if (mt940->closed)
      read_sums(mt940, text->str);
    return TRUE;
  }
  if (mt940->info->len + text->len > FIELD_MAX_BYTES)
    return error_set(error, ERROR_REFUSED, "field_too_long", NULL);
  if (mt940->info->len > 0)
    g_string_append(mt940->info, "\n ");
  g_string_append_len(mt940->info, text->str, (gssize)text->len);
  return TRUE;
}

static gboolean message_begin(Mt940 *mt940, const char *text, GError **error) {
  mt940->ended = TRUE; /* another message follows */
  if (!statement_over(mt940, error))
    return FALSE;
  g_free(mt940->message_id);
  mt940->message_id = first_line(text);
  if (*mt940->message_id == '\0')
    g_clear_pointer(&mt940->message_id, g_free);
  g_clear_pointer(&mt940->statement.account, g_free);
  statement_begin(mt940);
  mt940->interim = mt940->envelope_interim;
  mt940->envelope_interim = FALSE;
  return TRUE;
}

static gboolean read_field(Mt940 *mt940, GError **error) {
  const GString *field = mt940->field;
  const char *text = field->str + strspn(field->str, " ");
  int number = (mt940->tag[0] - '0') * 10 + mt940->tag[1] - '0';
  if (number == NATIONAL) {
    read_national(mt940, field->str);
    return TRUE;
  }
  if (number == 20)
    return message_begin(mt940, text, error);
  if (!mt940->open)
    return number == 86 || number == 64 || number == 65 ||
           error_set(error, ERROR_REFUSED, "mt940_order", "expected", ":20:", NULL);
  if (number == 34 || number == 13 || number == 90)
    mt940->interim = TRUE;
  switch (number) {
  case 25:
    read_account(mt940, text);
    return TRUE;
  case 28:
    read_sequence(mt940, text);
    return TRUE;
  case 60:
    return read_opening(mt940, text, error);
  case 61:
    return line_begin(mt940, field, error);
  case 62:
    return read_closing(mt940, text, error);
  case 86:
    return read_info(mt940, field, error);
  case 34:
    return read_floor(mt940, text, error);
  case 13:
    read_made(mt940, text);
    return TRUE;
  case 90:
    return read_claim(mt940, text, error);
  case 64:
  case 65: /* balances that come behind the closing one: no line is missing, though that may be */
    mt940->closed = TRUE;
    return entry_over(mt940, error);
  default:
    return TRUE; /* :21: and others that a bank adds */
  }
}

static gboolean field_over(Mt940 *mt940, GError **error) {
  if (mt940->tag[0] == '\0')
    return TRUE;
  gboolean done = read_field(mt940, error) || at_line(mt940->tag_line, mt940->tag, error);
  mt940->tag[0] = '\0';
  g_string_truncate(mt940->field, 0);
  return done;
}

/* Lines ------------------------------------------------------------------------------------------------------------ */

/* Blanks, and the control characters that frame messages on a line (SOH, ETX). */
static gsize blanks(const char *text) {
  gsize size = 0;
  while (text[size] != '\0' && (guchar)text[size] <= ' ')
    size++;
  return size;
}

gsize mt940_tag(const char *line) {
  gsize at = blanks(line);
  if (line[at] != ':' || !g_ascii_isdigit(line[at + 1]) || !g_ascii_isdigit(line[at + 2]))
    return 0;
  gsize end = at + 3 + (g_ascii_isupper(line[at + 3]) ? 1 : 0);
  return line[end] == ':' ? end + 1 : 0;
}

static gboolean append(Mt940 *mt940, const char *text, gsize size, GError **error) {
  if (mt940->field->len + size > FIELD_MAX_BYTES)
    return refuse(mt940, "field_too_long", NULL, error);
  gsize before = mt940->field->len;
  g_string_append_len(mt940->field, text, (gssize)size);
  for (char *at = mt940->field->str + before; *at != '\0'; at++)
    if ((guchar)*at < 0x20)
      *at = ' ';
  return TRUE;
}

static gboolean is_dash(const char *text) {
  return text[0] == '-' && text[1 + blanks(text + 1)] == '\0';
}

/* A line "-" before the end of a message was no text of its last field. */
static void drop_dash(Mt940 *mt940) {
  if (mt940->ended && mt940->field->len > 0)
    g_string_truncate(mt940->field, (gsize)(strrchr(mt940->field->str, '\n') - mt940->field->str));
}

static gboolean tag_begin(Mt940 *mt940, const char *line, gsize size, gsize tag_size, GError **error) {
  const char *tag = line + blanks(line) + 1;
  if (g_str_has_prefix(tag, "20:"))
    drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  g_snprintf(mt940->tag, sizeof mt940->tag, "%.*s", (int)(line + tag_size - 1 - tag), tag);
  mt940->tag_line = mt940->number;
  mt940->ended = FALSE;
  return append(mt940, line + tag_size, size - tag_size, error);
}

/* The message is over where its closing balance has been, or nothing more comes: else "-" may be text. */
static gboolean message_end(Mt940 *mt940, GError **error) {
  if (!field_over(mt940, error))
    return FALSE;
  mt940->ended = TRUE;
  mt940->enveloped = FALSE;
  return !mt940->open || !mt940->closed || statement_over(mt940, error);
}

/* "{1:F01...}{2:O940...}{4:", perhaps with a tag behind it. */
static gboolean envelope(Mt940 *mt940, const char *line, GError **error);

static gboolean line_take(Mt940 *mt940, const char *line, gsize size, GError **error) {
  gsize tag = mt940_tag(line);
  const char *text = line + blanks(line);
  if (tag > 0)
    return tag_begin(mt940, line, size, tag, error);
  if (text[0] == '{' && text[1] >= '1' && text[1] <= '5' && text[2] == ':')
    return envelope(mt940, text, error);
  if (text[0] == '-' && text[1] == '}') {
    if (!message_end(mt940, error) || (mt940->open && !statement_over(mt940, error)))
      return FALSE;
    const char *next = strstr(text, "{1:");
    return next == NULL || envelope(mt940, next, error);
  }
  if (g_str_has_prefix(text, ":NS")) { /* a national field, no text of the one before it */
    if (!field_over(mt940, error))
      return FALSE;
    const char *colon = strchr(text + 1, ':');
    g_strlcpy(mt940->tag, "00", sizeof mt940->tag); /* NATIONAL */
    mt940->tag_line = mt940->number;
    return colon == NULL || append(mt940, colon + 1, strlen(colon + 1), error);
  }
  if (text[0] == '\0' || mt940->tag[0] == '\0')
    return TRUE;
  if (mt940->closed && is_dash(text))
    return message_end(mt940, error);
  mt940->ended = is_dash(text);
  g_string_append_c(mt940->field, '\n');
  return append(mt940, line, size, error);
}

static gboolean envelope(Mt940 *mt940, const char *line, GError **error) {
  drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  if (mt940->open) {
    mt940->ended = TRUE;
    if (!statement_over(mt940, error))
      return FALSE;
  }
  const char *type = g_strrstr(line, "{2:"), *body = g_strrstr(line, "{4:"); /* the first may be an acknowledgement's */
  if (type != NULL && (type[3] == 'O' || type[3] == 'I'))
    mt940->envelope_interim = strncmp(type + 4, "942", 3) == 0;
  mt940->enveloped = body != NULL;
  return body == NULL || body[3] == '\0' || line_take(mt940, body + 3, strlen(body + 3), error);
}

static gboolean take_lines(Mt940 *mt940, gboolean last, GError **error) {
  char *at = mt940->pending->str, *end = at + mt940->pending->len;
  char *feed = at; /* the next LF, or the end */
  while (at < end) {
    if (feed <= at && *feed != '\n' && (feed = memchr(at, '\n', (gsize)(end - at))) == NULL)
      feed = end;
    char *stop = memchr(at, '\r', (gsize)(feed - at));
    if (stop == NULL)
      stop = feed;
    if (!last && (stop == end || (*stop == '\r' && stop + 1 == end)))
      break;
    char *next = stop == end ? end : stop + (stop[0] == '\r' && stop[1] == '\n' ? 2 : 1);
    *stop = '\0';
    mt940->number++;
    if (!line_take(mt940, at, (gsize)(stop - at), error))
      return FALSE;
    at = next;
    if (feed < at)
      feed = at;
  }
  g_string_erase(mt940->pending, 0, at - mt940->pending->str);
  return mt940->pending->len <= LINE_MAX_BYTES || refuse(mt940, "field_too_long", NULL, error);
}

/* FinTS joins lines by "@@"; a file that begins so has no other line ends. */
static void find_signs(Mt940 *mt940) {
  const char *head = mt940->pending->str;
  mt940->signs = g_str_has_prefix(head, "@@:") || g_strstr_len(head, HEAD, "@@:25:") != NULL;
  mt940->begun = TRUE;
}

static void split_signs(Mt940 *mt940, gsize from) {
  GString *text = mt940->pending;
  for (char *at = text->str + (from > 0 ? from - 1 : 0); mt940->signs && (at = strstr(at, "@@")) != NULL;)
    at[0] = at[1] = '\n';
}

gboolean mt940_feed(Mt940 *mt940, const char *text, gsize size, GError **error) {
  gsize from = mt940->begun ? mt940->pending->len : 0;
  g_string_append_len(mt940->pending, text, (gssize)size);
  if (!mt940->begun && mt940->pending->len < HEAD)
    return TRUE;
  if (!mt940->begun)
    find_signs(mt940);
  split_signs(mt940, from);
  return take_lines(mt940, FALSE, error);
}

gboolean mt940_finish(Mt940 *mt940, GError **error) {
  if (!mt940->begun) {
    find_signs(mt940);
    split_signs(mt940, 0);
  }
  if (!take_lines(mt940, TRUE, error))
    return FALSE;
  drop_dash(mt940);
  if (!field_over(mt940, error))
    return FALSE;
  if (mt940->open && mt940->enveloped && !mt940->ended)
    return refuse(mt940, "mt940_cut", "-}", error);
  if (!statement_over(mt940, error))
    return FALSE;
  return mt940->statements > 0 || refuse(mt940, "mt940_cut", ":20:", error);
}
