/* Matching: which orders an incoming wire pays. Ordered passes over evidence; same input, same output, in whatever
 * order things arrived.
 *
 * How to build a group. match_decide() judges a *group*: entries and orders that are connected. An entry and an order
 * are connected when
 *   - entry.payer_key = order.applicant_key (name_key() of both, not ""), or
 *   - the entry's counterparty account = the order's account number (account_normal() of both), or
 *   - the order's number stands in a text of the entry (number_keys() of remark, purpose, summary), or
 *   - a stored allocation ties them.
 * Two entries are connected when one is a reversal (TRIAGE_REVERSAL) and they share payer_key or counterparty account,
 * or the reversal shows the other's bank reference. Take the entries or orders that are new, and add what is connected
 * until nothing is added. A group that holds more than that (up to everything) gives the same answer for its members;
 * one that holds less may give a wrong one. Orders: all of them, also accepted, lapsed, withdrawn and paid online:
 * their numbers count. Entries: all booked lines that triage_entry() calls TRIAGE_MATCH or TRIAGE_REVERSAL, whatever
 * their present disposition, except those `own_transfer` or `returned`. All decisions are made anew; only what is fixed
 * stays: an allocation by a person, or any allocation to an order that was accepted (MatchFixed), and an entry that a
 * person disposed of (decided). The caller compares with what is stored.
 *
 * The result borrows nothing but refers to entries and orders by their index in the group. */
#ifndef YIFEN_RULES_MATCH_H
#define YIFEN_RULES_MATCH_H

#include "rules/entry.h"
#include "rules/name.h"
#include "rules/order.h"

typedef enum {
  DISPOSITION_SETTLED,
  DISPOSITION_REVIEW,
  DISPOSITION_EXPLAINED,
  DISPOSITION_OWN_TRANSFER,
  DISPOSITION_RETURNED,
  DISPOSITION_PENDING,
  DISPOSITIONS
} Disposition;

const char *disposition_word(Disposition disposition);
gboolean disposition_parse(const char *word, Disposition *out);

typedef enum {
  MATCH_OPEN,     /* to be paid by wire, not accepted: matching may settle and unsettle it */
  MATCH_ACCEPTED, /* accepted: nothing moves without a person */
  MATCH_GONE,     /* withdrawn, lapsed or closed: no candidate, but its number counts */
  MATCH_ONLINE,   /* paid by Alipay or WeChat: its number counts */
} MatchOrderState;

typedef struct {
  const Order *order; /* id, order_no, submitted_at, applicant_name, account_number, price are used */
  MatchOrderState state;
} MatchOrder;

typedef struct {
  const Entry *line;
  gint64 place;            /* the line's place among those of its day in its file; its line will do */
  const char *identity;    /* the store's identity within account and day. May be NULL */
  gboolean decided;        /* a person disposed of it: the line is no evidence any more */
  Disposition disposition; /* what the person decided, when decided */
} MatchEntry;

typedef struct {
  gsize entry, order; /* indices within the group */
  gint64 amount;
} MatchFixed;

typedef struct MatchPass MatchPass; /* rules/match_pass.h */

typedef struct {
  const MatchEntry *entries;
  gsize entry_count;
  const MatchOrder *orders;
  gsize order_count;
  const MatchFixed *fixed;
  gsize fixed_count;
  const MatchPass *passes; /* ended by a NULL name, each safe (match_pass_unsafe()); NULL: the built-in ones */
} MatchGroup;

/* A payer with more orders than this, that are not withdrawn, is a crowd (match_find.c). */
#define MATCH_CROWD 64
#define MATCH_FEW 16

/* How the payer stands to an order's applicant. */
typedef enum {
  PAYER_SELF = 1,          /* name equal or normalised and account equal; or truncated or '?' and account equal, unless
                              it may be another applicant's too who gave the same account */
  PAYER_OTHER_ACCOUNT = 2, /* name equal or normalised, another account or none */
  PAYER_RELATED = 4,       /* legal form or branch, or truncated or '?' without the account */
  PAYER_ACCOUNT = 8,       /* account equal, name other */
  PAYER_STRANGER = 16,
  PAYER_NAMELESS = 32, /* the line shows no name: empty equals nothing */
} MatchPayer;

const char *match_payer_word(MatchPayer payer); /* "self" "other_account" "related" "account" "stranger" "nameless" */

typedef struct {
  gsize order;
  MatchPayer payer;
  NameGrade grade;
  gboolean account;    /* accounts equal */
  gboolean named;      /* its number stands in a text */
  gboolean submitted;  /* no later than the booking day */
  gint64 due;          /* what of its price was open when this entry's turn came, minor units */
  gint64 difference;   /* amount of the entry minus due */
  const char *against; /* what disqualified it: "closed" "online" "paid" "currency" "name" "payer" "other_number"
                          "account" "later" "amount" "equal_candidate" "reversed"; NULL: it was chosen. Static */
} MatchCandidate;

typedef struct {
  gsize order;
  const char *field;    /* "remark" "purpose" "summary" */
  gsize offset, length; /* bytes in that field */
} MatchHit;

typedef struct {
  gsize order;
  gint64 amount;
} MatchAllocation;

typedef struct {
  Disposition disposition;
  const char *reason;  /* case reason, why it is pending, or NULL; static */
  const char *rule;    /* name of the pass that decided; "fixed": keep the stored one; "person"; lives as the passes */
  NameGrade grade;     /* of the payer against the orders it settles, else against the best candidate */
  gboolean account;    /* the same for the account */
  gboolean proves;     /* settled, and the payer is the applicant itself */
  GArray *allocations; /* MatchAllocation, ordered by order number */
  GArray *candidates;  /* MatchCandidate, ordered by order number: every order the entry is connected with; of a payer
                          with more than MATCH_CROWD orders only some (match_find.c), and without a number such an
                          entry is never settled while that many are open */
  GArray *hits;        /* MatchHit */
  gssize partner;      /* index of the reversal, or of the credit it takes back; -1 */
  gssize in_case;      /* index of its case; -1 */
} MatchOutcome;

/* One question for a person. */
typedef struct {
  const char *reason; /* static */
  GArray *entries;    /* gsize, in booking order */
  GArray *orders;     /* gsize, ordered by order number: the orders that come into question */
} MatchCase;

typedef struct {
  MatchOutcome *outcomes; /* one an entry of the group, same index */
  gsize outcome_count;
  MatchCase *cases;
  gsize case_count;
} MatchResult;

MatchResult *match_decide(const MatchGroup *group);
void match_result_free(MatchResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MatchResult, match_result_free)

/* Booking order: day, time (lines without one last), account, place, identity, then what else the line shows; the row's
 * id decides only between lines that are equal in all of it. < 0: a before b. */
int match_compare(const MatchEntry *a, const MatchEntry *b);

#endif
