#include "parsers/layout.h"

#include <string.h>

#include "parsers/clean.h"
#include "rules/error.h"
#include "rules/money.h"

static const char *const column_names[COLUMNS] = {
    [COLUMN_BOOKING_DATE] = "booking_date",
    [COLUMN_VALUE_DATE] = "value_date",
    [COLUMN_TIME] = "time",
    [COLUMN_ACCOUNT] = "account",
    [COLUMN_CURRENCY] = "currency_column",
    [COLUMN_CREDIT] = "credit",
    [COLUMN_DEBIT] = "debit",
    [COLUMN_AMOUNT] = "amount",
    [COLUMN_FLAG] = "flag",
    [COLUMN_STATUS] = "status",
    [COLUMN_REVERSAL] = "reversal",
    [COLUMN_BALANCE] = "balance",
    [COLUMN_BANK_REFERENCE] = "bank_reference",
    [COLUMN_COUNTERPARTY_NAME] = "counterparty_name",
    [COLUMN_COUNTERPARTY_ACCOUNT] = "counterparty_account",
    [COLUMN_COUNTERPARTY_BANK] = "counterparty_bank",
    [COLUMN_PAYER_NAME] = "payer_name",
    [COLUMN_PAYER_ACCOUNT] = "payer_account",
    [COLUMN_PAYER_BANK] = "payer_bank",
    [COLUMN_PAYEE_NAME] = "payee_name",
    [COLUMN_PAYEE_ACCOUNT] = "payee_account",
    [COLUMN_PAYEE_BANK] = "payee_bank",
    [COLUMN_REMARK] = "remark",
    [COLUMN_REMARK2] = "remark2",
    [COLUMN_REMARK3] = "remark3",
    [COLUMN_PURPOSE] = "purpose",
    [COLUMN_SUMMARY] = "summary",
};

#define INFORMATIVE "informative"

static const struct {
  const char *key, *word;
} choices[] = {
    {"kind", "advice"}, {"sign", "debit"}, {"debit_sign", "minus"}, {"rank", "last"}, {"balances", "proven"},
};

static const char *const total_names[TOTALS] = {"total_count", "total_credit_count", "total_credit",
                                                "total_debit_count", "total_debit"};

#define USUAL_DATES                                                                                                        \
  "YYYY-MM-DD hh:mm:ss|YYYY-MM-DD|YYYYMMDD|YYYYMMDD hh:mm:ss|YYYY/M/D h:mm:ss|YYYY/M/D h:mm|YYYY/M/D|"                     \
  "YYYYMMDDhhmmss|YYYY-MM-DD hh:mm|YYYY-M-D|YYYY-M-D h:mm:ss|YYYY-M-D h:mm|YYYY-MM-DDThh:mm:ss|YYYY-MM-DD-hh.mm.ss|"       \
  "YYYY-MM-DD hh:mm:ss.0|YYYY.M.D|YYYY.M.D h:mm:ss|YYYY年M月D日|YYYY年M月D日 h时m分s秒|YYYY年M月D日 h时m分|" \
  "YYYY年M月D日 h:mm:ss|YYYYMMDD hhmmss"
#define USUAL_TIMES "hh:mm:ss|hhmmss|hmmss|h:mm:ss|h:mm|YYYYMMDDhhmmss|YYYY-MM-DD hh:mm:ss|YYYYMMDD hh:mm:ss|hh.mm.ss"

#define USUAL_SUMS "合计|总计"
#define USUAL_CURRENCY                                                                                                 \
  "币种|币别|货币|货币种类?" /* what stands there is never passed over: it may be another currency */

/* Every list of words, and whether its words are header names. */
#define LISTS(X)                                                                                                       \
  X(known, TRUE)                                                                                                       \
  X(without, TRUE)                                                                                                     \
  X(unless_above, FALSE)                                                                                               \
  X(only_above, FALSE)                                                                                                 \
  X(credit_words, FALSE)                                                                                               \
  X(debit_words, FALSE)                                                                                                \
  X(neutral_words, FALSE)                                                                                              \
  X(status_booked, FALSE)                                                                                              \
  X(status_void, FALSE)                                                                                                \
  X(status_pending, FALSE)                                                                                             \
  X(reversal_words, FALSE)                                                                                             \
  X(account_labels, FALSE)                                                                                             \
  X(currency_labels, FALSE)                                                                                            \
  X(period_labels, FALSE)                                                                                              \
  X(total_words, FALSE)

const char *layout_column_name(Column column) {
  return column_names[column];
}

static void cut_units(char *key) {
  static const char *const units[] = {"(元)", "/元", "(人民币)", "(人民币元)", "(cny)", "(rmb)", "(单位:元)", "(yuan)"};
  for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
    gsize length = strlen(units[i]);
    for (char *at; (at = strstr(key, units[i])) != NULL && at != key;)
      memmove(at, at + length, strlen(at + length) + 1);
  }
}

/* "交易日期transactiondate" to "交易日期": letters behind a Chinese name only translate it. */
static void cut_translation(char *key) {
  char *bracket = strchr(key, '[');
  if (bracket != NULL && bracket != key)
    *bracket = '\0';
  gsize end = strlen(key);
  while (end > 0 && (g_ascii_isalpha(key[end - 1]) || strchr("/'._-:", key[end - 1]) != NULL))
    end--;
  if (end > 0 && (guchar)key[end - 1] >= 0x80)
    key[end] = '\0';
}

char *layout_key(const char *cell) {
  char *key = clean_key(cell);
  for (char *at = key; *at != '\0'; at++)
    *at = g_ascii_tolower(*at);
  if (*key == '`')
    memmove(key, key + 1, strlen(key));
  cut_translation(key);
  cut_units(key);
  return key;
}

static gboolean matches(const char *key, const char *word) {
  gsize length = strlen(word);
  if (length > 1 && word[length - 1] == '*')
    return strncmp(key, word, length - 1) == 0;
  if (length > 1 && word[0] == '*')
    return g_str_has_suffix(key, word + 1);
  return strcmp(key, word) == 0 || (*key == '\0' && strcmp(word, "()") == 0);
}

gboolean layout_word(const char *key, char *const *words) {
  for (; *words != NULL; words++)
    if (matches(key, *words))
      return TRUE;
  return FALSE;
}

/* The words of a value, as keys. */
static char **keys_of(const char *value, gboolean header) {
  g_auto(GStrv) words = g_strsplit(value == NULL ? "" : value, "|", -1);
  GPtrArray *keys = g_ptr_array_new();
  for (char **word = words; *word != NULL; word++) {
    char *key = (header ? layout_key : clean_key)(*word);
    if (*key == '\0')
      g_free(key);
    else
      g_ptr_array_add(keys, key);
  }
  g_ptr_array_add(keys, NULL);
  return (char **)g_ptr_array_free(keys, FALSE);
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
    if (value == NULL && column == COLUMN_CURRENCY)
      value = USUAL_CURRENCY;
    gboolean optional = value != NULL && g_str_has_suffix(value, "?");
    g_autofree char *names = value == NULL ? NULL : g_strndup(value, strlen(value) - (optional ? 1 : 0));
    layout->columns[column].names = keys_of(names, TRUE);
    layout->columns[column].optional = optional || value == NULL;
  }
}

static gboolean says(const KeySection *section, const char *key, const char *word) {
  return g_strcmp0(keysection_value(section, key), word) == 0;
}

static void read_words(Layout *layout, const KeySection *section) {
#define READ(list, header) layout->list = keys_of(keysection_value(section, #list), header);
  LISTS(READ)
#undef READ
  for (int total = 0; total < TOTALS; total++)
    layout->totals[total] = keys_of(keysection_value(section, total_names[total]), FALSE);
  layout->dates = forms_of(keysection_value(section, "dates"), USUAL_DATES);
  layout->times = forms_of(keysection_value(section, "times"), USUAL_TIMES);
  if (layout->total_words[0] == NULL) {
    g_strfreev(layout->total_words);
    layout->total_words = g_strsplit(USUAL_SUMS, "|", -1);
  }
  layout->currency = g_strdup(keysection_value(section, "currency"));
  const char *totals = keysection_value(section, "totals");
  layout->totals_rule = says(section, "totals", "required")                           ? TOTALS_REQUIRED
                        : totals != NULL && g_str_has_prefix(totals, INFORMATIVE " ") ? TOTALS_INFORMATIVE
                                                                                      : TOTALS_PROVEN;
  if (layout->totals_rule == TOTALS_INFORMATIVE)
    layout->totals_reason = g_strdup(totals + strlen(INFORMATIVE " "));
  layout->kind = says(section, "kind", "advice") ? STATEMENT_ADVICE : STATEMENT_LEDGER;
  layout->positive_debit = says(section, "sign", "debit");
  layout->minus_debit = says(section, "debit_sign", "minus");
  layout->last_rank = says(section, "rank", "last");
  layout->chained = says(section, "balances", "proven");
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

/* Keys that know one word only. */
static gboolean check_choices(const KeyFile *keyfile, const KeySection *section, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(choices); i++)
    if (keysection_value(section, choices[i].key) != NULL && !says(section, choices[i].key, choices[i].word))
      return refuse(keyfile, section, choices[i].key, choices[i].word, error);
  return TRUE;
}

static gboolean check(const Layout *layout, const KeyFile *keyfile, const KeySection *section, GError **error) {
  gboolean pair = has(layout, COLUMN_CREDIT) && has(layout, COLUMN_DEBIT);
  if (!has(layout, COLUMN_BOOKING_DATE) || layout->columns[COLUMN_BOOKING_DATE].optional)
    return refuse(keyfile, section, "booking_date", "列名", error);
  if (pair == has(layout, COLUMN_AMOUNT))
    return refuse(keyfile, section, "amount", "credit + debit | amount | amount + flag", error);
  if (has(layout, COLUMN_FLAG) && (layout->credit_words[0] == NULL || layout->debit_words[0] == NULL))
    return refuse(keyfile, section, "flag", "credit_words + debit_words", error);
  if (has(layout, COLUMN_STATUS) && layout->status_booked[0] == NULL)
    return refuse(keyfile, section, "status", "status_booked", error);
  if (layout->currency != NULL && money_exponent(layout->currency) < 0)
    return refuse(keyfile, section, "currency", "ISO 4217", error);
  if (keysection_value(section, "totals") != NULL && layout->totals_rule == TOTALS_PROVEN)
    return refuse(keyfile, section, "totals", "required | informative …", error);
  return check_choices(keyfile, section, error);
}

static gboolean check_keys(const KeyFile *keyfile, const KeySection *section, GError **error) {
  static const char *const others[] = {
#define NAME(list, header) #list,
      LISTS(NAME)
#undef NAME
          "dates",
      "times", "currency", "totals"};
  g_autoptr(GPtrArray) known = g_ptr_array_new();
  for (int column = 0; column < COLUMNS; column++)
    g_ptr_array_add(known, (gpointer)(guintptr)column_names[column]);
  for (int total = 0; total < TOTALS; total++)
    g_ptr_array_add(known, (gpointer)(guintptr)total_names[total]);
  for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
    g_ptr_array_add(known, (gpointer)(guintptr)others[i]);
  for (gsize i = 0; i < G_N_ELEMENTS(choices); i++)
    g_ptr_array_add(known, (gpointer)(guintptr)choices[i].key);
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
  g_free(layout->totals_reason);
  g_strfreev(layout->dates);
  g_strfreev(layout->times);
  for (int column = 0; column < COLUMNS; column++)
    g_strfreev(layout->columns[column].names);
  for (int total = 0; total < TOTALS; total++)
    g_strfreev(layout->totals[total]);
#define FREE(list, header) g_strfreev(layout->list);
  LISTS(FREE)
#undef FREE
  g_free(layout);
}
