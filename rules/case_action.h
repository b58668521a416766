/* What may be done in a case: by its reason, its state, and what it is about. Who may do it is another matter. */
#ifndef YIFEN_RULES_CASE_ACTION_H
#define YIFEN_RULES_CASE_ACTION_H

#include <glib.h>

typedef enum {
  CASE_ACT_ACCEPT = 1 << 0, /* the application; a held file as it stands; a round in doubt */
  CASE_ACT_REFUSE = 1 << 1, /* a held file; a round in doubt; a refund that waits, or the wish for one */
  CASE_ACT_SEND_BACK = 1 << 2,
  CASE_ACT_SETTLE = 1 << 3,
  CASE_ACT_CONSENT = 1 << 4, /* this payer may pay this one order */
  CASE_ACT_REFUND = 1 << 5,
  CASE_ACT_APPROVE = 1 << 6, /* by a second person */
  CASE_ACT_CLOSE = 1 << 7,
  CASE_ACT_UNDO = 1 << 8, /* take back what was settled */
  CASE_ACT_ASSIGN = 1 << 9,
  CASE_ACT_NOTE = 1 << 10,
} CaseAct;
#define CASE_ACTS 11

/* "accept" "refuse" "send_back" ... of 1 << index. */
const char *case_act_word(int index);

typedef enum { CASE_ABOUT_MONEY, CASE_ABOUT_FILE, CASE_ABOUT_ROUND } CaseAbout;

typedef struct {
  const char *reason;
  CaseAbout about;
  gboolean open;
  gboolean refund_waits; /* a refund was asked for in it and waits for its second person */
  gboolean credits;      /* one of its lines is a credit with money that nobody used or gave back */
  gboolean settled;      /* it shows money that pays an order */
  gboolean one_order;    /* it is about exactly one */
} CaseFacts;

/* CaseAct bits. */
unsigned case_acts(const CaseFacts *is);

#endif
