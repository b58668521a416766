#include "spool/case_list.h"

#include "parsers/entry_json.h"
#include "parsers/json_text.h"
#include "rules/error.h"
#include "rules/money.h"
#include "spool/case_facts.h"
#include "spool/refunds.h"

#define CASE_COLUMNS                                                                                                   \
  "id, reason, subject, state, card, opened_at, due_on, decision, decided_by, text, assignee, decided_at, fields"

static json_t *case_head(Rows *rows, Day today) {
  json_t *object = json_object();
  (void)json_object_set_new(object, "id", json_integer(rows_int(rows, 0)));
  json_text_set(object, "reason", rows_text(rows, 1));
  json_text_set(object, "subject", rows_text(rows, 2));
  json_text_set(object, "state", rows_text(rows, 3));
  json_t *card = json_loads(rows_text(rows, 4), 0, NULL);
  (void)json_object_set_new(object, "card", card != NULL ? card : json_object());
  g_autofree char *opened_at = instant_format(rows_int(rows, 5));
  json_text_set(object, "opened_at", opened_at);
  json_text_set(object, "due_on", rows_text(rows, 6));
  Day due;
  gboolean overdue = g_str_equal(rows_text(rows, 3), "open") && !rows_null(rows, 6) &&
                     day_parse(rows_text(rows, 6), &due) && due < today;
  (void)json_object_set_new(object, "overdue", json_boolean(overdue));
  json_text_set(object, "decision", rows_text(rows, 7));
  json_text_set(object, "decided_by", rows_text(rows, 8));
  json_text_set(object, "text", rows_text(rows, 9));
  json_text_set(object, "assignee", rows_text(rows, 10));
  g_autofree char *decided_at = rows_null(rows, 11) ? NULL : instant_format(rows_int(rows, 11));
  json_text_set(object, "decided_at", decided_at);
  if (!rows_null(rows, 12))
    (void)json_object_set_new(object, "fields", json_loads(rows_text(rows, 12), 0, NULL));
  return object;
}

static gboolean add_orders(Store *store, json_t *object, gint64 id, GError **error) {
  json_t *orders = json_array();
  (void)json_object_set_new(object, "orders", orders);
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT p.order_no, p.applicant_name FROM case_purchase l JOIN purchase p ON p.id = l.purchase_id "
                 "WHERE l.case_id = ? ORDER BY p.order_no",
                 "i", id);
  while (rows_next(&rows, error)) {
    json_t *order = json_object();
    json_text_set(order, "order_no", rows_text(&rows, 0));
    json_text_set(order, "applicant", rows_text(&rows, 1));
    (void)json_array_append_new(orders, order);
  }
  return !rows.failed;
}

static json_t *entry_of(Rows *rows) {
  json_t *entry = json_object();
  (void)json_object_set_new(entry, "id", json_integer(rows_int(rows, 0)));
  json_text_set(entry, "date", rows_text(rows, 1));
  json_text_set(entry, "account", rows_text(rows, 2));
  Money money = {.minor = rows_int(rows, 3)};
  (void)g_strlcpy(money.currency, rows_text(rows, 4), sizeof money.currency);
  g_autofree char *amount = money_format(money);
  json_text_set(entry, "amount", amount);
  json_text_set(entry, "direction", rows_text(rows, 5));
  json_text_set(entry, "name", rows_text(rows, 6));
  json_text_set(entry, "remark", rows_text(rows, 7));
  json_text_set(entry, "purpose", rows_text(rows, 8));
  json_text_set(entry, "summary", rows_text(rows, 9));
  json_text_set(entry, "file", rows_text(rows, 10));
  json_text_set(entry, "format", rows_text(rows, 11));
  (void)json_object_set_new(entry, "line", json_integer(rows_int(rows, 12)));
  entry_json_origin(entry, rows_text(rows, 13));
  return entry;
}

/* The lines that a case is about; those that pay the order of an application. */
static gboolean add_entries(Store *store, json_t *object, gint64 id, GError **error) {
  json_t *entries = json_array();
  (void)json_object_set_new(object, "entries", entries);
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT e.id, e.booking_on, e.account, e.amount, e.currency, e.direction, e.counterparty_name, e.remark, "
      "e.purpose, e.summary, f.name, s.format, e.line, o.text FROM entry e JOIN statement s ON s.id = e.statement_id "
      "JOIN file f ON f.id = s.file_id LEFT JOIN origin o ON o.id = e.origin_id WHERE e.id IN (SELECT entry_id FROM "
      "case_entry WHERE case_id = ?1 UNION SELECT a.entry_id FROM "
      "review_case c JOIN case_purchase l ON l.case_id = c.id JOIN allocation a ON a.purchase_id = l.purchase_id "
      "WHERE c.id = ?1 AND c.reason = 'application') ORDER BY e.booking_on, e.id",
      "i", id);
  while (rows_next(&rows, error))
    (void)json_array_append_new(entries, entry_of(&rows));
  return !rows.failed;
}

static gboolean add_refunds(Store *store, json_t *object, gint64 id, GError **error) {
  json_t *refunds = refunds_json(store, id, error);
  if (json_array_size(refunds) > 0)
    return json_object_set_new(object, "refunds", refunds) == 0;
  json_decref(refunds);
  return refunds != NULL;
}

static gboolean add_notes(Store *store, json_t *object, gint64 id, GError **error) {
  json_auto_t *notes = json_array();
  g_auto(Rows) rows = store_rows(store, "SELECT at, by, text FROM case_note WHERE case_id = ? ORDER BY id", "i", id);
  while (rows_next(&rows, error)) {
    g_autofree char *at = instant_format(rows_int(&rows, 0));
    (void)json_array_append_new(
        notes, json_pack("{s:s, s:s, s:s}", "at", at, "by", rows_text(&rows, 1), "text", rows_text(&rows, 2)));
  }
  if (json_array_size(notes) > 0)
    (void)json_object_set(object, "notes", notes);
  return !rows.failed;
}

/* Decisions that wait for a second person. */
static gboolean add_seconds(Store *store, json_t *object, gint64 id, GError **error) {
  json_auto_t *seconds = json_array();
  g_auto(Rows) rows =
      store_rows(store, "SELECT at, by, decision FROM second_person WHERE case_id = ? ORDER BY id", "i", id);
  while (rows_next(&rows, error)) {
    g_autofree char *at = instant_format(rows_int(&rows, 0));
    (void)json_array_append_new(
        seconds, json_pack("{s:s, s:s, s:s}", "at", at, "by", rows_text(&rows, 1), "decision", rows_text(&rows, 2)));
  }
  if (json_array_size(seconds) > 0)
    (void)json_object_set(object, "second_person", seconds);
  return !rows.failed;
}

/* How earlier revisions of the same application were decided. */
static gboolean add_earlier(Store *store, json_t *object, gint64 id, GError **error) {
  json_auto_t *earlier = json_array();
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT e.id, e.decision, e.decided_by, e.decided_at, e.text, e.fields FROM review_case c "
                 "JOIN case_purchase l ON l.case_id = c.id JOIN case_purchase o ON o.purchase_id = l.purchase_id "
                 "JOIN review_case e ON e.id = o.case_id WHERE c.id = ? AND c.reason = 'application' AND "
                 "e.reason = 'application' AND e.id < c.id AND e.decision IS NOT NULL ORDER BY e.id",
                 "i", id);
  while (rows_next(&rows, error)) {
    g_autofree char *at = instant_format(rows_int(&rows, 3));
    json_t *one = json_pack("{s:I, s:s, s:s, s:s}", "id", (json_int_t)rows_int(&rows, 0), "decision",
                            rows_text(&rows, 1), "decided_by", rows_text(&rows, 2), "decided_at", at);
    json_text_set(one, "text", rows_text(&rows, 4));
    if (!rows_null(&rows, 5))
      (void)json_object_set_new(one, "fields", json_loads(rows_text(&rows, 5), 0, NULL));
    (void)json_array_append_new(earlier, one);
  }
  if (json_array_size(earlier) > 0)
    (void)json_object_set(object, "earlier", earlier);
  return !rows.failed;
}

/* Payers that people let pay these orders, and for what reason. */
static gboolean add_consents(Store *store, json_t *object, gint64 id, GError **error) {
  json_auto_t *consents = json_array();
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT p.order_no, n.payer_name, n.payer_account, n.by, n.at, n.text FROM consent n "
                                 "JOIN case_purchase l ON l.purchase_id = n.purchase_id JOIN purchase p ON p.id = "
                                 "n.purchase_id WHERE l.case_id = ? ORDER BY n.id",
                                 "i", id);
  while (rows_next(&rows, error)) {
    g_autofree char *at = instant_format(rows_int(&rows, 4));
    json_t *one = json_pack("{s:s, s:s, s:s}", "order_no", rows_text(&rows, 0), "by", rows_text(&rows, 3), "at", at);
    json_text_set(one, "payer_name", rows_text(&rows, 1));
    json_text_set(one, "payer_account", rows_text(&rows, 2));
    json_text_set(one, "text", rows_text(&rows, 5));
    (void)json_array_append_new(consents, one);
  }
  if (json_array_size(consents) > 0)
    (void)json_object_set(object, "consents", consents);
  return !rows.failed;
}

static gboolean add_actions(Store *store, json_t *object, gint64 id, GError **error) {
  unsigned acts;
  json_t *actions = json_array();
  (void)json_object_set_new(object, "actions", actions);
  if (!case_acts_of(store, id, &acts, error))
    return FALSE;
  for (int i = 0; i < CASE_ACTS; i++)
    if (acts & (1U << i))
      (void)json_array_append_new(actions, json_string(case_act_word(i)));
  return TRUE;
}

static gboolean add_all(Store *store, json_t *object, gint64 id, GError **error) {
  return add_orders(store, object, id, error) && add_entries(store, object, id, error) &&
         add_refunds(store, object, id, error) && add_notes(store, object, id, error) &&
         add_seconds(store, object, id, error) && add_earlier(store, object, id, error) &&
         add_consents(store, object, id, error) && add_actions(store, object, id, error);
}

static json_t *collect(Store *store, Rows *rows, Day today, GError **error) {
  json_t *list = json_array();
  while (rows_next(rows, error)) {
    json_t *object = case_head(rows, today);
    (void)json_array_append_new(list, object);
    if (!add_all(store, object, rows_int(rows, 0), error)) {
      json_decref(list);
      return NULL;
    }
  }
  if (rows->failed)
    g_clear_pointer(&list, json_decref);
  return list;
}

json_t *case_list(Store *store, gboolean open_only, Day today, GError **error) {
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT " CASE_COLUMNS " FROM review_case WHERE state = 'open' OR ? = 0 "
                                 "ORDER BY state DESC, due_on IS NULL, due_on, id",
                                 "i", (gint64)open_only);
  return collect(store, &rows, today, error);
}

json_t *case_show(Store *store, gint64 id, Day today, GError **error) {
  g_auto(Rows) rows = store_rows(store, "SELECT " CASE_COLUMNS " FROM review_case WHERE id = ?", "i", id);
  json_t *list = collect(store, &rows, today, error);
  json_t *one = list == NULL ? NULL : json_incref(json_array_get(list, 0));
  if (list != NULL && one == NULL) {
    g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
    (void)error_set(error, ERROR_REFUSED, "case_unknown", "value", value, NULL);
  }
  json_decref(list);
  return one;
}
