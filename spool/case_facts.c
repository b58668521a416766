#include "spool/case_facts.h"

#include "spool/doubts.h"
#include "spool/held.h"

/* The money of an application stands at its order; any other case has its own lines. */
#define SETTLED                                                                                                        \
  "EXISTS (SELECT 1 FROM case_purchase o JOIN allocation a ON a.purchase_id = o.purchase_id WHERE o.case_id = c.id "   \
  "AND (c.reason = 'application' OR a.entry_id IN (SELECT l.entry_id FROM case_entry l WHERE l.case_id = c.id)))"
#define CREDITS                                                                                                        \
  "EXISTS (SELECT 1 FROM case_entry l JOIN entry e ON e.id = l.entry_id WHERE l.case_id = c.id AND "                   \
  "e.direction = 'credit' AND e.amount > e.allocated + e.refunded + e.waived)"

gboolean case_acts_of(Store *store, gint64 id, unsigned *acts, GError **error) {
  gboolean found;
  gint64 open = 0, waits = 0, credits = 0, settled = 0, orders = 0;
  g_autofree char *reason = NULL, *subject = NULL;
  *acts = 0;
  if (!store_row(store, error, &found,
                 "SELECT c.reason, c.subject, c.state = 'open', "
                 "EXISTS (SELECT 1 FROM refund r WHERE r.case_id = c.id AND r.state = 'requested'), " CREDITS
                 ", " SETTLED ", (SELECT count(*) FROM case_purchase o WHERE o.case_id = c.id) "
                 "FROM review_case c WHERE c.id = ?",
                 "i", id, "ttiiiii", &reason, &subject, &open, &waits, &credits, &settled, &orders))
    return FALSE;
  if (!found)
    return TRUE;
  const CaseFacts facts = {.reason = reason,
                           .about = g_str_has_prefix(subject, HELD_SUBJECT)    ? CASE_ABOUT_FILE
                                    : g_str_has_prefix(subject, DOUBT_SUBJECT) ? CASE_ABOUT_ROUND
                                                                               : CASE_ABOUT_MONEY,
                           .open = open != 0,
                           .refund_waits = waits != 0,
                           .credits = credits != 0,
                           .settled = settled != 0,
                           .one_order = orders == 1};
  *acts = case_acts(&facts);
  return TRUE;
}
