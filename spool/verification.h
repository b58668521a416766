/* Proof by fen and code, as the applicant sees it: confirming a code, asking for a new round, naming another account.
 * The rounds and transfers themselves are made by `pay`. */
#ifndef YIFEN_SPOOL_VERIFICATION_H
#define YIFEN_SPOOL_VERIFICATION_H

#include "spool/orders.h"

/* The limits of the configuration. */
typedef struct {
  int tries;  /* wrong codes a round */
  int rounds; /* rounds an order that the applicant caused */
} VerificationLimits;

/* Words of the outside: "verified", "wrong", "malformed", "locked", "expired", "not_due". */
typedef enum {
  CONFIRM_VERIFIED,
  CONFIRM_WRONG,
  CONFIRM_MALFORMED,
  CONFIRM_LOCKED,
  CONFIRM_EXPIRED,
  CONFIRM_NOT_DUE,
  CONFIRM_WORDS
} ConfirmWord;
extern const char *const confirm_words[CONFIRM_WORDS];

typedef struct {
  ConfirmWord word;
  int tries_left; /* of the live round; 0 when there is none */
} Confirmation;

/* Compares what an applicant typed with the code of the order's live round. What is not six digits costs nothing. The
 * try is durable before the compare, so that a kill gives none back, and a second transaction records the outcome. The
 * last wrong code answers CONFIRM_LOCKED. An unknown order does the same work and answers CONFIRM_NOT_DUE. FALSE only
 * when the store fails. key: the code key. */
gboolean verification_confirm(Store *store, const guint8 key[32], const char *order_no, const char *typed,
                              const VerificationLimits *limits, const OrderBy *by, Confirmation *out, GError **error);

/* The two halves of verification_confirm, apart so that a test can die between them. */
typedef struct {
  char *order_no;
  gint64 purchase_id, verification_id; /* 0: there is no live round */
  int round, ordinal;                  /* of this try, 1.. */
  char *reference;
  ConfirmWord refusal; /* why there is nothing to compare, when verification_id is 0 */
  int tries_left;
} Try;
void try_clear(Try *try);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Try, try_clear)
gboolean verification_count(Store *store, const char *order_no, const VerificationLimits *limits, const OrderBy *by,
                            Try *out, GError **error);
gboolean verification_judge(Store *store, const guint8 key[32], const char *code, const Try *try,
                            const VerificationLimits *limits, const OrderBy *by, Confirmation *out, GError **error);

/* Within a transaction, when a round has ended: after the last one, opens the order's `proof_impossible` case, because
 * fen and code cannot prove this account any more and people must look for another way. Does nothing while a round is
 * under way. */
gboolean verification_exhausted(Store *store, const char *order_no, gint64 purchase_id, int rounds, const OrderBy *by,
                                GError **error);

/* A new round with the same account, in a transaction of its own: the older code dies at once and pay is asked for the
 * next. ERROR_REFUSED "transfer_open" while an earlier transfer of the order is not decided, "round_waits" while
 * people decide about the round that is due, "rounds_used" after the last round, "not_by_code" when the order is not
 * proven by code, "proof_done" when it is already. */
gboolean verification_again(Store *store, const char *order_no, const char *reason, const VerificationLimits *limits,
                            const OrderBy *by, GError **error);

/* Another bank account for the order: a new revision and, for orders proven by code, a new round under the same rules.
 */
typedef struct {
  const char *name, *number, *bank, *cnaps; /* cnaps may be NULL */
} BankAccount;
gboolean verification_account(Store *store, const char *order_no, const BankAccount *account,
                              const VerificationLimits *limits, const OrderBy *by, GError **error);

#endif
