/* The daily report's facts, read in one snapshot. */
#ifndef YIFEN_SPOOL_REPORT_H
#define YIFEN_SPOOL_REPORT_H

#include <jansson.h>

#include "rules/day.h"
#include "spool/store.h"

/* One JSON object for the day `today`, about what came from `from` up to, without, `to`:
 * {"date","from","to",
 *  "todo":{"application","other_cases","overdue","due_today","unknown_transfers","failed_jobs","held_files"},
 *  "cases":[...as case_list()],
 *  "money":{"credits","credit_sum":[{"currency","amount"}],"entries":[{"account","date","amount","currency","name","remark",
 *           "disposition","reason","orders":[{"order_no","amount"}]}]},        credits that were stored in the period
 *  "verifications":{state:count},
 *  "unknown":[{"reference","order_no","applicant","amount","since"}],
 *  "balances":[{"account","from","to","opening","closing","credits","debits","currency","proof","continues"}],  the
 * newest statement of each account; "continues": does it open with the closing balance before it, absent when it is the
 * first "files":[{"name","state","reason","facts","entries","added"}],                       that came in the period
 *  "audit":{"rows","head"}}
 * Amounts are decimal strings. The caller decrefs; NULL on error. */
json_t *report_collect(Store *store, Day today, Instant from, Instant to, GError **error);

#endif
