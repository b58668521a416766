#include "parsers/sheet_value.h"

#include <string.h>

#include "parsers/clean.h"
#include "parsers/record.h"
#include "rules/error.h"

static const struct {
  const char *word, *code;
} currencies[] = {
    {"人民币", "CNY"}, {"RMB", "CNY"},      {"156", "CNY"},        {"01", "CNY"},       {"美元", "USD"},
    {"港币", "HKD"},   {"港元", "HKD"},     {"欧元", "EUR"},       {"日元", "JPY"},     {"英镑", "GBP"},
    {"澳门元", "MOP"}, {"加拿大元", "CAD"}, {"澳大利亚元", "AUD"}, {"瑞士法郎", "CHF"}, {"新加坡元", "SGD"},
};

static gboolean only_dashes(const char *text) {
  while (*text == '-')
    text++;
  return *text == '\0';
}

/* Bytes that a blank, or what stands for nothing, may begin with, and that a blank may end with (parsers/clean.h). */
enum { BLANK_FIRST = 1, BLANK_LAST = 2, NOTHING = 4 };
static const guint8 edges[256] = {
    [0] = NOTHING,        [' '] = BLANK_FIRST | BLANK_LAST,
    ['-'] = NOTHING,      ['/'] = NOTHING,
    [0x80] = BLANK_LAST,  [0xA0] = BLANK_LAST,
    [0xBF] = BLANK_LAST,  [0xC2] = BLANK_FIRST,
    [0xE3] = BLANK_FIRST, [0xEF] = BLANK_FIRST,
};

static gboolean may_have_ends(const SheetCell *cell) {
  guint8 first = edges[(guchar)*cell->text], last = edges[(guchar)cell->text[MAX(cell->size, 1) - 1]];
  return ((first & BLANK_FIRST) | (last & BLANK_LAST)) != 0;
}

void sheet_clean(SheetCell *cell) {
  if (cell->printable && !may_have_ends(cell))
    return;
  gsize size = cell->size;
  if (!cell->printable)
    clean_controls(cell->text, size);
  cell->text = clean_ends(cell->text, &size);
  cell->size = (guint)size;
  cell->printable = TRUE;
}

static gboolean is_nothing(const SheetCell *cell) {
  const char *text = cell->text;
  return cell->size == 0 || (*text == '-' && only_dashes(text)) || (*text == '/' && cell->size == 1);
}

char *sheet_text(SheetCell *cell) {
  sheet_clean(cell);
  return (edges[(guchar)*cell->text] & NOTHING) != 0 && is_nothing(cell) ? NULL : cell->text;
}

/* Takes a pair of brackets off. */
static void unwrap(SheetCell *cell, const char *open, const char *close) {
  guint before = (guint)strlen(open), after = (guint)strlen(close);
  if (cell->size < before + after || !g_str_has_prefix(cell->text, open) || !g_str_has_suffix(cell->text, close))
    return;
  cell->text += before;
  cell->size -= before + after;
  cell->text[cell->size] = '\0';
}

char *sheet_number(SheetCell *cell) {
  char *text = sheet_text(cell);
  if (text == NULL || (*text != '=' && *text != '[' && *text != '\'' && *text != '`'))
    return text;
  unwrap(cell, "=\"", "\"");
  unwrap(cell, "[", "]");
  if (*cell->text == '\'' || *cell->text == '`')
    cell->text++, cell->size--;
  return cell->text == text ? text : sheet_text(cell);
}

static const char *past_digits(const char *text) {
  while (*text >= '0' && *text <= '9')
    text++;
  return text;
}

/* Is there an E? Eight bytes at a time; the last eight may be looked at twice. */
static gboolean has_exponent(const char *text, gsize size) {
  const guint64 each = 0x0101010101010101u, upper = each * 0x20, e = each * 'e', high = each * 0x80;
  guint64 word, found = 0;
  if (size < sizeof word)
    return memchr(text, 'E', size) != NULL || memchr(text, 'e', size) != NULL;
  for (const char *last = text + size - sizeof word; text < last + sizeof word; text += sizeof word) {
    memcpy(&word, MIN(text, last), sizeof word);
    word = (word | upper) ^ e;
    found |= (word - each) & ~word & high;
  }
  return found != 0;
}

gboolean sheet_is_scientific(const char *text, gsize size) {
  const char *at = has_exponent(text, size) ? past_digits(text) : text;
  if (at == text)
    return FALSE;
  if (*at == '.')
    at = past_digits(at + 1);
  if (*at != 'E' && *at != 'e')
    return FALSE;
  at++;
  at += *at == '+' || *at == '-';
  return *at != '\0' && *past_digits(at) == '\0';
}

gboolean sheet_is_error(const char *text) {
  static const char *const errors[] = {"#N/A",   "#REF!", "#NAME?",  "#VALUE!",       "#DIV/0!",
                                       "#NULL!", "#NUM!", "#SPILL!", "#GETTING_DATA", NULL};
  gsize size = strlen(text);
  return g_strv_contains(errors, text) || (size > 2 && strspn(text, "#") == size);
}

const char *sheet_currency(const char *text) {
  g_autofree char *key = clean_key(text);
  char code[MONEY_CURRENCY_SIZE];
  g_strlcpy(code, key, sizeof code);
  for (gsize i = 0; i < G_N_ELEMENTS(currencies); i++)
    if (g_str_has_prefix(key, currencies[i].word))
      return currencies[i].code;
  return money_exponent(code) < 0 || g_ascii_isalnum(key[3]) ? NULL : g_intern_string(code);
}

/* Takes the currency off both ends of an amount, in place. A sign may stand before it: -¥5.00. */
static char *bare_amount(char *text, const char *currency) {
  static const char *const words[] = {"CNY", "RMB", "人民币", "¥", "￥", "元"};
  char sign = *text == '-' || *text == '+' ? *text : '\0';
  char *start = text + (sign != '\0');
  gsize count = strcmp(currency, "CNY") == 0 ? G_N_ELEMENTS(words) : 0;
  for (gsize i = 0; i <= count; i++) {
    const char *word = i == 0 ? currency : words[i - 1];
    gsize length = strlen(word), size = strlen(start);
    if (length == 0 || size <= length)
      continue;
    if (strncmp(start, word, length) == 0)
      start += length + strspn(start + length, " ");
    else if (strcmp(start + size - length, word) == 0)
      start[size - length] = '\0';
  }
  g_strchomp(start);
  if (sign != '\0' && start > text)
    *--start = sign;
  return start;
}

/* Takes thousands separators out; FALSE when they stand elsewhere than before every third digit. */
static gboolean ungroup(char *text) {
  char *to = text + (*text == '+' || *text == '-'), *point = strchr(text, '.');
  gsize whole = point == NULL ? strlen(to) : (gsize)(point - to);
  if (strchr(to, ',') == NULL)
    return TRUE;
  if (whole % 4 == 0) /* a separator before the first digit, or one missing */
    return FALSE;
  const char *from = to;
  for (gsize left = whole; left > 0; left--, from++) {
    gboolean comma = left % 4 == 0 && left < whole;
    if (comma ? *from != ',' : !g_ascii_isdigit(*from))
      return FALSE;
    if (!comma)
      *to++ = *from;
  }
  memmove(to, from, strlen(from) + 1);
  return TRUE;
}

/* Amounts as nearly all cells hold them: "-1,234.50", "1234.5", "7". FALSE for any other, also a wrong one. */
static gboolean plain_amount(const char *cell, const char *currency, Money *amount) {
  enum { DIGITS_MAX = 17 };
  const char *at = cell + (*cell == '-');
  int exponent = money_exponent(currency), digits = 0, group = 0, places = 0;
  gboolean grouped = FALSE;
  gint64 minor = 0;
  for (; (*at >= '0' && *at <= '9') || *at == ','; at++)
    if (*at == ',') {
      if (grouped ? group != 3 : group < 1 || group > 3)
        return FALSE;
      grouped = TRUE;
      group = 0;
    } else {
      minor = minor * 10 + (*at - '0');
      group++;
      if (++digits > DIGITS_MAX)
        return FALSE;
    }
  if (group == 0 || (grouped && group != 3) || exponent < 0 || digits + exponent + 1 > DIGITS_MAX)
    return FALSE;
  if (*at == '.')
    for (at++; *at >= '0' && *at <= '9' && places <= exponent; at++, places++)
      minor = minor * 10 + (*at - '0');
  if (*at != '\0' || at[-1] == '.' || places > exponent)
    return FALSE;
  for (; places < exponent; places++)
    minor *= 10;
  *amount = (Money){*cell == '-' ? -minor : minor, ""};
  memcpy(amount->currency, currency, sizeof amount->currency);
  return TRUE;
}

/* Accountants write minus as brackets: (18.00). In place. */
static void unbracket(char *text) {
  gsize size = strlen(text);
  if (size < 3 || *text != '(' || text[size - 1] != ')' || text[1] == '-' || text[1] == '+')
    return;
  *text = '-';
  text[size - 1] = '\0';
}

gboolean sheet_amount(const char *cell, const char *currency, gboolean *has, Money *amount, GError **error) {
  *has = *cell != '\0';
  if (!*has || plain_amount(cell, currency, amount))
    return TRUE;
  g_autofree char *key = g_str_is_ascii(cell) ? g_strstrip(g_strdup(cell)) : clean_key(cell);
  unbracket(key);
  char *text = bare_amount(*key == '`' ? key + 1 : key, currency);
  *has = !only_dashes(text) && !g_str_equal(text, "/");
  if (!*has)
    return TRUE;
  if (!ungroup(text))
    return error_set(error, ERROR_REFUSED, "amount", "value", cell, NULL);
  return money_parse(text, currency, amount, error);
}

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FIELDS };

typedef struct {
  int value[FIELDS];
  guint seen; /* 1 << field */
} Fields;

/* A letter of a form: its field and one more; 0 for what stands for itself. */
static const guint8 letters[256] = {
    ['Y'] = YEAR + 1, ['M'] = MONTH + 1, ['D'] = DAY + 1, ['h'] = HOUR + 1, ['m'] = MINUTE + 1, ['s'] = SECOND + 1};

static gboolean fits(const char *text, const char *form, Fields *fields);

/* M D h m s: two digits if the rest fits then, else one. */
static gboolean fits_short(const char *text, const char *form, int *field, Fields *fields) {
  int number = 0;
  gsize most = strspn(text, "0123456789");
  for (gsize count = MIN(most, 2); count >= 1; count--) {
    number = count == 2 ? (text[0] - '0') * 10 + (text[1] - '0') : text[0] - '0';
    if (fits(text + count, form + 1, fields)) {
      *field = number;
      return TRUE;
    }
  }
  return FALSE;
}

static gboolean fits(const char *text, const char *form, Fields *fields) {
  for (char before = '\0'; *form != '\0'; before = *form++) {
    int letter = letters[(guchar)*form];
    if (letter == 0) {
      if (*text++ != *form)
        return FALSE;
      if (*form == ' ')
        text += strspn(text, " ");
      continue;
    }
    int *field = &fields->value[letter - 1];
    fields->seen |= 1u << (letter - 1);
    if (form[1] != *form && before != *form)
      return fits_short(text, form, field, fields);
    if (*text < '0' || *text > '9')
      return FALSE;
    *field = (before == *form ? *field * 10 : 0) + (*text++ - '0');
  }
  return *text == '\0';
}

gboolean sheet_moment(const char *text, char *const *forms, SheetMoment *moment) {
  for (; *forms != NULL; forms++) {
    Fields fields = {0};
    SheetMoment read = {.day = DAY_NONE};
    if (!fits(text, *forms, &fields))
      continue;
    gboolean dated = (fields.seen & 1u << YEAR) != 0;
    if (!dated && (fields.seen & 1u << DAY) != 0) {
      read.month = fields.value[MONTH], read.mday = fields.value[DAY];
      if (read.month < 1 || read.month > 12 || read.mday < 1 || read.mday > 31)
        continue;
    }
    if (dated && (!day_from_ymd(fields.value[YEAR], fields.value[MONTH], fields.value[DAY], &read.day) ||
                  read.day < RECORD_DAY_MIN || read.day > RECORD_DAY_MAX))
      continue;
    if (fields.value[HOUR] > 23 || fields.value[MINUTE] > 59 || fields.value[SECOND] > 59)
      continue;
    read.has_time = (fields.seen & 1u << HOUR) != 0;
    read.hour = fields.value[HOUR], read.minute = fields.value[MINUTE], read.second = fields.value[SECOND];
    *moment = read;
    return TRUE;
  }
  return FALSE;
}
