/* Refunds over HTTP: the applicant's wish, and what the hall gives back itself. */
#include <string.h>

#include "daemon/http/hall.h"
#include "daemon/order_answer.h"
#include "daemon/refund_accounts.h"
#include "parsers/order_json.h"
#include "spool/refund_hall.h"
#include "spool/refund_wish.h"

static gboolean wish(Hall *hall, const Request *request, const char *text, GError **error) {
  const OrderBy by = {.actor = "hall", .now = request->now, .calendar = hall->calendar};
  g_autoptr(GArray) accounts = refund_accounts(hall->conf, error);
  if (accounts == NULL)
    return FALSE;
  const RefundBy who = refund_by(accounts, &by, -1);
  return refund_wish(hall->store, request->argument, text, &who, error);
}

void hall_post_refund_request(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  json_auto_t *body = fields_read(request->body, request->size, order_refund_fields, NULL, &error);
  if (body == NULL || !wish(hall, request, fields_text(body, "reason"), &error))
    reply_error(reply, error);
  else {
    hall_get_order(hall, request, reply);
    reply->status = reply->status == 200 ? 202 : reply->status;
  }
}

void hall_get_refunds(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  (void)request;
  json_t *refunds = refund_hall_list(hall->store, &error);
  if (refunds == NULL)
    reply_error(reply, error);
  else
    reply_json(reply, 200, json_pack("{s:o}", "refunds", refunds));
}

void hall_post_refund_result(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  const char *state = NULL;
  gint64 id = g_ascii_strtoll(request->argument, NULL, 10);
  const Learner by = {.actor = "hall", .now = request->now, .calendar = hall->calendar};
  json_auto_t *body = fields_read(request->body, request->size, order_refund_result_fields, NULL, &error);
  if (body == NULL || !refund_hall_result(hall->store, id, g_str_equal(fields_text(body, "result"), "done"),
                                          fields_text(body, "detail"), &by, &state, &error))
    reply_error(reply, error);
  else
    reply_json(reply, 200, json_pack("{s:I, s:s}", "id", (json_int_t)id, "state", state));
}
