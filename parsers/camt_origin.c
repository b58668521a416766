#include "parsers/camt_origin.h"

#include <string.h>

#include "parsers/camt_paths.h"

enum { TEXTS_MAX = 1000 }; /* a hostile file may vary its elements without end */

static const char *const names[CAMT_FIELDS] = {[FROM_BOOKING_DATE] = "booking_date",
                                               [FROM_VALUE_DATE] = "value_date",
                                               [FROM_TIME] = "time",
                                               [FROM_AMOUNT] = "amount",
                                               [FROM_DIRECTION] = "direction",
                                               [FROM_STATUS] = "status",
                                               [FROM_REVERSAL] = "reversal",
                                               [FROM_RETURN_REASON] = "return_reason",
                                               [FROM_BANK_REFERENCE] = "bank_reference",
                                               [FROM_ENTRY_REFERENCE] = "entry_reference",
                                               [FROM_END_TO_END_ID] = "end_to_end_id",
                                               [FROM_COUNTERPARTY_NAME] = "counterparty_name",
                                               [FROM_COUNTERPARTY_ACCOUNT] = "counterparty_account",
                                               [FROM_COUNTERPARTY_BANK] = "counterparty_bank",
                                               [FROM_REMARK] = "remark",
                                               [FROM_PURPOSE] = "purpose",
                                               [FROM_SUMMARY] = "summary"};

struct CamtOrigins {
  GHashTable *texts; /* CamtFrom -> text */
  CamtFrom last;
  char *last_text; /* NULL: none yet */
};

static guint hash(gconstpointer key) {
  const CamtFrom *from = key;
  guint sum = 0;
  for (int i = 0; i < CAMT_FIELDS; i++)
    sum = sum * 31 + from->element[i];
  return sum;
}

static gboolean equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, sizeof(CamtFrom)) == 0;
}

CamtOrigins *camt_origins_new(void) {
  CamtOrigins *origins = g_new0(CamtOrigins, 1);
  origins->texts = g_hash_table_new_full(hash, equal, g_free, g_free);
  return origins;
}

void camt_origins_free(CamtOrigins *origins) {
  if (origins == NULL)
    return;
  g_hash_table_unref(origins->texts);
  g_free(origins);
}

static char *make_text(const CamtFrom *from) {
  GString *text = g_string_new(NULL);
  for (int i = 0; i < CAMT_FIELDS; i++)
    if (from->element[i] != 0)
      g_string_append_printf(text, "%s=%s\n", names[i], camt_path(from->element[i]));
  return g_string_free(text, FALSE);
}

char *camt_origins_text(CamtOrigins *origins, const CamtFrom *from) {
  if (origins->last_text != NULL && equal(&origins->last, from))
    return origins->last_text;
  char *text = g_hash_table_lookup(origins->texts, from);
  if (text == NULL && g_hash_table_size(origins->texts) >= TEXTS_MAX)
    return NULL;
  if (text == NULL) {
    text = make_text(from);
    g_hash_table_insert(origins->texts, g_memdup2(from, sizeof *from), text);
  }
  origins->last = *from;
  origins->last_text = text;
  return text;
}
