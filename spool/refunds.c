#include "spool/refunds.h"

#include "parsers/json_text.h"
#include "rules/error.h"
#include "spool/audit.h"
#include "spool/job.h"
#include "spool/life.h"

void refund_clear(Refund *refund) {
  char *const texts[] = {refund->order_no,      refund->method,       refund->account,     refund->payee_name,
                         refund->payee_account, refund->payee_bank,   refund->payee_cnaps, refund->text,
                         refund->detail,        refund->requested_by, refund->approved_by};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    g_free(texts[i]);
  *refund = (Refund){0};
}

void refund_free(Refund *refund) {
  if (refund == NULL)
    return;
  refund_clear(refund);
  g_free(refund);
}

#define SELECT                                                                                                         \
  "SELECT r.id, r.purchase_id, r.case_id, r.entry_id, r.previous_id, r.requested_uid, r.amount, r.currency, r.state, " \
  "t.id, p.order_no, p.method, e.account, r.payee_name, r.payee_account, r.payee_bank, r.payee_cnaps, r.text, "        \
  "r.detail, r.requested_by, r.approved_by, EXISTS (SELECT 1 FROM transfer o WHERE o.refund_id = r.previous_id AND "   \
  "o.debit_entry_id IS NOT NULL AND o.state <> 'returned') FROM refund r JOIN purchase p ON p.id = r.purchase_id "     \
  "LEFT JOIN entry e ON e.id = r.entry_id LEFT JOIN transfer t ON t.refund_id = r.id "

static Refund *read_row(Rows *rows) {
  Refund *r = g_new0(Refund, 1);
  gint64 *const numbers[] = {&r->id,          &r->purchase_id,   &r->case_id,     &r->entry_id,
                             &r->previous_id, &r->requested_uid, &r->amount.minor};
  for (int i = 0; i < (int)G_N_ELEMENTS(numbers); i++)
    *numbers[i] = rows_int(rows, i);
  g_strlcpy(r->amount.currency, rows_text(rows, 7), MONEY_CURRENCY_SIZE);
  r->state = (RefundState)life_state(&life_refund, rows_text(rows, 8));
  r->transfer_id = rows_int(rows, 9);
  char **const texts[] = {&r->order_no,    &r->method, &r->account, &r->payee_name,   &r->payee_account, &r->payee_bank,
                          &r->payee_cnaps, &r->text,   &r->detail,  &r->requested_by, &r->approved_by};
  for (int i = 0; i < (int)G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(rows_text(rows, 10 + i));
  r->doubted = rows_int(rows, 21) != 0;
  return r;
}

static GPtrArray *collect(Rows rows, GError **error) {
  g_auto(Rows) all = rows;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)refund_free);
  while (rows_next(&all, error))
    g_ptr_array_add(list, read_row(&all));
  return all.failed ? NULL : g_steal_pointer(&list);
}

gboolean refund_load(Store *store, gint64 id, Refund *refund, GError **error) {
  g_autoptr(GPtrArray) list = collect(store_rows(store, SELECT "WHERE r.id = ?", "i", id), error);
  if (list == NULL)
    return FALSE;
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  if (list->len == 0)
    return error_set(error, ERROR_REFUSED, "refund_unknown", "value", value, NULL);
  Refund *first = g_ptr_array_steal_index(list, 0);
  *refund = *first;
  g_free(first);
  return TRUE;
}

GPtrArray *refunds_requested(Store *store, gint64 case_id, GError **error) {
  return collect(store_rows(store, SELECT "WHERE r.case_id = ? AND r.state = 'requested' ORDER BY r.id", "i", case_id),
                 error);
}

/* A refund whose predecessor was debited after all is left to the people who are asked about that. */
GPtrArray *refunds_to_repeat(Store *store, GError **error) {
  return collect(store_rows(store,
                            SELECT
                            "LEFT JOIN batch b ON b.id = t.batch_id WHERE r.state = 'rejected' AND "
                            "t.state = 'rejected' AND t.reason_class IS NOT 'applicant' AND "
                            "NOT EXISTS (SELECT 1 FROM review_case c WHERE c.reason = 'bank_refused' AND "
                            "c.state = 'open' AND c.subject = 'batch:' || b.message_id) AND "
                            "NOT EXISTS (SELECT 1 FROM refund n WHERE n.previous_id = r.id AND n.state <> 'refused') "
                            "AND NOT EXISTS (SELECT 1 FROM transfer o WHERE o.refund_id = r.previous_id AND "
                            "o.debit_entry_id IS NOT NULL AND o.state <> 'returned') ORDER BY r.id",
                            ""),
                 error);
}

static json_t *json_of(const Refund *r, const char *reference) {
  g_autofree char *amount = money_format(r->amount);
  json_t *object = json_pack("{s:I}", "id", (json_int_t)r->id);
  if (r->entry_id != 0)
    (void)json_object_set_new(object, "entry", json_integer(r->entry_id));
  json_text_set(object, "order_no", r->order_no);
  json_text_set(object, "amount", amount);
  json_text_set(object, "currency", r->amount.currency);
  json_text_set(object, "state", life_refund.states[r->state]);
  json_text_set(object, "account", r->account);
  json_text_set(object, "payee_name", r->payee_name);
  json_text_set(object, "payee_account", r->payee_account);
  json_text_set(object, "payee_bank", r->payee_bank);
  json_text_set(object, "payee_cnaps", r->payee_cnaps);
  json_text_set(object, "reason", r->text);
  json_text_set(object, "detail", r->detail);
  json_text_set(object, "requested_by", r->requested_by);
  json_text_set(object, "approved_by", r->approved_by);
  json_text_set(object, "transfer", reference);
  if (r->previous_id != 0)
    (void)json_object_set_new(object, "previous", json_integer(r->previous_id));
  return object;
}

static gboolean reference_of(Store *store, const Refund *refund, char **reference, GError **error) {
  gboolean found;
  return store_row(store, error, &found, "SELECT reference FROM transfer WHERE refund_id = ?", "i", refund->id, "t",
                   reference);
}

json_t *refunds_json(Store *store, gint64 case_id, GError **error) {
  g_autoptr(GPtrArray) list =
      collect(store_rows(store, SELECT "WHERE r.case_id = ? ORDER BY r.id", "i", case_id), error);
  json_auto_t *all = json_array();
  for (guint i = 0; list != NULL && i < list->len; i++) {
    g_autofree char *reference = NULL;
    if (!reference_of(store, list->pdata[i], &reference, error))
      return NULL;
    (void)json_array_append_new(all, json_of(list->pdata[i], reference));
  }
  return list == NULL ? NULL : g_steal_pointer(&all);
}

static void payee_clear(gpointer payee) {
  g_free((char *)((TriageRefund *)payee)->account);
}

GArray *refund_payees(Store *store, GError **error) {
  g_autoptr(GArray) payees = g_array_new(FALSE, FALSE, sizeof(TriageRefund));
  g_array_set_clear_func(payees, payee_clear);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT DISTINCT payee_account, amount, currency FROM transfer WHERE "
                                 "refund_id IS NOT NULL AND batch_id IS NOT NULL",
                                 "");
  while (rows_next(&rows, error)) {
    TriageRefund payee = {.account = g_strdup(rows_text(&rows, 0)), .amount.minor = rows_int(&rows, 1)};
    g_strlcpy(payee.amount.currency, rows_text(&rows, 2), MONEY_CURRENCY_SIZE);
    g_array_append_val(payees, payee);
  }
  return rows.failed ? NULL : g_steal_pointer(&payees);
}

/* ---- paying ---- */

gboolean refund_plan(Store *store, const Refund *refund, const Learner *by, GError **error) {
  g_assert(store_in_transaction(store) && refund->state == REFUND_APPROVED && refund->transfer_id == 0);
  g_autofree char *reference = NULL;
  if (!reference_fresh(store, &reference, error) ||
      !store_run(store, error,
                 "INSERT INTO transfer (reference, purpose, purchase_id, refund_id, account, amount, currency, "
                 "payee_name, payee_account, payee_bank, payee_cnaps, state, due_at, created_at, changed_at) "
                 "VALUES (?, 'refund', ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?)",
                 "tiititttttiii", reference, refund->purchase_id, refund->id, refund->account, refund->amount.minor,
                 refund->amount.currency, refund->payee_name, refund->payee_account, refund->payee_bank,
                 refund->payee_cnaps, by->now, by->now, by->now))
    return FALSE;
  g_autofree char *subject = g_strconcat("transfer:", reference, NULL);
  g_autofree char *detail = g_strdup_printf("{\"account\":\"%s\",\"order_no\":\"%s\",\"refund\":%" G_GINT64_FORMAT "}",
                                            refund->account, refund->order_no, refund->id);
  return audit_append(store, by->now, by->actor, "transfer.plan", subject, detail, error);
}

gboolean refund_repeat(Store *store, const Refund *refund, const Learner *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .now = by->now};
  if (!life_apply(store, &life_refund, refund->id, REFUND_REPLACE, &news, NULL, NULL, NULL, error) ||
      !store_run(
          store, error,
          "INSERT INTO refund (purchase_id, entry_id, case_id, previous_id, amount, currency, payee_name, "
          "payee_account, payee_bank, payee_cnaps, state, text, requested_by, requested_uid, requested_at, "
          "approved_by, approved_uid, approved_at, changed_at) SELECT purchase_id, entry_id, case_id, id, amount, "
          "currency, payee_name, payee_account, payee_bank, payee_cnaps, 'approved', text, requested_by, "
          "requested_uid, requested_at, approved_by, approved_uid, approved_at, ? FROM refund WHERE id = ?",
          "ii", by->now, refund->id))
    return FALSE;
  gint64 id = store_last_id(store);
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, id);
  g_autofree char *detail = g_strdup_printf("{\"previous\":%" G_GINT64_FORMAT "}", refund->id);
  return audit_append(store, by->now, by->actor, "refund.repeat", subject, detail, error) &&
         job_add(store, "pay", "refund", subject + strlen("refund:"), by->now, error);
}
