#include "spool/tell.h"

#include <string.h>

#include "rules/mask.h"
#include "spool/audit.h"
#include "spool/job.h"

void telling_clear(Telling *telling) {
  g_free(telling->key);
  g_free(telling->order_no);
  g_free(telling->language);
  json_decref(telling->facts);
  *telling = (Telling){0};
}

/* What a person wrote may hold anything. */
static json_t *value_of(const char *name, const char *value) {
  gboolean free_text = g_str_equal(name, "why") || g_str_equal(name, "cause");
  g_autofree char *masked = free_text ? mask_codes(value) : g_strdup(value);
  return json_string(masked);
}

static char *write_facts(const Tell *tell) {
  json_auto_t *facts = json_object();
  for (const char *const *fact = tell->facts; fact != NULL && *fact != NULL; fact += 2) {
    g_assert(g_strv_contains(tell_facts(tell->kind), fact[0]) && fact[1] != NULL);
    (void)json_object_set_new(facts, fact[0], value_of(fact[0], fact[1]));
  }
  return json_dumps(facts, JSON_COMPACT | JSON_SORT_KEYS);
}

gboolean tell_handler(Store *store, const Tell *tell, const char *actor, gint64 now, GError **error) {
  g_assert(store_in_transaction(store));
  g_autofree char *facts = write_facts(tell);
  if (!store_run(store, error,
                 "INSERT INTO telling (kind, subject_key, purchase_id, language, facts, created_at) VALUES (?, ?, ?, "
                 "?, ?, ?) ON CONFLICT (kind, subject_key) DO NOTHING",
                 "ttitti", tell_word(tell->kind), tell->key, tell->purchase_id, tell->language, facts, now))
    return FALSE;
  if (store_changes(store) == 0)
    return TRUE;
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, store_last_id(store));
  g_autofree char *subject = g_strconcat("telling:", id, NULL);
  return audit_append(store, now, actor, "telling.queue", subject, "{}", error) &&
         job_add(store, "notify", "tell", id, now, error);
}

gboolean telling_load(Store *store, gint64 id, Telling *telling, gboolean *found, GError **error) {
  g_autofree char *kind = NULL, *facts = NULL;
  if (!store_row(store, error, found,
                 "SELECT t.kind, t.subject_key, p.order_no, t.language, t.facts, t.created_at FROM telling t JOIN "
                 "purchase p ON p.id = t.purchase_id WHERE t.id = ?",
                 "i", id, "ttttti", &kind, &telling->key, &telling->order_no, &telling->language, &facts,
                 &telling->created_at))
    return FALSE;
  int known = tell_kind(kind);
  *found = *found && known >= 0;
  if (!*found)
    return TRUE;
  telling->id = id;
  telling->kind = (TellKind)known;
  telling->facts = json_loads(facts, 0, NULL);
  return TRUE;
}
