/* The identity of a booked line (entries.h). */
#include <string.h>

#include "spool/entries.h"

struct EntryCounter {
  GHashTable *seen; /* "ACCOUNT/DAY" and "ACCOUNT/DAY/IDENTITY" without number -> times */
};

EntryCounter *entry_counter_new(void) {
  EntryCounter *counter = g_new(EntryCounter, 1);
  counter->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  return counter;
}

void entry_counter_free(EntryCounter *counter) {
  if (counter == NULL)
    return;
  g_hash_table_unref(counter->seen);
  g_free(counter);
}

/* Every field with its length before it, so that no two sequences of fields are the same bytes. */
static void add_bytes(GChecksum *sum, const char *bytes, gsize size) {
  guint64 length = GUINT64_TO_LE((guint64)size);
  g_checksum_update(sum, (const guchar *)&length, sizeof length);
  g_checksum_update(sum, (const guchar *)bytes, (gssize)size);
}

/* NFKC without blanks: exports of the same bank differ in width and padding. */
static void add_text(GChecksum *sum, const char *text) {
  g_autofree char *normal = g_utf8_normalize(text != NULL ? text : "", -1, G_NORMALIZE_NFKC);
  g_autoptr(GString) bare = g_string_new(NULL);
  for (const char *at = normal; at != NULL && *at != '\0'; at = g_utf8_next_char(at))
    if (!g_unichar_isspace(g_utf8_get_char(at)))
      g_string_append_unichar(bare, g_utf8_get_char(at));
  add_bytes(sum, bare->str, bare->len);
}

static void add_number(GChecksum *sum, gint64 number) {
  gint64 little = GINT64_TO_LE(number);
  add_bytes(sum, (const char *)&little, sizeof little);
}

static char *digest(const Entry *line) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  const char *texts[] = {line->time,
                         line->return_reason,
                         line->bank_reference,
                         line->entry_reference,
                         line->end_to_end_id,
                         line->counterparty_name,
                         line->counterparty_account,
                         line->remark,
                         line->counterparty_bank,
                         line->purpose,
                         line->summary};
  add_number(sum, line->amount.minor);
  add_text(sum, line->amount.currency);
  add_number(sum, line->direction);
  add_number(sum, line->reversal);
  add_number(sum, line->value_date);
  add_number(sum, line->index);
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    add_text(sum, texts[i]);
  add_number(sum, line->has_balance);
  add_number(sum, line->has_balance ? line->balance.minor : 0);
  return g_strdup(g_checksum_get_string(sum));
}

static gsize count(EntryCounter *counter, const char *key) {
  gsize times = GPOINTER_TO_SIZE(g_hash_table_lookup(counter->seen, key)) + 1;
  g_hash_table_replace(counter->seen, g_strdup(key), GSIZE_TO_POINTER(times));
  return times;
}

char *entry_identity(EntryCounter *counter, const char *account, const Entry *line, gboolean serial) {
  g_autofree char *base = NULL;
  if (serial && line->bank_reference != NULL)
    base = g_strconcat("s:", line->bank_reference, NULL);
  else {
    g_autofree char *hash = digest(line);
    base = g_strconcat("h:", hash, NULL);
  }
  g_autofree char *key = g_strdup_printf("%s/%d/%s", account, line->booking_date, base);
  gsize times = count(counter, key);
  return times == 1 ? g_steal_pointer(&base) : g_strdup_printf("%s#%" G_GSIZE_FORMAT, base, times);
}

gint64 entry_place(EntryCounter *counter, const char *account, Day day) {
  g_autofree char *key = g_strdup_printf("%s/%d", account, day);
  return (gint64)count(counter, key);
}
