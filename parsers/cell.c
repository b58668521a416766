#include "parsers/cell.h"

#include <string.h>

#include "rules/day.h"

enum { DIGITS = 15, ZEROS_MAX = 40, COLUMNS = 16384, ROWS = 1048576, DAY_SECONDS = 86400 };
enum { DAY_1899_12_30 = -25569, DAY_1904_01_01 = -24107, NO_SUCH_DAY = 60, SERIAL_MAX = 2958465 };

/* 0.d1d2d3... times ten to the power of `point`; no digit: zero. */
typedef struct {
  gboolean negative, lost; /* lost: there were more digits than a spreadsheet keeps */
  char digits[DIGITS + 1];
  guint count;
  int point;
} Decimal;

/* Adds one in the last place. */
static void count_up(Decimal *number) {
  guint i = number->count;
  while (i > 0 && number->digits[i - 1] == '9')
    number->digits[--i] = '0';
  if (i > 0)
    number->digits[i - 1]++;
  else {
    number->digits[0] = '1'; /* the rest are zeros */
    number->point++;
  }
}

static void drop_zeros(Decimal *number) {
  while (number->count > 0 && number->digits[number->count - 1] == '0')
    number->count--;
  if (number->count == 0) {
    number->negative = FALSE;
    number->point = 0;
  }
}

/* Digits with at most one point. Gives the end, NULL when there is no digit. */
static const char *read_digits(const char *at, Decimal *number, gboolean *round_up) {
  gboolean any = FALSE, pointed = FALSE;
  for (; g_ascii_isdigit(*at) || (*at == '.' && !pointed); at++) {
    if (*at == '.') {
      pointed = TRUE;
      continue;
    }
    any = TRUE;
    if (number->count > 0 || *at != '0') {
      if (number->count < DIGITS)
        number->digits[number->count++] = *at;
      else if (!number->lost) {
        number->lost = TRUE;
        *round_up = *at >= '5';
      }
      number->point += !pointed;
    } else
      number->point -= pointed;
  }
  return any ? at : NULL;
}

static gboolean read_exponent(const char *at, int *exponent) {
  gboolean negative = *at == '-';
  at += *at == '-' || *at == '+';
  gsize digits = strspn(at, "0123456789");
  if (digits == 0 || digits > 4 || at[digits] != '\0')
    return FALSE;
  *exponent = (int)g_ascii_strtoll(at, NULL, 10) * (negative ? -1 : 1);
  return TRUE;
}

static gboolean read_decimal(const char *text, Decimal *number) {
  gboolean round_up = FALSE;
  int exponent = 0;
  *number = (Decimal){.negative = *text == '-'};
  const char *at = read_digits(text + (*text == '-' || *text == '+'), number, &round_up);
  if (at == NULL || (*at != '\0' && ((*at != 'E' && *at != 'e') || !read_exponent(at + 1, &exponent))))
    return FALSE;
  number->point += exponent;
  if (round_up)
    count_up(number);
  drop_zeros(number);
  return TRUE;
}

static char *scientific(const Decimal *number) {
  return g_strdup_printf("%s%c%s%.*sE%+03d", number->negative ? "-" : "", number->digits[0],
                         number->count > 1 ? "." : "", (int)number->count - 1, number->digits + 1, number->point - 1);
}

static char *plain(const Decimal *number, guint zeros) {
  GString *text = g_string_new(number->negative ? "-" : NULL);
  int whole = MAX(number->point, 0);
  for (int i = whole; i < (int)MIN(zeros, ZEROS_MAX); i++)
    g_string_append_c(text, '0');
  for (int i = 0; i < whole; i++)
    g_string_append_c(text, i < (int)number->count ? number->digits[i] : '0');
  if (whole == 0 && zeros == 0)
    g_string_append_c(text, '0');
  if ((int)number->count > number->point)
    g_string_append_c(text, '.');
  for (int i = number->point; i < (int)number->count; i++)
    g_string_append_c(text, i < 0 ? '0' : number->digits[i]);
  return g_string_free(text, FALSE);
}

/* Seconds of the fraction, rounded; exact for 12 places, beyond which no double of today's days reaches. */
static gint64 seconds_of(const Decimal *number) {
  enum { PLACES = 12 };
  gint64 fraction = 0, one = 1;
  for (int i = 0; i < PLACES; i++) {
    int at = number->point + i;
    fraction = fraction * 10 + (at >= 0 && at < (int)number->count ? number->digits[at] - '0' : 0);
    one *= 10;
  }
  return (fraction * DAY_SECONDS + one / 2) / one;
}

static char *moment(const Decimal *number, gboolean from_1904) {
  gint64 serial = 0, seconds = seconds_of(number);
  for (int i = 0; i < number->point; i++)
    serial = serial * 10 + (i < (int)number->count ? number->digits[i] - '0' : 0);
  serial += seconds / DAY_SECONDS;
  seconds %= DAY_SECONDS;
  if (serial > SERIAL_MAX || (!from_1904 && serial == NO_SUCH_DAY))
    return NULL;
  g_autofree char *time =
      g_strdup_printf("%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
  if (serial == 0 && !from_1904)
    return g_steal_pointer(&time);
  Day first = from_1904 ? DAY_1904_01_01 : serial < NO_SUCH_DAY ? DAY_1899_12_30 + 1 : DAY_1899_12_30;
  g_autofree char *day = day_format(first + (Day)serial);
  return seconds == 0 ? g_steal_pointer(&day) : g_strconcat(day, " ", time, NULL);
}

char *cell_text(const char *number, CellFormat format, gboolean from_1904) {
  Decimal decimal;
  if (!read_decimal(number, &decimal))
    return NULL;
  if (format.kind == CELL_MOMENT && !decimal.negative && decimal.point <= 7) {
    char *text = moment(&decimal, from_1904);
    if (text != NULL)
      return text;
  }
  gboolean cents_lost = decimal.lost && decimal.point > DIGITS - 2;
  if (cents_lost || decimal.point > DIGITS || decimal.point < -DIGITS)
    return scientific(&decimal);
  return plain(&decimal, format.zeros);
}

/* After what stands for itself: "text", [colour], \c, _c, *c. */
static const char *skip_literal(const char *at) {
  static const char pairs[] = "\"\"[]";
  const char *pair = strchr(pairs, *at);
  if (*at == '\\' || *at == '_' || *at == '*')
    return at[1] == '\0' ? at + 1 : g_utf8_next_char(at + 1);
  if (pair == NULL || (pair - pairs) == 3)
    return NULL;
  const char *end = strchr(at + 1, pair[1]);
  return end == NULL ? at + strlen(at) : end + 1;
}

static gboolean is_elapsed(const char *at) {
  gsize letters = strspn(at + 1, "hHmMsS");
  return *at == '[' && letters > 0 && at[letters + 1] == ']';
}

CellFormat cell_format(const char *code) {
  CellFormat format = {CELL_PLAIN, 0};
  gsize zeros = strspn(code, "0");
  if (zeros > 1 && zeros <= ZEROS_MAX && code[zeros] == '\0')
    format.zeros = (guint)zeros;
  if (g_ascii_strncasecmp(code, "General", 7) == 0)
    return format;
  for (const char *at = code; *at != '\0' && *at != ';';) {
    if (is_elapsed(at) || strchr("ydhsYDHSmM", *at) != NULL)
      return (CellFormat){CELL_MOMENT, 0};
    const char *after = skip_literal(at);
    at = after == NULL ? at + 1 : after;
  }
  return format;
}

CellFormat cell_format_builtin(guint id) {
  gboolean is_moment =
      (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return (CellFormat){is_moment ? CELL_MOMENT : CELL_PLAIN, 0};
}

gboolean cell_place(const char *name, guint *column, gint64 *row) {
  guint at = 0;
  gint64 line = 0;
  for (; g_ascii_isupper(*name) && at <= COLUMNS; name++)
    at = at * 26 + (guint)(*name - 'A') + 1;
  if (at == 0 || at > COLUMNS || *name == '0')
    return FALSE;
  for (; g_ascii_isdigit(*name) && line <= ROWS; name++)
    line = line * 10 + (*name - '0');
  if (line == 0 || line > ROWS || *name != '\0')
    return FALSE;
  *column = at - 1;
  *row = line;
  return TRUE;
}

char *cell_name(guint column, gint64 row) {
  char letters[8];
  gsize at = sizeof letters - 1;
  letters[at] = '\0';
  for (guint left = column + 1; left > 0 && at > 0; left = (left - 1) / 26)
    letters[--at] = (char)('A' + (left - 1) % 26);
  return g_strdup_printf("%s%" G_GINT64_FORMAT, letters + at, row);
}
