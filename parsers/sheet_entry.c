#include "parsers/sheet_entry.h"

#include <string.h>

#include "parsers/clean.h"
#include "rules/error.h"

char *sheet_entry_cell(const SheetFit *fit, const SheetRow *row, Column column) {
  static char empty[1];
  int at = fit->at[column];
  if (at < 0)
    return NULL;
  return (guint)at < row->count ? row->cells[at] : empty;
}

gboolean sheet_entry_blame(const SheetFit *fit, const SheetRow *row, Column column, GError **error) {
  int at = fit->at[column];
  g_autofree char *line = g_strdup_printf("%" G_GINT64_FORMAT, row->line);
  g_autofree char *place = g_strdup_printf("%d", at + 1);
  error_add(error, "line", line);
  if (at >= 0) {
    error_add(error, "column", place);
    error_add(error, "field", fit->names[at]);
  }
  return FALSE;
}

static gboolean refuse(const SheetFit *fit, const SheetRow *row, Column column, const char *reason, GError **error) {
  error_set(error, ERROR_REFUSED, reason, "value", sheet_entry_cell(fit, row, column), NULL);
  return sheet_entry_blame(fit, row, column, error);
}

gboolean sheet_entry_dated(const SheetFit *fit, const SheetRow *row, SheetMoment *moment) {
  g_autofree char *copy = g_strdup(sheet_entry_cell(fit, row, COLUMN_BOOKING_DATE));
  const char *text = sheet_number(copy);
  return text != NULL && sheet_moment(text, fit->layout->dates, moment) && moment->day != DAY_NONE;
}

gboolean sheet_entry_has_amounts(const SheetFit *fit, const SheetRow *row) {
  static const Column columns[] = {COLUMN_CREDIT, COLUMN_DEBIT, COLUMN_AMOUNT};
  for (gsize i = 0; i < G_N_ELEMENTS(columns); i++) {
    g_autofree char *copy = g_strdup(sheet_entry_cell(fit, row, columns[i]));
    if (copy != NULL && sheet_text(copy) != NULL)
      return TRUE;
  }
  return FALSE;
}

static gboolean read_amount(const SheetFit *fit, const SheetRow *row, Column column, const char *currency,
                            gboolean *has, Money *amount, GError **error) {
  const char *cell = sheet_entry_cell(fit, row, column);
  *has = FALSE;
  return cell == NULL || sheet_amount(cell, currency, has, amount, error) || sheet_entry_blame(fit, row, column, error);
}

/* 借 or 贷 of the flag column. *known is FALSE when the layout has none. */
static gboolean read_flag(const SheetFit *fit, const SheetRow *row, gboolean *known, gboolean *credit, GError **error) {
  const char *cell = sheet_entry_cell(fit, row, COLUMN_FLAG);
  *known = cell != NULL;
  if (!*known)
    return TRUE;
  g_autofree char *key = clean_key(cell);
  *credit = sheet_key_in(key, fit->layout->credit_words);
  return *credit || sheet_key_in(key, fit->layout->debit_words) || refuse(fit, row, COLUMN_FLAG, "sheet_flag", error);
}

static gboolean read_pair(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out,
                          GError **error) {
  gboolean has_credit, has_debit, flagged, flag_credit = FALSE;
  Money credit = {0}, debit = {0};
  if (!read_amount(fit, row, COLUMN_CREDIT, currency, &has_credit, &credit, error) ||
      !read_amount(fit, row, COLUMN_DEBIT, currency, &has_debit, &debit, error))
    return FALSE;
  if (credit.minor != 0 && debit.minor != 0)
    return refuse(fit, row, COLUMN_CREDIT, "sheet_both", error);
  out->moved = credit.minor != 0 || debit.minor != 0;
  out->credit_column = debit.minor == 0;
  out->signed_amount = out->credit_column ? credit : debit;
  if (!out->moved)
    return TRUE;
  if (!read_flag(fit, row, &flagged, &flag_credit, error))
    return FALSE;
  return !flagged || flag_credit == out->credit_column || refuse(fit, row, COLUMN_FLAG, "sheet_flag", error);
}

static gboolean read_single(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out,
                            GError **error) {
  gboolean has, flagged;
  if (!read_amount(fit, row, COLUMN_AMOUNT, currency, &has, &out->signed_amount, error))
    return FALSE;
  out->moved = has && out->signed_amount.minor != 0;
  out->credit_column = TRUE;
  if (!out->moved)
    return TRUE;
  if (!read_flag(fit, row, &flagged, &out->credit_column, error))
    return FALSE;
  if (!flagged && out->signed_amount.minor < 0) { /* the sign is the direction */
    out->credit_column = FALSE;
    out->signed_amount.minor = -out->signed_amount.minor;
  }
  return TRUE;
}

/* Column and sign give direction, amount and, for red figures, the reversal. */
static gboolean settle_amount(const SheetFit *fit, const SheetRow *row, const char *currency, SheetEntry *out,
                              GError **error) {
  gboolean pair = fit->at[COLUMN_AMOUNT] < 0;
  if (!(pair ? read_pair : read_single)(fit, row, currency, out, error))
    return FALSE;
  Entry *entry = &out->entry;
  gboolean red = out->signed_amount.minor < 0;
  if (out->signed_amount.minor == G_MININT64)
    return refuse(fit, row, pair ? COLUMN_CREDIT : COLUMN_AMOUNT, "amount", error);
  entry->amount = out->signed_amount;
  entry->amount.minor = ABS(entry->amount.minor);
  g_strlcpy(entry->amount.currency, currency, sizeof entry->amount.currency);
  entry->direction = out->credit_column != red ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  entry->reversal = red;
  entry->status = out->moved ? ENTRY_BOOKED : ENTRY_INFO;
  return TRUE;
}

static gboolean read_balance(const SheetFit *fit, const SheetRow *row, const char *currency, Entry *entry,
                             GError **error) {
  return read_amount(fit, row, COLUMN_BALANCE, currency, &entry->has_balance, &entry->balance, error);
}

static gboolean read_number(const SheetFit *fit, const SheetRow *row, Column column, char **number, GError **error) {
  char *cell = sheet_entry_cell(fit, row, column);
  *number = cell == NULL ? NULL : sheet_number(cell);
  if (*number == NULL || !sheet_is_scientific(*number))
    return TRUE;
  error_set(error, ERROR_REFUSED, "account_scientific", "value", *number, NULL);
  return sheet_entry_blame(fit, row, column, error);
}

static char *read_text(const SheetFit *fit, const SheetRow *row, Column column) {
  char *cell = sheet_entry_cell(fit, row, column);
  return cell == NULL ? NULL : sheet_text(cell);
}

static void set_time(SheetEntry *out, Day day, const SheetMoment *moment) {
  int year, month, mday;
  day_to_ymd(day, &year, &month, &mday);
  g_snprintf(out->time, sizeof out->time, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, mday, moment->hour,
             moment->minute, moment->second);
  out->entry.time = out->time;
}

static gboolean read_moments(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, SheetEntry *out,
                             GError **error) {
  SheetMoment other;
  out->entry.booking_date = moment->day;
  out->entry.value_date = DAY_NONE;
  if (moment->has_time)
    set_time(out, moment->day, moment);
  const char *time = read_text(fit, row, COLUMN_TIME), *value = read_text(fit, row, COLUMN_VALUE_DATE);
  if (time != NULL && !moment->has_time) {
    if (!sheet_moment(time, fit->layout->times, &other))
      return refuse(fit, row, COLUMN_TIME, "date", error);
    set_time(out, other.day == DAY_NONE ? moment->day : other.day, &other);
  }
  if (value != NULL) {
    if (!sheet_moment(value, fit->layout->dates, &other) || other.day == DAY_NONE)
      return refuse(fit, row, COLUMN_VALUE_DATE, "date", error);
    out->entry.value_date = other.day;
  }
  return TRUE;
}

static void read_texts(const SheetFit *fit, const SheetRow *row, Entry *entry) {
  entry->counterparty_name = read_text(fit, row, COLUMN_COUNTERPARTY_NAME);
  entry->counterparty_bank = read_text(fit, row, COLUMN_COUNTERPARTY_BANK);
  entry->remark = read_text(fit, row, COLUMN_REMARK);
  entry->purpose = read_text(fit, row, COLUMN_PURPOSE);
  entry->summary = read_text(fit, row, COLUMN_SUMMARY);
  const char *reversal = read_text(fit, row, COLUMN_REVERSAL);
  g_autofree char *key = clean_key(reversal);
  if (reversal != NULL && sheet_key_in(key, fit->layout->reversal_words))
    entry->reversal = TRUE;
}

gboolean sheet_entry_read(const SheetFit *fit, const SheetRow *row, const SheetMoment *moment, const char *currency,
                          SheetEntry *out, GError **error) {
  Entry *entry = &out->entry;
  *out = (SheetEntry){.entry = {.line = row->line}};
  const char *own = sheet_entry_cell(fit, row, COLUMN_CURRENCY);
  if (own != NULL && *own != '\0') {
    currency = sheet_currency(own);
    if (currency == NULL)
      return refuse(fit, row, COLUMN_CURRENCY, "currency", error);
  }
  if (!settle_amount(fit, row, currency, out, error) || !read_balance(fit, row, currency, entry, error) ||
      !read_moments(fit, row, moment, out, error) || !read_number(fit, row, COLUMN_ACCOUNT, &entry->account, error) ||
      !read_number(fit, row, COLUMN_COUNTERPARTY_ACCOUNT, &entry->counterparty_account, error) ||
      !read_number(fit, row, COLUMN_BANK_REFERENCE, &entry->bank_reference, error))
    return FALSE;
  read_texts(fit, row, entry);
  return TRUE;
}
