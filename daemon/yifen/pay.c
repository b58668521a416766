/* yifen pay hold|release: no new sends, at once; fates are still asked for. And status|prove (pay_route.h). */
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/option.h"
#include "daemon/yifen/pay_route.h"
#include "rules/error.h"
#include "spool/holds.h"
#include "spool/lock.h"
#include "spool/restore.h"

static const char usage[] =
    N_("用法：yifen pay hold [账户] --reason 理由 | release [账户] | release --restored --reason 理由 |\n"
       "      status | prove 账户");

static gboolean known(CommandContext *context, const char *account, GError **error) {
  return g_str_equal(account, HOLD_ALL) || conf_account(context->conf, account) != NULL ||
         error_set(error, ERROR_REFUSED, "unknown_account", "value", account, NULL);
}

static void say(CommandContext *context, const char *account, gboolean held) {
  if (context->json)
    (void)fprintf(context->out, "{\"account\":\"%s\",\"held\":%s}\n", account, held ? "true" : "false");
  else if (g_str_equal(account, HOLD_ALL))
    (void)fprintf(context->out, "%s\n", held ? _("已暂停全部新付款。") : _("已恢复付款（单独暂停的账户除外）。"));
  else
    (void)fprintf(context->out, held ? _("已暂停账户 %s 的新付款。\n") : _("已恢复账户 %s 的付款。\n"), account);
}

/* After a restore: the operator says that this instance alone sends from now on. */
static int confirm(CommandContext *context, const char *reason) {
  GError *error = NULL;
  int doubted = 0;
  const Learner by = {.actor = context->actor,
                      .now = clock_now(),
                      .calendar = context->calendar,
                      .valid_days = context->conf->valid_days,
                      .rounds = context->conf->rounds};
  if (!restore_confirm(context->store, reason, &by, &doubted, &error))
    return command_failed(context, error);
  (void)bell_ring(store_dir(context->store), "pay", NULL); /* costs 30 s when lost */
  if (context->json)
    (void)fprintf(context->out, "{\"confirmed\":true,\"unknown\":%d}\n", doubted);
  else
    (void)fprintf(context->out, _("已确认，恢复付款。有 %d 笔转账可能已由原来的实例发出，结果记为未知，不会再发。\n"),
                  doubted);
  return 0;
}

int command_pay(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  Instant now = clock_now();
  const char *reason = option_take(&argc, argv, "--reason");
  if (argc == 2 && g_str_equal(argv[0], "release") && g_str_equal(argv[1], "--restored"))
    return reason != NULL && *reason != '\0' ? confirm(context, reason) : command_usage(context, _(usage));
  if (argc == 1 && g_str_equal(argv[0], "status") && reason == NULL)
    return pay_status(context);
  if (argc == 2 && g_str_equal(argv[0], "prove") && reason == NULL)
    return pay_prove_account(context, argv[1]);
  const char *account = argc == 2 ? argv[1] : HOLD_ALL;
  gboolean hold = argc > 0 && g_str_equal(argv[0], "hold") && reason != NULL && *reason != '\0';
  gboolean release = argc > 0 && g_str_equal(argv[0], "release") && reason == NULL;
  if (argc < 1 || argc > 2 || (!hold && !release))
    return command_usage(context, _(usage));
  if (!known(context, account, &error) ||
      !(hold ? hold_set(context->store, account, reason, context->actor, now, &error)
             : hold_release(context->store, account, context->actor, now, &error)))
    return command_failed(context, error);
  (void)bell_ring(store_dir(context->store), "pay", NULL); /* costs 30 s when lost */
  say(context, account, hold);
  return 0;
}
