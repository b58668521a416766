#include "spool/decisions.h"

#include <jansson.h>

#include "rules/correction.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/cases.h"
#include "spool/deciding.h"
#include "spool/doubts.h"
#include "spool/invoices.h"
#include "spool/job.h"
#include "spool/life.h"
#include "spool/refund_decide.h"
#include "spool/tell.h"

static gboolean decide(Store *store, const DecisionCase *row, const char *decision, const char *text, const OrderBy *by,
                       GError **error) {
  return case_decide(store, row->id, decision, text, by->actor, by->now, error);
}

static gboolean review(Store *store, gint64 id, ReviewEvent event, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  LifeNews news = {.actor = by->actor, .cause = "{}", .now = by->now};
  for (guint i = 0; i < orders->len; i++) {
    gboolean blocked;
    gint64 order = g_array_index(orders, gint64, i);
    if (!case_blocks(store, order, &blocked, error))
      return FALSE;
    if (blocked && event == REVIEW_ACCEPT)
      return decision_refused("case_blocked", id, error);
    if (!life_apply(store, &life_review, order, (int)event, &news, NULL, NULL, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* The applicant must act: what is left of the review's days is kept. */
static gboolean stand_clock(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_clock_stop(store, g_array_index(orders, gint64, i), by, error))
      return FALSE;
  return TRUE;
}

/* The review's clock ends, or stands. */
static gboolean stop_clock(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!order_refresh(store, g_array_index(orders, gint64, i), by->calendar, by->actor, by->now, error))
      return FALSE;
  return TRUE;
}

/* Intake, which alone changes files, does what was decided. */
static gboolean decide_file(Store *store, const DecisionCase *row, const char *decision, const char *text,
                            const OrderBy *by, GError **error) {
  if (text == NULL)
    return error_set(error, ERROR_USAGE, "decision_text", NULL);
  return decide(store, row, decision, text, by, error) && job_add(store, "intake", "file", row->file, by->now, error);
}

static gboolean ask_invoices(Store *store, gint64 id, const OrderBy *by, GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    if (!invoice_ask(store, g_array_index(orders, gint64, i), by, error))
      return FALSE;
  return TRUE;
}

/* The handlers of the case's orders hear of it. */
static gboolean tell_handlers(Store *store, gint64 id, TellKind kind, const char *const *facts, const OrderBy *by,
                              GError **error) {
  g_autoptr(GArray) orders = g_array_new(FALSE, FALSE, sizeof(gint64));
  if (!decision_orders(store, id, orders, error))
    return FALSE;
  for (guint i = 0; i < orders->len; i++) {
    gint64 order = g_array_index(orders, gint64, i);
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, id, order);
    const Tell one = {.kind = kind, .key = key, .purchase_id = order, .facts = facts};
    if (!tell_handler(store, &one, by->actor, by->now, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean accept_order(Store *store, const DecisionCase *row, const char *text, const OrderBy *by,
                             GError **error) {
  return decision_permit(store, row, CASE_ACT_ACCEPT, error) && review(store, row->id, REVIEW_ACCEPT, by, error) &&
         decide(store, row, "accept", text, by, error) && stop_clock(store, row->id, by, error) &&
         ask_invoices(store, row->id, by, error) && tell_handlers(store, row->id, TELL_ACCEPTED, NULL, by, error);
}

static gboolean accept_round(Store *store, const DecisionCase *row, const char *text, const OrderBy *by,
                             GError **error) {
  return decide(store, row, "accept", text, by, error) && doubt_accept(store, row->subject, by->now, error);
}

gboolean decision_accept(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(DecisionCase) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      decision_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "accept", text, by, error)
                                                : row.doubt      ? accept_round(store, &row, text, by, error)
                                                                 : accept_order(store, &row, text, by, error));
  return decision_finish(store, ok, error);
}

static gboolean refuse_round(Store *store, const DecisionCase *row, const char *text, int rounds, const OrderBy *by,
                             GError **error) {
  return decide(store, row, "refuse", text, by, error) &&
         doubt_refuse(store, row->subject, (PolicyDoubt)policy_doubt(row->reason), rounds, by, error);
}

gboolean decision_refuse(Store *store, gint64 id, const char *text, int rounds, const OrderBy *by, GError **error) {
  g_auto(DecisionCase) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      decision_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "refuse", text, by, error)
                                                : row.doubt      ? refuse_round(store, &row, text, rounds, by, error)
                                                                 : refund_refuse(store, id, text, by, error));
  return decision_finish(store, ok, error);
}

/* What is to be corrected stays with the case. */
static gboolean keep_fields(Store *store, gint64 id, const char *const *fields, const char *why, const OrderBy *by,
                            GError **error) {
  g_autofree char *names = g_strjoinv(",", (char **)fields);
  const char *const facts[] = {"why", why != NULL ? why : "", "fields", names, NULL};
  json_auto_t *list = json_array();
  for (; *fields != NULL; fields++) {
    if (!correction_known(*fields))
      return error_set(error, ERROR_USAGE, "correction", "value", *fields, NULL);
    (void)json_array_append_new(list, json_string(*fields));
  }
  g_autofree char *text = json_dumps(list, JSON_COMPACT);
  return store_run(store, error, "UPDATE review_case SET fields = ? WHERE id = ?", "ti", text, id) &&
         tell_handlers(store, id, TELL_SENT_BACK, facts, by, error);
}

static gboolean send_back(Store *store, const DecisionCase *row, const char *const *fields, const char *text,
                          const OrderBy *by, GError **error) {
  g_autofree char *masked = mask_codes(text);
  return decision_permit(store, row, CASE_ACT_SEND_BACK, error) && stand_clock(store, row->id, by, error) &&
         review(store, row->id, REVIEW_SEND_BACK, by, error) && decide(store, row, "send_back", masked, by, error) &&
         keep_fields(store, row->id, fields, masked, by, error) && stop_clock(store, row->id, by, error);
}

gboolean decision_send_back(Store *store, gint64 id, const char *const *fields, const char *text, const OrderBy *by,
                            GError **error) {
  g_auto(DecisionCase) row = {0};
  return store_begin(store, error) &&
         decision_finish(
             store, decision_open(store, id, &row, error) && send_back(store, &row, fields, text, by, error), error);
}

/* A wish for a refund, or a refund that waits for its second person, is not put aside: it is refused. */
static gboolean check_refund(Store *store, const DecisionCase *row, GError **error) {
  gboolean asked = FALSE;
  if (!refund_asked(store, row->id, &asked, error))
    return FALSE;
  return (!asked && !g_str_equal(row->reason, "refund")) ||
         error_set(error, ERROR_REFUSED, "refund_open", "value", row->reason, NULL);
}

static gboolean close_case(Store *store, const DecisionCase *row, const char *text, const OrderBy *by, GError **error) {
  return check_refund(store, row, error) && decision_permit(store, row, CASE_ACT_CLOSE, error) &&
         decide(store, row, "close", text, by, error) && decision_explain(store, row->id, TRUE, by, error) &&
         decision_explain(store, row->id, FALSE, by, error) && decision_refresh(store, row->id, by, error);
}

gboolean decision_close(Store *store, gint64 id, const char *text, const OrderBy *by, GError **error) {
  g_auto(DecisionCase) row = {0};
  if (!store_begin(store, error))
    return FALSE;
  gboolean ok =
      decision_open(store, id, &row, error) && (row.file != NULL ? decide_file(store, &row, "close", text, by, error)
                                                                 : close_case(store, &row, text, by, error));
  return decision_finish(store, ok, error);
}
