#include "spool/report.h"

#include "parsers/json_text.h"
#include "rules/money.h"
#include "spool/audit.h"
#include "spool/case_list.h"
#include "spool/statements.h"

#define MAIL_DAYS 7 /* how long a mail that failed is told */

typedef struct {
  Store *store;
  const ReportScope *scope;
  json_t *report;
} Report;

static void set_money(json_t *object, const char *key, gint64 minor, const char *currency) {
  Money money = {.minor = minor};
  (void)g_strlcpy(money.currency, currency, sizeof money.currency);
  g_autofree char *text = money_format(money);
  json_text_set(object, key, text);
}

static void set_count(json_t *object, const char *key, gint64 count) {
  (void)json_object_set_new(object, key, json_integer(count));
}

static gboolean count_into(Report *r, json_t *object, const char *key, const char *sql, GError **error) {
  gboolean found;
  gint64 count = 0;
  if (!store_row(r->store, error, &found, sql, "", "i", &count))
    return FALSE;
  set_count(object, key, count);
  return TRUE;
}

/* Working days after today up to the due day; -1: it is over, or the calendar ends before it. */
static int workdays_left(const Report *r, const char *due_on) {
  Day due, day = r->scope->today;
  if (due_on == NULL || !day_parse(due_on, &due) || due < day)
    return -1;
  for (int left = 0;; left++)
    if (!calendar_add_workdays(r->scope->calendar, day, 1, &day))
      return -1;
    else if (day > due)
      return left;
}

static gboolean add_cases(Report *r, GError **error) {
  json_t *cases = case_list(r->store, TRUE, r->scope->today, error);
  if (cases == NULL)
    return FALSE;
  gsize i;
  json_t *one;
  json_array_foreach(cases, i, one) {
    int left = workdays_left(r, json_string_value(json_object_get(one, "due_on")));
    if (left >= 0)
      set_count(one, "workdays_left", left);
  }
  (void)json_object_set_new(r->report, "cases", cases);
  return TRUE;
}

static gboolean add_todo(Report *r, GError **error) {
  gint64 application = 0, other = 0, overdue = 0, due_today = 0;
  g_autofree char *today = day_format(r->scope->today);
  gsize i;
  json_t *one;
  json_array_foreach(json_object_get(r->report, "cases"), i, one) {
    const char *due_on = json_string_value(json_object_get(one, "due_on"));
    gboolean ordinary = g_str_equal(json_string_value(json_object_get(one, "reason")), "application");
    application += ordinary;
    other += !ordinary;
    overdue += json_is_true(json_object_get(one, "overdue"));
    due_today += g_strcmp0(due_on, today) == 0;
  }
  json_t *todo = json_object();
  (void)json_object_set_new(r->report, "todo", todo);
  set_count(todo, "application", application);
  set_count(todo, "other_cases", other);
  set_count(todo, "overdue", overdue);
  set_count(todo, "due_today", due_today);
  return count_into(r, todo, "unknown_transfers", "SELECT count(*) FROM transfer WHERE state = 'unknown'", error) &&
         count_into(r, todo, "failed_jobs", "SELECT count(*) FROM job WHERE state = 'failed'", error) &&
         count_into(r, todo, "held_files", "SELECT count(*) FROM file WHERE state = 'held'", error);
}

static gboolean add_orders(Report *r, json_t *entry, gint64 id, const char *currency, GError **error) {
  json_t *orders = json_array();
  (void)json_object_set_new(entry, "orders", orders);
  g_auto(Rows) rows =
      store_rows(r->store,
                 "SELECT p.order_no, a.amount FROM allocation a JOIN purchase p ON p.id = a.purchase_id "
                 "WHERE a.entry_id = ? ORDER BY p.order_no",
                 "i", id);
  while (rows_next(&rows, error)) {
    json_t *order = json_object();
    json_text_set(order, "order_no", rows_text(&rows, 0));
    set_money(order, "amount", rows_int(&rows, 1), currency);
    (void)json_array_append_new(orders, order);
  }
  return !rows.failed;
}

/* Credits of the scope. Lines between our own accounts are in no mail; they are proven in the balance. */
#define CREDITS                                                                                                        \
  "FROM entry e JOIN statement s ON s.id = e.statement_id JOIN file f ON f.id = s.file_id WHERE e.id > ? AND "         \
  "f.received_at >= ? AND f.received_at < ? AND e.direction = 'credit' AND e.reason IS NOT 'own_account' "

static Rows credit_rows(const Report *r, const char *sql) {
  const ReportScope *scope = r->scope;
  gboolean behind = scope->after_audit > 0;
  return store_rows(r->store, sql, "iii", scope->after_entry, behind ? G_MININT64 : scope->from,
                    behind ? G_MAXINT64 : scope->to);
}

static gboolean add_credit_entries(Report *r, json_t *entries, GError **error) {
  g_auto(Rows) rows = credit_rows(
      r, "SELECT e.id, e.account, e.booking_on, e.amount, e.currency, e.counterparty_name, e.remark, e.disposition, "
         "e.reason " CREDITS "AND NOT (e.disposition = 'explained' AND e.reason IS NOT 'person') "
         "ORDER BY e.booking_on, e.id");
  while (rows_next(&rows, error)) {
    json_t *entry = json_object();
    (void)json_array_append_new(entries, entry);
    const char *currency = rows_text(&rows, 4);
    json_text_set(entry, "account", rows_text(&rows, 1));
    json_text_set(entry, "date", rows_text(&rows, 2));
    set_money(entry, "amount", rows_int(&rows, 3), currency);
    json_text_set(entry, "currency", currency);
    json_text_set(entry, "name", rows_text(&rows, 5));
    json_text_set(entry, "remark", rows_text(&rows, 6));
    json_text_set(entry, "disposition", rows_text(&rows, 7));
    json_text_set(entry, "reason", rows_text(&rows, 8));
    if (!add_orders(r, entry, rows_int(&rows, 0), currency, error))
      return FALSE;
  }
  return !rows.failed;
}

static gboolean add_credit_sums(Report *r, json_t *sums, gint64 *credits, GError **error) {
  g_auto(Rows) rows =
      credit_rows(r, "SELECT e.currency, sum(e.amount), count(*) " CREDITS "GROUP BY e.currency ORDER BY e.currency");
  while (rows_next(&rows, error)) {
    json_t *sum = json_object();
    json_text_set(sum, "currency", rows_text(&rows, 0));
    set_money(sum, "amount", rows_int(&rows, 1), rows_text(&rows, 0));
    *credits += rows_int(&rows, 2);
    (void)json_array_append_new(sums, sum);
  }
  return !rows.failed;
}

static gboolean add_dispositions(Report *r, json_t *list, GError **error) {
  g_auto(Rows) rows = credit_rows(r, "SELECT e.disposition, e.currency, count(*), sum(e.amount) " CREDITS
                                     "GROUP BY e.disposition, e.currency ORDER BY sum(e.amount) DESC, e.disposition");
  while (rows_next(&rows, error)) {
    json_t *one = json_object();
    json_text_set(one, "disposition", rows_text(&rows, 0));
    json_text_set(one, "currency", rows_text(&rows, 1));
    set_count(one, "count", rows_int(&rows, 2));
    set_money(one, "amount", rows_int(&rows, 3), rows_text(&rows, 1));
    (void)json_array_append_new(list, one);
  }
  return !rows.failed;
}

static gboolean add_money(Report *r, GError **error) {
  json_t *money = json_object(), *entries = json_array(), *sums = json_array(), *dispositions = json_array();
  gint64 credits = 0;
  (void)json_object_set_new(r->report, "money", money);
  (void)json_object_set_new(money, "entries", entries);
  (void)json_object_set_new(money, "credit_sum", sums);
  (void)json_object_set_new(money, "dispositions", dispositions);
  if (!add_credit_entries(r, entries, error) || !add_credit_sums(r, sums, &credits, error) ||
      !add_dispositions(r, dispositions, error))
    return FALSE;
  set_count(money, "credits", credits);
  return TRUE;
}

static gboolean add_verifications(Report *r, GError **error) {
  json_t *states = json_object();
  (void)json_object_set_new(r->report, "verifications", states);
  g_auto(Rows) rows =
      store_rows(r->store, "SELECT state, count(*) FROM verification GROUP BY state ORDER BY state", "");
  while (rows_next(&rows, error))
    set_count(states, rows_text(&rows, 0), rows_int(&rows, 1));
  return !rows.failed;
}

static gboolean add_unknown(Report *r, GError **error) {
  json_t *list = json_array();
  (void)json_object_set_new(r->report, "unknown", list);
  g_auto(Rows) rows =
      store_rows(r->store,
                 "SELECT t.reference, p.order_no, p.applicant_name, t.amount, t.currency, t.changed_at FROM transfer t "
                 "LEFT JOIN purchase p ON p.id = t.purchase_id WHERE t.state = 'unknown' ORDER BY t.changed_at, t.id",
                 "");
  while (rows_next(&rows, error)) {
    json_t *transfer = json_object();
    json_text_set(transfer, "reference", rows_text(&rows, 0));
    json_text_set(transfer, "order_no", rows_text(&rows, 1));
    json_text_set(transfer, "applicant", rows_text(&rows, 2));
    set_money(transfer, "amount", rows_int(&rows, 3), rows_text(&rows, 4));
    g_autofree char *since = instant_format(rows_int(&rows, 5));
    json_text_set(transfer, "since", since);
    (void)json_array_append_new(list, transfer);
  }
  return !rows.failed;
}

static json_t *gap_of(const StatementGap *gap) {
  g_autofree char *after = day_format(gap->after), *from = day_format(gap->from);
  json_t *object = json_object();
  json_text_set(object, "account", gap->account);
  json_text_set(object, "kind", gap->kind);
  json_text_set(object, "after", after);
  json_text_set(object, "from", from);
  json_text_set(object, "expected", gap->expected);
  json_text_set(object, "found", gap->found);
  return object;
}

static gboolean add_gaps(Report *r, GError **error) {
  g_autoptr(GPtrArray) gaps = statement_gaps(r->store, NULL, error);
  if (gaps == NULL)
    return FALSE;
  json_t *list = json_array();
  (void)json_object_set_new(r->report, "gaps", list);
  for (guint i = 0; i < gaps->len; i++)
    (void)json_array_append_new(list, gap_of(gaps->pdata[i]));
  set_count(json_object_get(r->report, "todo"), "gaps", gaps->len);
  return TRUE;
}

/* Where the account's statements do not join. */
static gboolean add_breaks(Report *r, json_t *balance, const char *account, GError **error) {
  gboolean found;
  gint64 statements = 0, breaks = 0;
  gsize i;
  json_t *gap;
  json_array_foreach(json_object_get(r->report, "gaps"), i, gap) breaks +=
      g_str_equal(json_string_value(json_object_get(gap, "account")), account);
  if (!store_row(r->store, error, &found, "SELECT count(*) FROM statement WHERE account = ? AND superseded_by IS NULL",
                 "t", account, "i", &statements))
    return FALSE;
  set_count(balance, "breaks", breaks);
  (void)json_object_set_new(balance, "first", json_boolean(statements == 1));
  return TRUE;
}

static json_t *balance_of(Rows *rows) {
  json_t *balance = json_object();
  const char *currency = rows_text(rows, 7);
  json_text_set(balance, "account", rows_text(rows, 0));
  json_text_set(balance, "from", rows_text(rows, 1));
  json_text_set(balance, "to", rows_text(rows, 2));
  if (!rows_null(rows, 3))
    set_money(balance, "opening", rows_int(rows, 3), currency);
  if (!rows_null(rows, 4))
    set_money(balance, "closing", rows_int(rows, 4), currency);
  set_money(balance, "credits", rows_int(rows, 5), currency);
  set_money(balance, "debits", rows_int(rows, 6), currency);
  json_text_set(balance, "currency", currency);
  json_text_set(balance, "proof", rows_text(rows, 8));
  return balance;
}

static gboolean add_balances(Report *r, GError **error) {
  json_t *list = json_array();
  (void)json_object_set_new(r->report, "balances", list);
  g_auto(Rows) rows =
      store_rows(r->store,
                 "SELECT account, from_on, to_on, opening, closing, credits, debits, currency, proof FROM statement s "
                 "WHERE superseded_by IS NULL AND id = (SELECT id FROM statement n WHERE n.account = s.account AND "
                 "n.currency = s.currency "
                 "AND n.superseded_by IS NULL ORDER BY n.to_on DESC, n.id DESC LIMIT 1) ORDER BY account, currency",
                 "");
  while (rows_next(&rows, error)) {
    json_t *balance = balance_of(&rows);
    (void)json_array_append_new(list, balance);
    if (!add_breaks(r, balance, rows_text(&rows, 0), error))
      return FALSE;
  }
  return !rows.failed;
}

static gboolean add_files(Report *r, GError **error) {
  json_t *list = json_array();
  (void)json_object_set_new(r->report, "files", list);
  const ReportScope *scope = r->scope;
  g_auto(Rows) rows =
      scope->after_audit > 0
          ? store_rows(
                r->store,
                "SELECT name, state, reason, entries, added, facts FROM file WHERE id IN (SELECT "
                "CAST(substr(subject, 6) AS INTEGER) FROM audit WHERE id > ? AND subject LIKE 'file:%') ORDER BY id",
                "i", scope->after_audit)
          : store_rows(r->store,
                       "SELECT name, state, reason, entries, added, facts FROM file WHERE received_at >= ? "
                       "AND received_at < ? ORDER BY id",
                       "ii", scope->from, scope->to);
  while (rows_next(&rows, error)) {
    json_t *file = json_object();
    json_text_set(file, "name", rows_text(&rows, 0));
    json_text_set(file, "state", rows_text(&rows, 1));
    json_text_set(file, "reason", rows_text(&rows, 2));
    set_count(file, "entries", rows_int(&rows, 3));
    set_count(file, "added", rows_int(&rows, 4));
    json_text_set(file, "facts", rows_text(&rows, 5));
    (void)json_array_append_new(list, file);
  }
  return !rows.failed;
}

/* Reports that did not reach everybody. */
static gboolean add_mails(Report *r, GError **error) {
  json_t *list = json_array();
  (void)json_object_set_new(r->report, "mails", list);
  g_auto(Rows) rows =
      store_rows(r->store,
                 "SELECT subject_key, state, recipients, error, kind FROM message WHERE error IS NOT NULL AND "
                 "changed_at >= ? ORDER BY id",
                 "i", instant_at(r->scope->today - MAIL_DAYS, 0, 0, 0));
  while (rows_next(&rows, error)) {
    json_t *mail = json_object();
    json_text_set(mail, "kind", rows_text(&rows, 4));
    json_text_set(mail, "day", rows_text(&rows, 0));
    json_text_set(mail, "state", rows_text(&rows, 1));
    json_text_set(mail, "recipients", rows_text(&rows, 2));
    json_text_set(mail, "error", rows_text(&rows, 3));
    (void)json_array_append_new(list, mail);
  }
  set_count(json_object_get(r->report, "todo"), "failed_mails", (gint64)json_array_size(list));
  return !rows.failed;
}

static gboolean add_covers(Report *r, GError **error) {
  json_t *covers = json_object();
  (void)json_object_set_new(r->report, "covers", covers);
  return count_into(r, covers, "entry", "SELECT coalesce(max(id), 0) FROM entry", error) &&
         count_into(r, covers, "audit", "SELECT coalesce(max(id), 0) FROM audit", error);
}

/* The head leaves the machine with the mail: who cuts or rewrites the log later cannot rewrite the mail. */
static gboolean add_audit(Report *r, GError **error) {
  gboolean found;
  gint64 rows = 0;
  g_autoptr(GBytes) hash = NULL;
  if (!store_row(r->store, error, &found, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", "", "ib", &rows,
                 &hash))
    return FALSE;
  GString *hex = g_string_new(NULL);
  gsize size = 0;
  const guint8 *bytes = hash == NULL ? NULL : g_bytes_get_data(hash, &size);
  for (gsize i = 0; i < size; i++)
    g_string_append_printf(hex, "%02x", bytes[i]);
  json_t *audit = json_object();
  set_count(audit, "rows", rows);
  json_text_set(audit, "head", hex->str);
  (void)g_string_free(hex, TRUE);
  (void)json_object_set_new(r->report, "audit", audit);
  return TRUE;
}

json_t *report_collect(Store *store, const ReportScope *scope, GError **error) {
  Report r = {store, scope, json_object()};
  g_autofree char *date = day_format(scope->today), *since = instant_format(scope->from),
                  *until = instant_format(scope->to), *now = instant_format(scope->now);
  json_text_set(r.report, "date", date);
  json_text_set(r.report, "from", since);
  json_text_set(r.report, "to", until);
  json_text_set(r.report, "as_of", now);
  gboolean ok = store_run(store, error, "BEGIN", "") && add_cases(&r, error) && add_todo(&r, error) &&
                add_money(&r, error) && add_verifications(&r, error) && add_unknown(&r, error) && add_gaps(&r, error) &&
                add_balances(&r, error) && add_files(&r, error) && add_mails(&r, error) && add_covers(&r, error) &&
                add_audit(&r, error);
  store_rollback(store);
  if (!ok)
    g_clear_pointer(&r.report, json_decref);
  return r.report;
}
