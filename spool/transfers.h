/* Outgoing transfers in the store: reading them, and the names they get. What becomes of them is learnt by
 * spool/evidence. */
#ifndef YIFEN_SPOOL_TRANSFERS_H
#define YIFEN_SPOOL_TRANSFERS_H

#include "rules/day.h"
#include "rules/life.h"
#include "rules/money.h"
#include "spool/store.h"

typedef struct {
  gint64 id;
  gint64 purchase_id;     /* 0 for the fen that proves a route (spool/routes.h) */
  gint64 verification_id; /* 0 for all but verifications */
  int round;              /* of the verification; else 0 */
  gint64 refund_id;       /* 0 for all but refunds */
  gint64 batch_id;        /* 0 while planned */
  char *reference, *purpose;
  char *order_no; /* NULL: of no order */
  char *account;  /* section of the paying account */
  Money amount;
  char *payee_name, *payee_account, *payee_bank, *payee_cnaps; /* cnaps may be NULL */
  TransferState state;
  char *bank_status, *bank_reason, *reason_class, *bank_reference; /* last answer; NULL while none */
  gint64 debit_entry_id, return_entry_id;                          /* 0: none */
  Instant due_at;                                                  /* when to look again, INSTANT_NONE: never */
  Instant created_at, changed_at;
} Transfer;
void transfer_clear(Transfer *transfer);
void transfer_free(Transfer *transfer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transfer, transfer_clear)

/* `prefix` and 16 random characters of Crockford's base32 (80 bits of the kernel's randomness), so that a restored
 * store never repeats one. The caller frees. */
char *reference_new(char prefix);

/* One that no transfer has; the caller frees. ERROR_PERMANENT "reference_taken" when there seems to be none: the
 * randomness is broken. */
gboolean reference_fresh(Store *store, char **reference, GError **error);

/* ERROR_REFUSED "unknown_transfer" (value: the reference). */
gboolean transfer_load(Store *store, const char *reference, Transfer *transfer, GError **error);
/* *found FALSE: no transfer has this reference. */
gboolean transfer_find(Store *store, const char *reference, Transfer *transfer, gboolean *found, GError **error);
gboolean transfer_by_id(Store *store, gint64 id, Transfer *transfer, GError **error);

/* Lists of Transfer, oldest first; free with g_ptr_array_unref. NULL with error. */
GPtrArray *transfers_all(Store *store, GError **error);
GPtrArray *transfers_unknown(Store *store, GError **error);
GPtrArray *transfers_planned(Store *store, GError **error);
GPtrArray *transfers_unalarmed(Store *store, GError **error); /* unknown, and nobody was mailed about it */
GPtrArray *transfers_in_batch(Store *store, gint64 batch_id, GError **error);
/* Of this purpose, planned and due, at most `limit`; also what a clock that was set back since has put off
 * (spool/job.h). */
GPtrArray *transfers_to_send(Store *store, const char *account, const char *purpose, Instant now, int limit,
                             GError **error);
/* On their way or unknown, and to be looked at by now. */
GPtrArray *transfers_overdue(Store *store, Instant now, GError **error);
/* The fens of routes that have yet to be seen on our second account. */
GPtrArray *transfers_proving(Store *store, GError **error);
/* Of this paying account, to this payee account, of any state. */
GPtrArray *transfers_to_payee(Store *store, const char *account, const char *payee_account, GError **error);

/* Within a transaction: a mail about it waits in the outbox. */
gboolean transfer_alarmed(Store *store, gint64 id, Instant now, GError **error);

/* When the channel's last attempt to send it ended, however it ended; INSTANT_NONE: none has. */
gboolean transfer_left_at(Store *store, gint64 id, Instant *at, GError **error);

/* When, after now, the next transfer wants to be looked at; INSTANT_NONE: none does. */
gboolean transfers_next_due(Store *store, Instant now, Instant *due, GError **error);

/* When the oldest planned transfer was planned; INSTANT_NONE: there is none. */
gboolean transfers_oldest_planned(Store *store, Instant *created, GError **error);

/* Within a transaction: verifications that are planned and due wait until then; the fen is expected on that day. */
gboolean transfers_put_off(Store *store, const char *account, Instant now, Instant until, Day expected, GError **error);

/* Counts of a day hold what a clock that was a day ahead has written; what it wrote further ahead is of no day of ours,
 * and would use up the limits of all days until then. */
#define TRANSFERS_AHEAD (48 * 3600 * INSTANT_SECOND)

/* Verifications to this payee account that went into batches since `since`, without those that do not count. */
gboolean transfers_sent_to(Store *store, const char *payee_account, Instant since, int *count, GError **error);

/* Within a transaction: a planned transfer waits until then. */
gboolean transfer_put_off(Store *store, gint64 id, Instant until, Day expected, GError **error);

/* Verifications that went into batches since `since`, of all accounts together: count and sum in minor units. */
gboolean transfers_sent_since(Store *store, Instant since, gint64 *count, gint64 *sum, GError **error);

/* What was learnt of it, in order. */
typedef struct {
  char *event, *verdict, *source, *detail; /* detail: JSON or NULL */
  Instant at;
} EvidenceRow;
void evidence_row_free(EvidenceRow *row);
GPtrArray *transfer_evidence(Store *store, gint64 transfer_id, GError **error);

#endif
