/* What a statement claims of itself against the lines that stand in it: balances, counts and sums. */
#ifndef YIFEN_DAEMON_INTAKE_PROOF_H
#define YIFEN_DAEMON_INTAKE_PROOF_H

#include "parsers/profile.h"
#include "spool/statements.h"

/* What stood in one statement, counted while it was read. */
typedef struct {
  gint64 lines[2];     /* by Direction, of any status */
  gint64 claimable[2]; /* the same as a file counts them: a split batch is one */
  gint64 booked[2];
  gint64 credits, debits; /* sums of all lines in the statement's currency, minor units; booked ones: StatementRow */
} ProofCount;

typedef struct {
  int statement;      /* number within the file */
  const char *reason; /* static: "balance_mismatch" "balance_broken" "totals_mismatch" "count_mismatch"
                         "totals_doubtful" "open_end" */

  const char *side;        /* static: "credit", "debit"; NULL: both, or a balance */
  char *counted, *claimed; /* amounts or counts as text; NULL for balance_broken, totals_doubtful, open_end */
  char *waived;            /* the profile's reason why this is not proven; NULL: a person must look */
} Mismatch;

/* Appends a Mismatch for each claim that does not hold, and sets row->grade by those that do. profile may be NULL. */
void proof_check(StatementRow *row, const ProofCount *count, const Profile *profile, GPtrArray *mismatches);

GPtrArray *mismatches_new(void); /* Mismatch, frees its elements */

/* ERROR_REFUSED with the mismatch's reason and facts: field = number of the statement, value = counted, expected =
 * claimed, detail = side. Always FALSE. */
gboolean mismatch_error(const Mismatch *mismatch, GError **error);

#endif
