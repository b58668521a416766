/* Lines that look like ours, as pay sees them, and what pay says of them. */
#ifndef YIFEN_SPOOL_TIES_H
#define YIFEN_SPOOL_TIES_H

#include "rules/policy.h"
#include "rules/tie.h"
#include "spool/evidence.h"

typedef struct {
  gint64 id;
  char *account; /* section */
  Day booking_on;
  Money amount;
  Direction direction;
  gboolean reversal;
  char *return_reason, *end_to_end_id; /* masked */
  char *counterparty_name, *counterparty_account;
  char *remark, *purpose, *summary; /* masked */
  GBytes *sealed;                   /* spool/texts.h; NULL once wiped */
  gboolean tied;                    /* pay has spoken */
} TieEntry;
void tie_entry_clear(TieEntry *entry);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TieEntry, tie_entry_clear)

/* ERROR_REFUSED "unknown_entry". */
gboolean tie_entry_load(Store *store, gint64 id, TieEntry *entry, GError **error);

/* The transfers that a line may belong to: those whose references stand in `texts`, and those from the line's account
 * to its counterparty, and for a credit those of routes that have yet to arrive. Transfer *; free with
 * g_ptr_array_unref. */
GPtrArray *tie_candidates(Store *store, const TieEntry *entry, const char *texts, GError **error);

/* Do debits wait to be tied now? They never wait for others. */
gboolean tie_debits_wait(Store *store, Instant now, gboolean *wait, GError **error);

/* Within a transaction: writes the verdict, lets the transfer learn of its line, asks people where the line denies what
 * we know, and gives the line back to intake. transfer_id 0: none. back: whom a return speaks of; NULL for other lines.
 */
gboolean tie_apply(Store *store, const TieEntry *entry, TieKind kind, gint64 transfer_id, const Reason *back,
                   const Learner *by, GError **error);

#endif
