/* Where the fields of camt entries stood (rules/entry.h, Origin): a text is made once for each way in which a file
 * fills them, and entries point to it. */
#ifndef YIFEN_PARSERS_CAMT_ORIGIN_H
#define YIFEN_PARSERS_CAMT_ORIGIN_H

#include <glib.h>

/* In the order of the text; camt_origin.c names them. */
typedef enum {
  FROM_BOOKING_DATE,
  FROM_VALUE_DATE,
  FROM_TIME,
  FROM_AMOUNT,
  FROM_DIRECTION,
  FROM_STATUS,
  FROM_REVERSAL,
  FROM_RETURN_REASON,
  FROM_BANK_REFERENCE,
  FROM_ENTRY_REFERENCE,
  FROM_END_TO_END_ID,
  FROM_COUNTERPARTY_NAME,
  FROM_COUNTERPARTY_ACCOUNT,
  FROM_COUNTERPARTY_BANK,
  FROM_REMARK,
  FROM_PURPOSE,
  FROM_SUMMARY,
  CAMT_FIELDS
} CamtField;

/* Elements by field (camt_paths.h), 0 where there is none. */
typedef struct {
  guint8 element[CAMT_FIELDS];
} CamtFrom;

typedef struct CamtOrigins CamtOrigins;
CamtOrigins *camt_origins_new(void);
void camt_origins_free(CamtOrigins *origins);

/* The text; lives as long as the origins. NULL when too many were made before. */
char *camt_origins_text(CamtOrigins *origins, const CamtFrom *from);

#endif
