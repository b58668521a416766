/* yifen case undo: takes back what was settled. */
#ifndef YIFEN_DAEMON_YIFEN_CASE_UNDO_H
#define YIFEN_DAEMON_YIFEN_CASE_UNDO_H

#include "daemon/yifen/command.h"
#include "spool/orders.h"

/* --json: {"id","result":"undone|too_late","case":ID of the new case,"reopened":[...],"against"}. Gives the exit code:
 * 1 when it is too late. */
int case_undo(CommandContext *context, gint64 id, const char *reason, const OrderBy *by);

#endif
