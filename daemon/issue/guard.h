/* The memory of a process that holds a private key. */
#ifndef YIFEN_DAEMON_ISSUE_GUARD_H
#define YIFEN_DAEMON_ISSUE_GUARD_H

#include <glib.h>

/* Called first, before OpenSSL allocates anything. From then on: no core dump, no other process of our user reads this
 * memory (start_secret()), all of it is locked (never swapped), private numbers lie in OpenSSL's secure heap between
 * guard pages, and whatever OpenSSL frees is overwritten. ERROR_PERMANENT "key_memory" (detail) when the system does
 * not allow the lock: the unit needs LimitMEMLOCK=infinity. */
gboolean guard_memory(GError **error);

#endif
