/* How a process of ours begins. */
#ifndef YIFEN_DAEMON_START_H
#define YIFEN_DAEMON_START_H

#include <glib.h>

/* Every program: C.UTF-8, umask 0027, no death by SIGPIPE. */
void start_program(void);

/* A daemon that starts others: also closes what descriptors it was started with beyond the standard three. */
void start_daemon(void);

/* Before a key or a code is read: no core dumps, no reading of our memory by others of our user. */
void start_secret(void);

/* After fork in a child of the supervisor: SIGTERM comes when the parent ends. FALSE when it has ended already. */
gboolean start_tied(int parent);

#endif
