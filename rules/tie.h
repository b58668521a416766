/* What a statement line that looks like one of our transfers is: our debit, its return, a fen sent back, or none of
 * ours. By reference; else by amount, payee account and code together; never by amount alone. A refund has no code: of
 * it amount and payee account are enough while it is open, and make a debit look like ours when it is not. So are they
 * of a fen to ourselves (rules/route.h), which has none either and is looked for on both accounts. */
#ifndef YIFEN_RULES_TIE_H
#define YIFEN_RULES_TIE_H

#include "rules/entry.h"
#include "rules/life.h"

typedef enum {
  TIE_DEBIT,          /* the debit of `transfer` */
  TIE_RETURN,         /* `transfer` coming back */
  TIE_ARRIVED,        /* `transfer`, a fen to another account of ours, on that account */
  TIE_SENT_BACK,      /* a payee of ours sent the fen back by itself */
  TIE_ORDINARY,       /* none of ours */
  TIE_UNKNOWN_DEBIT,  /* looks like ours, but nothing planned it, or not so */
  TIE_UNKNOWN_RETURN, /* a return that cannot be told apart */
  TIE_KINDS
} TieKind;
const char *tie_word(TieKind kind);

/* A transfer that the line may belong to: named by a reference in the line's texts, or to the line's counterparty.
 * Borrowed texts. */
typedef struct {
  gint64 id;
  const char *reference, *payee_name, *payee_account;
  Money amount;
  TransferState state;
  gboolean here;              /* it was to leave the line's own account */
  gboolean debited, returned; /* it has such a line already: another one */
  const char *code;           /* six digits; NULL: a refund, or a fen to ourselves */
  gboolean due_here;          /* a fen to ourselves, whose arrival the line's own account has yet to show */
  gboolean from_payer;        /* of these: the line's counterparty is the account that pays it */
} TieTransfer;

typedef struct {
  Direction direction;
  Money amount;
  const char *name, *account; /* counterparty; NULL while unknown */
  const char *texts;          /* everything the bank wrote, unmasked */
  gboolean return_evidence;   /* marked or worded as a return */
  gboolean fen;               /* the verification amount */
  gboolean our_words;         /* our remark's own words */
} TieLine;

typedef struct {
  TieKind kind;
  const TieTransfer *transfer; /* DEBIT, RETURN; or the one an unknown line denies; else NULL */
} TieVerdict;

TieVerdict tie_decide(const TieLine *line, const TieTransfer *transfers, gsize count);

#endif
