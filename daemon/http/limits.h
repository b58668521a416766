/* Limits of requests: token buckets in memory, one a key (an order, a caller). A restart forgets them; the tries of a
 * code are counted in the store and do not depend on this. */
#ifndef YIFEN_DAEMON_HTTP_LIMITS_H
#define YIFEN_DAEMON_HTTP_LIMITS_H

#include <glib.h>

typedef struct Limits Limits;

Limits *limits_new(void);
void limits_free(Limits *limits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limits, limits_free)

/* Takes one token from the key's bucket of `burst` tokens, refilled at one every `refill_us`. FALSE when it is empty,
 * with the seconds (1..) after which to try again. now: microseconds of a clock that never goes back. */
gboolean limits_take(Limits *limits, const char *key, int burst, gint64 refill_us, gint64 now, int *retry_after);

#endif
