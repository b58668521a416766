/* Cells: amounts, dates, account numbers, currencies. */
#include "parsers/sheet_value.h"
#include "tests/fuzz/fuzz.h"

static GStrv forms;

void fuzz_prepare(void) {
  forms = g_strsplit("YYYY-MM-DD hh:mm:ss|YYYYMMDD|YYYY/M/D h:m|YYYY年M月D日h时m分s秒|hh:mm:ss|hhmmss|YYYY-M-D|"
                     "YYYY-MM-DD-hh.mm.ss|YYYYMMDDhhmmss|D/M/YYYY",
                     "|", -1);
}

static void money(const char *text, const char *currency) {
  Money parsed, again;
  g_autoptr(GError) error = NULL;
  if (!money_parse(text, currency, &parsed, &error)) {
    fuzz_refused(error, ERROR_REFUSED);
    return;
  }
  g_autofree char *plain = money_format(parsed);
  g_assert(money_parse(plain, currency, &again, NULL) && again.minor == parsed.minor);
}

/* Digits and point, without zeros that say nothing; the caller frees. */
static char *bare(const char *text) {
  GString *bare = g_string_new(NULL);
  for (; *text != '\0'; text++)
    if ((g_ascii_isdigit(*text) && (*text != '0' || bare->len > 0)) || *text == '.')
      g_string_append_c(bare, *text);
  while (strchr(bare->str, '.') != NULL && strchr("0.", bare->str[bare->len - 1]) != NULL)
    g_string_truncate(bare, bare->len - 1);
  return g_string_free(bare, FALSE);
}

static gboolean digits_equal(const char *cell, const char *plain) {
  g_autofree char *key = clean_key(cell), *left = bare(key), *right = bare(plain);
  return g_str_equal(left, right);
}

/* The digits of an amount are those of its cell. */
static void amount(const char *cell, const char *currency) {
  gboolean has = FALSE;
  Money read = {0};
  g_autoptr(GError) error = NULL;
  if (!sheet_amount(cell, currency, &has, &read, &error)) {
    fuzz_refused(error, ERROR_REFUSED);
    return;
  }
  if (!has)
    return;
  g_autofree char *plain = money_format(read);
  g_assert(g_str_equal(read.currency, currency) && digits_equal(cell, plain));
}

static void moment(const char *text) {
  SheetMoment read;
  if (!sheet_moment(text, forms, &read))
    return;
  g_assert(read.hour >= 0 && read.hour < 24 && read.minute >= 0 && read.minute < 60 && read.second >= 0);
  g_assert(read.second < 60 && (read.day != DAY_NONE || read.has_time));
  if (read.day == DAY_NONE)
    return;
  g_autofree char *day = day_format(read.day);
  Day again;
  g_assert(day_parse(day, &again) && again == read.day);
}

static void number(const char *text) {
  g_autofree char *cell = g_strdup(text), *same = g_strdup(text);
  SheetCell as_text = {.text = cell, .size = (guint)strlen(cell)}, as_number = {.text = same, .size = as_text.size};
  fuzz_text(sheet_text(&as_text));
  fuzz_text(sheet_number(&as_number));
  g_assert(strlen(as_text.text) == as_text.size && strlen(as_number.text) == as_number.size);
  sheet_is_scientific(text, strlen(text));
  const char *currency = sheet_currency(text);
  g_assert(currency == NULL || money_exponent(currency) >= 0);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  static const char *const currencies[] = {"CNY", "JPY", "BHD", "UYW"};
  gsize choice = fuzz_piece(data, &size);
  g_autofree char *text = g_strndup((const char *)data, size);
  if (!g_utf8_validate(text, -1, NULL))
    return 0;
  money(text, currencies[choice % 4]);
  amount(text, currencies[choice % 4]);
  moment(text);
  number(text);
  return 0;
}
