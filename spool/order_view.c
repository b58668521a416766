#include "spool/order_view.h"

#include "rules/error.h"

void order_view_clear(OrderView *view) {
  g_free(view->order_no);
  g_free(view->applicant);
  g_free(view->uscc);
  g_free(view->method);
  g_free(view->warnings);
  g_free(view->account_name);
  g_free(view->account_number);
  g_free(view->account_bank);
  g_free(view->account_cnaps);
  g_free(view->field);
  g_free(view->cause);
  g_free(view->corrections);
  g_free(view->sent_back);
  *view = (OrderView){0};
}

#define SELECT_VIEW                                                                                                    \
  "SELECT p.id, p.order_no, p.applicant_name, p.uscc, p.method, p.warnings, p.account_name, p.account_number, "        \
  "p.account_bank, p.account_cnaps, p.revision, p.submitted_at, p.changed_at, p.price, p.currency, m.settled, "        \
  "p.payment, p.proof, p.review, p.due_on, coalesce(v.round, 0), v.state, v.tries, v.settled_on, v.expires_on, "       \
  "v.field, t.state, t.expected_on, "                                                                                  \
  "(SELECT count(*) FROM verification c WHERE c.purchase_id = p.id AND c.counted = 1), "                               \
  "coalesce(v.counted, 0), EXISTS (SELECT 1 FROM job j WHERE j.role = 'pay' AND j.kind = 'verify' AND "                \
  "j.subject = p.order_no AND j.state <> 'failed'), "                                                                  \
  "coalesce((SELECT max(n.amount) FROM announced n WHERE n.purchase_id = p.id AND n.state = 'waiting' AND "            \
  "n.currency = p.currency), 0), v.cause, "                                                                            \
  "EXISTS (SELECT 1 FROM hold h WHERE t.state = 'planned' AND h.account IN (t.account, '*', '!')) OR "                 \
  "EXISTS (SELECT 1 FROM route r WHERE t.state = 'planned' AND r.account = t.account AND r.present = 1 AND "           \
  "r.proven_at IS NULL), b.fields, b.text, coalesce(p.clock_left, -1), m.waived "                                      \
  "FROM purchase p JOIN purchase_money m ON m.purchase_id = p.id LEFT JOIN verification v ON v.purchase_id = p.id "    \
  "AND v.round = (SELECT max(l.round) FROM verification l WHERE l.purchase_id = p.id) "                                \
  "LEFT JOIN transfer t ON t.verification_id = v.id LEFT JOIN review_case b ON p.review = 'sent_back' AND b.id = "     \
  "(SELECT max(c.id) FROM case_purchase l JOIN review_case c ON c.id = l.case_id WHERE l.purchase_id = p.id AND "      \
  "c.decision = 'send_back') "

static Day day_at(Rows *rows, int column) {
  Day day = DAY_NONE;
  const char *text = rows_text(rows, column);
  return text != NULL && day_parse(text, &day) ? day : DAY_NONE;
}

static int state_at(Rows *rows, int column, const LifeCycle *cycle) {
  const char *word = rows_text(rows, column);
  return word == NULL ? -1 : life_state(cycle, word);
}

static Money money_at(Rows *rows, int column, const char *currency) {
  Money money = {.minor = rows_int(rows, column)};
  g_strlcpy(money.currency, currency, sizeof money.currency);
  return money;
}

static void read_texts(Rows *rows, OrderView *view) {
  char **texts[] = {&view->order_no,       &view->applicant,    &view->uscc,
                    &view->method,         &view->warnings,     &view->account_name,
                    &view->account_number, &view->account_bank, &view->account_cnaps};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    *texts[i] = g_strdup(rows_text(rows, (int)i + 1));
}

static void read_round(Rows *rows, OrderView *view) {
  view->round = (int)rows_int(rows, 20);
  view->verification = state_at(rows, 21, &life_verification);
  view->tries = (int)rows_int(rows, 22);
  view->settled_on = day_at(rows, 23);
  view->expires_on = day_at(rows, 24);
  view->field = g_strdup(rows_text(rows, 25));
  view->cause = g_strdup(rows_text(rows, 32));
  view->transfer = state_at(rows, 26, &life_transfer);
  view->expected_on = day_at(rows, 27);
  view->counted = (int)rows_int(rows, 28);
  view->last_counted = rows_int(rows, 29) != 0;
  view->round_asked = rows_int(rows, 30) != 0;
  view->held = rows_int(rows, 33) != 0;
}

static void read_view(Rows *rows, OrderView *view) {
  const char *currency = rows_text(rows, 14);
  view->id = rows_int(rows, 0);
  read_texts(rows, view);
  view->revision = (int)rows_int(rows, 10);
  view->submitted_at = rows_int(rows, 11);
  view->changed_at = rows_int(rows, 12);
  view->price = money_at(rows, 13, currency);
  view->settled = money_at(rows, 15, currency);
  view->waived = money_at(rows, 37, currency);
  view->announced = money_at(rows, 31, currency);
  view->payment = state_at(rows, 16, &life_payment);
  view->proof = state_at(rows, 17, &life_proof);
  view->review = state_at(rows, 18, &life_review);
  view->due_on = day_at(rows, 19);
  view->corrections = g_strdup(rows_text(rows, 34));
  view->sent_back = g_strdup(rows_text(rows, 35));
  view->clock_left = view->review == REVIEW_SENT_BACK ? (int)rows_int(rows, 36) : -1;
  read_round(rows, view);
}

gboolean order_view(Store *store, const char *order_no, OrderView *view, GError **error) {
  g_auto(Rows) rows = store_rows(store, SELECT_VIEW "WHERE p.order_no = ?", "t", order_no);
  if (rows_next(&rows, error)) {
    read_view(&rows, view);
    return TRUE;
  }
  return !rows.failed && error_set(error, ERROR_REFUSED, "order_unknown", "value", order_no, NULL);
}

gboolean order_view_each(Store *store, OrderViewSink *sink, void *user, GError **error) {
  g_auto(Rows) rows = store_rows(store, SELECT_VIEW "ORDER BY p.id", "");
  while (rows_next(&rows, error)) {
    g_auto(OrderView) view = {0};
    read_view(&rows, &view);
    if (!sink(user, &view, error))
      return FALSE;
  }
  return !rows.failed;
}
