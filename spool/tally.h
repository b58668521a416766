/* The tally: every order, entry, transfer, verification, file, message, case and job by state. Nothing disappears: the
 * rows of a kind add up to what the store holds. */
#ifndef YIFEN_SPOOL_TALLY_H
#define YIFEN_SPOOL_TALLY_H

#include "spool/store.h"

typedef struct {
  const char
      *kind;   /* "order" "entry" "announced" "transfer" "verification" "batch" "file" "message" "case" "job"; static */
  char *state; /* machine word; for orders and jobs several joined by '/': payment/proof/review, role/kind/state */
  gint64 count;
} TallyRow;
void tally_row_free(gpointer row);

/* TallyRow, by kind and state, read in one snapshot. NULL on error; the caller unrefs. */
GPtrArray *tally(Store *store, GError **error);

#endif
