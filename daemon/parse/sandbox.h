/* The cage from inside: after this a process can read what it has open, write to its pipe, get memory, and end.
 *
 * Limits on memory (RLIMIT_AS), processor time (by the size of the file), open files and written files; not dumpable;
 * no new rights; Landlock without any rule where the kernel has it; a seccomp allow-list that kills. In a sanitizer
 * build memory is not limited and seccomp stays off (its reports need both).
 */
#ifndef YIFEN_DAEMON_PARSE_SANDBOX_H
#define YIFEN_DAEMON_PARSE_SANDBOX_H

#include <glib.h>

/* FALSE when a part that every kernel has could not be set up: then nothing may be parsed. */
gboolean sandbox_close(goffset file_size);

#endif
