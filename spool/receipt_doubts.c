#include "spool/receipt_doubts.h"

#include <jansson.h>

#include "parsers/fields.h"
#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "rules/name.h"
#include "spool/cases.h"

static char *subject_of(Store *store, gint64 purchase_id, char **order_no, GError **error) {
  gboolean found;
  if (!store_row(store, error, &found, "SELECT order_no FROM purchase WHERE id = ?", "i", purchase_id, "t", order_no))
    return NULL;
  return g_strconcat("order:", *order_no, NULL);
}

static gboolean open_case(Store *store, const char *reason, gint64 purchase_id, const char *subject, const json_t *card,
                          gint64 entry_id, const OrderBy *by, GError **error) {
  g_autofree char *text = fields_canonical(card);
  const CaseDraft draft = {.reason = reason,
                           .subject = subject,
                           .card = text,
                           .due_on = deadline_review(by->calendar, by->now),
                           .orders = &purchase_id,
                           .order_count = 1,
                           .entries = &entry_id,
                           .entry_count = entry_id != 0};
  return case_open(store, &draft, by->actor, by->now, NULL, error);
}

static gboolean ask_reused(Store *store, gint64 purchase_id, const char *number, const char *other, const OrderBy *by,
                           GError **error) {
  g_autofree char *order_no = NULL, *subject = subject_of(store, purchase_id, &order_no, error);
  if (subject == NULL)
    return FALSE;
  json_auto_t *card = json_object();
  json_text_set(card, "order_no", order_no);
  json_text_set(card, "receipt", number);
  json_text_set(card, "other_order", other);
  return open_case(store, "receipt_reused", purchase_id, subject, card, 0, by, error);
}

/* The other order whose receipt has this number and this payer; NULL: there is none. */
static gboolean find_reused(Store *store, gint64 purchase_id, const Receipt *claim, char **other, GError **error) {
  g_autofree char *key = name_key(claim->payer_name);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT p.order_no, r.payer_name, r.payer_account FROM receipt r JOIN purchase p ON "
                                 "p.id = r.purchase_id WHERE r.number = ? AND r.purchase_id <> ? ORDER BY r.id",
                                 "ti", claim->number, purchase_id);
  while (*other == NULL && rows_next(&rows, error)) {
    g_autofree char *theirs = name_key(rows_text(&rows, 1));
    if (account_equal(rows_text(&rows, 2), claim->payer_account) || (*key != '\0' && g_str_equal(key, theirs)))
      *other = g_strdup(rows_text(&rows, 0));
  }
  return !rows.failed;
}

gboolean receipt_ask_reused(Store *store, gint64 purchase_id, const Receipt *claim, const OrderBy *by, GError **error) {
  g_autofree char *other = NULL;
  return find_reused(store, purchase_id, claim, &other, error) &&
         (other == NULL || ask_reused(store, purchase_id, claim->number, other, by, error));
}

gboolean receipt_ask_same_file(Store *store, gint64 purchase_id, const char *sha256, const OrderBy *by,
                               GError **error) {
  gboolean found;
  g_autofree char *other = NULL, *subject = NULL, *order_no = NULL;
  gboolean answered = FALSE;
  Instant since = 0;
  if (!store_row(store, error, &found,
                 "SELECT p.order_no, (SELECT max(at) FROM receipt_file m WHERE m.purchase_id = ?2 AND m.sha256 = ?1) "
                 "FROM receipt_file f JOIN purchase p ON p.id = f.purchase_id WHERE f.sha256 = ?1 AND "
                 "f.purchase_id <> ?2 ORDER BY f.id LIMIT 1",
                 "ti", sha256, purchase_id, "ti", &other, &since))
    return FALSE;
  if (!found)
    return TRUE;
  return (subject = subject_of(store, purchase_id, &order_no, error)) != NULL &&
         case_answered(store, "receipt_reused", subject, since, &answered, error) &&
         (answered || ask_reused(store, purchase_id, NULL, other, by, error));
}

gboolean receipt_ask_unreadable(Store *store, gint64 purchase_id, Instant since, const OrderBy *by, GError **error) {
  gboolean answered = FALSE;
  g_autofree char *order_no = NULL, *subject = subject_of(store, purchase_id, &order_no, error);
  if (subject == NULL || !case_answered(store, "receipt_unreadable", subject, since, &answered, error))
    return FALSE;
  json_auto_t *card = json_object();
  json_text_set(card, "order_no", order_no);
  return answered || open_case(store, "receipt_unreadable", purchase_id, subject, card, 0, by, error);
}

typedef struct {
  char *number, *name, *account;
  Receipt claim;
  Instant at;
} Held;

static void held_clear(gpointer data) {
  Held *held = data;
  g_free(held->number);
  g_free(held->name);
  g_free(held->account);
}

static GArray *claims_of(Store *store, gint64 purchase_id, GError **error) {
  g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(Held));
  g_array_set_clear_func(claims, held_clear);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT number, payer_name, payer_account, amount, currency, paid_on, at FROM receipt "
                                 "WHERE purchase_id = ? ORDER BY id",
                                 "i", purchase_id);
  while (rows_next(&rows, error)) {
    Held held = {g_strdup(rows_text(&rows, 0)), g_strdup(rows_text(&rows, 1)), g_strdup(rows_text(&rows, 2)),
                 .at = rows_int(&rows, 6)};
    held.claim = (Receipt){held.number, {.minor = rows_int(&rows, 3)}, DAY_NONE, held.name, held.account};
    g_strlcpy(held.claim.amount.currency, rows_text(&rows, 4), sizeof held.claim.amount.currency);
    (void)day_parse(rows_text(&rows, 5), &held.claim.paid_on);
    g_array_append_val(claims, held);
  }
  return rows.failed ? NULL : g_steal_pointer(&claims);
}

static void entry_destroy(gpointer entry) {
  entry_free(entry);
}

static GPtrArray *lines_of(Store *store, gint64 purchase_id, Instant *newest, GError **error) {
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(entry_destroy);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT e.id, e.amount, e.currency, e.booking_on, e.counterparty_name, "
                                 "e.counterparty_account, a.at FROM allocation a JOIN entry e ON e.id = a.entry_id "
                                 "WHERE a.purchase_id = ? AND a.rule <> 'person' ORDER BY e.booking_on, e.id",
                                 "i", purchase_id);
  while (rows_next(&rows, error)) {
    Entry *line = g_new0(Entry, 1);
    line->id = rows_int(&rows, 0);
    line->amount.minor = rows_int(&rows, 1);
    g_strlcpy(line->amount.currency, rows_text(&rows, 2), sizeof line->amount.currency);
    (void)day_parse(rows_text(&rows, 3), &line->booking_date);
    line->counterparty_name = g_strdup(rows_text(&rows, 4));
    line->counterparty_account = g_strdup(rows_text(&rows, 5));
    *newest = MAX(*newest, rows_int(&rows, 6));
    g_ptr_array_add(lines, line);
  }
  return rows.failed ? NULL : g_steal_pointer(&lines);
}

static const Held *held_at(const GArray *claims, guint index) {
  return &g_array_index(claims, Held, index);
}

static const Entry *unclaimed_line(const GArray *claims, const GPtrArray *lines, const Calendar *calendar) {
  for (guint e = 0; e < lines->len; e++) {
    gboolean agrees = FALSE;
    for (guint c = 0; c < claims->len; c++)
      agrees = agrees || receipt_differences(&held_at(claims, c)->claim, lines->pdata[e], calendar) == 0;
    if (!agrees)
      return lines->pdata[e];
  }
  return NULL;
}

static const Held *unpaid_claim(const GArray *claims, const GPtrArray *lines, const Calendar *calendar) {
  for (guint c = 0; c < claims->len; c++) {
    gboolean agrees = FALSE;
    for (guint e = 0; e < lines->len; e++)
      agrees = agrees || receipt_differences(&held_at(claims, c)->claim, lines->pdata[e], calendar) == 0;
    if (!agrees)
      return held_at(claims, c);
  }
  return NULL;
}

static void put_pair(json_t *card, const char *claimed_key, const char *claimed, const char *booked_key,
                     const char *booked) {
  json_text_set(card, claimed_key, claimed);
  json_text_set(card, booked_key, booked);
}

static json_t *card_of(const char *order_no, const Receipt *claim, const Entry *line, unsigned differences) {
  json_t *card = json_object();
  g_autofree char *claimed = money_format(claim->amount), *booked = money_format(line->amount);
  g_autofree char *paid_on = day_format(claim->paid_on), *booked_on = day_format(line->booking_date);
  g_autofree char *payer = g_strdup_printf("%s %s", claim->payer_name, claim->payer_account);
  g_autofree char *other = g_strdup_printf("%s %s", line->counterparty_name != NULL ? line->counterparty_name : "",
                                           line->counterparty_account != NULL ? line->counterparty_account : "");
  json_text_set(card, "order_no", order_no);
  json_text_set(card, "receipt", claim->number);
  if (differences & RECEIPT_AMOUNT)
    put_pair(card, "claimed_amount", claimed, "booked_amount", booked);
  if (differences & RECEIPT_PAYER)
    put_pair(card, "claimed_payer", payer, "booked_payer", other);
  if (differences & RECEIPT_DATE)
    put_pair(card, "claimed_on", paid_on, "booked_on", booked_on);
  return card;
}

/* Receipts that nobody has decided about since the newest of them and of the lines. */
static Instant since_of(const GArray *claims, Instant newest) {
  for (guint i = 0; i < claims->len; i++)
    newest = MAX(newest, held_at(claims, i)->at);
  return newest;
}

gboolean receipt_ask_differs(Store *store, gint64 purchase_id, const OrderBy *by, GError **error) {
  Instant newest = 0;
  gboolean answered = FALSE;
  g_autofree char *order_no = NULL, *subject = NULL;
  g_autoptr(GArray) claims = claims_of(store, purchase_id, error);
  if (claims == NULL || claims->len == 0)
    return claims != NULL;
  g_autoptr(GPtrArray) lines = lines_of(store, purchase_id, &newest, error);
  if (lines == NULL || (subject = subject_of(store, purchase_id, &order_no, error)) == NULL)
    return FALSE;
  const Entry *line = unclaimed_line(claims, lines, by->calendar);
  const Held *held = unpaid_claim(claims, lines, by->calendar);
  if (line == NULL || held == NULL)
    return case_moot(store, "receipt_differs", subject, by->actor, by->now, error);
  if (!case_answered(store, "receipt_differs", subject, since_of(claims, newest), &answered, error) || answered)
    return answered;
  json_auto_t *card = card_of(order_no, &held->claim, line, receipt_differences(&held->claim, line, by->calendar));
  return open_case(store, "receipt_differs", purchase_id, subject, card, line->id, by, error);
}
