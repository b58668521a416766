/* yifen order: what applicants ordered, and what is done for them by hand. */
#include "daemon/yifen/order.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "daemon/receipt_body.h"
#include "daemon/role.h"
#include "daemon/start.h"
#include "daemon/text.h"
#include "parsers/order_json.h"
#include "rules/error.h"
#include "spool/documents.h"
#include "spool/keys.h"

OrderBy order_command_by(const CommandContext *context) {
  return (OrderBy){.actor = context->actor, .now = clock_now(), .calendar = context->calendar};
}

VerificationLimits order_command_limits(const CommandContext *context) {
  return (VerificationLimits){.tries = context->conf->tries, .rounds = context->conf->rounds};
}

gboolean order_command_options(int argc, char **argv, const OrderOption *options, const char **word, int words) {
  int seen = 0;
  for (int i = 0; i < argc; i++) {
    const OrderOption *option = options;
    while (option->name != NULL && strcmp(option->name, argv[i]) != 0)
      option++;
    if (option->name != NULL && ++i < argc)
      *option->value = argv[i];
    else if (option->name != NULL || g_str_has_prefix(argv[i], "--") || seen == words)
      return FALSE;
    else
      word[seen++] = argv[i];
  }
  return seen == words;
}

static void say(CommandContext *context, const char *text) {
  (void)fprintf(context->out, "%s\n", text);
}

static int withdraw(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  OrderBy by = order_command_by(context);
  if (argc != 2)
    return command_usage(context, _("order withdraw 业务单号"));
  if (!order_withdraw(context->store, argv[1], &by, &error))
    return command_failed(context, error);
  say(context, _("业务单已撤回。"));
  return 0;
}

static void print_confirmation(CommandContext *context, const char *order_no, const Confirmation *is) {
  g_autofree char *word = g_strconcat("confirm.", confirm_words[is->word], NULL);
  if (context->json) {
    json_auto_t *object = json_pack("{s:s, s:s, s:i}", "order_no", order_no, "result", confirm_words[is->word],
                                    "tries_left", is->tries_left);
    g_autofree char *line = fields_canonical(object);
    say(context, line);
  } else if (is->word == CONFIRM_WRONG) {
    (void)fprintf(context->out, _("%s还可以再试 %d 次。\n"), text_word(word), is->tries_left);
  } else {
    say(context, text_word(word));
  }
}

static int confirm(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  g_auto(SealKey) key = {0};
  Confirmation is = {0};
  OrderBy by = order_command_by(context);
  VerificationLimits limits = order_command_limits(context);
  if (argc != 3 || !g_utf8_validate(argv[1], -1, NULL))
    return command_usage(context, _("order code 业务单号 随机码 [--json]"));
  if (!keys_read(context->conf->state, KEY_CODE, &key, &error) ||
      !verification_confirm(context->store, key.bytes, argv[1], argv[2], &limits, &by, &is, &error))
    return command_failed(context, error);
  print_confirmation(context, argv[1], &is);
  return is.word == CONFIRM_VERIFIED ? 0 : ERROR_REFUSED;
}

static int resend(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  const char *reason = NULL, *order_no = NULL;
  const OrderOption options[] = {{"--reason", &reason}, {NULL}};
  OrderBy by = order_command_by(context);
  VerificationLimits limits = order_command_limits(context);
  if (!order_command_options(argc - 1, argv + 1, options, &order_no, 1) || reason == NULL || *reason == '\0')
    return command_usage(context, _("order resend 业务单号 --reason 理由"));
  if (!verification_again(context->store, order_no, reason, &limits, &by, &error))
    return command_failed(context, error);
  say(context, _("将重新打款；以前的随机码已作废。"));
  return 0;
}

static int account(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  const char *order_no = NULL;
  BankAccount to = {0};
  const OrderOption options[] = {
      {"--name", &to.name}, {"--number", &to.number}, {"--bank", &to.bank}, {"--cnaps", &to.cnaps}, {NULL}};
  OrderBy by = order_command_by(context);
  VerificationLimits limits = order_command_limits(context);
  if (!order_command_options(argc - 1, argv + 1, options, &order_no, 1) || to.name == NULL || to.number == NULL ||
      to.bank == NULL)
    return command_usage(context, _("order account 业务单号 --name 户名 --number 账号 --bank 开户行 [--cnaps 联行号]"));
  if (!verification_account(context->store, order_no, &to, &limits, &by, &error))
    return command_failed(context, error);
  say(context, _("账户已更改。"));
  return 0;
}

/* The options and the file go through the rules of the HTTP body. */
static char *receipt_text(const char *const values[5], const char *bytes, gsize size, GError **error) {
  g_autofree char *file = bytes != NULL ? g_base64_encode((const guchar *)bytes, size) : NULL;
  json_auto_t *object =
      json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "number", values[0], "amount", values[1], "paid_on", values[2],
                "payer_name", values[3], "payer_account", values[4], "file", file);
  if (object != NULL)
    return fields_canonical(object);
  error_set(error, ERROR_REFUSED, "field_text", "field", "receipt", NULL); /* not UTF-8 */
  return NULL;
}

/* Up to one byte more than may be, so that receipt_take() sees what is too large. */
static char *read_receipt(const CommandContext *context, const char *path, gsize *size, GError **error) {
  g_autofree char *bytes = g_malloc(RECEIPT_FILE_MAX + 1);
  int fd = command_open(context, path);
  gssize got = fd < 0 ? -1 : 1;
  for (*size = 0; got > 0 && *size <= RECEIPT_FILE_MAX; *size += (gsize)MAX(got, 0))
    got = read(fd, bytes + *size, RECEIPT_FILE_MAX + 1 - *size);
  int reason = errno;
  if (fd >= 0)
    (void)close(fd);
  if (got >= 0)
    return g_steal_pointer(&bytes);
  error_set(error, ERROR_REFUSED, "file_unreadable", "file", path, "detail", g_strerror(reason), NULL);
  return NULL;
}

static gboolean take_receipt(CommandContext *context, const char *const words[2], const char *const values[5],
                             gboolean *typed, GError **error) {
  g_autofree char *bytes = NULL, *text = NULL;
  g_auto(ReceiptBody) body = {0};
  gsize size = 0;
  OrderBy by = order_command_by(context);
  gboolean done = (words[1] == NULL || (bytes = read_receipt(context, words[1], &size, error)) != NULL) &&
                  (text = receipt_text(values, bytes, size, error)) != NULL &&
                  receipt_body_read(text, strlen(text), &body, error) &&
                  receipt_body_take(context->store, words[0], &body, &by, error);
  *typed = body.typed;
  return done;
}

static int receipt(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  const char *words[2] = {NULL}, *values[5] = {0};
  const OrderOption options[] = {{"--number", &values[0]},        {"--amount", &values[1]},
                                 {"--paid-on", &values[2]},       {"--payer-name", &values[3]},
                                 {"--payer-account", &values[4]}, {NULL}};
  int given = 0;
  gboolean typed, file = order_command_options(argc - 1, argv + 1, options, words, 2);
  gboolean good = file || order_command_options(argc - 1, argv + 1, options, words, 1);
  for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
    given += values[i] != NULL;
  if (!good || (given != 5 && !(given == 0 && file)))
    return command_usage(
        context, _("order receipt 业务单号 --number 凭据号 --amount 金额 --paid-on 年-月-日 "
                   "--payer-name 付款户名 --payer-account 付款账号 [文件] | order receipt 业务单号 电子回单文件"));
  if (!take_receipt(context, words, values, &typed, &error))
    return command_failed(context, error);
  say(context, typed ? _("汇款凭据已登记，等待核实到账。") : _("电子回单已收下，正在读取。"));
  return 0;
}

static int import(CommandContext *context, int argc, char **argv) {
  return argc != 2 ? command_usage(context, _("order import 文件.jsonl")) : order_command_import(context, 1, argv + 1);
}

/* NO --reason TEXT */
static int prove(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  gboolean proven;
  const char *order_no = NULL, *reason = NULL;
  const OrderOption options[] = {{"--reason", &reason}, {NULL}};
  OrderBy by = order_command_by(context);
  by.uid = context->uid;
  if (!order_command_options(argc - 1, argv + 1, options, &order_no, 1) || reason == NULL || *reason == '\0')
    return command_usage(context, _("order prove 业务单号 --reason 看过的证明文件"));
  if (!documents_seen(context->store, order_no, reason, &by, &proven, &error))
    return command_failed(context, error);
  if (context->json)
    (void)fprintf(context->out, "{\"order_no\":\"%s\",\"result\":\"%s\"}\n", order_no, proven ? "proven" : "waits");
  else
    say(context, proven ? _("两个人都已看过证明文件，账户证明成立。") : _("已记下，等另一个人看过并作同样的记录。"));
  return 0;
}

int command_order(CommandContext *context, int argc, char **argv) {
  static const struct {
    const char *name;
    CommandFunction *run;
  } commands[] = {
      {"import", import}, {"list", order_command_list}, {"show", order_command_show}, {"withdraw", withdraw},
      {"code", confirm},  {"resend", resend},           {"account", account},         {"receipt", receipt},
      {"prove", prove}};
  for (gsize i = 0; argc > 0 && i < G_N_ELEMENTS(commands); i++)
    if (g_str_equal(commands[i].name, argv[0]))
      return commands[i].run(context, argc, argv);
  return command_usage(context, "order import|list|show|withdraw|code|resend|account|receipt|prove");
}
