#include "spool/rounds.h"

#include <jansson.h>

#include "rules/error.h"
#include "spool/audit.h"

void round_order_clear(RoundOrder *order) {
  g_free(order->order_no);
  g_free(order->applicant_name);
  g_free(order->uscc);
  g_free(order->owner);
  g_free(order->account_name);
  g_free(order->account_number);
  g_free(order->account_bank);
  g_free(order->account_cnaps);
  *order = (RoundOrder){0};
}

static char *owner_of(const char *body) {
  json_t *order = body == NULL ? NULL : json_loads(body, 0, NULL);
  char *owner = g_strdup(json_string_value(json_object_get(json_object_get(order, "legal_representative"), "name")));
  json_decref(order);
  return owner;
}

static gboolean load_purchase(Store *store, const char *order_no, RoundOrder *o, GError **error) {
  gboolean found = FALSE;
  gint64 wanted = 0;
  g_autofree char *body = NULL;
  if (!store_row(store, error, &found,
                 "SELECT id, order_no, applicant_name, uscc, account_name, account_number, account_bank, "
                 "account_cnaps, body, review NOT IN ('closed','refund_requested') AND payment NOT IN "
                 "('refunding','refunded') AND proof IN ('none','withdrawn') FROM purchase WHERE order_no = ?",
                 "t", order_no, "itttttttti", &o->purchase_id, &o->order_no, &o->applicant_name, &o->uscc,
                 &o->account_name, &o->account_number, &o->account_bank, &o->account_cnaps, &body, &wanted))
    return FALSE;
  o->owner = owner_of(body);
  o->need = wanted != 0 ? ROUND_NEEDED : ROUND_NOT_NEEDED;
  return found || error_set(error, ERROR_REFUSED, "order_unknown", "value", order_no, NULL);
}

static gboolean load_counts(Store *store, Instant since, RoundOrder *o, GError **error) {
  gboolean found = FALSE;
  gint64 counted = 0, today = 0, all = 0, open = 0;
  if (!store_row(store, error, &found,
                 "SELECT (SELECT count(*) FROM verification WHERE purchase_id = ?1 AND counted = 1), "
                 "(SELECT count(*) FROM transfer t JOIN verification v ON v.id = t.verification_id "
                 "WHERE t.payee_account = ?2 AND t.created_at >= ?3 AND t.created_at < ?4 AND v.counted = 1), "
                 "(SELECT count(*) FROM transfer WHERE created_at >= ?3 AND created_at < ?4 AND "
                 "purpose = 'verification' AND state <> 'rejected'), "
                 "(SELECT count(*) FROM transfer WHERE purchase_id = ?1 AND "
                 "state IN ('planned','sending','accepted','unknown'))",
                 "itii", o->purchase_id, o->account_number, since, since + TRANSFERS_AHEAD, "iiii", &counted, &today,
                 &all, &open))
    return FALSE;
  o->counted = (int)counted;
  o->today = (int)today;
  o->planned_today = (int)all;
  if (open > 0 && o->need == ROUND_NEEDED)
    o->need = ROUND_WAITS;
  return TRUE;
}

/* Judges by the newest round: rows are never used again, so a round that is over asks for the next one. */
static void judge(RoundOrder *o, gint64 id, const char *state, gint64 counted, const char *transfer) {
  VerificationState is = (VerificationState)life_state(&life_verification, state);
  gboolean over = is == VERIFICATION_FAILED || is == VERIFICATION_LOCKED || is == VERIFICATION_EXPIRED ||
                  is == VERIFICATION_VERIFIED; /* verified: its proof was withdrawn, or the order would not need one */
  o->mending = counted == 0;
  if (is == VERIFICATION_DUE && transfer == NULL)
    o->due_id = id;
  else if (!over)
    o->need = ROUND_NOT_NEEDED;
}

static gboolean load_newest(Store *store, RoundOrder *o, GError **error) {
  gboolean found = FALSE;
  gint64 id = 0, round = 0, counted = 0, transfer_id = 0;
  g_autofree char *state = NULL, *transfer = NULL;
  if (!store_row(
          store, error, &found,
          "SELECT v.id, v.round, v.state, v.counted, t.id, t.state FROM verification v "
          "LEFT JOIN transfer t ON t.verification_id = v.id WHERE v.purchase_id = ? ORDER BY v.round DESC LIMIT 1",
          "i", o->purchase_id, "iitiit", &id, &round, &state, &counted, &transfer_id, &transfer))
    return FALSE;
  if (!found)
    return TRUE;
  o->last = (int)round;
  judge(o, id, state, counted, transfer);
  if (g_strcmp0(transfer, "planned") == 0 && !g_str_equal(state, "due"))
    o->cancel_id = transfer_id;
  return TRUE;
}

gboolean round_order_load(Store *store, const char *order_no, Instant since, RoundOrder *order, GError **error) {
  g_auto(RoundOrder) o = {0};
  if (!load_purchase(store, order_no, &o, error) || !load_newest(store, &o, error) ||
      !load_counts(store, since, &o, error))
    return FALSE;
  *order = o;
  o = (RoundOrder){0};
  return TRUE;
}

static gboolean insert_round(Store *store, const RoundOrder *o, Instant now, gint64 *id, GError **error) {
  if (!store_run(store, error,
                 "INSERT INTO verification (purchase_id, round, state, account_name, account_number, account_bank, "
                 "account_cnaps, changed_at) VALUES (?, ?, 'due', ?, ?, ?, ?, ?)",
                 "iitttti", o->purchase_id, (gint64)o->last + 1, o->account_name, o->account_number, o->account_bank,
                 o->account_cnaps, now))
    return FALSE;
  *id = store_last_id(store);
  return TRUE;
}

/* The due round takes the account as the order names it now. */
static gboolean take_round(Store *store, const RoundOrder *o, Instant now, gint64 *id, GError **error) {
  if (o->due_id == 0)
    return insert_round(store, o, now, id, error);
  *id = o->due_id;
  return store_run(store, error,
                   "UPDATE verification SET account_name = ?, account_number = ?, account_bank = ?, account_cnaps = ?, "
                   "changed_at = ? WHERE id = ?",
                   "ttttii", o->account_name, o->account_number, o->account_bank, o->account_cnaps, now, *id);
}

gboolean round_keep(Store *store, const RoundOrder *order, const Learner *by, int *round, GError **error) {
  gint64 id = 0;
  g_assert(store_in_transaction(store) && order->need == ROUND_NEEDED);
  *round = order->due_id != 0 ? order->last : order->last + 1;
  return take_round(store, order, by->now, &id, error);
}

static gboolean insert_transfer(Store *store, const RoundOrder *o, gint64 round_id, const char *account, Money amount,
                                const char *reference, Day expected, Instant now, GError **error) {
  g_autofree char *expected_on = day_format(expected);
  return store_run(store, error,
                   "INSERT INTO transfer (reference, purpose, purchase_id, verification_id, account, amount, currency, "
                   "payee_name, payee_account, payee_bank, payee_cnaps, state, expected_on, due_at, created_at, "
                   "changed_at) VALUES (?, 'verification', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?, ?)",
                   "tiitittttttiii", reference, o->purchase_id, round_id, account, amount.minor, amount.currency,
                   o->account_name, o->account_number, o->account_bank, o->account_cnaps, expected_on, now, now, now);
}

gboolean round_plan(Store *store, const RoundOrder *order, const char *account, Money amount, Day expected,
                    const Learner *by, GError **error) {
  gint64 round_id = 0;
  g_autofree char *reference = NULL;
  g_assert(store_in_transaction(store) && order->need == ROUND_NEEDED);
  if (!take_round(store, order, by->now, &round_id, error) || !reference_fresh(store, &reference, error) ||
      !insert_transfer(store, order, round_id, account, amount, reference, expected, by->now, error))
    return FALSE;
  g_autofree char *subject = g_strconcat("transfer:", reference, NULL);
  g_autofree char *detail = g_strdup_printf("{\"account\":\"%s\",\"order_no\":\"%s\",\"round\":%d}", account,
                                            order->order_no, order->due_id != 0 ? order->last : order->last + 1);
  return audit_append(store, by->now, by->actor, "transfer.plan", subject, detail, error);
}

/* Of one kind of transfers, so that each select has its own small index. */
#define MENDED(state)                                                                                                  \
  "SELECT t.id, p.order_no FROM transfer t JOIN verification v ON v.id = t.verification_id "                           \
  "JOIN purchase p ON p.id = v.purchase_id LEFT JOIN batch b ON b.id = t.batch_id "                                    \
  "WHERE t.state = '" state "' AND t.reason_class = 'ours' AND v.counted = 0 AND v.state = 'expired' "                 \
  "AND p.proof IN ('none','withdrawn') AND p.review <> 'closed' "                                                      \
  "AND v.round = (SELECT max(round) FROM verification WHERE purchase_id = p.id) "                                      \
  "AND NOT EXISTS (SELECT 1 FROM review_case c WHERE c.reason IN ('bank_refused','bank_reversed',"                     \
  "'transfer_contradiction') AND "                                                                                     \
  "c.state = 'open' AND c.subject IN ('batch:' || b.message_id, 'order:' || p.order_no, "                              \
  "'transfer:' || t.reference)) AND NOT EXISTS (SELECT 1 FROM job j WHERE j.role = 'pay' AND j.kind = 'verify' "       \
  "AND j.subject = p.order_no) "

GPtrArray *rounds_mended(Store *store, GError **error) {
  g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func(g_free);
  g_auto(Rows) rows = store_rows(store, MENDED("rejected") "UNION ALL " MENDED("returned") "ORDER BY 1", "");
  while (rows_next(&rows, error))
    g_ptr_array_add(orders, g_strdup(rows_text(&rows, 1)));
  return rows.failed ? NULL : g_steal_pointer(&orders);
}

GArray *rounds_dead(Store *store, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT t.id FROM transfer t JOIN verification v ON v.id = t.verification_id "
                                 "JOIN purchase p ON p.id = t.purchase_id WHERE t.state = 'planned' AND "
                                 "(v.state <> 'due' OR p.review = 'closed') ORDER BY t.id",
                                 "");
  while (rows_next(&rows, error)) {
    gint64 id = rows_int(&rows, 0);
    g_array_append_val(ids, id);
  }
  return rows.failed ? NULL : g_steal_pointer(&ids);
}
