#include "spool/announced.h"

#include <jansson.h>
#include <string.h>

#include "parsers/json_text.h"
#include "rules/deadline.h"
#include "rules/number.h"
#include "spool/announced_match.h"
#include "spool/audit.h"
#include "spool/cases.h"
#include "spool/orders.h"

enum { PATIENCE = 31 /* days; what no statement has shown by then is asked about, and looked for no more */ };

static const char *direction_of(const Entry *line) {
  return line->direction == DIRECTION_CREDIT ? "credit" : "debit";
}

/* Does the number stand in one of the line's texts as matching would find it? */
static gboolean names(const Entry *line, const char *order_no) {
  const char *const texts[] = {line->remark, line->purpose, line->summary};
  g_autoptr(NumberIndex) index = number_index_new(&order_no, 1);
  g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(NumberHit));
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    number_find(index, texts[i], hits);
  return hits->len > 0;
}

static gboolean open_order(Store *store, const char *order_no, gint64 *id, GError **error) {
  gboolean found;
  *id = 0;
  return store_row(store, error, &found, "SELECT id FROM purchase WHERE order_no = ? AND review <> 'closed'", "t",
                   order_no, "i", id);
}

/* The one open order that the line names; *id 0: none, or several. */
static gboolean find_order(Store *store, const Entry *line, gint64 *id, char **order_no, GError **error) {
  g_autoptr(GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  number_keys_add(line->remark, set);
  number_keys_add(line->purpose, set);
  number_keys_add(line->summary, set);
  GHashTableIter iter;
  gpointer key;
  gint64 found = 0, orders = 0;
  g_hash_table_iter_init(&iter, set);
  while (g_hash_table_iter_next(&iter, &key, NULL)) {
    if (!open_order(store, key, &found, error))
      return FALSE;
    if (found == 0 || !names(line, key))
      continue;
    orders++;
    *id = found;
    g_free(*order_no);
    *order_no = g_strdup(key);
  }
  if (orders != 1) {
    *id = 0;
    g_clear_pointer(order_no, g_free);
  }
  return TRUE;
}

/* Money that comes under the reference of one of our transfers is that transfer coming back. */
static gboolean find_return(Store *store, const Entry *line, gint64 *id, GError **error) {
  gboolean found;
  *id = 0;
  return line->direction != DIRECTION_CREDIT || line->end_to_end_id == NULL ||
         store_row(store, error, &found, "SELECT id FROM transfer WHERE reference = ? AND purpose <> 'proof'", "t",
                   line->end_to_end_id, "i", id);
}

static gboolean insert(Store *store, const AnnouncedDraft *draft, gint64 purchase_id, gint64 transfer_id, Instant now,
                       GError **error) {
  const Entry *line = draft->line;
  g_autofree char *day = day_format(line->booking_date), *today = day_format(day_of_instant(now));
  return store_run(
      store, error,
      "INSERT INTO announced (account, identity, file_id, line, booking_on, received_on, amount, currency, "
      "direction, bank_reference, entry_reference, end_to_end_id, purchase_id, transfer_id, state) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), 'waiting') "
      "ON CONFLICT DO NOTHING",
      "ttiittitttttii", draft->account, draft->identity, draft->file_id, line->line, day, today, line->amount.minor,
      line->amount.currency, direction_of(line), line->bank_reference, line->entry_reference, line->end_to_end_id,
      purchase_id, transfer_id);
}

static gboolean tell_order(Store *store, const Entry *line, const char *order_no, const MatchingBy *by,
                           GError **error) {
  g_autofree char *subject = g_strconcat("order:", order_no, NULL), *amount = money_format(line->amount);
  g_autofree char *detail = g_strdup_printf("{\"amount\":\"%s\",\"currency\":\"%s\"}", amount, line->amount.currency);
  return audit_append(store, by->now, by->actor, "order.announced", subject, detail, error);
}

gboolean announced_put(Store *store, const AnnouncedDraft *draft, const MatchingBy *by, GError **error) {
  g_assert(store_in_transaction(store));
  gint64 purchase_id = 0, transfer_id = 0;
  g_autofree char *order_no = NULL;
  if ((draft->may_pay && !find_order(store, draft->line, &purchase_id, &order_no, error)) ||
      !find_return(store, draft->line, &transfer_id, error) ||
      !insert(store, draft, purchase_id, transfer_id, by->now, error))
    return FALSE;
  return store_changes(store) == 0 || purchase_id == 0 || tell_order(store, draft->line, order_no, by, error);
}

/* What a case about an announced line says of it. */
static char *card_of(Rows *rows, const char *reason) {
  Money money = {.minor = rows_int(rows, 2)};
  g_strlcpy(money.currency, rows_text(rows, 3), sizeof money.currency);
  g_autofree char *amount = money_format(money);
  json_t *card = json_pack("{s:I, s:I, s:s}", "file", (json_int_t)rows_int(rows, 0), "line",
                           (json_int_t)rows_int(rows, 1), reason, amount);
  json_text_set(card, "date", rows_text(rows, 4));
  char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
  char *copy = g_strdup(text);
  free(text);
  json_decref(card);
  return copy;
}

typedef struct {
  char *subject, *card;
  gint64 purchase_id;
} Question;

static void question_free(gpointer data) {
  Question *question = data;
  g_free(question->subject);
  g_free(question->card);
  g_free(question);
}

/* Reads questions: columns file, line, amount, currency, day, subject, purchase. */
static GPtrArray *read_questions(Rows *rows, const char *amount_name, GError **error) {
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(question_free);
  while (rows_next(rows, error)) {
    Question *question = g_new(Question, 1);
    *question = (Question){g_strdup(rows_text(rows, 5)), card_of(rows, amount_name), rows_int(rows, 6)};
    g_ptr_array_add(all, question);
  }
  return rows->failed ? NULL : g_steal_pointer(&all);
}

static gboolean refresh(Store *store, gint64 purchase_id, const MatchingBy *by, GError **error) {
  return purchase_id == 0 || order_refresh(store, purchase_id, by->calendar, by->actor, by->now, error);
}

static gboolean ask_all(Store *store, GPtrArray *questions, const char *reason, const MatchingBy *by, GError **error) {
  for (guint i = 0; questions != NULL && i < questions->len; i++) {
    const Question *question = questions->pdata[i];
    CaseDraft draft = {.reason = reason,
                       .subject = question->subject,
                       .card = question->card,
                       .due_on = deadline_review(by->calendar, by->now),
                       .orders = &question->purchase_id,
                       .order_count = question->purchase_id != 0};
    if (!case_open(store, &draft, by->actor, by->now, NULL, error) || !refresh(store, question->purchase_id, by, error))
      return FALSE;
  }
  return questions != NULL;
}

/* Only for lines that this file was the first to show: a case that a person closed stays closed. */
static gboolean ask_returns(Store *store, const char *account, gint64 file_id, const MatchingBy *by, GError **error) {
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT a.file_id, a.line, a.amount, a.currency, coalesce(a.booking_on, a.received_on), 'transfer:' || "
      "t.reference, t.purchase_id FROM announced a JOIN transfer t ON t.id = a.transfer_id WHERE a.account = ? AND "
      "a.file_id = ? AND a.state = 'waiting' AND t.return_entry_id IS NULL ORDER BY a.id",
      "ti", account, file_id);
  g_autoptr(GPtrArray) questions = read_questions(&rows, "amount", error);
  return ask_all(store, questions, "return_announced", by, error);
}

/* Open cases about lines that the ledger shows by now. */
static gboolean close_returns(Store *store, const char *account, const MatchingBy *by, GError **error) {
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT a.file_id, a.line, a.amount, a.currency, a.booking_on, c.subject, t.purchase_id FROM review_case c "
      "JOIN transfer t ON c.subject = 'transfer:' || t.reference JOIN announced a ON a.transfer_id = t.id "
      "WHERE c.reason = 'return_announced' AND c.state = 'open' AND a.account = ? AND a.state = 'booked'",
      "t", account);
  g_autoptr(GPtrArray) answered = read_questions(&rows, "amount", error);
  for (guint i = 0; answered != NULL && i < answered->len; i++) {
    const Question *question = answered->pdata[i];
    if (!case_moot(store, "return_announced", question->subject, by->actor, by->now, error) ||
        !refresh(store, question->purchase_id, by, error))
      return FALSE;
  }
  return answered != NULL;
}

/* Lines of days that the ledger shows whole, and proves, without them; and those that have waited too long. */
static gboolean ask_missing(Store *store, const char *account, Day since, const MatchingBy *by, GError **error) {
#define GONE                                                                                                           \
  "account = ? AND state = 'waiting' AND (received_on < ? OR EXISTS (SELECT 1 FROM statement s WHERE s.account = "     \
  "announced.account AND s.kind = 'ledger' AND s.superseded_by IS NULL AND s.page = 1 AND s.last_page = 1 AND "        \
  "s.proof = 'balance' AND s.derived = 0 AND announced.booking_on BETWEEN s.from_on AND s.to_on))"
  g_autofree char *from = day_format(since);
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT file_id, line, amount, currency, coalesce(booking_on, received_on), 'announced:' || account || "
      "':' || coalesce(booking_on, received_on), 0 FROM announced WHERE " GONE " ORDER BY id",
      "tt", account, from);
  g_autoptr(GPtrArray) questions = read_questions(&rows, "shown_amount", error);
  return ask_all(store, questions, "statement_conflict", by, error) &&
         store_run(store, error, "UPDATE announced SET state = 'missing' WHERE " GONE, "tt", account, from);
}

static gboolean close_missing(Store *store, const char *account, const MatchingBy *by, GError **error) {
  g_autofree char *prefix = g_strdup_printf("announced:%s:", account);
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT 0, 0, 0, '', '', c.subject, 0 FROM review_case c WHERE c.reason = 'statement_conflict' AND c.state = "
      "'open' AND NOT EXISTS (SELECT 1 FROM announced a WHERE a.state = 'missing' AND "
      "c.subject = 'announced:' || a.account || ':' || coalesce(a.booking_on, a.received_on)) AND substr(c.subject, 1, "
      "length(?)) = ?",
      "tt", prefix, prefix);
  g_autoptr(GPtrArray) answered = read_questions(&rows, "shown_amount", error);
  for (guint i = 0; answered != NULL && i < answered->len; i++)
    if (!case_moot(store, "statement_conflict", ((const Question *)answered->pdata[i])->subject, by->actor, by->now,
                   error))
      return FALSE;
  return answered != NULL;
}

gboolean announced_check(Store *store, const char *account, gint64 file_id, const MatchingBy *by, GError **error) {
  g_assert(store_in_transaction(store));
  Day since = day_of_instant(by->now) - PATIENCE;
  gboolean any;
  gint64 one;
  if (!store_row(store, error, &any, "SELECT 1 FROM announced WHERE account = ? AND state <> 'booked' LIMIT 1", "t",
                 account, "i", &one))
    return FALSE;
  return !any || (announced_match(store, account, since, error) && ask_returns(store, account, file_id, by, error) &&
                  close_returns(store, account, by, error) && ask_missing(store, account, since, by, error) &&
                  close_missing(store, account, by, error));
}

void announced_fate_clear(AnnouncedFate *fate) {
  g_clear_pointer(&fate->order_no, g_free);
}

gboolean announced_fate(Store *store, const char *account, Day day, const char *identity, AnnouncedFate *fate,
                        GError **error) {
  gboolean found;
  g_autofree char *on = day_format(day), *state = NULL;
  if (!store_row(store, error, &found,
                 "SELECT a.state, p.order_no FROM announced a LEFT JOIN purchase p ON p.id = a.purchase_id WHERE "
                 "a.account = ? AND coalesce(a.booking_on, '') = coalesce(?, '') AND a.identity = ?",
                 "ttt", account, on, identity, "tt", &state, &fate->order_no))
    return FALSE;
  fate->booked = g_strcmp0(state, "booked") == 0;
  fate->missing = g_strcmp0(state, "missing") == 0;
  return TRUE;
}
