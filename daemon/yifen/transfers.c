/* yifen transfers: the outgoing transfers; those whose fate is unknown with what will end it. */
#include "daemon/fate.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/transfer.h"
#include "spool/transfers.h"

static const char usage_list[] = N_("用法：yifen transfers [--unknown]");

static void print_table(CommandContext *context, const GPtrArray *transfers) {
  g_autoptr(Table) table = table_new(_("参考号"), _("业务单"), _(">次"), _("收款户名"), _("收款账号"), _(">金额"),
                                     _("状态"), _("银行答复"), _("最近变动"), NULL);
  for (guint i = 0; i < transfers->len; i++) {
    const Transfer *t = transfers->pdata[i];
    g_autofree char *round = g_strdup_printf("%d", t->round), *amount = money_format(t->amount);
    g_autofree char *answer = transfer_answer(t), *changed = instant_format(t->changed_at);
    table_row(table, t->reference, t->order_no, round, t->payee_name, t->payee_account, amount, transfer_word(t),
              answer, changed);
  }
  table_print(table, context->out);
}

static int list_all(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) transfers = transfers_all(context->store, &error);
  if (transfers == NULL)
    return command_failed(context, error);
  for (guint i = 0; context->json && i < transfers->len; i++)
    transfer_print(context, transfer_json(transfers->pdata[i]));
  if (!context->json && transfers->len == 0)
    (void)fprintf(context->out, "%s\n", _("还没有转账。"));
  else if (!context->json)
    print_table(context, transfers);
  return 0;
}

/* ---- money whose fate is unknown: since when, and what will end it ---- */

static void unknown_json(CommandContext *context, const Transfer *t, const Fate *fate) {
  json_t *object = transfer_json(t);
  transfer_set_instant(object, "unknown_since", t->changed_at);
  transfer_set_instant(object, "left_at", fate->left);
  transfer_set_instant(object, "alarm_at", fate->alarm);
  (void)json_object_set_new(object, "overdue", json_boolean(fate->alarm <= clock_now()));
  (void)json_object_set_new(object, "ends", fate_ends(fate, t));
  transfer_print(context, object);
}

static void unknown_text(CommandContext *context, const Transfer *t, const Fate *fate) {
  g_autofree char *since = fate_minute(t->changed_at), *ends = fate_text(fate, t), *amount = money_format(t->amount);
  (void)fprintf(context->out, _("%s  %s 元  业务单 %s\n"), t->reference, amount,
                t->order_no != NULL ? t->order_no : _("无（验证付款通道）"));
  (void)fprintf(context->out, _("  付给  %s %s\n"), t->payee_name, t->payee_account);
  (void)fprintf(context->out, _("  自    %s 起结果不明%s\n"), since,
                fate->alarm <= clock_now() ? _("，已超过银行时限") : "");
  g_auto(GStrv) parts = g_strsplit(ends, "；", 0);
  for (guint i = 0; parts[i] != NULL; i++)
    (void)fprintf(context->out, "  %s  %s\n", i == 0 ? _("了结") : "    ", parts[i]);
  (void)fprintf(context->out, "\n");
}

static void unknown_sum(CommandContext *context, const GPtrArray *transfers) {
  Money sum = {0, "CNY"};
  for (guint i = 0; i < transfers->len; i++)
    if (!money_add(sum, ((const Transfer *)transfers->pdata[i])->amount, &sum))
      return;
  g_autofree char *amount = money_format(sum);
  (void)fprintf(context->out,
                _("共 %u 笔，%s 元。人工认定：yifen transfer resolve 参考号 \\\n"
                  "  --as booked|rejected|returned --evidence 凭据说明\n"),
                transfers->len, amount);
}

static gboolean list_some(CommandContext *context, const GPtrArray *transfers, GError **error) {
  g_autoptr(GPtrArray) profiles = profiles_load(context->conf->profiles, error);
  for (guint i = 0; profiles != NULL && i < transfers->len; i++) {
    Fate fate;
    if (!fate_load(context->store, context->conf, context->calendar, profiles, transfers->pdata[i], &fate, error))
      return FALSE;
    (context->json ? unknown_json : unknown_text)(context, transfers->pdata[i], &fate);
  }
  return profiles != NULL;
}

static int list_unknown(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) transfers = transfers_unknown(context->store, &error);
  if (transfers == NULL || !list_some(context, transfers, &error))
    return command_failed(context, error);
  if (!context->json && transfers->len == 0)
    (void)fprintf(context->out, "%s\n", _("没有结果不明的转账。"));
  else if (!context->json)
    unknown_sum(context, transfers);
  return 0;
}

int command_transfers(CommandContext *context, int argc, char **argv) {
  if (argc == 0)
    return list_all(context);
  return argc == 1 && g_str_equal(argv[0], "--unknown") ? list_unknown(context) : command_usage(context, _(usage_list));
}
