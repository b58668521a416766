#include "daemon/yifen/case_refund.h"

#include <string.h>

#include "daemon/refund_accounts.h"
#include "daemon/text.h"
#include "daemon/yifen/option.h"
#include "parsers/json_text.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/case_list.h"
#include "spool/refunds.h"

static const char usage[] = N_("case refund 案号 [流水=金额...] [--name 户名] [--number 账号] [--bank 开户行] "
                               "[--cnaps 联行号] --reason 理由 | approve 案号");

/* What the case is now, with its refunds. */
static int show(CommandContext *context, gint64 id, Instant now, const char *said) {
  GError *error = NULL;
  json_auto_t *one = case_show(context->store, id, day_of_instant(now), &error);
  if (one == NULL)
    return command_failed(context, error);
  if (context->json) {
    json_auto_t *answer = json_pack("{s:I, s:O, s:O*}", "id", (json_int_t)id, "state", json_object_get(one, "state"),
                                    "refunds", json_object_get(one, "refunds"));
    g_autofree char *line = json_dumps(answer, JSON_COMPACT);
    (void)fprintf(context->out, "%s\n", line);
  } else
    (void)fprintf(context->out, _("审核案 %lld：%s\n"), (long long)id, said);
  return 0;
}

/* "ENTRY=AMOUNT" in CNY. */
static gboolean parse_ask(const char *text, RefundAsk *ask, GError **error) {
  const char *equals = strchr(text, '=');
  Money amount;
  g_autofree char *entry = equals == NULL ? NULL : g_strndup(text, (gsize)(equals - text));
  if (entry == NULL || !g_ascii_string_to_signed(entry, 10, 1, G_MAXINT64, &ask->entry_id, NULL))
    return error_set(error, ERROR_USAGE, "refund_ask", "value", text, NULL);
  if (!money_parse(equals + 1, "CNY", &amount, error))
    return FALSE;
  ask->amount = amount.minor;
  return TRUE;
}

static gboolean request(CommandContext *context, gint64 id, GArray *asks, const RefundPayee *given, const char *reason,
                        const OrderBy *by, gint64 *waits, GError **error) {
  g_autoptr(GArray) accounts = refund_accounts(context->conf, error);
  g_autofree char *masked = mask_codes(reason);
  if (accounts == NULL)
    return FALSE;
  const RefundBy who = refund_by(accounts, by, context->uid);
  return refund_request(context->store, id, (const RefundAsk *)(void *)asks->data, asks->len, given, masked, &who,
                        waits, error);
}

int case_refund(CommandContext *context, gint64 id, int argc, char **argv, const OrderBy *by) {
  GError *error = NULL;
  gint64 waits = 0;
  const RefundPayee given = {.name = option_take(&argc, argv, "--name"),
                             .account = option_take(&argc, argv, "--number"),
                             .bank = option_take(&argc, argv, "--bank"),
                             .cnaps = option_take(&argc, argv, "--cnaps")};
  const char *reason = option_take(&argc, argv, "--reason");
  g_autoptr(GArray) asks = g_array_new(FALSE, TRUE, sizeof(RefundAsk));
  if (reason == NULL || *reason == '\0' || (argc > 0 && g_str_has_prefix(argv[argc - 1], "--")))
    return command_usage(context, _(usage));
  for (int i = 0; i < argc; i++) {
    RefundAsk ask = {0};
    if (!parse_ask(argv[i], &ask, &error))
      return command_failed(context, error);
    g_array_append_val(asks, ask);
  }
  if (!request(context, id, asks, &given, reason, by, &waits, &error))
    return command_failed(context, error);
  return show(context, waits, by->now, _("退费已提出，等另一人复核（yifen case approve 或 refuse）。"));
}

int case_approve(CommandContext *context, gint64 id, const OrderBy *by) {
  GError *error = NULL;
  g_autoptr(GArray) accounts = refund_accounts(context->conf, &error);
  if (accounts == NULL)
    return command_failed(context, error);
  const RefundBy who = refund_by(accounts, by, context->uid);
  if (!refund_approve(context->store, id, &who, &error))
    return command_failed(context, error);
  return show(context, id, by->now, _("退费已复核通过。"));
}
