#include "rules/day.h"

#include "rules/error.h"

#include <string.h>

struct Calendar {
  GHashTable *days;  /* Day -> is it a working day, where the notice departs from the week */
  GHashTable *years; /* set of the loaded years */
};

/* State Council notices 2024 to 2026, from npm chinese-days (MIT). */
__asm__(".pushsection .rodata\n"
        "calendar_text: .incbin \"rules/data/holidays-cn.tsv\"\n"
        "calendar_text_end: .byte 0\n"
        ".popsection");
extern const char calendar_text[] __attribute__((visibility("hidden")));

const char *calendar_builtin(void) {
  return calendar_text;
}

static int year_of(Day day) {
  int year, month, mday;
  day_to_ymd(day, &year, &month, &mday);
  return year;
}

static gboolean add_row(Calendar *calendar, const char *row, int line, GError **error) {
  g_auto(GStrv) fields = g_strsplit(row, "\t", 0);
  Day day;
  gboolean workday = fields[0] != NULL && g_strcmp0(fields[1], "workday") == 0;
  if (fields[0] == NULL || !day_parse(fields[0], &day) || (!workday && g_strcmp0(fields[1], "holiday") != 0) ||
      g_hash_table_contains(calendar->days, GINT_TO_POINTER(day))) {
    g_autofree char *number = g_strdup_printf("%d", line);
    return error_set(error, ERROR_PERMANENT, "calendar", "line", number, "value", row, NULL);
  }
  g_hash_table_insert(calendar->days, GINT_TO_POINTER(day), GINT_TO_POINTER(workday));
  g_hash_table_add(calendar->years, GINT_TO_POINTER(year_of(day)));
  return TRUE;
}

Calendar *calendar_parse(const char *text, gssize length, GError **error) {
  g_autofree char *copy = length < 0 ? g_strdup(text) : g_strndup(text, (gsize)length);
  g_auto(GStrv) rows = g_strsplit(copy, "\n", 0);
  g_autoptr(Calendar) calendar = g_new0(Calendar, 1);
  calendar->days = g_hash_table_new(NULL, NULL);
  calendar->years = g_hash_table_new(NULL, NULL);
  for (int i = 1; rows[0] != NULL && rows[i] != NULL; i++) {
    g_strchomp(rows[i]);
    if (*rows[i] != '\0' && !add_row(calendar, rows[i], i + 1, error))
      return NULL;
  }
  if (g_hash_table_size(calendar->years) == 0) {
    error_set(error, ERROR_PERMANENT, "calendar", "line", "1", NULL);
    return NULL;
  }
  return g_steal_pointer(&calendar);
}

void calendar_free(Calendar *calendar) {
  if (calendar == NULL)
    return;
  g_hash_table_unref(calendar->days);
  g_hash_table_unref(calendar->years);
  g_free(calendar);
}

gboolean calendar_workday(const Calendar *calendar, Day day, gboolean *out) {
  if (day == DAY_NONE || !g_hash_table_contains(calendar->years, GINT_TO_POINTER(year_of(day))))
    return FALSE;
  gpointer workday;
  if (g_hash_table_lookup_extended(calendar->days, GINT_TO_POINTER(day), NULL, &workday))
    *out = GPOINTER_TO_INT(workday);
  else
    *out = day_weekday(day) <= 5;
  return TRUE;
}

gboolean calendar_add_workdays(const Calendar *calendar, Day day, int n, Day *out) {
  gboolean workday;
  if (!calendar_workday(calendar, day, &workday))
    return FALSE;
  if (n == 0 && workday) {
    *out = day;
    return TRUE;
  }
  for (int left = MAX(n, 1); left > 0; left -= workday)
    if (!calendar_workday(calendar, ++day, &workday))
      return FALSE;
  *out = day;
  return TRUE;
}
