/* What `yifen` asks of the staff socket: its arguments, with what the answer needs to know of the caller's terminal.
 *
 * One message of a SOCK_SEQPACKET socket (unix(7)): texts, each ended by NUL:
 *     "yifen-staff 1"  LANGUAGE  FLAGS  FILES  ARGUMENT...
 * LANGUAGE is a locale's name as text_init() takes it; FLAGS any of "j" (--json) and "t" (a person looks at a
 * terminal); FILES the places of arguments that name files, "2,3". With it go descriptors (SCM_RIGHTS): the writing
 * ends of two pipes, for output and for sentences, then the files in their order, opened by the caller with the
 * caller's rights. The answer is one byte, the exit code, once all output is written. No name of a person travels: the
 * kernel says who asks. Whatever else comes ends the connection without an answer. */
#ifndef YIFEN_DAEMON_STAFF_REQUEST_H
#define YIFEN_DAEMON_STAFF_REQUEST_H

#include <glib.h>

#define STAFF_REQUEST_BYTES 65536
#define STAFF_ARGUMENTS 512
#define STAFF_FILES 200 /* the kernel passes at most 253 descriptors at once */

typedef struct {
  const char *language;
  gboolean json, terminal;
  int argc;
  char *argv[STAFF_ARGUMENTS + 1]; /* the command first; ended by NULL */
  int file_count;
  int files[STAFF_FILES]; /* places in argv, rising */
} StaffRequest;

/* The message; NULL when it would be too large. */
GByteArray *staff_request_write(const StaffRequest *request);

/* Reads a message into a request, whose texts belong to the message. FALSE when it is none of ours. */
gboolean staff_request_read(char *message, gsize size, StaffRequest *request);

#endif
