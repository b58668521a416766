/* One Ntry of camt.05x with its transactions, and what becomes of it: one entry, or one a transaction. */
#ifndef YIFEN_PARSERS_CAMT_ENTRY_H
#define YIFEN_PARSERS_CAMT_ENTRY_H

#include "parsers/record.h"

enum { DEBTOR, CREDITOR, PARTIES };

/* All strings belong to CamtEntry.texts. */
typedef struct {
  char *name, *account, *bank;
} CamtParty;

typedef struct {
  gboolean has_amount;
  int amount_rank; /* TxDtls/Amt 3, TxAmt 2, InstdAmt 1 */
  Money amount;
  gboolean has_direction;
  Direction direction;
  CamtParty parties[PARTIES];
  char *bank_reference, *end_to_end_id, *purpose, *return_reason, *additional, *time;
  char *unstructured, *structured;
} CamtTransaction;

typedef struct {
  GStringChunk *texts;
  Entry base; /* what all share; strings in texts */
  gboolean has_amount, has_direction, has_status;
  gint64 claimed;       /* sum of Btch/NbOfTxs */
  GArray *transactions; /* CamtTransaction */
} CamtEntry;

void camt_entry_init(CamtEntry *entry);
void camt_entry_reset(CamtEntry *entry); /* ready for the next Ntry */
void camt_entry_clear(CamtEntry *entry);

/* Checks the entry and hands it to the sink. owner: the account and its owner's name, either may be NULL. ERROR_REFUSED
 * "missing" names the field. */
gboolean camt_entry_emit(CamtEntry *entry, const char *account, const char *owner, const RecordSink *sink,
                         GError **error);

#endif
