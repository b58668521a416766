/* Single mails, each once: a page as a mail, and the mail to the reviewers about money whose fate is unknown. They
 * never hold a code. */
#ifndef YIFEN_DAEMON_REPORT_NOTICE_H
#define YIFEN_DAEMON_REPORT_NOTICE_H

#include "daemon/report/page.h"
#include "daemon/role.h"

/* Within a transaction: queues the page as a mail; one a kind and key, another is no error. to ends with NULL. */
gboolean notice_queue(RoleRun *run, const char *kind, const char *key, char *const *to, const Page *page, Instant now,
                      GError **error);

/* Queues one alarm about the unknown transfers whose bank has had its time and that nobody was mailed about, and lowers
 * *next to when the next one will have. Its own transaction. */
gboolean notice_unknown(RoleRun *run, Instant now, Instant *next, GError **error);

#endif
