#include "parsers/sheet_preamble.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/sheet_value.h"
#include "parsers/record.h"
#include "rules/error.h"

enum { BETWEEN = '\x1f', VALUE_MAX = 64 };

/* A cell folded by NFKC, every run of blanks one blank. */
static void append_folded(GString *line, const char *cell) {
  g_autofree char *folded = g_utf8_normalize(cell, -1, G_NORMALIZE_NFKC);
  for (const char *at = folded == NULL ? "" : folded; *at != '\0'; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (!g_unichar_isspace(c) && !g_unichar_iscntrl(c))
      g_string_append_unichar(line, c);
    else if (line->len > 0 && line->str[line->len - 1] != ' ')
      g_string_append_c(line, ' ');
  }
}

char *sheet_preamble_line(const SheetRow *row) {
  GString *line = g_string_new(NULL);
  for (guint i = 0; i < row->count; i++) {
    if (i > 0)
      g_string_append_c(line, BETWEEN);
    append_folded(line, row->cells[i]);
  }
  return g_string_free(line, FALSE);
}

/* The end of a label that begins here, blanks inside it left aside ("账 号"); NULL when it does not. */
static const char *match(const char *at, const char *label) {
  for (; *label != '\0'; label++, at++) {
    while (*at == ' ')
      at++;
    if (*at != *label)
      return NULL;
  }
  return at + strspn(at, " ");
}

/* What follows a label; NULL when it stands nowhere. "账号" is not found in "对方账号". */
static const char *after_label(const char *line, const char *label) {
  for (const char *at = line; *at != '\0'; at++) {
    gboolean begins = at == line || (guchar)at[-1] < 0x80;
    const char *value = begins && *at == *label ? match(at, label) : NULL;
    if (value == NULL || (*value != ':' && *value != BETWEEN && *value != '[' && !g_ascii_isdigit(*value)))
      continue;
    if (*value == '[' && !g_ascii_isdigit(value[1]) && strchr(value, ']') != NULL) /* an English name */
      value = strchr(value, ']') + 1;
    while (*value != '\0' && strchr(":[=\"' \x1f", *value) != NULL)
      value++;
    return value;
  }
  return NULL;
}

static const char *find(GPtrArray *lines, char *const *labels) {
  for (guint i = 0; i < lines->len; i++)
    for (char *const *label = labels; *label != NULL; label++) {
      const char *value = after_label(lines->pdata[i], *label);
      if (value != NULL && *value != '\0')
        return value;
    }
  return NULL;
}

static gboolean read_account(const char *text, char **account, GError **error) {
  char value[VALUE_MAX];
  gsize length = 0;
  for (; length + 1 < sizeof value; text++) {
    if (*text == ' ' && g_ascii_isdigit(text[1])) /* groups of digits */
      continue;
    if (!g_ascii_isalnum(*text) && (*text == '\0' || strchr("*-.+", *text) == NULL))
      break;
    value[length++] = *text;
  }
  value[length] = '\0';
  if (sheet_is_scientific(value))
    return error_set(error, ERROR_REFUSED, "account_scientific", "value", value, NULL);
  if (length > 0)
    *account = g_strdup(value);
  return TRUE;
}

/* One date, or two, in any usual form. */
static void read_period(const char *text, SheetPreamble *preamble) {
  g_autoptr(GRegex) regex = g_regex_new("([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  Day days[2] = {DAY_NONE, DAY_NONE};
  int found = 0;
  for (g_regex_match(regex, text, 0, &match); found < 2 && g_match_info_matches(match);
       g_match_info_next(match, NULL)) {
    int numbers[3];
    for (int i = 0; i < 3; i++) {
      g_autofree char *digits = g_match_info_fetch(match, i + 1);
      numbers[i] = (int)g_ascii_strtoull(digits, NULL, 10);
    }
    if (day_from_ymd(numbers[0], numbers[1], numbers[2], &days[found]) && days[found] >= RECORD_DAY_MIN &&
        days[found] <= RECORD_DAY_MAX)
      found++;
  }
  if (found == 2 && days[0] <= days[1]) {
    preamble->from = days[0];
    preamble->to = days[1];
  }
}

gboolean sheet_preamble_read(const Layout *layout, GPtrArray *lines, SheetPreamble *preamble, GError **error) {
  *preamble = (SheetPreamble){.from = DAY_NONE, .to = DAY_NONE};
  const char *account = find(lines, layout->account_labels), *currency = find(lines, layout->currency_labels),
             *period = find(lines, layout->period_labels);
  if (period != NULL)
    read_period(period, preamble);
  if (currency != NULL)
    preamble->currency = sheet_currency(currency);
  return account == NULL || read_account(account, &preamble->account, error);
}
