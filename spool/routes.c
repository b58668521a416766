#include "spool/routes.h"

#include "parsers/fields.h"
#include "rules/deadline.h"
#include "rules/error.h"
#include "spool/audit.h"
#include "spool/cases.h"

void route_clear(Route *route) {
  transfer_clear(&route->fen);
  *route = (Route){0};
}

/* ---- reading ---- */

gboolean route_load(Store *store, const RouteKey *key, Route *route, GError **error) {
  gboolean found = FALSE;
  gint64 proven = 0, transfer = 0, answered = 0;
  Route r = {.proven_at = INSTANT_NONE};
  if (!store_row(store, error, &found,
                 "SELECT r.id, coalesce(r.proven_at, 0), r.transfer_id, r.credit_entry_id, EXISTS (SELECT 1 FROM "
                 "evidence e WHERE e.transfer_id = r.transfer_id AND e.event IN ('status_progress','status_settled')) "
                 "FROM route r WHERE r.account = ?1 AND (r.fingerprint = ?2 OR (r.fingerprint IS NULL AND "
                 "r.channel = ?3)) ORDER BY r.fingerprint IS NULL LIMIT 1",
                 "ttt", key->account, key->fingerprint, key->channel, "iiiii", &r.id, &proven, &transfer,
                 &r.credit_entry_id, &answered))
    return FALSE;
  r.sent = transfer != 0;
  r.answered = answered != 0;
  if (proven != 0)
    r.proven_at = proven;
  if (r.sent && !transfer_by_id(store, transfer, &r.fen, error))
    return FALSE;
  *route = r;
  return TRUE;
}

gboolean route_carried(Store *store, const char *account, gint64 batch_id, gboolean *carried, GError **error) {
  gint64 one = 0;
  return store_row(store, error, carried,
                   "SELECT 1 FROM route r JOIN transfer t ON t.id = r.transfer_id WHERE r.account = ? AND "
                   "r.present = 1 AND t.batch_id = ?",
                   "ti", account, batch_id, "i", &one);
}

/* ---- writing ---- */

static gboolean audit(Store *store, const char *action, const RouteKey *key, const char *reference, const Learner *by,
                      GError **error) {
  g_autofree char *subject = g_strconcat("account:", key->account, NULL);
  g_autofree char *detail = g_strdup_printf("{\"channel\":\"%s\",\"fingerprint\":\"%s\"%s%s%s}", key->channel,
                                            key->fingerprint, reference == NULL ? "" : ",\"reference\":\"",
                                            reference == NULL ? "" : reference, reference == NULL ? "" : "\"");
  return audit_append(store, by->now, by->actor, action, subject, detail, error);
}

static gboolean commit(Store *store, gboolean done, GError **error) {
  if (done && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* The fen of another route that has not left. */
#define UNSENT                                                                                                         \
  "SELECT o.transfer_id FROM route o JOIN transfer t ON t.id = o.transfer_id LEFT JOIN batch b ON b.id = t.batch_id "  \
  "WHERE o.account = ?1 AND (t.state = 'planned' OR b.state IN ('sealed','uploading'))"

static gboolean take_over(Store *store, const RouteKey *key, GError **error) {
  gboolean found = FALSE;
  gint64 transfer = 0;
  if (!store_row(store, error, &found, UNSENT " AND o.present = 0", "t", key->account, "i", &transfer))
    return FALSE;
  return !found ||
         (store_run(store, error, "UPDATE route SET transfer_id = NULL WHERE transfer_id = ?", "i", transfer) &&
          store_run(store, error,
                    "UPDATE route SET transfer_id = ?, credit_entry_id = NULL WHERE account = ? AND present = 1 AND "
                    "proven_at IS NULL",
                    "it", transfer, key->account));
}

static gboolean enter(Store *store, const RouteKey *key, const Learner *by, GError **error) {
  return store_run(store, error,
                   "UPDATE route SET fingerprint = ?1 WHERE account = ?2 AND channel = ?3 AND fingerprint IS NULL AND "
                   "NOT EXISTS (SELECT 1 FROM route WHERE account = ?2 AND fingerprint = ?1)",
                   "ttt", key->fingerprint, key->account, key->channel) &&
         store_run(store, error, "DELETE FROM route WHERE account = ? AND fingerprint IS NULL", "t", key->account) &&
         store_run(store, error, "UPDATE route SET present = 0 WHERE account = ?", "t", key->account) &&
         store_run(store, error,
                   "INSERT INTO route (account, channel, fingerprint, present) VALUES (?, ?, ?, 1) ON CONFLICT "
                   "(account, fingerprint) DO UPDATE SET present = 1, channel = excluded.channel",
                   "ttt", key->account, key->channel, key->fingerprint) &&
         take_over(store, key, error) && audit(store, "route.enter", key, NULL, by, error);
}

gboolean route_enter(Store *store, const RouteKey *key, const Learner *by, GError **error) {
  gboolean here = FALSE;
  gint64 one = 0;
  if (!store_row(store, error, &here,
                 "SELECT 1 FROM route WHERE account = ? AND fingerprint = ? AND channel = ? AND present = 1", "ttt",
                 key->account, key->fingerprint, key->channel, "i", &one))
    return FALSE;
  return here || (store_begin(store, error) && commit(store, enter(store, key, by, error), error));
}

static gboolean insert_fen(Store *store, const RouteKey *key, const RoutePayee *payee, const char *reference,
                           Instant now, GError **error) {
  g_autofree char *expected_on = day_format(payee->expected);
  return store_run(
             store, error,
             "INSERT INTO transfer (reference, purpose, account, amount, currency, payee_name, payee_account, "
             "payee_bank, state, expected_on, due_at, created_at, changed_at) VALUES (?, 'proof', ?, 1, 'CNY', ?, "
             "?, ?, 'planned', ?, ?, ?, ?)",
             "ttttttiii", reference, key->account, payee->name, payee->account, payee->bank, expected_on, now, now,
             now) &&
         store_run(store, error,
                   "UPDATE route SET transfer_id = ?, credit_entry_id = NULL WHERE account = ? AND present = 1", "it",
                   store_last_id(store), key->account);
}

gboolean route_plan(Store *store, const RouteKey *key, const RoutePayee *payee, const Learner *by, GError **error) {
  g_autofree char *reference = NULL;
  g_assert(store_in_transaction(store));
  return reference_fresh(store, &reference, error) && insert_fen(store, key, payee, reference, by->now, error) &&
         audit(store, "route.prove", key, reference, by, error);
}

gboolean route_arrived(Store *store, gint64 transfer_id, gint64 entry_id, const Learner *by, GError **error) {
  g_autofree char *subject = g_strdup_printf("entry:%" G_GINT64_FORMAT, entry_id);
  g_autofree char *detail = g_strdup_printf("{\"transfer\":%" G_GINT64_FORMAT "}", transfer_id);
  g_assert(store_in_transaction(store));
  return store_run(store, error, "UPDATE route SET credit_entry_id = ? WHERE transfer_id = ?", "ii", entry_id,
                   transfer_id) &&
         audit_append(store, by->now, by->actor, "route.arrived", subject, detail, error);
}

gboolean route_credit(Store *store, gint64 transfer_id, gint64 *entry_id, GError **error) {
  gboolean found;
  *entry_id = 0;
  return store_row(store, error, &found, "SELECT credit_entry_id FROM route WHERE transfer_id = ?", "i", transfer_id,
                   "i", entry_id);
}

static gboolean open_astray(Store *store, const RouteKey *key, const Transfer *fen, const char *subject,
                            const Learner *by, GError **error) {
  json_auto_t *card = json_pack("{s:s, s:s, s:s, s:s}", "account", key->account, "channel", key->channel, "reference",
                                fen->reference, "payee", fen->payee_account);
  g_autofree char *text = fields_canonical(card);
  const CaseDraft draft = {
      .reason = "route_astray", .subject = subject, .card = text, .due_on = deadline_review(by->calendar, by->now)};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

gboolean route_tell_astray(Store *store, const RouteKey *key, const Transfer *fen, const Learner *by, GError **error) {
  gboolean known = FALSE;
  gint64 one;
  g_autofree char *subject = g_strconcat("transfer:", fen->reference, NULL);
  if (!store_row(store, error, &known, "SELECT 1 FROM review_case WHERE reason = 'route_astray' AND subject = ?", "t",
                 subject, "i", &one))
    return FALSE;
  return known || (store_begin(store, error) && commit(store, open_astray(store, key, fen, subject, by, error), error));
}

/* Fens that went astray before are no question any more. */
static gboolean moot_astray(Store *store, const RouteKey *key, const Learner *by, GError **error) {
  g_autoptr(GPtrArray) subjects = g_ptr_array_new_with_free_func(g_free);
  {
    g_auto(Rows) rows = store_rows(store,
                                   "SELECT c.subject FROM review_case c JOIN transfer t ON c.subject = 'transfer:' || "
                                   "t.reference WHERE c.reason = 'route_astray' AND c.state = 'open' AND t.account = ?",
                                   "t", key->account);
    while (rows_next(&rows, error))
      g_ptr_array_add(subjects, g_strdup(rows_text(&rows, 0)));
    if (rows.failed)
      return FALSE;
  }
  for (guint i = 0; i < subjects->len; i++)
    if (!case_moot(store, "route_astray", subjects->pdata[i], by->actor, by->now, error))
      return FALSE;
  return TRUE;
}

static gboolean prove(Store *store, const RouteKey *key, const Learner *by, GError **error) {
  return store_run(store, error,
                   "UPDATE route SET proven_at = ? WHERE account = ? AND fingerprint = ? AND proven_at IS NULL", "itt",
                   by->now, key->account, key->fingerprint) &&
         moot_astray(store, key, by, error) && audit(store, "route.proven", key, NULL, by, error);
}

gboolean route_proven(Store *store, const RouteKey *key, const Learner *by, GError **error) {
  return store_begin(store, error) && commit(store, prove(store, key, by, error), error);
}
