/* Key files: DIR/keys (0700) holds code.key, batch.key (32 random bytes) and the X25519 pairs pay.key, pay.pub and
 * notify.key, notify.pub; each 64 hex digits and a line feed, 0600. */
#ifndef YIFEN_SPOOL_KEYS_H
#define YIFEN_SPOOL_KEYS_H

#include "spool/seal.h"

#define KEY_CODE "code.key"   /* derives the codes: pay, serve */
#define KEY_BATCH "batch.key" /* seals messages to banks: pay */
#define KEY_PAY "pay.key"     /* opens what intake sealed: pay */
#define KEY_PAY_PUBLIC "pay.pub"
#define KEY_NOTIFY "notify.key" /* opens the PINs that yifen-issue sealed: notify */
#define KEY_NOTIFY_PUBLIC "notify.pub"

/* Makes DIR/keys and the keys that are missing; those that are there stay. May be run again after a crash. */
gboolean keys_create(const char *dir, GError **error);

/* Makes the pair of notify alone, which older instances do not have. */
gboolean keys_create_notify(const char *dir, GError **error);

/* Reads DIR/keys/NAME. ERROR_PERMANENT: "key_missing", "key_open" (others may read it), "key_shape"; all name the file.
 */
gboolean keys_read(const char *dir, const char *name, SealKey *key, GError **error);

#endif
