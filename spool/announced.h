/* Announced lines: what interim reports (camt.052, MT942) and advices (camt.054, receipts) show before the ledger
 * does. They warn early and never book: none of them is an entry, pays an order or proves anything. An announced line
 * waits until the ledger shows it, whatever comes first, and the same line may be announced many times.
 *
 * The ledger shows it when a stored line of the account has its bank reference (or that of its batch) or end-to-end id
 * within ten days, or, on the same day, its amount and direction where one of the two lacks these references. What the
 * ledger has not shown a month later is missing.
 *
 * Cases: "return_announced", subject "transfer:REFERENCE": one of our transfers comes back, so that its order is not
 * accepted meanwhile; "statement_conflict", subject "announced:SECTION:DAY": the ledger proved a day, or a month
 * has passed, and did not show what was announced for it. Both close themselves when the ledger shows the line. */
#ifndef YIFEN_SPOOL_ANNOUNCED_H
#define YIFEN_SPOOL_ANNOUNCED_H

#include "rules/entry.h"
#include "spool/matching.h"

typedef struct {
  const Entry *line;   /* booked, by the file's own word */
  const char *account; /* section */
  const char *identity;
  gint64 file_id;
  gboolean may_pay; /* a credit that matching would judge: the order that it names is told */
} AnnouncedDraft;

/* Within a transaction: keeps the line unless it was announced before; then also audit row "order.announced". */
gboolean announced_put(Store *store, const AnnouncedDraft *draft, const MatchingBy *by, GError **error);

/* Within a transaction, after any file of the account: finds what the ledger shows by now, opens and closes cases. */
gboolean announced_check(Store *store, const char *account, gint64 file_id, const MatchingBy *by, GError **error);

/* What became of an announced line. */
typedef struct {
  gboolean booked, missing;
  char *order_no; /* the order that it names, or NULL */
} AnnouncedFate;
void announced_fate_clear(AnnouncedFate *fate);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnnouncedFate, announced_fate_clear)
gboolean announced_fate(Store *store, const char *account, Day day, const char *identity, AnnouncedFate *fate,
                        GError **error);

#endif
