/* What parsing yields, one record at a time: the same calls in yifen-parse (which writes them as frames to its pipe)
 * and in the reader of the pipe. Records belong to the caller and live for the call; the text of an origin stays where
 * it is as long as its statement is open. A callback that returns FALSE ends the parse. */
#ifndef YIFEN_PARSERS_RECORD_H
#define YIFEN_PARSERS_RECORD_H

#include "rules/entry.h"

/* Days that a record may hold beside DAY_NONE: 1900-01-01 to 2999-12-31. */
enum { RECORD_DAY_MIN = -25567, RECORD_DAY_MAX = 376199 };

typedef enum { STATUS_GROUP, STATUS_PAYMENT, STATUS_TRANSACTION } StatusLevel;

/* One status of a pain.002, already resolved: the lowest level present wins. For STATUS_GROUP and STATUS_PAYMENT only
 * the message (and payment) ids are set: it speaks for all transactions that have no status of their own. */
typedef struct {
  StatusLevel level;
  char *message_id;    /* OrgnlMsgId */
  char *payment_id;    /* OrgnlPmtInfId */
  char *end_to_end_id; /* OrgnlEndToEndId: our reference */
  char *status;        /* ISO 20022 external code: ACSC, RJCT, ... */
  char *reason;        /* code, Cd or Prtry */
  char *detail;        /* AddtlInf, joined */
  char *bank_reference;
} BankStatus;
void bank_status_clear(BankStatus *status);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BankStatus, bank_status_clear)

/* How a required column of a layout fared with the row that came nearest to being its header. */
typedef struct {
  char *layout;   /* "icbc/history" */
  gint64 line;    /* of the row */
  char *column;   /* its key in the profile: "booking_date"; or a rule's that excludes the layout */
  char *wanted;   /* the header names it may have, with | between */
  gboolean found; /* FALSE: the cell below only looks most like it */
  gint64 at;      /* a cell of the row, from 1; 0 for none */
  char *header;   /* what stands in that cell */
} ColumnFit;

typedef struct {
  gboolean (*statement)(void *user, const Statement *statement, GError **error); /* as known at its first line */
  gboolean (*entry)(void *user, const Entry *entry, GError **error);
  gboolean (*statement_end)(void *user, const Statement *statement, GError **error); /* complete */
  gboolean (*status)(void *user, const BankStatus *status, GError **error);
  void *user;
  gboolean (*column_fit)(void *user, const ColumnFit *fit, GError **error); /* or NULL: before a file is refused */
  gboolean (*left_out)(void *user, const char *sheet, GError **error);      /* or NULL: it has rows, and no header */
} RecordSink;

#endif
