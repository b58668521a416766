#include "daemon/http/hall.h"
#include "daemon/text.h"
#include "parsers/fields.h"
#include "rules/error.h"

void reply_clear(Reply *reply) {
  g_free(reply->body);
  g_free(reply->allow);
  *reply = (Reply){0};
}

static void set(Reply *reply, int status, const char *type, json_t *object) {
  char *body = json_dumps(object, JSON_COMPACT);
  g_assert(body != NULL);
  json_decref(object);
  reply->status = status;
  reply->type = type;
  g_free(reply->body);
  reply->body = g_strdup(body);
  free(body);
}

void reply_json(Reply *reply, int status, json_t *object) {
  set(reply, status, "application/json; charset=utf-8", object);
}

static const char *title_of(int status) {
  switch (status) {
  case 400:
    return N_("请求读不懂");
  case 401:
    return N_("没有权限");
  case 403:
    return N_("没有权限");
  case 404:
    return N_("没有找到");
  case 405:
    return N_("不支持这种方法");
  case 409:
    return N_("现在不能这样做");
  case 413:
    return N_("内容太大");
  case 422:
    return N_("内容不合规定");
  case 429:
    return N_("请求太频繁");
  case 503:
    return N_("暂时不能处理");
  default:
    return N_("系统故障");
  }
}

void reply_problem(Reply *reply, int status, const char *reason, const char *detail, json_t *more) {
  g_autofree char *type = g_strconcat("/problems/", reason, NULL);
  json_t *problem = json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", type, "title", _(title_of(status)), "status", status,
                              "detail", detail, "reason", reason);
  if (more != NULL)
    json_object_update_new(problem, more);
  set(reply, status, "application/problem+json; charset=utf-8", problem);
}

static int status_of(const GError *error) {
  static const struct {
    const char *reason; /* or how it begins */
    int status;
  } known[] = {
      {"json_syntax", 400},
      {"json_duplicate", 400},
      {"json_too_large", 413},
      {"field_", 422},
      {"shape_", 422},
      {"amount", 422},
      {"order_unknown", 404},
      {"refund_unknown", 404},
      {"sms_unknown", 404},
      {"case_unknown", 404},
      {"staff_right", 403},
      {"staff_nobody", 403},
      {"person_unknown", 403},
      {"receipt_large", 413},
      {"receipt_kind", 422},
      {"receipt_voucher", 422},
      {"receipt_unclaimed", 422},
  };
  if (error_kind(error) == ERROR_TEMPORARY)
    return 503;
  if (error_kind(error) == ERROR_USAGE)
    return 422;
  if (error_kind(error) != ERROR_REFUSED)
    return 500;
  for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
    if (g_str_has_prefix(error_reason(error), known[i].reason))
      return known[i].status;
  if (g_str_has_prefix(error_reason(error), "shape_")) /* an identifier */
    return 422;
  return 409;
}

void reply_error(Reply *reply, GError *error) {
  g_autofree char *sentence = text_error(error);
  const char *field = error_fact(error, "field");
  reply_problem(reply, status_of(error), error_reason(error), sentence,
                field == NULL ? NULL : json_pack("{s:s}", "field", field));
  if (reply->status == 503)
    reply->retry_after = 1;
  g_error_free(error);
}
