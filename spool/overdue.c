#include "spool/overdue.h"

#include "parsers/fields.h"
#include "rules/deadline.h"
#include "spool/cases.h"
#include "spool/entries.h"

/* One thing that waits. */
typedef struct {
  const char *reason;
  gint64 order_id, entry_id; /* 0: it has none */
  char *order_no, *number;   /* of its first receipt */
  Instant at, newest;        /* of its first and newest receipt */
  Day booked;
} Wait;

static void wait_clear(gpointer wait) {
  g_free(((Wait *)wait)->order_no);
  g_free(((Wait *)wait)->number);
}

static gboolean add_claims(Store *store, GArray *waits, GError **error) {
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT p.id, p.order_no, r.number, r.at, (SELECT max(at) FROM receipt WHERE purchase_id = p.id) "
                 "FROM purchase p JOIN receipt r ON r.purchase_id = p.id WHERE p.payment = 'claimed' AND p.review <> "
                 "'closed' AND r.id = (SELECT min(id) FROM receipt WHERE purchase_id = p.id) ORDER BY p.id",
                 "");
  while (rows_next(&rows, error)) {
    Wait wait = {"receipt_without_money",
                 rows_int(&rows, 0),
                 0,
                 g_strdup(rows_text(&rows, 1)),
                 g_strdup(rows_text(&rows, 2)),
                 rows_int(&rows, 3),
                 rows_int(&rows, 4),
                 DAY_NONE};
    g_array_append_val(waits, wait);
  }
  return !rows.failed;
}

/* Short since the last wire that was settled for it, else since the last one that a case of it shows. */
static gboolean add_short(Store *store, GArray *waits, GError **error) {
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT p.id, p.order_no, coalesce((SELECT max(e.booking_on) FROM allocation a JOIN entry e ON e.id = a.entry_id "
      "WHERE a.purchase_id = p.id), (SELECT max(e.booking_on) FROM case_purchase o JOIN case_entry l ON l.case_id = "
      "o.case_id JOIN entry e ON e.id = l.entry_id WHERE o.purchase_id = p.id)) FROM purchase p WHERE p.payment = "
      "'short' AND p.review NOT IN ('closed', 'accepted') AND NOT EXISTS (SELECT 1 FROM case_purchase o JOIN "
      "review_case c ON c.id = o.case_id WHERE o.purchase_id = p.id AND c.state = 'open' AND c.reason NOT IN "
      "('application', 'deadline')) ORDER BY p.id",
      "");
  while (rows_next(&rows, error)) {
    Day booked;
    if (rows_null(&rows, 2) || !day_parse(rows_text(&rows, 2), &booked))
      continue;
    Wait wait = {"deadline", rows_int(&rows, 0), 0, g_strdup(rows_text(&rows, 1)), NULL, 0, 0, booked};
    g_array_append_val(waits, wait);
  }
  return !rows.failed;
}

static gboolean add_pending(Store *store, GArray *waits, GError **error) {
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT id, booking_on FROM entry WHERE disposition = 'pending' AND direction = "
                                 "'credit' AND coalesce(reason, '') NOT IN ('" ENTRY_REASON_NEW "', '" ENTRY_REASON_TIE
                                 "') ORDER BY id",
                                 "");
  while (rows_next(&rows, error)) {
    Wait wait = {.reason = "deadline", .entry_id = rows_int(&rows, 0), .booked = DAY_NONE};
    if (day_parse(rows_text(&rows, 1), &wait.booked))
      g_array_append_val(waits, wait);
  }
  return !rows.failed;
}

static gboolean open_one(Store *store, const Wait *wait, const char *subject, const OrderBy *by, GError **error) {
  g_autofree char *booked = day_format(wait->booked);
  json_auto_t *object =
      json_pack("{s:s*, s:s*, s:s*}", "order_no", wait->order_no, "receipt", wait->number, "booked_on", booked);
  g_autofree char *card = fields_canonical(object);
  CaseDraft draft = {.reason = wait->reason,
                     .subject = subject,
                     .card = card,
                     .due_on = deadline_review(by->calendar, wait->booked != DAY_NONE ? by->now : wait->at),
                     .orders = &wait->order_id,
                     .order_count = wait->order_id != 0,
                     .entries = &wait->entry_id,
                     .entry_count = wait->entry_id != 0};
  return case_open(store, &draft, by->actor, by->now, NULL, error) &&
         (wait->order_id == 0 || order_refresh(store, wait->order_id, by->calendar, by->actor, by->now, error));
}

static char *subject_of(const Wait *wait) {
  return wait->entry_id != 0 ? g_strdup_printf("entry:%" G_GINT64_FORMAT, wait->entry_id)
                             : g_strconcat("order:", wait->order_no, NULL);
}

/* Each case by itself: a person waits for none of them. */
static gboolean ask(Store *store, const Wait *wait, const OrderBy *by, GError **error) {
  Day last =
      wait->booked != DAY_NONE ? deadline_money(by->calendar, wait->booked) : deadline_receipt(by->calendar, wait->at);
  g_autofree char *subject = subject_of(wait);
  gboolean answered = FALSE;
  if (!deadline_passed(last, by->now))
    return TRUE;
  if (!store_begin(store, error))
    return FALSE;
  if (case_answered(store, wait->reason, subject, wait->newest, &answered, error) &&
      (answered || open_one(store, wait, subject, by, error)) && store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

gboolean overdue_sweep(Store *store, const OrderBy *by, GError **error) {
  int lapsed;
  g_autoptr(GArray) waits = g_array_new(FALSE, FALSE, sizeof(Wait));
  g_array_set_clear_func(waits, wait_clear);
  if (!orders_lapse(store, by, OVERDUE_LAPSE_DAYS, &lapsed, error) || !add_claims(store, waits, error) ||
      !add_short(store, waits, error) || !add_pending(store, waits, error))
    return FALSE;
  for (guint i = 0; i < waits->len; i++)
    if (!ask(store, &g_array_index(waits, Wait, i), by, error))
      return FALSE;
  return TRUE;
}
