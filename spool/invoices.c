#include "spool/invoices.h"

#include "parsers/fields.h"
#include "rules/error.h"
#include "rules/invoice.h"
#include "spool/audit.h"
#include "spool/life.h"
#include "spool/tell.h"

void invoice_free(Invoice *invoice) {
  g_free(invoice->order_no);
  g_free(invoice->title);
  g_free(invoice->tax_number);
  g_free(invoice->number);
  g_free(invoice->link);
  g_free(invoice->blue);
  g_free(invoice);
}

/* ---- asking */

/* What the order says now; NULL title when it wants no invoice. */
typedef struct {
  char *title, *tax_number, *currency;
  gint64 price, carriage;
} Wish;

static void wish_clear(Wish *wish) {
  g_free(wish->title);
  g_free(wish->tax_number);
  g_free(wish->currency);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wish, wish_clear)

/* The courier's fee is in the price only where we pay the courier. */
static gboolean read_carriage(const json_t *body, Wish *wish, GError **error) {
  const char *fee = fields_text(body, "delivery.fee");
  Money money;
  if (fee == NULL || g_strcmp0(fields_text(body, "delivery.carriage"), "prepaid") != 0)
    return TRUE;
  if (!money_parse(fee, wish->currency, &money, error))
    return FALSE;
  wish->carriage = money.minor;
  return TRUE;
}

static gboolean load_wish(Store *store, gint64 purchase_id, Wish *wish, GError **error) {
  gboolean found = FALSE;
  g_autofree char *text = NULL;
  if (!store_row(store, error, &found,
                 "SELECT p.body, p.price - m.waived, p.currency FROM purchase p JOIN purchase_money m ON m.purchase_id "
                 "= p.id WHERE p.id = ?",
                 "i", purchase_id, "tit", &text, &wish->price, &wish->currency))
    return FALSE;
  json_auto_t *body = found ? json_loads(text, 0, NULL) : NULL;
  if (g_strcmp0(fields_text(body, "invoice.kind"), "electronic") != 0)
    return TRUE;
  wish->title = g_strdup(fields_text(body, "invoice.title"));
  wish->tax_number = g_strdup(fields_text(body, "invoice.tax_number"));
  return read_carriage(body, wish, error);
}

/* *id 0: there is none. */
static gboolean find(Store *store, gint64 purchase_id, gboolean red, gint64 *id, GError **error) {
  gboolean found;
  *id = 0;
  return store_row(store, error, &found, "SELECT id FROM invoice WHERE purchase_id = ? AND kind = ?", "it", purchase_id,
                   red ? "red" : "blue", "i", id);
}

static gboolean move(Store *store, gint64 id, InvoiceEvent event, const char *actor, Instant now, int *after,
                     GError **error) {
  const LifeNews news = {.actor = actor, .cause = "{}", .now = now};
  return life_apply(store, &life_invoice, id, (int)event, &news, NULL, NULL, after, error);
}

static gboolean insert(Store *store, gint64 purchase_id, gboolean red, const Wish *wish, const OrderBy *by,
                       GError **error) {
  if (!store_run(store, error,
                 "INSERT INTO invoice (purchase_id, kind, state, title, tax_number, amount, carriage, currency, "
                 "asked_at, changed_at) VALUES (?1, ?2, 'due', ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
                 "itttiiti", purchase_id, red ? "red" : "blue", wish->title, wish->tax_number, wish->price,
                 wish->carriage, wish->currency, by->now))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("invoice:%" G_GINT64_FORMAT, store_last_id(store));
  return audit_append(store, by->now, by->actor, "invoice.ask", subject, "{}", error);
}

gboolean invoice_ask(Store *store, gint64 purchase_id, const OrderBy *by, GError **error) {
  g_auto(Wish) wish = {0};
  gint64 id;
  if (!load_wish(store, purchase_id, &wish, error) || !find(store, purchase_id, FALSE, &id, error))
    return FALSE;
  if (wish.title == NULL)
    return TRUE;
  if (id == 0)
    return insert(store, purchase_id, FALSE, &wish, by, error);
  return move(store, id, INVOICE_RENEW, by->actor, by->now, NULL, error) &&
         store_run(store, error,
                   "UPDATE invoice SET title = ?, tax_number = ?, amount = ?, carriage = ? WHERE id = ? AND state = "
                   "'due'",
                   "ttiii", wish.title, wish.tax_number, wish.price, wish.carriage, id);
}

gboolean invoice_cancel(Store *store, gint64 purchase_id, const OrderBy *by, GError **error) {
  gint64 id;
  return find(store, purchase_id, FALSE, &id, error) &&
         (id == 0 || move(store, id, INVOICE_CANCEL, by->actor, by->now, NULL, error));
}

/* The red one says what the blue one said, not what the order says now. */
static gboolean ask_red(Store *store, gint64 purchase_id, gint64 blue, const OrderBy *by, GError **error) {
  g_auto(Wish) wish = {0};
  gboolean found;
  gint64 red;
  return find(store, purchase_id, TRUE, &red, error) &&
         (red != 0 ||
          (store_row(store, error, &found,
                     "SELECT title, tax_number, amount, carriage, currency FROM invoice WHERE id = ?", "i", blue,
                     "ttiit", &wish.title, &wish.tax_number, &wish.price, &wish.carriage, &wish.currency) &&
           insert(store, purchase_id, TRUE, &wish, by, error)));
}

/* Does money still pay the order, or may it yet? */
static gboolean is_paid(Store *store, gint64 purchase_id, gboolean *paid, GError **error) {
  gint64 one;
  return store_row(store, error, paid,
                   "SELECT 1 FROM purchase WHERE id = ? AND payment NOT IN ('unpaid','claimed','refunded')", "i",
                   purchase_id, "i", &one);
}

gboolean invoice_reverse(Store *store, gint64 purchase_id, const OrderBy *by, GError **error) {
  gint64 id;
  gboolean paid;
  int after = INVOICE_CANCELLED;
  if (!is_paid(store, purchase_id, &paid, error))
    return FALSE;
  if (paid)
    return TRUE;
  if (!find(store, purchase_id, FALSE, &id, error) ||
      (id != 0 && !move(store, id, INVOICE_CANCEL, by->actor, by->now, &after, error)))
    return FALSE;
  return after == INVOICE_CANCELLED || ask_red(store, purchase_id, id, by, error);
}

/* ---- files */

#define READY                                                                                                          \
  "FROM invoice i WHERE i.state = 'due' AND i.asked_at < ? AND (i.kind = 'blue' OR EXISTS (SELECT 1 FROM invoice b "   \
  "WHERE b.purchase_id = i.purchase_id AND b.kind = 'blue' AND b.state = 'issued'))"

static gboolean add_ids(Store *store, const char *sql, gint64 parameter, GArray *ids, GError **error) {
  g_auto(Rows) rows = store_rows(store, sql, "i", parameter);
  while (rows_next(&rows, error)) {
    gint64 id = rows_int(&rows, 0);
    g_array_append_val(ids, id);
  }
  return !rows.failed;
}

static gboolean fill(Store *store, gint64 file, GArray *ids, Instant now, GError **error) {
  for (guint i = 0; i < ids->len; i++) {
    gint64 id = g_array_index(ids, gint64, i);
    if (!move(store, id, INVOICE_SEND, "intake", now, NULL, error) ||
        !store_run(store, error, "UPDATE invoice SET file_id = ? WHERE id = ?", "ii", file, id))
      return FALSE;
  }
  return TRUE;
}

static gboolean new_file(Store *store, Instant before, Instant now, gint64 *id, Instant *at, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!add_ids(store, "SELECT i.id " READY " ORDER BY i.id", before, ids, error))
    return FALSE;
  if (ids->len == 0)
    return TRUE;
  if (!store_run(store, error, "INSERT INTO invoice_file (at) VALUES (?)", "i", now))
    return FALSE;
  *id = store_last_id(store);
  *at = now;
  return fill(store, *id, ids, now, error);
}

gboolean invoice_file_next(Store *store, Instant before, Instant now, gint64 *id, Instant *at, GError **error) {
  gboolean found;
  *id = 0;
  if (!store_begin(store, error))
    return FALSE;
  if (store_row(store, error, &found, "SELECT id, at FROM invoice_file WHERE written_at IS NULL ORDER BY id LIMIT 1",
                "", "ii", id, at) &&
      (found || new_file(store, before, now, id, at, error)) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean invoice_file_written(Store *store, gint64 id, Instant now, GError **error) {
  g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = add_ids(store, "SELECT id FROM invoice WHERE file_id = ? ORDER BY id", id, ids, error) &&
                store_run(store, error, "UPDATE invoice_file SET written_at = ? WHERE id = ?", "ii", now, id);
  for (guint i = 0; ok && i < ids->len; i++)
    ok = move(store, g_array_index(ids, gint64, i), INVOICE_TAKEN, "intake", now, NULL, error);
  if (ok && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* ---- issued */

static gboolean free_number(Store *store, const char *number, GError **error) {
  gboolean found = FALSE;
  gint64 id;
  if (!store_row(store, error, &found, "SELECT id FROM invoice WHERE number = ?", "t", number, "i", &id))
    return FALSE;
  return !found || error_set(error, ERROR_REFUSED, "invoice_number", "value", number, NULL);
}

static gboolean tell_issued(Store *store, gint64 id, const char *number, const char *link, const OrderBy *by,
                            GError **error) {
  gboolean found;
  gint64 purchase_id = 0;
  const char *const facts[] = {"number", number, "link", link != NULL ? link : "", NULL};
  if (!store_row(store, error, &found, "SELECT purchase_id FROM invoice WHERE id = ? AND kind = 'blue'", "i", id, "i",
                 &purchase_id))
    return FALSE;
  const Tell one = {.kind = TELL_INVOICED, .key = number, .purchase_id = purchase_id, .facts = facts};
  return !found || tell_handler(store, &one, by->actor, by->now, error);
}

static gboolean issue(Store *store, gint64 id, const char *number, const char *link, const OrderBy *by,
                      GError **error) {
  return move(store, id, INVOICE_ISSUE, by->actor, by->now, NULL, error) && free_number(store, number, error) &&
         store_run(store, error, "UPDATE invoice SET number = ?, link = ? WHERE id = ?", "tti", number, link, id) &&
         tell_issued(store, id, number, link, by, error);
}

gboolean invoice_issued(Store *store, const char *order_no, gboolean red, const char *number, const char *link,
                        const OrderBy *by, GError **error) {
  gboolean found = FALSE;
  gint64 id = 0;
  if (!invoice_number(number))
    return error_set(error, ERROR_REFUSED, "invoice_number", "value", number, NULL);
  if (!store_begin(store, error))
    return FALSE;
  if (store_row(store, error, &found,
                "SELECT i.id FROM invoice i JOIN purchase p ON p.id = i.purchase_id WHERE p.order_no = ? AND i.kind = "
                "?",
                "tt", order_no, red ? "red" : "blue", "i", &id) &&
      (found || error_set(error, ERROR_REFUSED, "invoice_unknown", "value", order_no, NULL)) &&
      issue(store, id, number, link, by, error) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

/* ---- reading */

#define COLUMNS                                                                                                        \
  "SELECT i.id, p.order_no, i.kind, i.state, i.title, i.tax_number, i.amount, i.carriage, i.currency, i.asked_at, "    \
  "i.changed_at, i.number, i.link, b.number FROM invoice i JOIN purchase p ON p.id = i.purchase_id LEFT JOIN invoice " \
  "b ON b.purchase_id = i.purchase_id AND b.kind = 'blue' AND i.kind = 'red' "

static Invoice *read_one(Rows *rows) {
  Invoice *one = g_new0(Invoice, 1);
  one->id = rows_int(rows, 0);
  one->order_no = g_strdup(rows_text(rows, 1));
  one->red = g_str_equal(rows_text(rows, 2), "red");
  one->state = (InvoiceState)life_state(&life_invoice, rows_text(rows, 3));
  one->title = g_strdup(rows_text(rows, 4));
  one->tax_number = g_strdup(rows_text(rows, 5));
  one->amount.minor = rows_int(rows, 6);
  one->carriage.minor = rows_int(rows, 7);
  g_strlcpy(one->amount.currency, rows_text(rows, 8), MONEY_CURRENCY_SIZE);
  g_strlcpy(one->carriage.currency, rows_text(rows, 8), MONEY_CURRENCY_SIZE);
  one->asked_at = rows_int(rows, 9);
  one->changed_at = rows_int(rows, 10);
  one->number = g_strdup(rows_text(rows, 11));
  one->link = g_strdup(rows_text(rows, 12));
  one->blue = g_strdup(rows_text(rows, 13));
  return one;
}

static GPtrArray *read_all(Rows *rows, GError **error) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)invoice_free);
  while (rows_next(rows, error))
    g_ptr_array_add(all, read_one(rows));
  return rows->failed ? NULL : g_steal_pointer(&all);
}

GPtrArray *invoice_file_load(Store *store, gint64 id, GError **error) {
  g_auto(Rows) rows = store_rows(store, COLUMNS "WHERE i.file_id = ? ORDER BY i.id", "i", id);
  return read_all(&rows, error);
}

GPtrArray *invoices_all(Store *store, GError **error) {
  g_auto(Rows) rows = store_rows(store, COLUMNS "ORDER BY i.id", "");
  return read_all(&rows, error);
}
