#include "daemon/yifen/pay_route.h"

#include <stdlib.h>

#include "daemon/role.h"
#include "daemon/route_look.h"
#include "daemon/text.h"
#include "parsers/json_text.h"
#include "rules/error.h"
#include "spool/holds.h"
#include "spool/instance.h"
#include "spool/job.h"

typedef gboolean Each(CommandContext *context, const RouteLook *look, void *user, GError **error);

static gboolean each(CommandContext *context, Each *visit, void *user, GError **error) {
  const Conf *conf = context->conf;
  for (guint i = 0; i < conf->accounts->len; i++) {
    const ConfAccount *account = conf->accounts->pdata[i];
    g_auto(RouteLook) look = {0};
    if (account->payments != NULL &&
        (!route_look(context->store, conf, account, &look, error) || !visit(context, &look, user, error)))
      return FALSE;
  }
  return TRUE;
}

/* ---- status ---- */

static void print_line(CommandContext *context, json_t *object) {
  char *line = json_dumps(object, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
  free(line);
  json_decref(object);
}

static gboolean print_route(CommandContext *context, const RouteLook *look, void *user, GError **error) {
  guint *count = user;
  (void)error;
  ++*count;
  if (context->json) {
    print_line(context, route_json(look));
    return TRUE;
  }
  g_autofree char *text = route_text(look);
  (void)fprintf(context->out, "%s\n", text);
  return TRUE;
}

static void print_hold(CommandContext *context, const Hold *hold) {
  g_autofree char *at = instant_format(hold->at), *reason = text_clean(hold->reason, 200);
  if (context->json) {
    json_t *object = json_pack("{s:s, s:s, s:s}", "hold", hold->account, "reason", hold->reason, "by", hold->by);
    json_text_set(object, "at", at);
    print_line(context, object);
  } else if (g_str_equal(hold->account, HOLD_INSTANCE))
    (void)fprintf(context->out, _("全部付款停着：这个实例是恢复或复制来的（%s），等人确认。\n"), at);
  else if (g_str_equal(hold->account, HOLD_ALL))
    (void)fprintf(context->out, _("全部付款由 %s 于 %s 暂停：%s\n"), hold->by, at, reason);
  else
    (void)fprintf(context->out, _("账户 %s 的付款由 %s 于 %s 暂停：%s\n"), hold->account, hold->by, at, reason);
}

int pay_status(CommandContext *context) {
  GError *error = NULL;
  guint count = 0;
  g_autoptr(GPtrArray) holds = holds_list(context->store, &error);
  if (holds == NULL || !each(context, print_route, &count, &error))
    return command_failed(context, error);
  for (guint i = 0; i < holds->len; i++)
    print_hold(context, holds->pdata[i]);
  if (!context->json && count == 0)
    (void)fprintf(context->out, "%s\n", _("配置里没有付款账户。"));
  return 0;
}

/* ---- for `yifen status` ---- */

static gboolean count_route(CommandContext *context, const RouteLook *look, void *user, GError **error) {
  gint64 *counts = user;
  (void)context;
  (void)error;
  counts[look->stand]++;
  return TRUE;
}

gboolean pay_route_tally(CommandContext *context, GPtrArray *rows, GError **error) {
  gint64 counts[ROUTE_STANDS] = {0};
  if (!each(context, count_route, counts, error))
    return FALSE;
  for (int stand = 0; stand < ROUTE_STANDS; stand++) {
    if (counts[stand] == 0)
      continue;
    TallyRow *row = g_new0(TallyRow, 1);
    row->kind = "route";
    row->state = g_strdup(route_word((RouteStand)stand));
    row->count = counts[stand];
    g_ptr_array_add(rows, row);
  }
  return TRUE;
}

static gboolean print_if_held(CommandContext *context, const RouteLook *look, void *user, GError **error) {
  return look->stand == ROUTE_PROVEN || print_route(context, look, user, error);
}

gboolean pay_route_print_held(CommandContext *context, GError **error) {
  guint count = 0;
  return each(context, print_if_held, &count, error);
}

/* ---- prove ---- */

static gboolean check(const RouteLook *look, GError **error) {
  const char *account = look->account->name;
  if (look->stand == ROUTE_PROVEN)
    return error_set(error, ERROR_REFUSED, "route_proven", "value", account, NULL);
  if (look->stand == ROUTE_ALONE)
    return error_set(error, ERROR_REFUSED, "route_alone", "value", account, NULL);
  return look->stand == ROUTE_DUE || route_again(&look->facts) ||
         error_set(error, ERROR_REFUSED, "route_open", "value", account, "expected", look->route.fen.reference, NULL);
}

static gboolean ask(CommandContext *context, const char *account, GError **error) {
  if (store_begin(context->store, error) && job_add(context->store, "pay", "prove", account, clock_now(), error) &&
      store_commit(context->store, error))
    return TRUE;
  store_rollback(context->store);
  return FALSE;
}

int pay_prove_account(CommandContext *context, const char *name) {
  GError *error = NULL;
  const ConfAccount *account = conf_account(context->conf, name);
  g_auto(RouteLook) look = {0};
  if (account == NULL || account->payments == NULL) {
    error_set(&error, ERROR_REFUSED, "unknown_account", "value", name, NULL);
    return command_failed(context, error);
  }
  if (!route_look(context->store, context->conf, account, &look, &error) || !check(&look, &error) ||
      (look.stand != ROUTE_DUE && !ask(context, name, &error)))
    return command_failed(context, error);
  if (context->json)
    (void)fprintf(context->out, "{\"account\":\"%s\",\"asked\":true}\n", name);
  else
    (void)fprintf(context->out, _("已安排再付一分钱来验证账户 %s 的付款通道。\n"), name);
  return 0;
}
