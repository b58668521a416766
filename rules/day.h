/* Days of the bank (civil dates), instants of our own clock, and Chinese working days.
 * Bank dates have no zone. Instants are UTC and shown in Asia/Shanghai, which is UTC+8 without daylight saving. */
#ifndef YIFEN_RULES_DAY_H
#define YIFEN_RULES_DAY_H

#include <glib.h>

typedef gint32 Day; /* days since 1970-01-01, proleptic Gregorian */
#define DAY_NONE G_MININT32

typedef gint64 Instant; /* microseconds since 1970-01-01T00:00:00Z */
#define INSTANT_NONE G_MININT64
#define INSTANT_SECOND G_GINT64_CONSTANT(1000000)

gboolean day_from_ymd(int year, int month, int day,
                      Day *out);                            /* FALSE when there is no such day in the years 1 to 9999 */
void day_to_ymd(Day day, int *year, int *month, int *mday); /* day must be one of these, never DAY_NONE */
gboolean day_parse(const char *text, Day *out);             /* exactly YYYY-MM-DD */
char *day_format(Day day);                                  /* "2026-11-22"; NULL for DAY_NONE; the caller frees */
int day_weekday(Day day);                                   /* 1 Monday ... 7 Sunday */

Day day_of_instant(Instant instant);                           /* the day in Shanghai; DAY_NONE for INSTANT_NONE */
Instant instant_at(Day day, int hour, int minute, int second); /* Shanghai wall clock; 24:00 is the day's end */
gboolean instant_parse(const char *text, Instant *out);        /* RFC 3339 with zone; a leap second is refused */
char *instant_format(Instant instant); /* "2026-11-20T09:12:33+08:00"; NULL for INSTANT_NONE; the caller frees */

/* A calendar of working days: State Council notices, one a year. Immutable once made. */
typedef struct Calendar Calendar;

/* From tab-separated text: header, then "YYYY-MM-DD<TAB>holiday|workday<TAB>name". A year is loaded when it has a row.
 * A bad or doubled row, or no row at all, is ERROR_PERMANENT "calendar" with line and value. Length -1: ends with NUL.
 */
Calendar *calendar_parse(const char *text, gssize length, GError **error);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

/* The notices that are part of the program, as such text. */
const char *calendar_builtin(void);

/* Is it a working day? FALSE, out untouched, when its year is not loaded. */
gboolean calendar_workday(const Calendar *calendar, Day day, gboolean *out);

/* The n-th working day after day (n >= 1; the day itself is not counted), or day or the next working day for n = 0.
 * FALSE when the way there leaves the loaded years: a due time that is unknown must say so. */
gboolean calendar_add_workdays(const Calendar *calendar, Day day, int n, Day *out);

#endif
