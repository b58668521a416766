#include "parsers/layout.h"

#include <string.h>

#include "parsers/clean.h"
#include "rules/error.h"
#include "rules/money.h"

static const char *const column_names[COLUMNS] = {"booking_date",
                                                  "value_date",
                                                  "time",
                                                  "account",
                                                  "currency_column",
                                                  "credit",
                                                  "debit",
                                                  "amount",
                                                  "flag",
                                                  "reversal",
                                                  "balance",
                                                  "bank_reference",
                                                  "counterparty_name",
                                                  "counterparty_account",
                                                  "counterparty_bank",
                                                  "remark",
                                                  "purpose",
                                                  "summary"};

static const char *const total_names[TOTALS] = {"total_count", "total_credit_count", "total_credit",
                                                "total_debit_count", "total_debit"};

#define USUAL_DATES                                                                                                    \
  "YYYY-MM-DD hh:mm:ss|YYYY-MM-DD|YYYYMMDD|YYYYMMDD hh:mm:ss|YYYYMMDDhhmmss|YYYY/M/D|YYYY/M/D h:mm|"                   \
  "YYYY/M/D h:mm:ss|YYYY-MM-DD-hh.mm.ss|YYYY年M月D日|YYYY年M月D日 h时m分s秒|YYYY年M月D日 h时m分"
#define USUAL_TIMES "hh:mm:ss|hhmmss|hmmss|YYYYMMDDhhmmss"

const char *layout_column_name(Column column) {
  return column_names[column];
}

/* The words of a value, as keys. */
static char **keys_of(const char *value) {
  g_auto(GStrv) words = g_strsplit(value == NULL ? "" : value, "|", -1);
  GPtrArray *keys = g_ptr_array_new();
  for (char **word = words; *word != NULL; word++) {
    char *key = clean_key(*word);
    if (*key == '\0')
      g_free(key);
    else
      g_ptr_array_add(keys, key);
  }
  g_ptr_array_add(keys, NULL);
  return (char **)g_ptr_array_free(keys, FALSE);
}

static char **keys_at(const KeySection *section, const char *key) {
  return keys_of(keysection_value(section, key));
}

/* As written, but for the blanks around each. */
static char **forms_of(const char *value, const char *usual) {
  char **forms = g_strsplit(value == NULL ? usual : value, "|", -1);
  for (char **form = forms; *form != NULL; form++)
    g_strstrip(*form);
  return forms;
}

static void read_columns(Layout *layout, const KeySection *section) {
  for (int column = 0; column < COLUMNS; column++) {
    const char *value = keysection_value(section, column_names[column]);
    gboolean optional = value != NULL && g_str_has_suffix(value, "?");
    g_autofree char *names = value == NULL ? NULL : g_strndup(value, strlen(value) - (optional ? 1 : 0));
    layout->columns[column].names = keys_of(names);
    layout->columns[column].optional = optional || value == NULL;
  }
}

static void read_words(Layout *layout, const KeySection *section) {
  layout->known = keys_at(section, "known");
  layout->dates = forms_of(keysection_value(section, "dates"), USUAL_DATES);
  layout->times = forms_of(keysection_value(section, "times"), USUAL_TIMES);
  layout->credit_words = keys_at(section, "credit_words");
  layout->debit_words = keys_at(section, "debit_words");
  layout->reversal_words = keys_at(section, "reversal_words");
  layout->account_labels = keys_at(section, "account_labels");
  layout->currency_labels = keys_at(section, "currency_labels");
  layout->period_labels = keys_at(section, "period_labels");
  layout->total_words = keys_at(section, "total_words");
  for (int total = 0; total < TOTALS; total++)
    layout->totals[total] = keys_at(section, total_names[total]);
  layout->currency = g_strdup(keysection_value(section, "currency"));
  layout->totals_required = g_strcmp0(keysection_value(section, "totals"), "required") == 0;
  layout->open_end = g_strcmp0(keysection_value(section, "last_line"), "open") == 0;
}

static gboolean has(const Layout *layout, Column column) {
  return layout->columns[column].names[0] != NULL;
}

static gboolean refuse(const KeyFile *keyfile, const KeySection *section, const char *field, const char *expected,
                       GError **error) {
  g_autofree char *line = g_strdup_printf("%d", keysection_line(section, field));
  return error_set(error, ERROR_PERMANENT, "config_value", "file", keyfile->file, "line", line, "field", field, "value",
                   keysection_value(section, field), "expected", expected, NULL);
}

static gboolean check(const Layout *layout, const KeyFile *keyfile, const KeySection *section, GError **error) {
  gboolean pair = has(layout, COLUMN_CREDIT) && has(layout, COLUMN_DEBIT);
  const char *totals = keysection_value(section, "totals"), *last = keysection_value(section, "last_line");
  if (!has(layout, COLUMN_BOOKING_DATE) || layout->columns[COLUMN_BOOKING_DATE].optional)
    return refuse(keyfile, section, "booking_date", "列名", error);
  if (pair == has(layout, COLUMN_AMOUNT))
    return refuse(keyfile, section, "amount", "credit + debit | amount | amount + flag", error);
  if (has(layout, COLUMN_FLAG) && (layout->credit_words[0] == NULL || layout->debit_words[0] == NULL))
    return refuse(keyfile, section, "flag", "credit_words + debit_words", error);
  if (layout->currency != NULL && money_exponent(layout->currency) < 0)
    return refuse(keyfile, section, "currency", "ISO 4217", error);
  if (totals != NULL && !layout->totals_required)
    return refuse(keyfile, section, "totals", "required", error);
  return last == NULL || layout->open_end || refuse(keyfile, section, "last_line", "open", error);
}

static gboolean check_keys(const KeyFile *keyfile, const KeySection *section, GError **error) {
  static const char *const others[] = {
      "known",          "dates",           "times",         "credit_words", "debit_words", "reversal_words", "currency",
      "account_labels", "currency_labels", "period_labels", "total_words",  "totals",      "last_line"};
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (int column = 0; column < COLUMNS; column++)
    g_ptr_array_add(known, (gpointer)(guintptr)column_names[column]);
  for (int total = 0; total < TOTALS; total++)
    g_ptr_array_add(known, (gpointer)(guintptr)total_names[total]);
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    g_ptr_array_add(known, (gpointer)(guintptr)others[i]);
  g_ptr_array_add(known, NULL);
  return keysection_check(keyfile, section, (const char *const *)known->pdata, error);
}

Layout *layout_parse(const KeyFile *keyfile, const KeySection *section, const char *profile, GError **error) {
  if (!check_keys(keyfile, section, error))
    return NULL;
  g_autoptr(Layout) layout = g_new0(Layout, 1);
  layout->name = g_strdup(section->name);
  layout->profile = g_strdup(profile);
  read_columns(layout, section);
  read_words(layout, section);
  return check(layout, keyfile, section, error) ? g_steal_pointer(&layout) : NULL;
}

void layout_free(Layout *layout) {
  if (layout == NULL)
    return;
  g_free(layout->name);
  g_free(layout->profile);
  g_free(layout->currency);
  for (int column = 0; column < COLUMNS; column++)
    g_strfreev(layout->columns[column].names);
  for (int total = 0; total < TOTALS; total++)
    g_strfreev(layout->totals[total]);
  char **const lists[] = {layout->known,          layout->dates,           layout->times,
                          layout->credit_words,   layout->debit_words,     layout->reversal_words,
                          layout->account_labels, layout->currency_labels, layout->period_labels,
                          layout->total_words};
  for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
    g_strfreev(lists[i]);
  g_free(layout);
}
