/* How transfers are planned and what a bank's answer means: limits, the paying account, reasons sorted by who must act.
 */
#ifndef YIFEN_RULES_POLICY_H
#define YIFEN_RULES_POLICY_H

#include "rules/life.h"
#include "rules/money.h"

/* --- may another round be sent? --- */

typedef struct {
  int rounds;       /* an order, of those that the applicant caused */
  int rounds_a_day; /* to one payee account, day of Shanghai */
  int daily_count;  /* verifications a day, all orders together */
  Money daily_sum;
} PolicyLimits;

typedef struct {
  int rounds;           /* counted rounds of the order so far */
  int to_account_today; /* transfers to this payee account today, of any order */
  int count_today;      /* verifications that left or are about to leave today */
  Money sum_today;
} PolicyUse;

typedef enum {
  POLICY_SEND,
  POLICY_TOMORROW, /* a limit of the day is reached: due again at the next 00:00 of Shanghai */
  POLICY_NO_ROUND, /* the order has used its rounds: case proof_impossible */
} PolicyVerdict;

/* May one more transfer of this amount leave? A sum that cannot be counted (overflow, another currency) waits. */
PolicyVerdict policy_round(const PolicyLimits *limits, const PolicyUse *use, Money amount);

/* --- is the account the applicant's own? --- */

/* What people decide before a fen is sent. Each is a case of its own, under these words. */
typedef enum {
  DOUBT_HOLDER, /* holder_differs: the account's holder is not the applicant (name_is_holder) */
  DOUBT_SHARED, /* account_shared: many companies verify one account */
  DOUBT_MANY,   /* accounts_many: one company verifies many accounts */
  POLICY_DOUBTS
} PolicyDoubt;
typedef struct {
  int companies_an_account, accounts_a_company; /* at most, within the window of the caller */
} PolicySpread;

const char *policy_doubt_word(PolicyDoubt doubt);
const char *policy_doubt_field(PolicyDoubt doubt); /* what the applicant must correct: "name" "number" */
int policy_doubt(const char *word);                /* -1: no such word */

/* The doubts as bits, 1 << PolicyDoubt. Both counts hold this order's own company and account. */
guint policy_doubts(gboolean holder, int companies, int accounts, const PolicySpread *most);

/* --- from which account? --- */

typedef struct {
  const char *title;        /* bank's name, profile */
  const char *const *names; /* how applicants call it, ended by NULL; NULL: none */
  const char *clearing;     /* first three digits of its CNAPS codes; NULL while unknown */
  gboolean pays;            /* it pays verifications */
} PolicyAccount;

/* The first paying account of the payee's bank, else the first paying one; -1 when none pays. The payee's bank is known
 * by the first three digits of its CNAPS code or else by the beginning of its name: the longest of title and names
 * wins. cnaps and bank may be NULL. A wrong guess costs a transfer between banks, nothing more. */
int policy_account(const PolicyAccount *accounts, int count, const char *bank, const char *cnaps);

/* --- what does the bank's answer mean? --- */

typedef enum {
  REASON_OURS,      /* funds, limit, authorisation, date, format; and whatever we do not understand: people look */
  REASON_APPLICANT, /* the payee's name, account or bank: fails the round */
  REASON_DUPLICATE, /* seen before; says nothing about the first */
} ReasonClass;

typedef struct {
  ReasonClass class;
  const char *field; /* what the applicant must correct: "name" "number" "bank"; NULL unless REASON_APPLICANT */
  const char *cause; /* what is wrong with it: "name_differs" "number_wrong" "account_closed" "account_blocked"
                      * "account_kind" "bank_wrong" "sent_back"; NULL unless REASON_APPLICANT */
} Reason;

const char *policy_class_word(ReasonClass class); /* "ours" "applicant" "duplicate" */

/* Sorts an ISO 20022 ExternalStatusReason1Code or ExternalReturnReason1Code; a code that is not listed or says nothing
 * (NARR, MS03), and banks' own codes, by the Chinese words in code and text. Both may be NULL. */
Reason policy_reason(const char *code, const char *text);

/* What came back is told apart: 退票, the payee's bank sent it back, for a reason of the applicant's account; and 冲账,
 * our own bank undid its own booking, which says nothing of the applicant. A return code (RtrInf), a return word of the
 * profile or a reason that only a payee's bank has is a 退票; else a reversal word (冲正 冲账 抹账 红字 冲销) or the
 * bare mark (RvslInd, a red figure) is a 冲账; else our reference came back in a credit, a 退票. */
typedef struct {
  const char *code;                /* RtrInf's, or NULL */
  const char *texts;               /* everything that stands on the line, NFKC, without blanks */
  const char *const *return_words; /* of the bank's profile, ended by NULL; or NULL */
  gboolean reversal;               /* marked so */
} BounceLine;
gboolean policy_came_back(const BounceLine *line); /* does anything say so? Its reference alone would not be here */
gboolean policy_reversed(const BounceLine *line);  /* TRUE: 冲账 */

/* Who must act, given what the bank said of a 退票: `ours` only where its code clearly speaks of us. The money had
 * left, so a reason that is not understood is the applicant's too, "sent_back". Both may be NULL. */
Reason policy_return(const char *code, const char *text);

/* The transfer event of a bank's status (ISO 20022 ExternalPaymentTransactionStatus1Code, and our own word RTND for a
 * bank's 退票, which ISO has none for) and its sorted reason. FALSE,
 * event untouched, for a status that says nothing about one transfer (PART, unknown words). */
gboolean policy_status(const char *status, Reason reason, TransferEvent *event);

#endif
