#include "spool/case_note.h"

#include "parsers/fields.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/audit.h"

static gboolean refuse(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

static gboolean check(Store *store, gint64 id, gboolean open, GError **error) {
  gboolean found;
  g_autofree char *state = NULL;
  if (!store_row(store, error, &found, "SELECT state FROM review_case WHERE id = ?", "i", id, "t", &state))
    return FALSE;
  if (!found)
    return refuse("case_unknown", id, error);
  return !open || g_str_equal(state, "open") || refuse("case_closed", id, error);
}

static gboolean log_it(Store *store, gint64 id, const char *action, const char *key, const char *text,
                       const OrderBy *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("case:%" G_GINT64_FORMAT, id);
  json_auto_t *object = json_pack("{s:s}", key, text);
  g_autofree char *detail = fields_canonical(object);
  return audit_append(store, by->now, by->actor, action, subject, detail, error);
}

static gboolean finish(Store *store, gboolean ok, GError **error) {
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean case_assign(Store *store, gint64 id, const char *who, const OrderBy *by, GError **error) {
  return store_begin(store, error) &&
         finish(store,
                check(store, id, TRUE, error) &&
                    store_run(store, error, "UPDATE review_case SET assignee = ? WHERE id = ?", "ti", who, id) &&
                    log_it(store, id, "case.assign", "to", who, by, error),
                error);
}

gboolean case_note(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_autofree char *masked = mask_codes(text);
  if (g_utf8_strlen(text, -1) > CASE_NOTE_CHARACTERS)
    return refuse("note_long", CASE_NOTE_CHARACTERS, error);
  return store_begin(store, error) &&
         finish(store,
                check(store, id, FALSE, error) &&
                    store_run(store, error, "INSERT INTO case_note (case_id, text, by, at) VALUES (?, ?, ?, ?)", "itti",
                              id, masked, by->actor, by->now) &&
                    log_it(store, id, "case.note", "text", masked, by, error),
                error);
}
