#include "rules/case_action.h"

#include <string.h>

const char *case_act_word(int index) {
  static const char *const words[CASE_ACTS] = {"accept",  "refuse", "send_back", "settle", "consent", "refund",
                                               "approve", "close",  "undo",      "assign", "note"};
  g_return_val_if_fail(index >= 0 && index < CASE_ACTS, NULL);
  return words[index];
}

/* Consent needs one order and a payer that is not its applicant; what of the payer differs is for people to see. */
static gboolean other_payer(const char *reason) {
  return strcmp(reason, "third_party") == 0 || strcmp(reason, "name_differs") == 0;
}

static unsigned money_acts(const CaseFacts *is) {
  unsigned acts = is->credits ? CASE_ACT_SETTLE | CASE_ACT_REFUND : 0;
  gboolean failed = strcmp(is->reason, "refund_failed") == 0 || strcmp(is->reason, "refund_returned") == 0;
  if (strcmp(is->reason, "refund") == 0) /* the applicant's wish is granted or refused, never put aside */
    return acts | CASE_ACT_REFUND | CASE_ACT_REFUSE;
  if (is->credits && is->one_order && other_payer(is->reason))
    acts |= CASE_ACT_CONSENT;
  return acts | (failed ? CASE_ACT_REFUND : 0) | CASE_ACT_CLOSE;
}

static unsigned open_acts(const CaseFacts *is) {
  switch (is->about) {
  case CASE_ABOUT_FILE:
    return CASE_ACT_ACCEPT | CASE_ACT_REFUSE | CASE_ACT_CLOSE;
  case CASE_ABOUT_ROUND: /* closed it would wait for ever */
    return CASE_ACT_ACCEPT | CASE_ACT_REFUSE;
  case CASE_ABOUT_MONEY:
    break;
  }
  if (strcmp(is->reason, "application") == 0)
    return CASE_ACT_ACCEPT | CASE_ACT_SEND_BACK | CASE_ACT_REFUND;
  if (is->refund_waits)
    return CASE_ACT_APPROVE | CASE_ACT_REFUSE | (is->credits ? CASE_ACT_SETTLE : 0);
  return money_acts(is);
}

unsigned case_acts(const CaseFacts *is) {
  unsigned acts = CASE_ACT_NOTE | (is->open ? open_acts(is) | CASE_ACT_ASSIGN : 0);
  return acts | (is->settled && is->about == CASE_ABOUT_MONEY ? CASE_ACT_UNDO : 0);
}
