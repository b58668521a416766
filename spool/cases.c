#include "spool/cases.h"

#include "parsers/fields.h"
#include "rules/error.h"
#include "spool/audit.h"
#include "spool/life.h"

static gboolean find_open(Store *store, const char *reason, const char *subject, gint64 *id, gboolean *found,
                          GError **error) {
  return store_row(store, error, found,
                   "SELECT id FROM review_case WHERE reason = ? AND subject = ? AND state = 'open'", "tt", reason,
                   subject, "i", id);
}

static gboolean insert(Store *store, const CaseDraft *draft, const char *due_on, const char *actor, Instant now,
                       gint64 *id, GError **error) {
  if (!store_run(
          store, error,
          "INSERT INTO review_case (reason, subject, state, card, opened_at, due_on) VALUES (?, ?, 'open', ?, ?, ?)",
          "tttit", draft->reason, draft->subject, draft->card, now, due_on))
    return FALSE;
  *id = store_last_id(store);
  g_autofree char *audit_subject = g_strdup_printf("case:%" G_GINT64_FORMAT, *id);
  g_autofree char *detail = g_strdup_printf("{\"reason\":\"%s\",\"about\":\"%s\"}", draft->reason, draft->subject);
  return audit_append(store, now, actor, "case.open", audit_subject, detail, error);
}

static gboolean link_all(Store *store, gint64 id, const CaseDraft *draft, GError **error) {
  if (!store_run(store, error, "DELETE FROM case_purchase WHERE case_id = ?", "i", id) ||
      !store_run(store, error, "DELETE FROM case_entry WHERE case_id = ?", "i", id))
    return FALSE;
  for (gsize i = 0; i < draft->order_count; i++)
    if (!store_run(store, error, "INSERT INTO case_purchase (case_id, purchase_id) VALUES (?, ?)", "ii", id,
                   draft->orders[i]))
      return FALSE;
  for (gsize i = 0; i < draft->entry_count; i++)
    if (!store_run(store, error, "INSERT INTO case_entry (case_id, entry_id) VALUES (?, ?)", "ii", id,
                   draft->entries[i]))
      return FALSE;
  return TRUE;
}

gboolean case_open(Store *store, const CaseDraft *draft, const char *actor, Instant now, gint64 *id, GError **error) {
  g_assert(store_in_transaction(store));
  gboolean found;
  gint64 row = 0;
  g_autofree char *due_on = day_format(draft->due_on);
  if (!find_open(store, draft->reason, draft->subject, &row, &found, error))
    return FALSE;
  if (found ? !store_run(store, error, "UPDATE review_case SET card = ?, due_on = coalesce(?, due_on) WHERE id = ?",
                         "tti", draft->card, due_on, row)
            : !insert(store, draft, due_on, actor, now, &row, error))
    return FALSE;
  if (id != NULL)
    *id = row;
  return link_all(store, row, draft, error);
}

gboolean case_moot(Store *store, const char *reason, const char *subject, const char *actor, Instant now,
                   GError **error) {
  g_assert(store_in_transaction(store));
  gboolean found;
  gint64 id = 0;
  if (!find_open(store, reason, subject, &id, &found, error))
    return FALSE;
  LifeNews news = {.actor = actor, .cause = "{}", .now = now};
  return !found || life_apply(store, &life_case, id, CASE_MOOT, &news, NULL, NULL, NULL, error);
}

gboolean case_decide(Store *store, gint64 id, const char *decision, const char *text, const char *actor, Instant now,
                     GError **error) {
  gboolean found;
  g_autofree char *reason = NULL;
  if (!store_row(store, error, &found, "SELECT reason FROM review_case WHERE id = ?", "i", id, "t", &reason))
    return FALSE;
  json_auto_t *json = json_pack("{s:s, s:s*, s:s*}", "decision", decision, "reason", reason, "text", text);
  g_autofree char *cause = fields_canonical(json);
  const LifeNews news = {.actor = actor, .cause = cause, .now = now};
  return life_apply(store, &life_case, id, CASE_DECIDE, &news, NULL, NULL, NULL, error) &&
         store_run(store, error,
                   "UPDATE review_case SET decision = ?, decided_by = ?, decided_at = ?, text = ? WHERE id = ?",
                   "ttiti", decision, actor, now, text, id);
}

gboolean case_answered(Store *store, const char *reason, const char *subject, Instant since, gboolean *answered,
                       GError **error) {
  gint64 one;
  return store_row(
      store, error, answered,
      "SELECT 1 FROM review_case WHERE subject = ? AND reason = ? AND state = 'closed' AND decided_at >= ? "
      "LIMIT 1",
      "tti", subject, reason, since, "i", &one);
}

gboolean case_blocks(Store *store, gint64 purchase_id, gboolean *blocked, GError **error) {
  gint64 one;
  return store_row(store, error, blocked,
                   "SELECT 1 FROM case_purchase l JOIN review_case c ON c.id = l.case_id "
                   "WHERE l.purchase_id = ? AND c.state = 'open' AND c.reason <> 'application' LIMIT 1",
                   "i", purchase_id, "i", &one);
}
