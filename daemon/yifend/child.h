/* One role's process as the supervisor sees it. Pure bookkeeping and the start; times are monotonic microseconds. */
#ifndef YIFEN_DAEMON_YIFEND_CHILD_H
#define YIFEN_DAEMON_YIFEND_CHILD_H

#include <sys/types.h>

#include "daemon/role.h"

typedef enum {
  CHILD_WAITING, /* to be started at start_at */
  CHILD_UP,
  CHILD_STOPPING, /* asked to stop, killed at kill_at */
  CHILD_DOWN,     /* ended with 100: stays down until the configuration is read again */
} ChildState;

typedef struct {
  const char *name;
  ChildState state;
  pid_t pid;               /* 0 when there is no process */
  int failures, exit_code; /* of the last end; 128 + signal when one ended it */
  gint64 start_at, started_at, kill_at;
  gboolean reload; /* is to be restarted for a new configuration */
} Child;

/* Starts `yifend --role NAME -c FILE`. A failure to start counts as an end. */
void child_start(Child *child, const char *conf_file, gint64 now);

/* Asks for the end; it gets `patience` before child_tick kills it. Without a process it does nothing. */
void child_stop(Child *child, gint64 now, gint64 patience);

/* The process has ended: decides whether and when it starts again. Back-off from 100 ms doubling to 60 s, forgotten
 * after 30 s of life. */
void child_ended(Child *child, int exit_code, gint64 now);

/* Kills a process that outlived its patience. */
void child_tick(Child *child, gint64 now);

/* When the child needs attention next; 0: only when its process ends. */
gint64 child_next(const Child *child);

const char *child_word(const Child *child); /* "up", "waiting", "stopping", "down" */

#endif
