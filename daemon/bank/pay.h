/* What the parts of role pay share. */
#ifndef YIFEN_DAEMON_BANK_PAY_H
#define YIFEN_DAEMON_BANK_PAY_H

#include "daemon/role.h"
#include "parsers/profile.h"
#include "spool/batches.h"
#include "spool/evidence.h"
#include "spool/seal.h"
#include "spool/transfers.h"

#define PAY_BATCH_MAX 500
/* What a bank has, or says it has debited, must show on a statement of ours by then; else its fate is unknown after
 * all.
 */
#define PAY_LINE_WINDOW (7 * 24 * 3600 * INSTANT_SECOND)
#define REFUND_WORDS "退费" /* for the bank, whatever language people read */
#define PROOF_WORDS "通道验证"

typedef struct {
  SealKey code_key, batch_key, pay_key;
  GPtrArray *profiles; /* Profile */
  GHashTable *waits;   /* channel -> Wait: channels that failed */
} PayState;

/* A channel that failed is left alone for a while that doubles up to ten minutes. */
typedef struct {
  int failures;
  Instant until;
} Wait;
Instant wait_after(GHashTable *waits, const char *channel, Instant now); /* one more failure; gives until when */
gboolean wait_over(GHashTable *waits, const char *channel, Instant now);
void wait_for(GHashTable *waits, const char *channel, Instant until); /* it did not fail, but has a limit of rate */
void wait_clear(GHashTable *waits, const char *channel);
GHashTable *waits_new(void);

Instant instant_earlier(Instant a, Instant b); /* INSTANT_NONE is later than all */

Learner pay_learner(const RoleRun *run, Instant now);
const Profile *pay_profile(const RoleRun *run, const ConfAccount *account);
/* When what this account sends at that moment reaches its payee. */
Day pay_fen_day(const RoleRun *run, const ConfAccount *account, Instant leaves);
/* When an answer to what this account sends now is missing; the statement's window where its bank never answers. */
Instant pay_answer_due(const RoleRun *run, const char *account, Instant now);
/* When to look again at a transfer that is not decided: the next question where its bank can be asked, else as above.
 */
Instant pay_transfer_due(const RoleRun *run, const Batch *batch, const Transfer *transfer, Instant now);
/* Is its bank asked about this transfer, when it is overdue? */
gboolean pay_asks(RoleRun *run, const Transfer *transfer, gboolean *it_does, GError **error);

/* Within a transaction: what a bank said on this channel (BankStatus) is learnt of the transfers of its messages.
 * ERROR_REFUSED "status_foreign", "status_reference": it speaks of what is not its own. */
gboolean pay_statuses(RoleRun *run, const char *channel, const char *source, GPtrArray *statuses, Instant now,
                      GError **error);

/* The jobs; each ends its job in its last transaction. */
gboolean pay_verify(RoleRun *run, const Job *job, GError **error);       /* subject: order number */
gboolean pay_answer(RoleRun *run, const Job *job, GError **error);       /* subject: file id */
gboolean pay_tie(RoleRun *run, const Job *job, GError **error);          /* subject: entry id */
gboolean pay_acknowledged(RoleRun *run, const Job *job, GError **error); /* subject: acknowledgement id */
gboolean pay_refund(RoleRun *run, const Job *job, GError **error);       /* subject: refund id */
gboolean pay_prove_again(RoleRun *run, const Job *job, GError **error);  /* subject: paying account */

/* At start: the routes of this configuration are the present ones (spool/routes.h). */
gboolean pay_enter(RoleRun *run, Instant now, GError **error);
/* Was the account's route over this channel proven? Else nothing but its fen leaves. */
gboolean pay_free(RoleRun *run, const ConfAccount *account, const ConfChannel *channel, gboolean *free, GError **error);
gboolean pay_prove(RoleRun *run, Instant now, GError **error); /* a part of the tick, before pay_build */

/* Parts of the tick. Each lowers *next to when it wants to be called again. */
gboolean pay_build(RoleRun *run, Instant now, Instant *next, GError **error);   /* planned transfers -> batches */
gboolean pay_deliver(RoleRun *run, Instant now, Instant *next, GError **error); /* batches -> banks */
gboolean pay_query(RoleRun *run, Instant now, Instant *next, GError **error);   /* fates that can be asked for */
gboolean pay_watch(RoleRun *run, Instant now, Instant *next, GError **error);   /* time-outs, expiry, mended rounds */

gboolean pay_repeat(RoleRun *run, Instant now, Instant *next, GError **error); /* refunds that were refused for our
                                                                                * reason, once no debit can come */

gboolean pay_putaway(RoleRun *run, Instant now, GError **error); /* status files that were read */

/* Ends a job that changed nothing, in a transaction of its own. */
gboolean pay_job_done(RoleRun *run, const Job *job, GError **error);

#endif
