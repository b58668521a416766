/* The daemon's side of one call of the staff socket, in a process of its own, so that a slow or hostile caller keeps
 * nobody else waiting: reads the request, looks up who asks and whether their roles may (rules/permit.h), and runs the
 * command as they would have run it. The environment is the daemon's; nothing in it comes from the caller. */
#ifndef YIFEN_DAEMON_STAFF_ANSWER_H
#define YIFEN_DAEMON_STAFF_ANSWER_H

#include "daemon/yifen/command.h"

/* The connection, when this process starts. */
#define STAFF_CONNECTION 3

/* Runs a command line; gives its exit code. context: what is known of the caller; json, actor, uid, files are set. */
typedef int StaffRun(CommandContext *context, const char *conf_file, int argc, char **argv);

/* Gives this process's exit code. */
int staff_answer(const char *conf_file, StaffRun *run);

#endif
