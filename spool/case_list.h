/* Reading cases, for people. */
#ifndef YIFEN_SPOOL_CASE_LIST_H
#define YIFEN_SPOOL_CASE_LIST_H

#include <jansson.h>

#include "rules/day.h"
#include "spool/store.h"

/* Cases as JSON objects
 * {"id","reason","subject","state","opened_at","due_on","overdue","card":{...},"orders":[{"order_no",
 * "applicant"}],"entries":[{"id","date","account","amount","direction","name","remark","purpose","summary","file","format","line","origin"}],"decision","decided_by","text"},
 * with "assignee", "decided_at", "fields":[names to correct], "notes":[{"at","by","text"}], "earlier":[decided cases of
 * the same application,
 * {"id","decision","decided_by","decided_at","text","fields"}],
 * "consents":[{"order_no","payer_name","payer_account","by","at","text"}] and "refunds":[...]
 * (spool/refunds.h) where there are any, and "actions":[what may be done, rules/case_action.h], the most urgent first:
 * by due day, those without one last. today decides what is overdue. The caller decrefs; NULL on error. */
json_t *case_list(Store *store, gboolean open_only, Day today, GError **error);

/* One case. ERROR_REFUSED "case_unknown". */
json_t *case_show(Store *store, gint64 id, Day today, GError **error);

#endif
