/* Orders over HTTP. */
#include <string.h>

#include "daemon/http/hall.h"
#include "daemon/order_answer.h"
#include "daemon/receipt_body.h"
#include "daemon/text.h"
#include "parsers/order_json.h"
#include "rules/error.h"
#include "spool/order_view.h"

static OrderBy hall_by(const Hall *hall, const Request *request) {
  return (OrderBy){.actor = "hall", .now = request->now, .calendar = hall->calendar};
}

static VerificationLimits limits_of(const Hall *hall) {
  return (VerificationLimits){.tries = hall->conf->tries, .rounds = hall->conf->rounds};
}

static void reply_order(Hall *hall, const char *order_no, int status, Reply *reply) {
  g_auto(OrderView) view = {0};
  GError *error = NULL;
  json_t *object = NULL;
  if (order_view(hall->store, order_no, &view, &error) &&
      (object = order_answer_whole(hall->conf, hall->store, &view, &error)) != NULL)
    reply_json(reply, status, object);
  else
    reply_error(reply, error);
}

void hall_post_order(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  OrderTaken taken;
  OrderBy by = hall_by(hall, request);
  g_autoptr(Order) order = order_json_read(request->body, request->size, &error);
  if (order == NULL || !order_take(hall->store, order, &by, &taken, &error))
    reply_error(reply, error);
  else
    reply_order(hall, order->order_no, taken == ORDER_NEW ? 201 : 200, reply);
}

void hall_get_order(Hall *hall, const Request *request, Reply *reply) {
  reply_order(hall, request->argument, 200, reply);
}

static json_t *code_answer(const Request *request, const Confirmation *is) {
  return json_pack("{s:s, s:s, s:i}", "order_no", request->argument, "result", confirm_words[is->word], "tries_left",
                   is->tries_left);
}

static void reply_code(const Request *request, const Confirmation *is, Reply *reply) {
  g_autofree char *word = g_strconcat("confirm.", confirm_words[is->word], NULL);
  if (is->word == CONFIRM_VERIFIED || is->word == CONFIRM_WRONG)
    reply_json(reply, 200, code_answer(request, is));
  else
    reply_problem(reply, is->word == CONFIRM_MALFORMED ? 422 : 409, confirm_words[is->word], text_word(word),
                  code_answer(request, is));
}

void hall_post_code(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  Confirmation is = {0};
  OrderBy by = hall_by(hall, request);
  VerificationLimits limits = limits_of(hall);
  json_auto_t *body = fields_read(request->body, request->size, order_code_fields, NULL, &error);
  if (body == NULL || !verification_confirm(hall->store, hall->code_key.bytes, request->argument,
                                            fields_text(body, "code"), &limits, &by, &is, &error))
    reply_error(reply, error);
  else
    reply_code(request, &is, reply);
}

void hall_put_account(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  OrderBy by = hall_by(hall, request);
  VerificationLimits limits = limits_of(hall);
  g_autoptr(GString) warnings = g_string_new(NULL);
  json_auto_t *body = fields_read(request->body, request->size, order_account_fields, warnings, &error);
  BankAccount account = {0};
  if (body != NULL)
    account = (BankAccount){fields_text(body, "name"), fields_text(body, "number"), fields_text(body, "bank"),
                            fields_text(body, "cnaps")};
  if (body == NULL || !verification_account(hall->store, request->argument, &account, &limits, &by, &error))
    reply_error(reply, error);
  else
    reply_order(hall, request->argument, 200, reply);
}

void hall_post_verification(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  OrderBy by = hall_by(hall, request);
  VerificationLimits limits = limits_of(hall);
  gboolean empty = request->size == 0;
  json_auto_t *body =
      fields_read(empty ? "{}" : request->body, empty ? 2 : request->size, order_resend_fields, NULL, &error);
  if (body == NULL ||
      !verification_again(hall->store, request->argument, fields_text(body, "reason"), &limits, &by, &error))
    reply_error(reply, error);
  else
    reply_order(hall, request->argument, 202, reply);
}

void hall_post_receipt(Hall *hall, const Request *request, Reply *reply) {
  GError *error = NULL;
  OrderBy by = hall_by(hall, request);
  g_auto(ReceiptBody) receipt = {0};
  if (receipt_body_read(request->body, request->size, &receipt, &error) &&
      receipt_body_take(hall->store, request->argument, &receipt, &by, &error))
    reply_order(hall, request->argument, receipt.typed ? 201 : 202, reply);
  else
    reply_error(reply, error);
}
