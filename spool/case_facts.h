/* What rules/case_action.h asks about a case. */
#ifndef YIFEN_SPOOL_CASE_FACTS_H
#define YIFEN_SPOOL_CASE_FACTS_H

#include "rules/case_action.h"
#include "spool/store.h"

/* CaseAct bits of a case; 0 when there is none. */
gboolean case_acts_of(Store *store, gint64 id, unsigned *acts, GError **error);

#endif
