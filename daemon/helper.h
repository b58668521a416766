/* A helper of ours that runs beside the running program and closes itself in: yifen-parse, yifen-seal. Its environment
 * is empty; it gets an open regular file as descriptor 0, a pipe as 1, and nothing else. It has a wall time and may
 * send so much, both by the size of the file.
 *
 * Calling sequence: helper_start, helper_read until it gives 0 or fails, helper_end. */
#ifndef YIFEN_DAEMON_HELPER_H
#define YIFEN_DAEMON_HELPER_H

#include <glib.h>
#include <sys/types.h>

typedef struct {
  pid_t pid;
  int pipe;         /* our end */
  gint64 deadline;  /* monotonic microseconds */
  gint64 allowance; /* bytes that it may still send */
  gboolean over;    /* its pipe has ended */
} Helper;

/* argv[0] is the program's name ("yifen-parse"). ERROR_TEMPORARY "parser_missing". */
gboolean helper_start(Helper *helper, char **argv, int fd, goffset size, GError **error);

/* Bytes read; 0 when the pipe has ended; -1: ERROR_REFUSED "parser_died" (too slow, too much), ERROR_TEMPORARY
 * "parser_missing". */
gssize helper_read(Helper *helper, void *piece, gsize size, GError **error);

/* Gives the wait status. A child whose pipe has ended gets a moment to end by itself; any other is killed. */
int helper_end(const Helper *helper);

#endif
