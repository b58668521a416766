/* First look at a booked line: who has to judge it. */
#ifndef YIFEN_RULES_TRIAGE_H
#define YIFEN_RULES_TRIAGE_H

#include "rules/entry.h"

typedef enum {
  TRIAGE_MATCH,     /* a credit that may pay an order: match_decide() */
  TRIAGE_REVERSAL,  /* a debit that takes a credit back: match_decide() too */
  TRIAGE_TIE,       /* looks like one of our transfers or its return: pay says what it is */
  TRIAGE_EXPLAINED, /* ordinary: no case, no mail */
} Triage;

/* A refund that was sent; its account in the form of account_normal(). */
typedef struct {
  const char *account;
  Money amount;
} TriageRefund;

/* Lists are ended by NULL; a list may be NULL. */
typedef struct {
  const char *const *own_accounts;    /* numbers of all our accounts */
  const char *const *return_words;    /* 退汇 退票: of the bank's profile */
  const char *const *explained_words; /* 手续费 结息: of the bank's profile */
  const char *const *remark_words;    /* what our own remarks begin with: the template up to {code}, without blanks */
  Money verification;                 /* 0.01 CNY */
  const TriageRefund *refunds;
  gsize refund_count;
} TriageRules;

/* The rule that decided goes to *rule (static: "own_account" "ordinary_debit" "interest_or_fee" "our_remark"
 * "our_reference" "verification_amount" "our_refund" "return_evidence" "reversal" "credit"). A credit is explained as
 * interest or fee only when the line names neither payer nor payer's account: an applicant may write 手续费 too. */
Triage triage_entry(const Entry *entry, const TriageRules *rules, const char **rule);

/* Do the line's texts hold our remark's own words? Then a code stands beside them, whoever wrote them. */
gboolean triage_our_words(const Entry *entry, const TriageRules *rules);

/* Is the line marked, or worded (冲正 红字 冲销 冲账 抹账), as a reversal? */
gboolean triage_reversal(const Entry *entry);

#endif
