/* Asking for a refund: which case, which order, which money, to whom. */
#include <jansson.h>
#include <string.h>

#include "rules/error.h"
#include "rules/name.h"
#include "spool/audit.h"
#include "spool/refund_case.h"
#include "spool/refund_wish.h"

typedef struct {
  Store *store;
  RefundCase is;
  RefundPurchase order;
  Refund previous; /* id 0: none */
  const RefundPayee *given;
  const char *text;
  const RefundBy *by;
} Request;

static void request_clear(Request *r) {
  refund_case_clear(&r->is);
  refund_purchase_clear(&r->order);
  refund_clear(&r->previous);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static gboolean refuse(const char *reason, gint64 id, GError **error) {
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, id);
  return error_set(error, ERROR_REFUSED, reason, "value", value, NULL);
}

/* The one order of the case; of several, the one that the line pays. */
static gboolean find_order(Request *r, const RefundAsk *asks, gsize count, GError **error) {
  gboolean found;
  gint64 orders = 0, id = 0;
  if (r->previous.id != 0)
    return refund_purchase_load(r->store, r->previous.purchase_id, &r->order, error);
  if (!store_row(r->store, error, &found, "SELECT count(*), min(purchase_id) FROM case_purchase WHERE case_id = ?", "i",
                 r->is.id, "ii", &orders, &id) ||
      (orders != 1 && count > 0 &&
       !store_row(r->store, error, &found, "SELECT count(*), min(purchase_id) FROM allocation WHERE entry_id = ?", "i",
                  asks[0].entry_id, "ii", &orders, &id)))
    return FALSE;
  return orders == 1 ? refund_purchase_load(r->store, id, &r->order, error) : refuse("refund_order", r->is.id, error);
}

/* The ordinary review, and what is closed, ask for no refund: the order gets a case of its own. */
static gboolean find_case(Request *r, GError **error) {
  if (r->is.own)
    return refund_case_check_open(&r->is, error);
  if (r->is.open && !g_str_equal(r->is.reason, "application"))
    return TRUE;
  return refund_case_open(r->store, &r->order, NULL, r->by, &r->is.id, error);
}

static gboolean load_previous(Request *r, GError **error) {
  return r->is.previous_id == 0 || refund_load(r->store, r->is.previous_id, &r->previous, error);
}

static gboolean check_unasked(const Request *r, gint64 entry_id, GError **error) {
  gboolean asked;
  gint64 one;
  if (!refund_asked(r->store, r->is.id, &asked, error) ||
      (!asked && entry_id != 0 &&
       !store_row(r->store, error, &asked, "SELECT 1 FROM refund WHERE entry_id = ? AND state = 'requested'", "i",
                  entry_id, "i", &one)))
    return FALSE;
  return !asked || refuse("refund_asked", r->is.id, error);
}

/* The line, as far as a refund needs it. */
typedef struct {
  char *account, *currency, *name, *number, *bank;
  gint64 credit, related, doubted;
} Credit;

static void credit_clear(Credit *credit) {
  g_free(credit->account);
  g_free(credit->currency);
  g_free(credit->name);
  g_free(credit->number);
  g_free(credit->bank);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Credit, credit_clear)

/* A credit that a reversal or a later file puts in doubt may never have come. */
static gboolean load_credit(const Request *r, gint64 id, Credit *c, GError **error) {
  gboolean found;
  g_autofree char *account = NULL;
  if (!store_row(r->store, error, &found,
                 "SELECT e.account, e.currency, e.counterparty_name, e.counterparty_account, e.counterparty_bank, "
                 "e.direction = 'credit' AND (e.disposition IN ('settled','review','pending') OR "
                 "(e.disposition = 'explained' AND e.reason LIKE 'person%')), "
                 "EXISTS (SELECT 1 FROM case_entry l WHERE l.entry_id = e.id AND l.case_id = ?2) OR "
                 "EXISTS (SELECT 1 FROM allocation a WHERE a.entry_id = e.id AND a.purchase_id = ?3) OR "
                 "EXISTS (SELECT 1 FROM case_entry l JOIN case_purchase o ON o.case_id = l.case_id WHERE "
                 "l.entry_id = e.id AND o.purchase_id = ?3), "
                 "EXISTS (SELECT 1 FROM case_entry l JOIN review_case c ON c.id = l.case_id WHERE l.entry_id = e.id "
                 "AND c.state = 'open' AND c.reason IN ('reversed','statement_conflict')) FROM entry e WHERE e.id = ?1",
                 "iii", id, r->is.id, r->order.id, "tttttiii", &c->account, &c->currency, &c->name, &account, &c->bank,
                 &c->credit, &c->related, &c->doubted))
    return FALSE;
  if (account != NULL && strchr(account, '*') == NULL)
    c->number = account_normal(account);
  if (!found || !c->credit || !c->related || !g_str_equal(c->currency, r->order.price.currency))
    return refuse("refund_entry", id, error);
  return !c->doubted || refuse("refund_frozen", id, error);
}

static gboolean check_account(const Request *r, const char *section, GError **error) {
  const RefundAccount *account = refund_account(r->by, section);
  return (account != NULL && account->pays) ||
         error_set(error, ERROR_REFUSED, "refund_account", "value", section, NULL);
}

/* A line that names no bank may still show the account that the order names with its bank. */
static RefundPayee payee_of(const Request *r, const Credit *credit) {
  const Refund *p = &r->previous;
  if (p->id != 0)
    return (RefundPayee){p->payee_name, p->payee_account, p->payee_bank, p->payee_cnaps};
  gboolean known = credit->bank == NULL && account_equal(credit->number, r->order.account_number);
  return (RefundPayee){.name = credit->name,
                       .account = credit->number,
                       .bank = known ? r->order.account_bank : credit->bank,
                       .cnaps = known ? r->order.account_cnaps : NULL};
}

static gboolean insert(const Request *r, gint64 entry_id, gint64 amount, const RefundPayee *payee, GError **error) {
  const OrderBy *by = &r->by->by;
  if (!store_run(r->store, error,
                 "INSERT INTO refund (purchase_id, entry_id, case_id, previous_id, amount, currency, payee_name, "
                 "payee_account, payee_bank, payee_cnaps, state, text, requested_by, requested_uid, requested_at, "
                 "changed_at) VALUES (?, nullif(?, 0), ?, nullif(?, 0), ?, ?, ?, ?, ?, ?, 'requested', ?, ?, ?, ?, ?)",
                 "iiiiitttttttiii", r->order.id, entry_id, r->is.id, r->previous.id, amount, r->order.price.currency,
                 payee->name, payee->account, payee->bank, payee->cnaps, r->text, by->actor, r->by->uid, by->now,
                 by->now))
    return FALSE;
  g_autofree char *subject = g_strdup_printf("refund:%" G_GINT64_FORMAT, store_last_id(r->store));
  g_autofree char *detail =
      g_strdup_printf("{\"amount\":%" G_GINT64_FORMAT ",\"case\":%" G_GINT64_FORMAT ",\"entry\":%" G_GINT64_FORMAT
                      ",\"order_no\":\"%s\",\"uid\":%" G_GINT64_FORMAT "}",
                      amount, r->is.id, entry_id, r->order.order_no, r->by->uid);
  return audit_append(r->store, by->now, by->actor, "refund.request", subject, detail, error);
}

static gboolean ask_line(const Request *r, const RefundAsk *ask, GError **error) {
  g_auto(Credit) credit = {0};
  RefundPayee payee;
  gboolean against;
  if (!load_credit(r, ask->entry_id, &credit, error) || !check_account(r, credit.account, error))
    return FALSE;
  g_autofree char *number = account_normal(r->given->account);
  const RefundPayee line = payee_of(r, &credit), given = {r->given->name, number, r->given->bank, r->given->cnaps};
  const char *field = refund_payee(&line, &given, r->previous.id != 0, &payee, &against);
  if (field == NULL)
    return insert(r, ask->entry_id, ask->amount, &payee, error);
  g_autofree char *value = g_strdup_printf("%" G_GINT64_FORMAT, ask->entry_id),
                  *word = g_strconcat("payee.", field, NULL);
  return error_set(error, ERROR_REFUSED, against ? "refund_differs" : "refund_lacks", "value", value, "field", word,
                   NULL);
}

static gboolean check_fit(const Request *r, const RefundAsk *asks, gsize count, GError **error) {
  g_autofree RefundPart *parts = g_new0(RefundPart, count);
  g_autofree gint64 *taken = g_new0(gint64, count), *entries = g_new0(gint64, count);
  gint64 left = 0;
  for (gsize i = 0; i < count; i++) {
    entries[i] = asks[i].entry_id;
    if (!refund_part_load(r->store, asks[i].entry_id, r->order.id, asks[i].amount, &parts[i], error))
      return FALSE;
    if (r->previous.id != 0) /* its own share is given up by the first refund */
      parts[i].refunded -= r->previous.amount.minor;
  }
  return refund_fit_check(parts, entries, count, &r->order, taken, &left, error);
}

static gboolean ask_lines(const Request *r, const RefundAsk *asks, gsize count, GError **error) {
  if (!check_fit(r, asks, count, error))
    return FALSE;
  for (gsize i = 0; i < count; i++)
    if (!ask_line(r, &asks[i], error))
      return FALSE;
  return TRUE;
}

/* Paid by Alipay or WeChat: all of it, by the way it came. */
static gboolean ask_online(const Request *r, GError **error) {
  static const RefundPayee nobody = {NULL};
  gboolean paid = r->order.payment == PAYMENT_RECEIVED || r->order.payment == PAYMENT_OVER ||
                  r->order.payment == PAYMENT_SHORT || r->previous.id != 0;
  if (g_str_equal(r->order.method, "wire"))
    return error_set(error, ERROR_USAGE, "refund_lines", "value", r->order.order_no, NULL);
  if (r->order.review == REVIEW_ACCEPTED)
    return error_set(error, ERROR_REFUSED, "refund_accepted", "value", r->order.order_no, NULL);
  return paid ? insert(r, 0, r->order.price.minor, &nobody, error)
              : error_set(error, ERROR_REFUSED, "refund_nothing", "value", r->order.order_no, NULL);
}

static gboolean ask(const Request *r, const RefundAsk *asks, gsize count, GError **error) {
  const Refund *p = &r->previous;
  const RefundAsk again = {p->entry_id, p->amount.minor};
  for (gsize i = 0; i < MAX(count, 1); i++)
    if (!check_unasked(r, count > 0 ? asks[i].entry_id : 0, error))
      return FALSE;
  if (p->id == 0)
    return count > 0 ? ask_lines(r, asks, count, error) : ask_online(r, error);
  if (count > 1 || (count == 1 && (asks[0].entry_id != again.entry_id || asks[0].amount != again.amount)))
    return refuse("refund_again", p->id, error);
  return p->entry_id != 0 ? ask_lines(r, &again, 1, error) : ask_online(r, error);
}

gboolean refund_request(Store *store, gint64 case_id, const RefundAsk *asks, gsize count, const RefundPayee *given,
                        const char *text, const RefundBy *by, gint64 *waits, GError **error) {
  g_auto(Request) r = {.store = store, .given = given, .text = text, .by = by};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok = refund_case_load(store, case_id, &r.is, error) && load_previous(&r, error) &&
                find_order(&r, asks, count, error) && find_case(&r, error) && ask(&r, asks, count, error);
  *waits = r.is.id;
  return refund_finish(store, ok, error);
}

gboolean refund_asked(Store *store, gint64 case_id, gboolean *asked, GError **error) {
  gint64 one;
  return store_row(store, error, asked, "SELECT 1 FROM refund WHERE case_id = ? AND state = 'requested' LIMIT 1", "i",
                   case_id, "i", &one);
}
