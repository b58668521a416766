#include "spool/compare.h"

#include "spool/statements.h"

/* What is compared: lines alike in day, amount and direction. */
typedef struct {
  char *account;
  Day day;
  gint64 amount;
  Direction direction;
  gint64 times;
} Alike;

struct Compare {
  GHashTable *alikes; /* key text -> Alike */
};

static void alike_free(gpointer data) {
  Alike *alike = data;
  g_free(alike->account);
  g_free(alike);
}

Compare *compare_new(void) {
  Compare *compare = g_new(Compare, 1);
  compare->alikes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, alike_free);
  return compare;
}

void compare_free(Compare *compare) {
  if (compare == NULL)
    return;
  g_hash_table_unref(compare->alikes);
  g_free(compare);
}

void compare_line(Compare *compare, const char *account, const Entry *line) {
  g_autofree char *key = g_strdup_printf("%s/%d/%" G_GINT64_FORMAT "/%d", account, line->booking_date,
                                         line->amount.minor, line->direction);
  Alike *alike = g_hash_table_lookup(compare->alikes, key);
  if (alike == NULL) {
    alike = g_new(Alike, 1);
    *alike = (Alike){g_strdup(account), line->booking_date, line->amount.minor, line->direction, 0};
    g_hash_table_insert(compare->alikes, g_steal_pointer(&key), alike);
  }
  alike->times++;
}

static gboolean stored_times(Store *store, const Alike *alike, gint64 *times, GError **error) {
  gboolean found;
  g_autofree char *day = day_format(alike->day);
  return store_row(store, error, &found,
                   "SELECT count(*) FROM entry WHERE account = ? AND booking_on = ? AND amount = ? AND direction = ?",
                   "ttit", alike->account, day, alike->amount,
                   alike->direction == DIRECTION_CREDIT ? "credit" : "debit", "i", times);
}

/* Lines that are stored for the days seen but not shown at all are found by the counts of whole days. */
static gboolean missing_lines(const Compare *compare, Store *store, gint64 *missing, GError **error) {
  g_autoptr(GHashTable) days = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init(&iter, compare->alikes);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Alike *alike = value;
    gint64 stored, whole;
    if (!stored_times(store, alike, &stored, error))
      return FALSE;
    char *key = g_strdup_printf("%s/%d", alike->account, alike->day);
    gint64 left = GPOINTER_TO_SIZE(g_hash_table_lookup(days, key));
    if (left == 0) {
      if (!statement_stored(store, alike->account, alike->day, alike->day, &whole, error)) {
        g_free(key);
        return FALSE;
      }
      left = whole + 1;
    }
    g_hash_table_replace(days, key, GSIZE_TO_POINTER((gsize)(left - stored)));
  }
  g_hash_table_iter_init(&iter, days);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    *missing += (gint64)GPOINTER_TO_SIZE(value) - 1;
  return TRUE;
}

gboolean compare_end(const Compare *compare, Store *store, gint64 *differences, GError **error) {
  GHashTableIter iter;
  gpointer value;
  *differences = 0;
  g_hash_table_iter_init(&iter, compare->alikes);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Alike *alike = value;
    gint64 stored;
    if (!stored_times(store, alike, &stored, error))
      return FALSE;
    *differences += ABS(stored - alike->times);
  }
  return missing_lines(compare, store, differences, error);
}
