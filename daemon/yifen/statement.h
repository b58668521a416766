/* The parts of `yifen statement` that only look. */
#ifndef YIFEN_DAEMON_YIFEN_STATEMENT_H
#define YIFEN_DAEMON_YIFEN_STATEMENT_H

#include "daemon/yifen/command.h"

/* What came so far, file by file, and what became of it. Give the exit code. */
int statement_show_list(CommandContext *context);
/* Where the statements of an account do not join, and those that are late; 1 when there are any. */
int statement_show_gaps(CommandContext *context);

#endif
