#include "daemon/bank/pay.h"

#define LONGEST (600 * INSTANT_SECOND)

GHashTable *waits_new(void) {
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

Instant wait_after(GHashTable *waits, const char *channel, Instant now) {
  Wait *wait = g_hash_table_lookup(waits, channel);
  if (wait == NULL) {
    wait = g_new0(Wait, 1);
    g_hash_table_insert(waits, g_strdup(channel), wait);
  }
  Instant delay = 2 * INSTANT_SECOND << MIN(wait->failures, 10);
  wait->failures++;
  wait->until = now + MIN(delay, LONGEST);
  return wait->until;
}

/* A clock that was set back must not silence a channel for long. */
gboolean wait_over(GHashTable *waits, const char *channel, Instant now) {
  const Wait *wait = g_hash_table_lookup(waits, channel);
  return wait == NULL || wait->until <= now || wait->until > now + LONGEST;
}

void wait_for(GHashTable *waits, const char *channel, Instant until) {
  Wait *wait = g_new0(Wait, 1);
  wait->until = until;
  g_hash_table_replace(waits, g_strdup(channel), wait);
}

void wait_clear(GHashTable *waits, const char *channel) {
  g_hash_table_remove(waits, channel);
}

Instant instant_earlier(Instant a, Instant b) {
  return a == INSTANT_NONE ? b : b == INSTANT_NONE ? a : MIN(a, b);
}
