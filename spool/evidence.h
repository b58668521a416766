/* What is learnt of a transfer: one door for the channel, status files, our statement's lines, time and people. It
 * writes the evidence row, moves the transfer, lets its verification, proof, cases and batch follow, all in the
 * caller's transaction. */
#ifndef YIFEN_SPOOL_EVIDENCE_H
#define YIFEN_SPOOL_EVIDENCE_H

#include "rules/day.h"
#include "rules/life.h"
#include "spool/store.h"

typedef struct {
  TransferEvent event;
  const char *source; /* "channel", "file:ID", "entry:ID", "clock", "order", "person:NAME" */
  const char *detail; /* JSON object or NULL; never a code */
  /* Status events: the bank's words. NULL: unchanged. */
  const char *status, *reason, *reason_class, *bank_reference;
  const char *field, *cause; /* what the applicant must correct, and why (policy_reason); NULL: not known, the number */
  gboolean ours;             /* a rejection or return that the applicant did not cause */
  Day settled_on;            /* settlement evidence is of this day; DAY_NONE: it is none */
  gint64 entry_id;           /* DEBIT_LINE, RETURN_LINE */
  Instant due_at;            /* when to look again; INSTANT_NONE: never */
} Evidence;

/* Who learns, when, and how long codes live. */
typedef struct {
  const char *actor;
  Instant now;
  const Calendar *calendar;
  int valid_days;
  int rounds; /* an order, that the applicant caused; 0: people are not asked when the last one ended */
} Learner;

/* Within a transaction. verdict may be NULL. A round that fails for the applicant's reason, or whose fen comes back
 * after its code, is told to the handler (TELL_BOUNCED), as is one that the bank took (TELL_CODE_SENT). A return for a
 * reason of ours (冲账) fails nobody: it opens a case `bank_reversed`, and the round is made anew once that is closed.
 * A contradiction opens a `transfer_contradiction` case; a fate that is unknown, with no due_at left to wait for, a
 * `transfer_unknown` case, which closes itself when the fate is known. ERROR_REFUSED "state" when the life cycle
 * refuses the event. */
gboolean transfer_learn(Store *store, gint64 transfer_id, const Evidence *evidence, const Learner *by,
                        LifeVerdict *verdict, GError **error);

/* Within a transaction: news of no higher rank denies what we know of this transfer (a second debit, another amount, a
 * refusal after the bank said that it was settled): evidence, the bank's words, due_at and a `transfer_contradiction`
 * case; the state stays. */
gboolean transfer_denied(Store *store, gint64 transfer_id, const Evidence *evidence, const Learner *by, GError **error);

/* Within a transaction: ends the rounds whose last day is before `today`. Gives their count. */
gboolean verifications_expire(Store *store, Day today, const Learner *by, int *count, GError **error);

/* When the next round expires: the start of the day after its last; INSTANT_NONE: none waits. */
gboolean verifications_next_expiry(Store *store, Instant *due, GError **error);

#endif
