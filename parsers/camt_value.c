#include "parsers/camt_value.h"

#include <string.h>

#include "parsers/record.h"
#include "rules/error.h"

gboolean camt_refuse(const CamtValue *value, const char *reason, const char *field) {
  return error_set(value->error, ERROR_REFUSED, reason, "field", field, "value", value->text, NULL);
}

/* Does it begin with hh:mm:ss? */
static gboolean is_time(const char *text) {
  static const char shape[] = "00:00:00";
  for (int i = 0; shape[i] != '\0'; i++)
    if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
      return FALSE;
  return strncmp(text, "25", 2) < 0 && text[3] < '6' && text[6] < '7';
}

gboolean camt_read_day(const CamtValue *value, const char *field, Day *day, char **time) {
  char date[11] = "";
  memcpy(date, value->text, strnlen(value->text, sizeof date - 1));
  if (!day_parse(date, day) || *day < RECORD_DAY_MIN || *day > RECORD_DAY_MAX)
    return camt_refuse(value, "date", field);
  const char *rest = value->text + 10;
  if (time == NULL || *rest != 'T' || *time != NULL)
    return TRUE;
  if (!is_time(rest + 1))
    return camt_refuse(value, "date", field);
  *time = g_string_chunk_insert_len(value->texts, value->text, 19);
  return TRUE;
}

/* xs:decimal may leave out the digits on one side of its point: ".5", "5.". */
static const char *full_decimal(const char *text, char *room, gsize size) {
  const char *point = strchr(text, '.');
  gboolean bare_start = point == text, bare_end = point != NULL && point != text && point[1] == '\0';
  if (!bare_start && !bare_end)
    return text;
  g_snprintf(room, size, "%s%s%s", bare_start ? "0" : "", text, bare_end ? "0" : "");
  return room;
}

gboolean camt_read_amount(const CamtValue *value, const char *field, Money *amount) {
  char room[64]; /* longer ones overflow anyhow */
  if (value->currency == NULL)
    return camt_refuse(value, "currency", field);
  const char *text = strlen(value->text) < sizeof room - 2 ? full_decimal(value->text, room, sizeof room) : value->text;
  if (!money_parse(text, value->currency, amount, value->error)) {
    error_add(value->error, "field", field);
    return FALSE;
  }
  return amount->minor >= 0 || camt_refuse(value, "amount", field);
}

gboolean camt_read_direction(const CamtValue *value, const char *field, Direction *direction) {
  gboolean credit = g_str_equal(value->text, "CRDT");
  if (!credit && !g_str_equal(value->text, "DBIT"))
    return camt_refuse(value, "direction", field);
  *direction = credit ? DIRECTION_CREDIT : DIRECTION_DEBIT;
  return TRUE;
}

gboolean camt_read_boolean(const CamtValue *value, const char *field, gboolean *out) {
  *out = g_str_equal(value->text, "true") || g_str_equal(value->text, "1");
  return *out || g_str_equal(value->text, "false") || g_str_equal(value->text, "0") ||
         camt_refuse(value, "boolean", field);
}

gboolean camt_read_count(const CamtValue *value, const char *field, gint64 *count) {
  guint64 number;
  if (!g_ascii_string_to_unsigned(value->text, 10, 0, G_MAXINT32, &number, NULL))
    return camt_refuse(value, "number", field);
  *count = (gint64)number;
  return TRUE;
}

gboolean camt_read_page(const CamtValue *value, const char *field, int *page) {
  gint64 number = 0;
  if (!camt_read_count(value, field, &number))
    return FALSE;
  *page = (int)MAX(number, 1);
  return TRUE;
}
