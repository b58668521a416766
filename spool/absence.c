#include "spool/absence.h"

#include "rules/name.h"

gboolean absence_left(Store *store, const Transfer *transfer, Instant *left, GError **error) {
  gboolean made;
  *left = INSTANT_NONE;
  return store_row(store, error, &made, "SELECT created_at FROM batch WHERE id = ?", "i", transfer->batch_id, "i",
                   left);
}

/* A clock runs out and a person guesses without news of the bank; a query that finds nothing keeps nothing alive. */
static gboolean load_span(Store *store, const Transfer *t, const Calendar *calendar, int not_found_days,
                          AbsenceFacts *facts, GError **error) {
  gboolean spoken = FALSE;
  Instant created = INSTANT_NONE, last = INSTANT_NONE;
  if (!absence_left(store, t, &created, error) ||
      !store_row(store, error, &spoken,
                 "SELECT at FROM evidence WHERE transfer_id = ? AND source <> 'clock' AND substr(source, 1, 7) <> "
                 "'person:' AND event NOT IN ('debit_line','return_line','not_found') AND NOT (event = 'lost' AND "
                 "source = 'query') ORDER BY at DESC LIMIT 1",
                 "i", t->id, "i", &last))
    return FALSE;
  facts->first = day_of_instant(created);
  facts->last = created == INSTANT_NONE
                    ? DAY_NONE
                    : absence_last_day(calendar, day_of_instant(spoken ? MAX(last, created) : created), not_found_days);
  return TRUE;
}

static AbsenceDays proven_days(Rows *rows) {
  AbsenceDays days = {DAY_NONE, DAY_NONE};
  gboolean derived = rows_int(rows, 2) != 0;
  Day came = day_of_instant(rows_int(rows, 3));
  if (!day_parse(rows_text(rows, 0), &days.from) || !day_parse(rows_text(rows, 1), &days.to))
    return (AbsenceDays){0, -1};
  days.from += derived;
  days.to = MIN(days.to - derived, came - 1);
  return days;
}

static gboolean load_proven(Store *store, const Transfer *t, AbsenceFacts *facts, GError **error) {
  g_autofree char *first = day_format(facts->first);
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(AbsenceDays));
  g_auto(Rows) rows =
      store_rows(store,
                 "SELECT s.from_on, s.to_on, s.derived, f.received_at FROM statement s JOIN file f ON f.id = s.file_id "
                 "WHERE s.account = ? AND s.kind = 'ledger' AND s.superseded_by IS NULL AND s.page = 1 AND "
                 "s.last_page = 1 AND s.proof = 'balance' AND s.from_on IS NOT NULL AND s.to_on >= ?",
                 "tt", t->account, first);
  while (rows_next(&rows, error)) {
    AbsenceDays days = proven_days(&rows);
    g_array_append_val(all, days);
  }
  facts->proven_to = absence_proven_to((const AbsenceDays *)(void *)all->data, all->len, facts->first);
  return !rows.failed;
}

/* Of its amount, to its payee or to nobody whom the bank names in full. */
static gboolean suspect(const char *counterparty, const char *payee) {
  g_autofree char *number = account_normal(counterparty);
  return number == NULL || account_equal(number, payee);
}

static gboolean load_suspects(Store *store, const Transfer *t, AbsenceFacts *facts, GError **error) {
  g_autofree char *first = day_format(facts->first);
  g_auto(Rows) rows = store_rows(store,
                                 "SELECT counterparty_account FROM entry WHERE account = ? AND booking_on >= ? AND "
                                 "direction = 'debit' AND amount = ? AND currency = ? AND transfer_id IS NULL",
                                 "ttit", t->account, first, t->amount.minor, t->amount.currency);
  while (rows_next(&rows, error))
    facts->suspects += (guint)suspect(rows_text(&rows, 0), t->payee_account);
  return !rows.failed;
}

gboolean absence_load(Store *store, const Transfer *transfer, const Calendar *calendar, int not_found_days,
                      AbsenceFacts *facts, GError **error) {
  *facts = (AbsenceFacts){.proven_to = DAY_NONE, .debited = transfer->debit_entry_id != 0};
  return load_span(store, transfer, calendar, not_found_days, facts, error) &&
         (facts->first == DAY_NONE ||
          (load_proven(store, transfer, facts, error) && load_suspects(store, transfer, facts, error)));
}
