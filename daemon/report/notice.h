/* Single mails about one transfer, each once: to the handler whose account details are wrong, and to the reviewers
 * about money whose fate is unknown. They never hold a code. */
#ifndef YIFEN_DAEMON_REPORT_NOTICE_H
#define YIFEN_DAEMON_REPORT_NOTICE_H

#include "daemon/role.h"

/* Queues the mail to the handler; none when the order has gone on since, or has no address. Its own transaction. */
gboolean notice_account(RoleRun *run, const char *reference, Instant now, GError **error);

/* Queues one alarm about the unknown transfers whose bank has had its time and that nobody was mailed about, and lowers
 * *next to when the next one will have. Its own transaction. */
gboolean notice_unknown(RoleRun *run, Instant now, Instant *next, GError **error);

#endif
