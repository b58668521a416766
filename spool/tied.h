/* What pay said about a line that looked like one of our transfers (table tie), turned into what became of the line. */
#ifndef YIFEN_SPOOL_TIED_H
#define YIFEN_SPOOL_TIED_H

#include "spool/matching.h"

/* Within a transaction: reads the tie and disposes of the line: own_transfer, returned, explained, or review with a
 * case "unknown_debit" or "unknown_return", subject "entry:ID"; a credit that is none of ours is judged by matching.
 * The sealed texts are wiped once the line is known. A line that pay has not spoken about, or that a person decided,
 * stays. */
gboolean tied_apply(Store *store, gint64 entry_id, const MatchingBy *by, GError **error);

#endif
