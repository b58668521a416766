#include "parsers/mt940_origin.h"

#include <string.h>

#include "rules/origin.h"

static const char *const names[MT940_FIELDS] = {
    [MT940_FIELD_END_TO_END] = "end_to_end_id", [MT940_FIELD_REFERENCE] = "entry_reference",
    [MT940_FIELD_NAME] = "counterparty_name",   [MT940_FIELD_ACCOUNT] = "counterparty_account",
    [MT940_FIELD_BANK] = "counterparty_bank",   [MT940_FIELD_REMARK] = "remark",
    [MT940_FIELD_PURPOSE] = "purpose",          [MT940_FIELD_SUMMARY] = "summary",
    [MT940_FIELD_RETURN] = "return_reason",     [MT940_FIELD_BANK_REFERENCE] = "bank_reference"};

typedef struct {
  const char *place[MT940_FIELDS];
} Places;

struct Mt940Origins {
  GHashTable *texts; /* Places -> text; places are static, so that there are few */
  Places last;
  char *last_text;
};

static guint hash(gconstpointer key) {
  const Places *places = key;
  guint sum = 0;
  for (int i = 0; i < MT940_FIELDS; i++)
    sum = sum * 31 + g_direct_hash(places->place[i]);
  return sum;
}

static gboolean equal(gconstpointer a, gconstpointer b) {
  return memcmp(a, b, sizeof(Places)) == 0;
}

Mt940Origins *mt940_origins_new(void) {
  Mt940Origins *origins = g_new0(Mt940Origins, 1);
  origins->texts = g_hash_table_new_full(hash, equal, g_free, g_free);
  return origins;
}

void mt940_origins_free(Mt940Origins *origins) {
  if (origins == NULL)
    return;
  g_hash_table_unref(origins->texts);
  g_free(origins);
}

static char *make_text(const Places *places) {
  static const char *const of_line[] = {"booking_date", "value_date", "amount", "direction"};
  GString *text = g_string_new(NULL);
  for (gsize i = 0; i < G_N_ELEMENTS(of_line); i++)
    origin_add(text, of_line[i], ":61:");
  for (int i = 0; i < MT940_FIELDS; i++)
    origin_add(text, names[i], places->place[i]);
  return g_string_free(text, FALSE);
}

char *mt940_origin(Mt940Origins *origins, const Mt940Info *info) {
  Places places = {{0}};
  for (int i = 0; i < MT940_FIELDS; i++)
    places.place[i] = info->text[i] == NULL ? NULL : info->place[i];
  if (origins->last_text != NULL && equal(&origins->last, &places))
    return origins->last_text;
  char *text = g_hash_table_lookup(origins->texts, &places);
  if (text == NULL) {
    text = make_text(&places);
    g_hash_table_insert(origins->texts, g_memdup2(&places, sizeof places), text);
  }
  origins->last = places;
  return origins->last_text = text;
}
