/* Banks that acknowledge a message by a file's name: they put a file named after ours beside their answers (NAME.ack,
 * NAME.err), or rename ours where it lies (NAME.done, NAME.bad). Which names say what is the channel's configuration:
 * patterns in which {file} stands for the name of our file and {message} for its message id. */
#ifndef YIFEN_RULES_ACKNOWLEDGE_H
#define YIFEN_RULES_ACKNOWLEDGE_H

#include <glib.h>

typedef enum {
  ACKNOWLEDGE_NOTHING,
  ACKNOWLEDGE_TAKEN,  /* the bank has the message; of its transfers that says nothing more */
  ACKNOWLEDGE_REFUSED /* it refuses the message whole */
} Acknowledge;

/* Does it hold {file} or {message} once, no path, and never give a name that we use ourselves? */
gboolean acknowledge_pattern_fits(const char *pattern);

/* What this name says, and of which message (owned by the caller; untouched when it says nothing). Letters' case is
 * nothing: machines that bring files change it. Either list may be NULL; a name that both fit says nothing. */
Acknowledge acknowledge_read(const char *name, const char *const *taken, const char *const *refused, char **message_id);

#endif
