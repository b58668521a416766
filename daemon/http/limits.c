#include "daemon/http/limits.h"

#define KEYS_MAX 10000

/* A bucket is the instant at which it is full again: now + missing tokens * refill (the "virtual scheduling" of GCRA).
 */
struct Limits {
  GHashTable *full_at;
};

Limits *limits_new(void) {
  Limits *limits = g_new0(Limits, 1);
  limits->full_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return limits;
}

void limits_free(Limits *limits) {
  if (limits == NULL)
    return;
  g_hash_table_unref(limits->full_at);
  g_free(limits);
}

static gboolean is_full(gpointer key, gpointer value, gpointer now) {
  (void)key;
  return *(gint64 *)value <= *(gint64 *)now;
}

/* A full bucket is as good as none. Whoever asks for ten thousand keys at once makes the others forget theirs. */
static void make_room(Limits *limits, gint64 now) {
  if (g_hash_table_size(limits->full_at) < KEYS_MAX)
    return;
  g_hash_table_foreach_remove(limits->full_at, is_full, &now);
  if (g_hash_table_size(limits->full_at) >= KEYS_MAX)
    g_hash_table_remove_all(limits->full_at);
}

gboolean limits_take(Limits *limits, const char *key, int burst, gint64 refill_us, gint64 now, int *retry_after) {
  gint64 *full_at = g_hash_table_lookup(limits->full_at, key);
  gint64 full = (full_at == NULL ? now : MAX(*full_at, now)) + refill_us;
  gint64 over = full - now - burst * refill_us;
  if (over > 0) {
    *retry_after = (int)((over + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
    return FALSE;
  }
  if (full_at != NULL) {
    *full_at = full;
    return TRUE;
  }
  make_room(limits, now);
  g_hash_table_insert(limits->full_at, g_strdup(key), g_memdup2(&full, sizeof full));
  return TRUE;
}
