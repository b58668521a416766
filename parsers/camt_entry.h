/* One Ntry of camt.05x with its transactions, and what becomes of it: one entry, or one a transaction. */
#ifndef YIFEN_PARSERS_CAMT_ENTRY_H
#define YIFEN_PARSERS_CAMT_ENTRY_H

#include "parsers/camt_origin.h"
#include "parsers/record.h"

enum { DEBTOR, CREDITOR, PARTIES };

/* A text and the element it came from (camt_paths.h). All strings belong to CamtEntry.texts. */
typedef struct {
  char *text;
  guint8 element;
} CamtText;

typedef struct {
  CamtText name, account, bank;
} CamtParty;

typedef struct {
  int amount_rank; /* 0: none; the higher the surer it is the amount in the entry's currency */
  Money amount;
  guint8 amount_element, direction_element; /* 0: not given */
  Direction direction;
  CamtParty parties[PARTIES];
  CamtText bank_reference, end_to_end_id, purpose, return_reason, additional, time, unstructured, structured;
} CamtTransaction;

typedef struct {
  GStringChunk *texts; /* of this entry and some before it */
  gsize texts_size;
  Entry base;           /* what all share; strings in texts */
  CamtFrom from;        /* and where it stood */
  gint64 claimed;       /* sum of Btch/NbOfTxs */
  GArray *transactions; /* CamtTransaction */
} CamtEntry;

void camt_entry_init(CamtEntry *entry);
void camt_entry_reset(CamtEntry *entry); /* ready for the next Ntry */
void camt_entry_clear(CamtEntry *entry);

typedef struct {
  gboolean ledger;             /* a booked line must have its day */
  const char *account, *owner; /* the account and its owner's name, either may be NULL */
  CamtOrigins *origins;
  const RecordSink *sink;
} CamtOutlet;

/* Checks the entry and hands it to the sink. ERROR_REFUSED "missing" names the field. */
gboolean camt_entry_emit(CamtEntry *entry, const CamtOutlet *outlet, GError **error);

#endif
