/* What is left to do once a file's fate is known: the answer to who dropped it, and our copy's way to its last folder.
 * The row is the truth; a crash between leaves it to be done again. */
#ifndef YIFEN_DAEMON_INTAKE_PUTAWAY_H
#define YIFEN_DAEMON_INTAKE_PUTAWAY_H

#include "daemon/intake/line.h"

/* Does so for every file that is no longer claimed and not yet put away. A file whose lines wait for pay is answered
 * after PUTAWAY_PATIENCE at the latest. What fails for one file (but not for
 * good) is logged and tried again later, so that it does not hold up the others. *next: when to call again for those;
 * INSTANT_NONE: there are none. */
#define PUTAWAY_PATIENCE (10 * INSTANT_SECOND)
gboolean putaway_all(const Intake *intake, Instant now, Instant *next, GError **error);

#endif
