/* yifen case list | show. */
#ifndef YIFEN_DAEMON_YIFEN_CASE_SHOW_H
#define YIFEN_DAEMON_YIFEN_CASE_SHOW_H

#include "daemon/yifen/command.h"

/* Give the exit code. */
int case_print_list(CommandContext *context);
int case_print(CommandContext *context, gint64 id);

#endif
