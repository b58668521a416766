/* The daily report's facts, read in one snapshot. */
#ifndef YIFEN_SPOOL_REPORT_H
#define YIFEN_SPOOL_REPORT_H

#include <jansson.h>

#include "rules/day.h"
#include "spool/store.h"

typedef struct {
  Day today;
  Instant from, to;                /* the period as it is shown; without after_audit also which files count */
  gint64 after_entry, after_audit; /* what the report before has seen: everything behind counts, whatever its time; 0:
                                      all that came in the period */
  Instant now;                     /* the time of what is open, unknown and proven: that is always told as it is now */
  const Calendar *calendar;
} ReportScope;

/* One JSON object:
 * {"date","from","to","as_of",
 *  "todo":{"application","other_cases","overdue","due_today","unknown_transfers","failed_jobs","held_files",
 *          "failed_mails","gaps"},
 *  "cases":[...as case_list(), with "workdays_left" where it has a due day that is not over],
 *  "money":{"credits","credit_sum":[{"currency","amount"}],
 *           "dispositions":[{"disposition","currency","count","amount"}],
 *           "entries":[{"account","date","amount","currency","name","remark","disposition","reason",
 *                       "orders":[{"order_no","amount"}]}]},
 *      credits that came, without those between our own accounts; "entries" leaves out those that a rule explains
 *  "verifications":{state:count},
 *  "unknown":[{"reference","order_no","applicant","amount","since"}],
 *  "gaps":[{"account","kind","after","from","expected","found"}], as StatementGap
 *  "balances":[{"account","from","to","opening","closing","credits","debits","currency","proof","breaks","first"}],
 *      the newest statement of each account; "breaks": where its statements do not join; "first": it has no other yet
 *  "files":[{"name","state","reason","facts","entries","added"}],
 *  "mails":[{"day","state","recipients","error"}], reports that did not reach everybody: failed, or refused for some
 *  "covers":{"entry","audit"}, the newest rows that it has seen
 *  "audit":{"rows","head"}}
 * Amounts are decimal strings. The caller decrefs; NULL on error. */
json_t *report_collect(Store *store, const ReportScope *scope, GError **error);

#endif
