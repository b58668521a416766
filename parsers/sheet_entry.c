#include "parsers/sheet_entry.h"

#include <string.h>

#include "parsers/cell.h"
#include "parsers/clean.h"
#include "rules/error.h"

/* The cell of a column, a blank one when the row is too short; NULL when the layout has none. */
static SheetCell *cell_of(const SheetFit *fit, const SheetRow *row, Column column) {
  static char nothing[1];
  static SheetCell blank;
  int at = fit->at[column];
  if (at < 0)
    return NULL;
  if ((guint)at < row->count)
    return &row->cells[at];
  blank = (SheetCell){nothing, 0, TRUE};
  return &blank;
}

static const char *text_of(const SheetCell *cell) {
  return cell == NULL ? NULL : cell->text;
}

gboolean sheet_entry_blame(const SheetFit *fit, const SheetRow *row, Column column, GError **error) {
  int at = fit->at[column];
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  g_autofree char *place = g_strdup_printf("%d", at + 1), *cell = at < 0 ? NULL : cell_name((guint)at, row->line);
  error_add(error, "line", line);
  if (at >= 0) {
    error_add(error, "column", place);
    error_add(error, "field", fit->names[at]);
    error_add(error, "cell", cell);
  }
  return FALSE;
}

static gboolean refuse(const SheetFit *fit, const SheetRow *row, Column column, const char *reason, GError **error) {
  error_set(error, ERROR_REFUSED, reason, "value", text_of(cell_of(fit, row, column)), NULL);
  return sheet_entry_blame(fit, row, column, error);
}

gboolean sheet_entry_misdated(const SheetFit *fit, const SheetRow *row, Column column, GError **error) {
  char *const *dates = fit->layout->dates;
  g_autofree char *forms = g_strjoin("、", dates[0], dates[0] == NULL ? NULL : dates[1], NULL);
  error_set(error, ERROR_REFUSED, "date", "value", text_of(cell_of(fit, row, column)), NULL);
  sheet_entry_blame(fit, row, column, error);
  error_add(error, "expected", forms);
  return FALSE;
}

/* Gives a day without year its year: the nearest that is not after last_day. */
static gboolean complete_day(const SheetFit *fit, SheetMoment *moment) {
  int year, month, mday;
  if (moment->day != DAY_NONE || moment->month == 0 || fit->last_day == DAY_NONE)
    return moment->day != DAY_NONE;
  day_to_ymd(fit->last_day, &year, &month, &mday);
  if (moment->month > month)
    year--;
  return day_from_ymd(year, moment->month, moment->mday, &moment->day);
}

void sheet_entry_begin(SheetEntry *entry) {
  entry->kept.minus = MINUS_UNKNOWN;
  entry->kept.time_day = DAY_NONE;
  *entry->kept.booking.text = *entry->kept.value.text = '\0';
}

static gboolean read_day(const SheetFit *fit, const SheetRow *row, Column column, SheetDay *above,
                         SheetMoment *moment) {
  SheetCell *cell = cell_of(fit, row, column);
  const char *text = cell == NULL ? NULL : sheet_number(cell);
  if (text == NULL)
    return FALSE;
  if (strcmp(text, above->text) != 0) {
    if (!sheet_moment(text, fit->layout->dates, moment) || !complete_day(fit, moment))
      return FALSE;
    if (cell->size >= sizeof above->text)
      return TRUE;
    memcpy(above->text, text, cell->size + 1);
    above->moment = *moment;
  }
  *moment = above->moment;
  return TRUE;
}

gboolean sheet_entry_dated(SheetEntry *entry, const SheetFit *fit, const SheetRow *row, SheetMoment *moment) {
  return read_day(fit, row, COLUMN_BOOKING_DATE, &entry->kept.booking, moment);
}

gboolean sheet_entry_has_amounts(const SheetFit *fit, const SheetRow *row) {
  static const Column columns[] = {COLUMN_CREDIT, COLUMN_DEBIT, COLUMN_AMOUNT};
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    SheetCell *cell = cell_of(fit, row, columns[i]);
    if (cell != NULL && sheet_text(cell) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean read_amount(const SheetFit *fit, const SheetRow *row, Column column, const char *currency,
                            gboolean *has, Money *amount, GError **error) {
  const SheetCell *cell = cell_of(fit, row, column);
  *has = FALSE;
  return cell == NULL || sheet_amount(cell->text, currency, has, amount, error) ||
         sheet_entry_blame(fit, row, column, error);
}

static gboolean cell_is(const char *cell, char *const *words) {
  if (words[0] == NULL)
    return FALSE;
  if (layout_word(cell, words))
    return TRUE;
  g_autofree char *key = clean_key(cell);
  return layout_word(key, words);
}

typedef enum { FLAG_NONE, FLAG_DEBIT, FLAG_CREDIT, FLAG_NEUTRAL } Flag;

/* The cell as a word, without the backtick that may stand before it. */
static const char *word_of(SheetCell *cell) {
  sheet_clean(cell);
  return *cell->text == '`' ? cell->text + 1 : cell->text;
}

/* 借 or 贷 of the flag column; FLAG_NONE when the layout has none. */
static gboolean read_flag(const SheetFit *fit, const SheetRow *row, Flag *flag, GError **error) {
  const Layout *layout = fit->layout;
  SheetCell *cell = cell_of(fit, row, COLUMN_FLAG);
  *flag = FLAG_NONE;
  if (cell == NULL)
    return TRUE;
  const char *text = word_of(cell);
  *flag = cell_is(text, layout->credit_words)    ? FLAG_CREDIT
          : cell_is(text, layout->debit_words)   ? FLAG_DEBIT
          : cell_is(text, layout->neutral_words) ? FLAG_NEUTRAL
                                                 : FLAG_NONE;
  return *flag != FLAG_NONE || refuse(fit, row, COLUMN_FLAG, "sheet_flag", error);
}

/* The amounts of the debit column as if they had no sign. */
static void unsign(Money *debit) {
  if (debit->minor < 0 && debit->minor != G_MININT64)
    debit->minor = -debit->minor;
}

static gboolean read_pair(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out, Flag *flag,
                          GError **error) {
  gboolean has_credit, has_debit;
  Money credit = {0}, debit = {0};
  if (!read_amount(fit, row, COLUMN_CREDIT, currency, &has_credit, &credit, error) ||
      !read_amount(fit, row, COLUMN_DEBIT, currency, &has_debit, &debit, error))
    return FALSE;
  if ((credit.minor != 0 || debit.minor != 0) && !read_flag(fit, row, flag, error))
    return FALSE;
  if (credit.minor != 0 && debit.minor != 0 && *flag != FLAG_NONE && credit.minor == -debit.minor)
    *(*flag == FLAG_CREDIT ? &debit : &credit) = (Money){0}; /* the same money, shown in both columns */
  if (credit.minor != 0 && debit.minor != 0)
    return refuse(fit, row, COLUMN_CREDIT, "sheet_both", error);
  if (fit->layout->minus_debit)
    unsign(&debit);
  out->moved = credit.minor != 0 || debit.minor != 0;
  out->credit_column = debit.minor == 0;
  out->signed_amount = out->credit_column ? credit : debit;
  if (!out->moved)
    return TRUE;
  return *flag != (out->credit_column ? FLAG_DEBIT : FLAG_CREDIT) || refuse(fit, row, COLUMN_FLAG, "sheet_flag", error);
}

static gboolean read_minus(const SheetFit *fit, const SheetRow *row, SheetEntry *out, GError **error) {
  const char *flag = cell_of(fit, row, COLUMN_FLAG)->text;
  gboolean minus = out->signed_amount.minor < 0;
  flag += strspn(flag, " \t`");
  if (g_str_has_prefix(flag, "借") || g_ascii_toupper(*flag) == 'D')
    return TRUE;
  if (out->kept.minus == MINUS_UNKNOWN)
    out->kept.minus = minus ? MINUS_OUT : MINUS_RED;
  if (out->kept.minus == MINUS_RED)
    return TRUE;
  unsign(&out->signed_amount);
  return minus || refuse(fit, row, COLUMN_AMOUNT, "sheet_sign", error);
}

static gboolean read_single(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out, Flag *flag,
                            GError **error) {
  gboolean has;
  Money *amount = &out->signed_amount;
  if (!read_amount(fit, row, COLUMN_AMOUNT, currency, &has, amount, error))
    return FALSE;
  out->moved = has && amount->minor != 0;
  out->credit_column = !fit->layout->positive_debit;
  if (!out->moved)
    return TRUE;
  if (!read_flag(fit, row, flag, error))
    return FALSE;
  if (*flag == FLAG_CREDIT || *flag == FLAG_DEBIT) {
    out->credit_column = *flag == FLAG_CREDIT;
    return out->credit_column || read_minus(fit, row, out, error);
  }
  if (*flag == FLAG_NEUTRAL)
    out->credit_column = FALSE;
  else if (amount->minor < 0) { /* the sign is the direction */
    out->credit_column = !out->credit_column;
    unsign(amount);
  }
  return TRUE;
}

static gboolean read_status(const SheetFit *fit, const SheetRow *row, EntryStatus *status, GError **error) {
  const Layout *layout = fit->layout;
  SheetCell *cell = cell_of(fit, row, COLUMN_STATUS);
  if (cell == NULL)
    return TRUE;
  const char *text = word_of(cell);
  if (cell_is(text, layout->status_void))
    *status = ENTRY_INFO;
  else if (cell_is(text, layout->status_pending))
    *status = *status == ENTRY_BOOKED ? ENTRY_PENDING : *status;
  else if (!cell_is(text, layout->status_booked))
    return refuse(fit, row, COLUMN_STATUS, "sheet_status", error);
  return TRUE;
}

/* Column and sign give direction, amount and, for red figures, the reversal. */
static gboolean settle_amount(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out,
                              GError **error) {
  gboolean pair = fit->at[COLUMN_AMOUNT] < 0;
  Flag flag = FLAG_NONE;
  if (!(pair ? read_pair : read_single)(fit, row, currency, out, &flag, error))
    return FALSE;
  Entry *entry = &out->entry;
  gboolean red = out->signed_amount.minor < 0;
  if (out->signed_amount.minor == G_MININT64)
    return refuse(fit, row, pair ? COLUMN_CREDIT : COLUMN_AMOUNT, "amount", error);
  if (!out->moved)
    g_strlcpy(out->signed_amount.currency, currency, sizeof out->signed_amount.currency);
  entry->amount = out->signed_amount;
  entry->amount.minor = ABS(entry->amount.minor);
  entry->direction = out->credit_column != red ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  entry->reversal = red && flag != FLAG_NEUTRAL;
  entry->status = out->moved && flag != FLAG_NEUTRAL ? ENTRY_BOOKED : ENTRY_INFO;
  entry->origin = fit->origin[out->credit_column];
  return read_status(fit, row, &entry->status, error);
}

/* Samples and screens mask balances (****): no digit, no balance. */
static gboolean read_balance(const SheetFit *fit, const SheetRow *row, const char *currency, Entry *entry,
                             GError **error) {
  const char *cell = text_of(cell_of(fit, row, COLUMN_BALANCE));
  if (cell == NULL ||
      (!g_ascii_isdigit(*cell) && cell[strcspn(cell, "0123456789\xEF")] == '\0')) /* EF: full-width digits */
    return TRUE;
  return read_amount(fit, row, COLUMN_BALANCE, currency, &entry->has_balance, &entry->balance, error);
}

static gboolean read_number(const SheetFit *fit, const SheetRow *row, Column column, char **number, GError **error) {
  SheetCell *cell = cell_of(fit, row, column);
  *number = cell == NULL ? NULL : sheet_number(cell);
  if (*number == NULL || !sheet_is_scientific(*number, cell->size))
    return TRUE;
  error_set(error, ERROR_REFUSED, "account_scientific", "value", *number, NULL);
  return sheet_entry_blame(fit, row, column, error);
}

static char *read_text(const SheetFit *fit, const SheetRow *row, Column column) {
  SheetCell *cell = cell_of(fit, row, column);
  char *text = cell == NULL ? NULL : sheet_text(cell);
  if (text == NULL || *text != '`') /* WeChat Pay puts one before every value */
    return text;
  cell->text++, cell->size--;
  return sheet_text(cell);
}

static char *put_digits(char *to, int number, int count, char after) {
  for (int i = count - 1; i >= 0; i--, number /= 10)
    to[i] = (char)('0' + number % 10);
  to[count] = after;
  return to + count + 1;
}

/* "YYYY-MM-DDThh:mm:ss". */
static void set_time(SheetEntry *out, Day day, const SheetMoment *moment) {
  if (day != out->kept.time_day) {
    int year, month, mday;
    day_to_ymd(day, &year, &month, &mday);
    char *to = put_digits(out->time, year, 4, '-');
    to = put_digits(to, month, 2, '-');
    put_digits(to, mday, 2, 'T');
    out->kept.time_day = day;
  }
  char *to = put_digits(out->time + strlen("YYYY-MM-DDT"), moment->hour, 2, ':');
  to = put_digits(to, moment->minute, 2, ':');
  put_digits(to, moment->second, 2, '\0');
  out->entry.time = out->time;
}

/* A time that is none (77:57:11) is left out: it decides nothing. */
static void read_time(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, SheetEntry *out) {
  SheetMoment other;
  SheetCell *cell = moment->has_time ? NULL : cell_of(fit, row, COLUMN_TIME);
  const char *time = cell == NULL ? NULL : sheet_number(cell);
  if (moment->has_time)
    set_time(out, moment->day, moment);
  else if (time != NULL && sheet_moment(time, fit->layout->times, &other) && other.has_time)
    set_time(out, other.day == DAY_NONE ? moment->day : other.day, &other);
}

static gboolean read_moments(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, SheetEntry *out,
                             GError **error) {
  SheetMoment other;
  out->entry.booking_date = moment->day;
  out->entry.value_date = DAY_NONE;
  read_time(fit, row, moment, out);
  if (fit->at[COLUMN_VALUE_DATE] < 0 || read_text(fit, row, COLUMN_VALUE_DATE) == NULL)
    return TRUE;
  if (!read_day(fit, row, COLUMN_VALUE_DATE, &out->kept.value, &other))
    return sheet_entry_misdated(fit, row, COLUMN_VALUE_DATE, error);
  out->entry.value_date = other.day;
  return TRUE;
}

/* The remark's columns, each text once. */
static char *read_remark(const SheetFit *fit, const SheetRow *row, GString *joined) {
  static const Column more[] = {COLUMN_REMARK2, COLUMN_REMARK3};
  char *remark = read_text(fit, row, COLUMN_REMARK);
  for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
    char *text = fit->at[more[i]] < 0 ? NULL : read_text(fit, row, more[i]);
    if (remark == NULL)
      remark = text;
    if (text == NULL || strstr(remark, text) != NULL)
      continue;
    if (remark != joined->str)
      g_string_assign(joined, remark);
    g_string_append_c(joined, ' ');
    g_string_append(joined, text);
    remark = joined->str;
  }
  return remark;
}

static void read_texts(const SheetFit *fit, const SheetRow *row, SheetEntry *out) {
  Entry *entry = &out->entry;
  entry->counterparty_name = read_text(fit, row, COLUMN_COUNTERPARTY_NAME);
  entry->counterparty_bank = read_text(fit, row, COLUMN_COUNTERPARTY_BANK);
  entry->remark = read_remark(fit, row, out->kept.joined);
  entry->purpose = read_text(fit, row, COLUMN_PURPOSE);
  entry->summary = read_text(fit, row, COLUMN_SUMMARY);
  const char *reversal = read_text(fit, row, COLUMN_REVERSAL);
  if (reversal != NULL && cell_is(reversal, fit->layout->reversal_words))
    entry->reversal = TRUE;
}

/* The counterparty of a layout with payer and payee is the other side than the column of the amount says we are. */
static gboolean read_parties(const SheetFit *fit, const SheetRow *row, SheetEntry *out, GError **error) {
  Entry *entry = &out->entry;
  gboolean credit = out->credit_column;
  if (fit->at[COLUMN_PAYER_NAME] < 0 && fit->at[COLUMN_PAYER_ACCOUNT] < 0)
    return TRUE;
  if (!read_number(fit, row, credit ? COLUMN_PAYER_ACCOUNT : COLUMN_PAYEE_ACCOUNT, &entry->counterparty_account,
                   error) ||
      !read_number(fit, row, credit ? COLUMN_PAYEE_ACCOUNT : COLUMN_PAYER_ACCOUNT, &out->own_account, error))
    return FALSE;
  entry->counterparty_name = read_text(fit, row, credit ? COLUMN_PAYER_NAME : COLUMN_PAYEE_NAME);
  entry->counterparty_bank = read_text(fit, row, credit ? COLUMN_PAYER_BANK : COLUMN_PAYEE_BANK);
  return TRUE;
}

/* What a spreadsheet shows where it has lost a value, in any cell that a column needs. */
static gboolean check_errors(const SheetFit *fit, const SheetRow *row, GError **error) {
  gboolean marked = FALSE;
  for (guint i = 0; i < row->count; i++)
    marked |= *row->cells[i].text == '#';
  for (int column = 0; marked && column < COLUMNS; column++) {
    const char *cell = text_of(cell_of(fit, row, (Column)column));
    if (cell != NULL && *cell == '#' && sheet_is_error(cell))
      return refuse(fit, row, (Column)column, "sheet_error", error);
  }
  return TRUE;
}

static gboolean read_currency(const SheetFit *fit, const SheetRow *row, const char **currency, GError **error) {
  SheetCell *cell = cell_of(fit, row, COLUMN_CURRENCY);
  const char *own = cell == NULL ? NULL : sheet_number(cell);
  if (own == NULL || strcmp(own, *currency) == 0)
    return TRUE;
  const char *code = sheet_currency(own);
  if (code == NULL)
    return refuse(fit, row, COLUMN_CURRENCY, "currency", error);
  *currency = code;
  return TRUE;
}

gboolean sheet_entry_read(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, const char *currency,
                          SheetEntry *out, GError **error) {
  Entry *entry = &out->entry;
  *entry = (Entry){.line = row->line};
  out->own_account = NULL;
  out->signed_amount = (Money){0};
  if (!check_errors(fit, row, error) || !read_currency(fit, row, &currency, error))
    return FALSE;
  if (!settle_amount(fit, row, currency, out, error) || !read_balance(fit, row, currency, entry, error) ||
      !read_moments(fit, row, moment, out, error) || !read_number(fit, row, COLUMN_ACCOUNT, &entry->account, error) ||
      !read_number(fit, row, COLUMN_COUNTERPARTY_ACCOUNT, &entry->counterparty_account, error) ||
      !read_number(fit, row, COLUMN_BANK_REFERENCE, &entry->bank_reference, error))
    return FALSE;
  read_texts(fit, row, out);
  return read_parties(fit, row, out, error);
}
