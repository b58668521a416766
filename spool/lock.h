/* Role locks and bells. A role is whoever holds an flock on run/ROLE.lock. A bell is a file run/bell/ROLE that a
 * writer appends one byte to after its COMMIT and that the role watches with inotify. A lost bell costs at most 30 s.
 */
#ifndef YIFEN_SPOOL_LOCK_H
#define YIFEN_SPOOL_LOCK_H

#include <glib.h>

/* Takes the role's lock; a descriptor, close it to let go; -1 with ERROR_TEMPORARY "role_taken" when another has it. */
int lock_role(const char *state_dir, const char *role, GError **error);

/* Does somebody hold the role's lock at this moment? For reports only: it may change before the answer is read. */
gboolean lock_held(const char *state_dir, const char *role);

gboolean bell_ring(const char *state_dir, const char *role, GError **error);

typedef struct Bell Bell;
Bell *bell_open(const char *state_dir, const char *role, GError **error);
int bell_fd(const Bell *bell); /* readable when rung; for poll */
void bell_drain(Bell *bell);   /* forget the rings so far; call before looking for work */
void bell_close(Bell *bell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bell, bell_close)

#endif
