/* What the decisions of people share (spool/decisions.h). All but the end within a transaction. */
#ifndef YIFEN_SPOOL_DECIDING_H
#define YIFEN_SPOOL_DECIDING_H

#include "rules/case_action.h"
#include "spool/orders.h"

typedef struct {
  gint64 id;
  char *reason, *subject;
  const char *file; /* id of the held file that it is about; NULL: of none. Within subject */
  gboolean doubt;   /* about a round before its fen is sent */
  gboolean open;
} DecisionCase;
void decision_case_clear(DecisionCase *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DecisionCase, decision_case_clear)

/* ERROR_REFUSED "case_unknown"; of decision_open also "case_closed". */
gboolean decision_load(Store *store, gint64 id, DecisionCase *row, GError **error);
gboolean decision_open(Store *store, gint64 id, DecisionCase *row, GError **error);

/* ERROR_REFUSED "case_action" unless rules/case_action.h allows it. */
gboolean decision_permit(Store *store, const DecisionCase *row, CaseAct act, GError **error);

/* ERROR_REFUSED with the id as value; always FALSE. */
gboolean decision_refused(const char *reason, gint64 id, GError **error);

/* Adds the orders of a case, gint64. */
gboolean decision_orders(Store *store, gint64 id, GArray *orders, GError **error);

/* Refreshes the orders of a case; other lines of their payers are judged anew. */
gboolean decision_refresh(Store *store, gint64 id, const OrderBy *by, GError **error);

/* Lines of the case that nobody has decided, unless another open case asks about them, are explained by the person.
 * matched: those that matching judges, else the others. */
gboolean decision_explain(Store *store, gint64 id, gboolean matched, const OrderBy *by, GError **error);

/* The transaction's end: commits what is ok, rolls back the rest. */
gboolean decision_finish(Store *store, gboolean ok, GError **error);

#endif
