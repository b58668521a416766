/* The daily report as people read it: plain text, HTML and a workbook of the same facts (spool/report.h). The language
 * is the one that text_init chose. */
#ifndef YIFEN_DAEMON_REPORT_REPORT_H
#define YIFEN_DAEMON_REPORT_REPORT_H

#include <jansson.h>

#include "daemon/conf.h"
#include "spool/store.h"

/* The caller frees. */
char *report_text(const json_t *report, const Conf *conf);
char *report_html(const json_t *report, const Conf *conf);
char *report_subject(const json_t *report);
GBytes *report_workbook(const json_t *report, const Conf *conf, GError **error);

/* Makes the report of `now` about everything since the last mailed one and queues it for the reviewers. Once a day:
 * *fresh FALSE when it was queued before. Its own transaction. */
gboolean report_queue(Store *store, const Conf *conf, const Calendar *calendar, Instant now, gboolean *fresh,
                      GError **error);

/* Queues a report that somebody asked for, as it is. It takes nothing from the daily one. Its own transaction. */
gboolean report_send(Store *store, const Conf *conf, const json_t *report, Instant now, GError **error);

#endif
