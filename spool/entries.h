/* Booked lines of our own statements: each stored once, however many files show it.
 *
 * Identity, within account and booking day: "s:SERIAL" where the bank's serial number identifies a line, else "h:" and
 * the SHA-256 of the normalised fields, running balance included. A number "#N" follows when the same file shows the
 * same line for the N-th time, N > 1: so over overlapping files the number of equal lines is the largest that one file
 * shows. Texts of our own debits are masked before they come here, so that no hash of a code is kept.
 *
 * Calling sequence of an import: piece_begin, then for each line entry_put and piece_line, then piece_end. */
#ifndef YIFEN_SPOOL_ENTRIES_H
#define YIFEN_SPOOL_ENTRIES_H

#include "rules/day.h"
#include "rules/entry.h"
#include "rules/match.h"
#include "spool/store.h"

/* Reasons of a pending line that somebody still has to look at. */
#define ENTRY_REASON_NEW "new" /* matching */
#define ENTRY_REASON_TIE "tie" /* pay */

/* How often a file has shown a line so far. */
typedef struct EntryCounter EntryCounter;
EntryCounter *entry_counter_new(void);
void entry_counter_free(EntryCounter *counter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EntryCounter, entry_counter_free)

/* The identity of the file's next line. account: section. serial: its bank_reference alone identifies it. The caller
 * frees. */
char *entry_identity(EntryCounter *counter, const char *account, const Entry *line, gboolean serial);

/* Its place among the lines of its day that the file has shown: 1, 2, ... Unlike its line the same in files that
 * overlap by whole days. */
gint64 entry_place(EntryCounter *counter, const char *account, Day day);

typedef struct {
  const Entry *line;   /* booked; texts masked where they must be */
  const char *account; /* section */
  const char *identity;
  gint64 statement_id;
  gint64 place;
  Disposition disposition;
  const char *reason; /* NULL: none */
  gboolean match;     /* a line that matching judges: it can be found by payer, account and number */
  GBytes *sealed;     /* the original texts for pay, or NULL */
} EntryDraft;

/* Within a transaction: stores the line unless it is known; *id 0: it was known. *conflict: known under the same
 * serial, but with another amount or direction. */
gboolean entry_put(Store *store, const EntryDraft *draft, gint64 *id, gboolean *conflict, GError **error);

/* Within a transaction: a stored line that turned out to be one that matching judges (ENTRY_REASON_NEW). */
gboolean entry_promote(Store *store, gint64 id, const Entry *line, GError **error);

/* Bulk writing in pieces, so that nobody waits long: one transaction and one audit row "entries.import" a piece. */
typedef struct {
  Store *store;
  gint64 file_id;
  const char *actor;
  Instant now;
  int lines; /* of the present piece */
  gint64 added, started;
  GChecksum *digest;
} Piece;
gboolean piece_begin(Piece *piece, Store *store, gint64 file_id, const char *actor, Instant now, GError **error);
/* Counts a line (id 0: nothing was added) and commits when the piece is full. */
gboolean piece_line(Piece *piece, gint64 id, const char *identity, GError **error);
gboolean piece_end(Piece *piece, GError **error);
/* Between two transactions of bulk work: lets those that wait go first. */
void piece_step_aside(Store *store);
void piece_clear(Piece *piece); /* rolls back what is not committed */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Piece, piece_clear)

/* Has the file lines that pay has not spoken about? */
gboolean entries_wait(Store *store, gint64 file_id, gboolean *wait, GError **error);

/* A stored line. */
typedef struct {
  Entry line;    /* line.account is NULL */
  char *account; /* section */
  char *identity;
  gint64 statement_id;
  gint64 place;
  Disposition disposition;
  char *reason;
  gint64 allocated;   /* minor units */
  gint64 refunded;    /* given back, or on its way */
  gint64 waived;      /* what a person let us keep of it (spool/waiver.h) */
  gint64 transfer_id; /* 0: none */
  char *transfer;     /* its reference */
  char *file;         /* name of the file that showed it first */
  char *format;       /* of that file; NULL while unknown */
} EntryRow;
void entry_row_clear(EntryRow *row);
void entry_row_free(EntryRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EntryRow, entry_row_clear)

/* ERROR_REFUSED "unknown_entry" (value: the id). */
gboolean entry_load(Store *store, gint64 id, EntryRow *row, GError **error);

/* The stored line of this identity; *id 0: none. */
gboolean entry_find(Store *store, const char *account, Day day, const char *identity, gint64 *id, GError **error);

typedef gboolean EntryEach(void *user, const EntryRow *row, GError **error);

/* All lines in booking order (day, account, id); since DAY_NONE: from the first; disposition NULL: all. */
gboolean entry_each(Store *store, Day since, const char *disposition, EntryEach *each, void *user, GError **error);

/* The orders a line pays, by number. Elements EntryOrder. */
typedef struct {
  char *order_no;
  gint64 amount;
} EntryOrder;
GPtrArray *entry_orders(Store *store, gint64 id, GError **error);

/* Within a transaction: what became of a line, with the audit row "entry.dispose" when it is news
 * (a first judgement that leaves it waiting is none). reason may be NULL.
 */
gboolean entry_dispose(Store *store, const EntryRow *row, Disposition disposition, const char *reason,
                       const char *actor, Instant now, GError **error);

#endif
