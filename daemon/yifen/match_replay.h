/* yifen match replay [--rules FILE]: what the rules would make of the stored history; only differences, changes
 * nothing. */
#ifndef YIFEN_DAEMON_YIFEN_MATCH_REPLAY_H
#define YIFEN_DAEMON_YIFEN_MATCH_REPLAY_H

#include "daemon/yifen/command.h"

/* rules: path of a file, NULL for the rules in force. Gives the exit code. */
int match_replay(CommandContext *context, const char *rules);

#endif
