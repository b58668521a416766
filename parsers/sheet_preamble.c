#include "parsers/sheet_preamble.h"

#include <stdio.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/sheet_value.h"
#include "parsers/record.h"
#include "rules/error.h"

enum { VALUE_MAX = 64 };

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
      g_string_append_c(line, SHEET_BETWEEN);
    append_folded(line, row->cells[i].text);
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

/* Does a value, or its cell, begin here? */
static gboolean ends_label(const char *at) {
  const char *translated = at + strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz /.");
  if (translated > at && *translated == ':') /* 账号/卡号 Account/Card No: */
    return TRUE;
  return *at == ':' || *at == SHEET_BETWEEN || *at == '[' || *at == '\0' || g_ascii_isdigit(*at);
}

const char *sheet_label_at(const char *text, char *const *labels) {
  for (; *labels != NULL; labels++) {
    const char *after = *text == **labels ? match(text, *labels) : NULL;
    if (after != NULL && ends_label(after))
      return after;
  }
  return NULL;
}

const char *sheet_label_find(const char *line, char *const *labels) {
  for (const char *at = line; *labels != NULL && *at != '\0'; at++) {
    gboolean begins = at == line || (guchar)at[-1] < 0x80;
    const char *after = begins ? sheet_label_at(at, labels) : NULL;
    if (after != NULL)
      return after;
  }
  return NULL;
}

/* Past an English name in brackets, and what stands between a label and its value. */
static const char *value_after(const char *text) {
  if (*text == '[' && !g_ascii_isdigit(text[1]) && strchr(text, ']') != NULL)
    text = strchr(text, ']') + 1;
  else if (g_ascii_isalpha(*text) || *text == '/')
    text += strcspn(text, ":");
  return text + strspn(text, ":[=\"' `\x1f");
}

static const char *find(GPtrArray *lines, char *const *labels) {
  for (guint i = 0; i < lines->len; i++) {
    const char *after = sheet_label_find(lines->pdata[i], labels);
    const char *value = after == NULL ? "" : value_after(after);
    if (*value != '\0')
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
  if (sheet_is_scientific(value, strlen(value)))
    return error_set(error, ERROR_REFUSED, "account_scientific", "value", value, NULL);
  if (length > 0 && strchr(value, '*') == NULL && strpbrk(value, "0123456789") != NULL && *text != '@')
    *account = g_strdup(value);
  return TRUE;
}

/* Does the midnight that a date begins with follow it? Then it ends the day before. */
static gboolean is_midnight(const char *after) {
  after += strspn(after, " ");
  if (g_str_has_prefix(after, "日"))
    after += strlen("日");
  return g_str_has_prefix(after + strspn(after, " "), "00:00:00");
}

/* One date, or two, in any usual form. */
static void read_period(const char *text, SheetPreamble *preamble) {
  g_autoptr(GRegex) regex = g_regex_new("([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  Day days[2] = {DAY_NONE, DAY_NONE};
  int found = 0, end = 0;
  for (g_regex_match(regex, text, 0, &match); found < 2 && g_match_info_matches(match);
       g_match_info_next(match, NULL)) {
    int numbers[3];
    for (int i = 0; i < 3; i++) {
      g_autofree char *digits = g_match_info_fetch(match, i + 1);
      numbers[i] = (int)g_ascii_strtoull(digits, NULL, 10);
    }
    if (day_from_ymd(numbers[0], numbers[1], numbers[2], &days[found]) && days[found] >= RECORD_DAY_MIN &&
        days[found] <= RECORD_DAY_MAX && g_match_info_fetch_pos(match, 0, NULL, &end))
      found++;
  }
  if (found == 2 && days[0] <= days[1]) {
    preamble->from = days[0];
    preamble->to = days[1] - (days[0] < days[1] && is_midnight(text + end));
  }
}

/* "2024年01月" */
static Day month_end(GPtrArray *lines) {
  for (guint i = 0; i < lines->len; i++) {
    const char *at = strstr(lines->pdata[i], "年");
    int year = 0, month = 0;
    Day day;
    if (at == NULL || at - (char *)lines->pdata[i] < 4 || sscanf(at - 4, "%4d年%2d月", &year, &month) != 2)
      continue;
    if (month == 12 ? day_from_ymd(year + 1, 1, 1, &day) : day_from_ymd(year, month + 1, 1, &day))
      return day - 1;
  }
  return DAY_NONE;
}

gboolean sheet_preamble_read(const Layout *layout, GPtrArray *lines, SheetPreamble *preamble, GError **error) {
  *preamble = (SheetPreamble){.from = DAY_NONE, .to = DAY_NONE, .month_end = month_end(lines)};
  const char *account = find(lines, layout->account_labels), *currency = find(lines, layout->currency_labels),
             *period = find(lines, layout->period_labels);
  if (period != NULL)
    read_period(period, preamble);
  if (currency != NULL)
    preamble->currency = sheet_currency(currency);
  return account == NULL || read_account(account, &preamble->account, error);
}
