/* The values of camt elements, read strictly. All errors are ERROR_REFUSED with field and value. */
#ifndef YIFEN_PARSERS_CAMT_VALUE_H
#define YIFEN_PARSERS_CAMT_VALUE_H

#include "rules/entry.h"

typedef struct {
  const char *text;     /* never NULL */
  const char *currency; /* of an amount, NULL when unknown */
  GStringChunk *texts;  /* takes the times */
  GError **error;
} CamtValue;

gboolean camt_refuse(const CamtValue *value, const char *reason, const char *field);

/* The day of an xs:date or xs:dateTime, whatever zone follows; and the local time, "YYYY-MM-DDTHH:MM:SS", when there is
 * one and none was before. time may be NULL. */
gboolean camt_read_day(const CamtValue *value, const char *field, Day *day, char **time);

gboolean camt_read_amount(const CamtValue *value, const char *field, Money *amount); /* not negative */
gboolean camt_read_direction(const CamtValue *value, const char *field, Direction *direction);
gboolean camt_read_boolean(const CamtValue *value, const char *field, gboolean *out);
gboolean camt_read_count(const CamtValue *value, const char *field, gint64 *count);
gboolean camt_read_page(const CamtValue *value, const char *field, int *page);

#endif
