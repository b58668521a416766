/* yifen case refund | approve: one person asks for a refund, another approves it. */
#ifndef YIFEN_DAEMON_YIFEN_CASE_REFUND_H
#define YIFEN_DAEMON_YIFEN_CASE_REFUND_H

#include "daemon/yifen/command.h"
#include "spool/orders.h"

/* `lines`: "ENTRY=AMOUNT" each. The options --name --number --bank --cnaps complete the payee. Give the exit code. */
int case_refund(CommandContext *context, gint64 id, int argc, char **argv, const OrderBy *by);
int case_approve(CommandContext *context, gint64 id, const OrderBy *by);

#endif
