/* Mails about single cases to those who are to decide: how their time runs. They never hold a code. */
#ifndef YIFEN_DAEMON_REPORT_NOTICE_CASE_H
#define YIFEN_DAEMON_REPORT_NOTICE_CASE_H

#include "daemon/role.h"

/* Queues mails about the cases whose time is half, four fifths or wholly over and that nobody was mailed about at that
 * point: to the assignee alone, to all reviewers when there is none and at the end. One mail for all cases that the
 * same people are told about now. Lowers *next to when the next one is due. Its own transaction. */
gboolean notice_clocks(RoleRun *run, Instant now, Instant *next, GError **error);

#endif
