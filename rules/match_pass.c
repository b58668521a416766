#include "rules/match_pass.h"

#include <string.h>

#define SELF PAYER_SELF
#define APPLICANT (PAYER_SELF | PAYER_OTHER_ACCOUNT)
#define FOREIGN (PAYER_STRANGER | PAYER_ACCOUNT)
#define ANYBODY (APPLICANT | FOREIGN | PAYER_RELATED | PAYER_NAMELESS)
#define ANY_DUE (DUE_OPEN | DUE_NOTHING | DUE_GONE)

#define SETTLED DISPOSITION_SETTLED, NULL
#define REVIEW DISPOSITION_REVIEW

const MatchPass match_passes[] = {
    /* name, number, payers, due, amount, in_time, own_besides, disposition, reason */
    {"number", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_EXACT, FALSE, FALSE, SETTLED},
    {"number_parts", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_PARTS, FALSE, FALSE, SETTLED},
    {"numbers_sum", NUMBER_SEVERAL, APPLICANT, DUE_OPEN, AMOUNT_SUM, FALSE, FALSE, SETTLED},
    {"payer_amount", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, TRUE, FALSE, SETTLED},

    {"closed_number", NUMBER_ANY, ANYBODY, DUE_GONE, AMOUNT_ANY, FALSE, FALSE, REVIEW, "order_closed"},
    {"other_number", NUMBER_ANY, FOREIGN | PAYER_RELATED, ANY_DUE, AMOUNT_ANY, FALSE, TRUE, REVIEW, "contradiction"},
    {"related_number", NUMBER_ANY, PAYER_RELATED, ANY_DUE, AMOUNT_ANY, FALSE, FALSE, REVIEW, "name_differs"},
    {"foreign_number", NUMBER_ANY, FOREIGN, ANY_DUE, AMOUNT_ANY, FALSE, FALSE, REVIEW, "third_party"},
    {"nameless_number", NUMBER_ANY, PAYER_NAMELESS, ANY_DUE, AMOUNT_ANY, FALSE, FALSE, REVIEW, "unknown_payer"},
    {"number_paid", NUMBER_ANY, APPLICANT, DUE_NOTHING, AMOUNT_ANY, FALSE, FALSE, REVIEW, "already_paid"},
    {"number_short", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_LESS, FALSE, FALSE, REVIEW, "short"},
    {"number_over", NUMBER_ONE, APPLICANT, DUE_OPEN, AMOUNT_MORE, FALSE, FALSE, REVIEW, "over"},
    {"number_left", NUMBER_ANY, APPLICANT, DUE_OPEN, AMOUNT_ANY, FALSE, FALSE, REVIEW, "combined"},

    {"equal_orders", NUMBER_NONE, SELF, DUE_OPEN, AMOUNT_EXACT, TRUE, FALSE, REVIEW, "ambiguous"},
    {"silent_sum", NUMBER_NONE, APPLICANT, DUE_OPEN, AMOUNT_SILENT_SUM, TRUE, FALSE, REVIEW, "combined"},
    {"other_account", NUMBER_NONE, PAYER_OTHER_ACCOUNT, DUE_OPEN, AMOUNT_EXACT, TRUE, FALSE, REVIEW, "account_differs"},
    {"paid_again", NUMBER_NONE, APPLICANT, DUE_NOTHING, AMOUNT_PRICE, TRUE, FALSE, REVIEW, "already_paid"},
    {"amount_short", NUMBER_NONE, APPLICANT, DUE_OPEN, AMOUNT_LESS, TRUE, FALSE, REVIEW, "short"},
    {"amount_over", NUMBER_NONE, APPLICANT, DUE_OPEN, AMOUNT_MORE, TRUE, FALSE, REVIEW, "over"},
    {"later_order", NUMBER_NONE, APPLICANT, DUE_OPEN, AMOUNT_ANY, FALSE, FALSE, REVIEW, "late_order"},
    {"related_payer", NUMBER_NONE, PAYER_RELATED, DUE_OPEN, AMOUNT_ANY, FALSE, FALSE, REVIEW, "name_differs"},
    {"account_only", NUMBER_NONE, PAYER_ACCOUNT, DUE_OPEN, AMOUNT_ANY, FALSE, FALSE, REVIEW, "third_party"},
    {"nameless_account", NUMBER_NONE, PAYER_NAMELESS, DUE_OPEN, AMOUNT_ANY, FALSE, FALSE, REVIEW, "unknown_payer"},
    {NULL},
};

const char *match_reason(const char *reason) {
  static const char *const besides[] = {"reversed", "currency"};
  for (gsize i = 0; i < G_N_ELEMENTS(besides); i++)
    if (strcmp(reason, besides[i]) == 0)
      return besides[i];
  for (const MatchPass *pass = match_passes; pass->name != NULL; pass++)
    if (g_strcmp0(pass->reason, reason) == 0)
      return pass->reason;
  return NULL;
}

static gboolean number_fits(const MatchPass *pass) {
  switch (pass->amount) {
  case AMOUNT_SUM:
    return pass->number == NUMBER_SEVERAL;
  case AMOUNT_PARTS:
    return pass->number == NUMBER_ONE;
  default:
    return pass->number == NUMBER_ONE || pass->number == NUMBER_NONE;
  }
}

static const char *case_wrong(const MatchPass *pass) {
  if (pass->disposition != REVIEW || pass->reason == NULL || match_reason(pass->reason) == NULL)
    return "pass_reason";
  return pass->amount == AMOUNT_PARTS || pass->amount == AMOUNT_SUM ? "pass_case_amount" : NULL;
}

const char *match_pass_unsafe(const MatchPass *pass) {
  unsigned payers = pass->number == NUMBER_NONE ? SELF : APPLICANT;
  if (pass->disposition != DISPOSITION_SETTLED)
    return case_wrong(pass);
  if (pass->amount != AMOUNT_EXACT && pass->amount != AMOUNT_PARTS && pass->amount != AMOUNT_SUM)
    return "pass_amount";
  if ((pass->payers & ~payers) != 0 || pass->payers == 0)
    return "pass_payer";
  if (!number_fits(pass))
    return "pass_number";
  if (pass->due != DUE_OPEN)
    return "pass_due";
  if (pass->number == NUMBER_NONE && !pass->in_time)
    return "pass_date";
  if (pass->own_besides)
    return "pass_own";
  return pass->reason != NULL ? "pass_reason" : NULL;
}

gboolean match_pass_covers(const MatchPass *wide, const MatchPass *narrow) {
  return wide->disposition == REVIEW &&
         (wide->number == narrow->number || (wide->number == NUMBER_ANY && narrow->number != NUMBER_NONE)) &&
         (narrow->payers & ~wide->payers) == 0 && (narrow->due & ~wide->due) == 0 &&
         (wide->amount == narrow->amount || wide->amount == AMOUNT_ANY) && (!wide->in_time || narrow->in_time) &&
         (!wide->own_besides || narrow->own_besides) && wide->grades == 0 && wide->days == 0;
}

gboolean match_pass_reserved(const char *name) {
  static const char *const reserved[] = {"fixed",    "person",   "reversal", "ordinary_debit", "currency", "batch",
                                         "platform", "no_order", NULL};
  return g_strv_contains(reserved, name);
}
