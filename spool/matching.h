/* Matching in the store: loads the group of lines and orders that hang together, asks rules/match what follows, and
 * writes what differs from what is stored: allocations, dispositions, cases, and the payment and proof of the orders.
 * What follows depends on the stored lines and orders only, never on the order in which they came. */
#ifndef YIFEN_SPOOL_MATCHING_H
#define YIFEN_SPOOL_MATCHING_H

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  const char *actor; /* "intake" */
  Instant now;
  const Calendar *calendar; /* for due days; never NULL */
} MatchingBy;

/* Judges every line that waits for its first judgement (ENTRY_REASON_NEW) and all that hangs together with it, in short
 * transactions. May be killed and run again. */
gboolean matching_new(Store *store, const MatchingBy *by, GError **error);

/* The same around one order that is new or changed, in one transaction, which the caller has begun. An unknown number
 * is no news. */
gboolean matching_order(Store *store, const char *order_no, const MatchingBy *by, GError **error);

/* And around one line, in the caller's transaction: after a person decided, or pay found it to be none of ours. */
gboolean matching_entry(Store *store, gint64 entry_id, const MatchingBy *by, GError **error);

/* Why a line stands where it stands: the JSON object of match_explain(). Changes nothing. The caller frees. NULL with
 * ERROR_REFUSED "unknown_entry", or "not_matched" for a line that matching does not judge. */
char *matching_explain(Store *store, gint64 entry_id, GError **error);

#endif
