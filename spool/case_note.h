/* What people write to a case beside deciding it: whose it is, and notes. */
#ifndef YIFEN_SPOOL_CASE_NOTE_H
#define YIFEN_SPOOL_CASE_NOTE_H

#include "spool/orders.h"

#define CASE_NOTE_CHARACTERS 1000

/* Each in a transaction of its own. ERROR_REFUSED "case_unknown". */

/* From now on the open case is this person's; assigning it anew is no error. ERROR_REFUSED "case_closed". */
gboolean case_assign(Store *store, gint64 id, const char *who, const OrderBy *by, GError **error);

/* Adds a note, also to a closed case; what may be a code is masked. ERROR_REFUSED "note_long". */
gboolean case_note(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error);

#endif
