#include "spool/doubts.h"

#include <jansson.h>
#include <string.h>

#include "rules/deadline.h"
#include "rules/error.h"
#include "spool/cases.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/verification.h"

#define OTHERS_SHOWN 20

gboolean doubt_spread(Store *store, const RoundOrder *order, Instant since, int *companies, int *accounts,
                      GError **error) {
  gboolean found = FALSE;
  gint64 others = 0, more = 0;
  if (!store_row(store, error, &found,
                 "SELECT (SELECT count(DISTINCT p.uscc) FROM transfer t JOIN purchase p ON p.id = t.purchase_id "
                 "WHERE t.payee_account = ?1 AND t.purpose = 'verification' AND t.created_at >= ?3 AND p.uscc <> ?2), "
                 "(SELECT count(DISTINCT t.payee_account) FROM purchase p JOIN transfer t ON t.purchase_id = p.id "
                 "WHERE p.uscc = ?2 AND t.purpose = 'verification' AND t.created_at >= ?3 AND t.payee_account <> ?1)",
                 "tti", order->account_number, order->uscc, since, "ii", &others, &more))
    return FALSE;
  *companies = 1 + (int)others;
  *accounts = 1 + (int)more;
  return TRUE;
}

static char *subject_of(const char *order_no, int round) {
  return g_strdup_printf(DOUBT_SUBJECT "%s:%d", order_no, round);
}

gboolean doubts_left(Store *store, const RoundOrder *order, guint doubts, guint *left, GError **error) {
  g_autofree char *subject = subject_of(order->order_no, order->due_id != 0 ? order->last : order->last + 1);
  *left = doubts;
  for (int i = 0; i < POLICY_DOUBTS; i++) {
    gboolean accepted = FALSE;
    gint64 one = 0;
    if ((doubts & 1u << i) == 0)
      continue;
    if (!store_row(store, error, &accepted,
                   "SELECT 1 FROM review_case WHERE reason = ? AND subject = ? AND decision = 'accept' LIMIT 1", "tt",
                   policy_doubt_word((PolicyDoubt)i), subject, "i", &one))
      return FALSE;
    if (accepted)
      *left &= ~(1u << i);
  }
  return TRUE;
}

/* The other orders: of this account, or of this company. */
static json_t *others(Store *store, const RoundOrder *order, PolicyDoubt doubt, Instant since, GError **error) {
  json_t *list = json_array();
  g_auto(Rows) rows = store_rows(
      store,
      "SELECT DISTINCT p.order_no, p.applicant_name, t.payee_account FROM transfer t JOIN purchase p ON "
      "p.id = t.purchase_id WHERE t.purpose = 'verification' AND t.created_at >= ?1 AND p.id <> ?2 AND "
      "((?3 = 1 AND t.payee_account = ?4 AND p.uscc <> ?5) OR (?3 = 2 AND p.uscc = ?5)) ORDER BY p.id LIMIT ?6",
      "iiitti", since, order->purchase_id, (gint64)doubt, order->account_number, order->uscc, (gint64)OTHERS_SHOWN);
  while (rows_next(&rows, error))
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "order_no", rows_text(&rows, 0), "applicant",
                                          rows_text(&rows, 1), "account_number", rows_text(&rows, 2)));
  if (!rows.failed)
    return list;
  json_decref(list);
  return NULL;
}

static gboolean ask_one(Store *store, const RoundOrder *order, PolicyDoubt doubt, const char *subject, Instant since,
                        const Learner *by, GError **error) {
  json_t *list = others(store, order, doubt, since, error);
  if (list == NULL)
    return FALSE;
  json_t *card = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:o}", "order_no", order->order_no, "applicant",
                           order->applicant_name, "account_name", order->account_name, "account_number",
                           order->account_number, "owner", doubt == DOUBT_HOLDER ? order->owner : NULL, "others", list);
  char *text = json_dumps(card, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(card);
  const CaseDraft draft = {.reason = policy_doubt_word(doubt),
                           .subject = subject,
                           .card = text,
                           .due_on = deadline_review(by->calendar, by->now),
                           .orders = &order->purchase_id,
                           .order_count = 1};
  gboolean done = case_open(store, &draft, by->actor, by->now, NULL, error);
  free(text);
  return done;
}

gboolean doubts_ask(Store *store, const RoundOrder *order, guint doubts, Instant since, const Learner *by,
                    GError **error) {
  int round = 0;
  if (!round_keep(store, order, by, &round, error))
    return FALSE;
  g_autofree char *subject = subject_of(order->order_no, round);
  for (int i = 0; i < POLICY_DOUBTS; i++)
    if ((doubts & 1u << i) != 0 && !ask_one(store, order, (PolicyDoubt)i, subject, since, by, error))
      return FALSE;
  return TRUE;
}

gboolean doubts_moot(Store *store, gint64 purchase_id, const char *actor, Instant now, GError **error) {
  for (;;) {
    gboolean found = FALSE;
    g_autofree char *reason = NULL, *subject = NULL;
    if (!store_row(store, error, &found,
                   "SELECT c.reason, c.subject FROM review_case c JOIN case_purchase l ON l.case_id = c.id "
                   "WHERE l.purchase_id = ? AND c.state = 'open' AND c.subject LIKE 'round:%' LIMIT 1",
                   "i", purchase_id, "tt", &reason, &subject))
      return FALSE;
    if (!found)
      return TRUE;
    if (!case_moot(store, reason, subject, actor, now, error))
      return FALSE;
  }
}

/* "round:ORDER:ROUND" */
static char *order_of(const char *subject, int *round) {
  const char *start = subject + strlen(DOUBT_SUBJECT), *end = strrchr(start, ':');
  *round = (int)g_ascii_strtoll(end + 1, NULL, 10);
  return g_strndup(start, (gsize)(end - start));
}

gboolean doubt_accept(Store *store, const char *subject, Instant now, GError **error) {
  int round = 0;
  g_autofree char *order_no = order_of(subject, &round);
  return job_add(store, "pay", "verify", order_no, now, error);
}

static gboolean fail_round(Store *store, gint64 id, PolicyDoubt doubt, const OrderBy *by, GError **error) {
  const LifeNews news = {.actor = by->actor, .cause = "{\"cause\":\"case\"}", .now = by->now};
  return store_run(store, error, "UPDATE verification SET field = ?, cause = ? WHERE id = ?", "tti",
                   policy_doubt_field(doubt), doubt == DOUBT_HOLDER ? "name_differs" : NULL, id) &&
         life_apply(store, &life_verification, id, VERIFICATION_REFUSED, &news, NULL, NULL, NULL, error);
}

gboolean doubt_refuse(Store *store, const char *subject, PolicyDoubt doubt, int rounds, const OrderBy *by,
                      GError **error) {
  int round = 0;
  gboolean found = FALSE;
  gint64 id = 0, purchase_id = 0;
  g_autofree char *order_no = order_of(subject, &round);
  if (!store_row(store, error, &found,
                 "SELECT v.id, p.id FROM verification v JOIN purchase p ON p.id = v.purchase_id WHERE p.order_no = ? "
                 "AND v.round = ? AND v.state = 'due' AND NOT EXISTS "
                 "(SELECT 1 FROM transfer t WHERE t.verification_id = v.id)",
                 "ti", order_no, (gint64)round, "ii", &id, &purchase_id))
    return FALSE;
  if (!found)
    return error_set(error, ERROR_REFUSED, "round_over", "value", order_no, NULL);
  return fail_round(store, id, doubt, by, error) && doubts_moot(store, purchase_id, by->actor, by->now, error) &&
         verification_exhausted(store, order_no, purchase_id, rounds, by, error) &&
         order_refresh(store, purchase_id, by->calendar, by->actor, by->now, error);
}
