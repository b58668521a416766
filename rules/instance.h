/* Who sends: one instance on one machine. A store that was restored, and a copy of the whole instance, must be known
 * for what they are before anything leaves, since another may have sent what they still believe unsent.
 *
 * The store counts how often a message was let go (its epoch), and so does a pass, a file beside the keys. A send
 * commits the store's epoch, then writes the pass, then asks the bank; so the pass is behind by one at most, and a
 * store that is behind its pass is older than what was sent. A pass also names its instance, its machine and itself
 * (inode and birth time): any copy of it differs. What cannot be seen: a whole disk put back as it was. */
#ifndef YIFEN_RULES_INSTANCE_H
#define YIFEN_RULES_INSTANCE_H

#include <glib.h>

typedef struct {
  gint64 epoch;
  char *instance; /* the store's name of itself */
  char *machine;  /* digest of the machine's identity */
  guint64 inode;
  gint64 born; /* nanoseconds, 0 where the file system does not say */
} Pass;
void pass_clear(Pass *pass);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pass, pass_clear)

/* One line of text; the caller frees. */
char *pass_write(const Pass *pass);
gboolean pass_read(const char *text, Pass *pass); /* FALSE, untouched: it is none */

typedef enum {
  INSTANCE_OURS,
  INSTANCE_BEHIND,    /* "behind": the store is older than the pass */
  INSTANCE_LOST,      /* "lost": no pass that can be read, or one older than the store */
  INSTANCE_FOREIGN,   /* "foreign": the pass of another instance */
  INSTANCE_ELSEWHERE, /* "elsewhere": another machine, or a copy of the pass */
  INSTANCE_VERDICTS
} InstanceVerdict;
const char *instance_word(InstanceVerdict verdict);

/* found: the pass as its file says, NULL when there is none. here: the store's epoch and name, this machine, and the
 * file's own inode and birth. */
InstanceVerdict instance_judge(const Pass *found, const Pass *here);

#endif
