#include "daemon/yifen/match_replay.h"

#include <jansson.h>

#include "daemon/text.h"
#include "parsers/match_rules.h"
#include "spool/replay.h"

#define NAME_SHOWN 30
#define RULES_BYTES ((gsize)1 << 20)
#define PROGRESS_US 200000

typedef struct {
  CommandContext *context;
  gint64 shown; /* when progress was last printed, monotonic */
} Screen;

static json_t *verdict_json(const ReplayVerdict *verdict, const char *currency) {
  json_t *object = json_pack("{ss}", "disposition", disposition_word(verdict->disposition)), *orders = json_array();
  if (verdict->reason != NULL)
    json_object_set_new(object, "reason", json_string(verdict->reason));
  if (verdict->rule != NULL)
    json_object_set_new(object, "rule", json_string(verdict->rule));
  for (guint i = 0; i < verdict->orders->len; i++) {
    const EntryOrder *order = verdict->orders->pdata[i];
    Money money = {.minor = order->amount};
    g_strlcpy(money.currency, currency, sizeof money.currency);
    g_autofree char *amount = money_format(money);
    json_array_append_new(orders, json_pack("{ssss}", "order_no", order->order_no, "amount", amount));
  }
  json_object_set_new(object, "orders", orders);
  return object;
}

static void print_json(FILE *out, const ReplayDifference *difference) {
  const Entry *line = difference->line;
  g_autofree char *day = day_format(line->booking_date), *amount = money_format(line->amount);
  json_t *object = json_pack("{sIssssss}", "id", (json_int_t)line->id, "date", day, "amount", amount, "currency",
                             line->amount.currency);
  if (line->counterparty_name != NULL)
    json_object_set_new(object, "payer_name", json_string(line->counterparty_name));
  json_object_set_new(object, "was", verdict_json(&difference->was, line->amount.currency));
  json_object_set_new(object, "now", verdict_json(&difference->now, line->amount.currency));
  char *dumped = json_dumps(object, JSON_COMPACT);
  (void)fprintf(out, "%s\n", dumped);
  free(dumped);
  json_decref(object);
}

static char *verdict_text(const ReplayVerdict *verdict) {
  GString *text = g_string_new(text_word(disposition_word(verdict->disposition)));
  if (verdict->reason != NULL)
    g_string_append_printf(text, _("（%s）"), text_word(verdict->reason));
  for (guint i = 0; i < verdict->orders->len; i++)
    g_string_append_printf(text, " %s", ((const EntryOrder *)verdict->orders->pdata[i])->order_no);
  return g_string_free(text, FALSE);
}

static void print_human(FILE *out, const ReplayDifference *difference) {
  const Entry *line = difference->line;
  g_autofree char *day = day_format(line->booking_date), *amount = money_format(line->amount);
  g_autofree char *payer = text_clean(line->counterparty_name != NULL ? line->counterparty_name : "", NAME_SHOWN);
  g_autofree char *was = verdict_text(&difference->was), *now = verdict_text(&difference->now);
  (void)fprintf(out, _("流水 %lld  %s  %s  %s\n  现为：%s\n  将为：%s，规则 %s\n"), (long long)line->id, day, amount,
                payer, was, now, difference->now.rule);
}

static void show_difference(void *user, const ReplayDifference *difference) {
  const Screen *screen = user;
  if (screen->shown > 0)
    (void)fputs("\r\033[K", screen->context->err);
  if (screen->context->json)
    print_json(screen->context->out, difference);
  else
    print_human(screen->context->out, difference);
}

static void show_progress(void *user, const ReplayCount *count) {
  Screen *screen = user;
  gint64 now = g_get_monotonic_time();
  if (now - screen->shown < PROGRESS_US)
    return;
  screen->shown = now;
  (void)fprintf(screen->context->err, _("\r已重算 %lld / %lld 笔"), (long long)count->done, (long long)count->total);
}

int match_replay(CommandContext *context, const char *file) {
  GError *error = NULL;
  ReplayCount count;
  Screen screen = {.context = context};
  g_autofree char *text = NULL;
  gsize size = 0;
  g_autoptr(MatchRules) rules = file != NULL && command_read(context, file, RULES_BYTES, &text, &size, &error)
                                    ? match_rules_parse(file, text, size, &error)
                                    : NULL;
  if (error != NULL)
    return command_failed(context, error);
  if (rules != NULL)
    store_set_passes(context->store, rules->passes);
  const ReplayShow show = {show_difference, context->terminal ? show_progress : NULL, &screen};
  gboolean ok = replay_run(context->store, &show, &count, &error);
  store_set_passes(context->store, context->conf->rules->passes);
  if (screen.shown > 0)
    (void)fputs("\r\033[K", context->err);
  if (!ok)
    return command_failed(context, error);
  if (!context->json)
    (void)fprintf(context->out, _("重算了 %lld 笔流水，%lld 笔不同；没有作任何改动。\n"), (long long)count.done,
                  (long long)count.different);
  return 0;
}
