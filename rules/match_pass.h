/* The passes of matching, as staff may read and change them (rules.conf): tried one after the other, each over all
 * undecided credits in booking order. The first that applies to a credit decides it; what none decides is `pending`. */
#ifndef YIFEN_RULES_MATCH_PASS_H
#define YIFEN_RULES_MATCH_PASS_H

#include "rules/match.h"

typedef enum {
  NUMBER_NONE,    /* the entry names no order */
  NUMBER_ONE,     /* it names one */
  NUMBER_SEVERAL, /* it names two or more */
  NUMBER_ANY,     /* it names at least one */
} MatchNumber;

typedef enum { DUE_OPEN = 1, DUE_NOTHING = 2, DUE_GONE = 4 } MatchDue; /* nothing: paid, accepted, or paid online */

typedef enum {
  AMOUNT_ANY,
  AMOUNT_EXACT,      /* what is due on the one order */
  AMOUNT_PARTS,      /* the first entries that name the order are together what is due */
  AMOUNT_SUM,        /* what is due on all the orders it names, together */
  AMOUNT_SILENT_SUM, /* what is due on two or more of the payer's orders together, but the entry names none */
  AMOUNT_LESS,       /* less than what is due */
  AMOUNT_MORE,
  AMOUNT_PRICE, /* the order's price, paid or not */
} MatchAmount;

struct MatchPass {
  const char *name;
  MatchNumber number;
  unsigned
      payers; /* MatchPayer bits that the orders in question must show: named ones, or without a number all connected */
  unsigned due; /* MatchDue bits that they must show */
  MatchAmount amount;
  gboolean in_time;     /* they were submitted no later than the booking day */
  gboolean own_besides; /* and an open order of the payer's own exists too */
  Disposition
      disposition;    /* SETTLED needs that all named orders, or exactly one, come into question; REVIEW at least one */
  const char *reason; /* of the case; NULL when it settles */

  /* Closer conditions on the orders in question, 0: none. A settlement still needs that no other order comes into
   * question without them. */
  unsigned grades; /* 1 << NameGrade */
  int days;        /* between submission and booking at most */
};
extern const MatchPass match_passes[]; /* the built-in ones, ended by a NULL name */

/* The static word of a reason of the cases that matching opens, and so may withdraw; NULL for any other. */
const char *match_reason(const char *reason);

/* A pass that settles must be exact, from the applicant, and sure (design 6): these rules never bend. The first that it
 * breaks: "pass_amount" "pass_payer" "pass_number" "pass_due" "pass_date" "pass_own", in this order of looking; NULL:
 * it may be. "pass_reason" when it has one.
 * A pass that opens a case breaks "pass_reason" without the word of such a case, and "pass_case_amount" when
 * it asks for what only a settlement can add up. */
const char *match_pass_unsafe(const MatchPass *pass);

/* Does `wide` open a case for whatever `narrow` would? */
gboolean match_pass_covers(const MatchPass *wide, const MatchPass *narrow);

/* Names that matching itself writes as rule ("fixed", "person", ...): no pass may have them. */
gboolean match_pass_reserved(const char *name);

#endif
