/* yifen order list, yifen order show. */
#include <jansson.h>
#include <string.h>

#include "daemon/order_answer.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/order.h"
#include "parsers/fields.h"
#include "rules/error.h"

typedef struct {
  CommandContext *context;
  const char *status; /* only these, by word or by text; NULL: all */
  Table *table;
} List;

static void print_object(CommandContext *context, const OrderView *view) {
  json_auto_t *object = order_answer(context->conf, view);
  g_autofree char *line = json_dumps(object, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
}

static gboolean print_whole(CommandContext *context, const OrderView *view, GError **error) {
  json_auto_t *object = order_answer_whole(context->conf, context->store, view, error);
  if (object == NULL)
    return FALSE;
  g_autofree char *line = json_dumps(object, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
  return TRUE;
}

static gboolean wanted(const List *list, Status status) {
  return list->status == NULL || strcmp(list->status, status_words[status.shown]) == 0 ||
         strcmp(list->status, order_status_text(status)) == 0;
}

static gboolean list_one(void *user, const OrderView *view, GError **error) {
  List *list = user;
  (void)error;
  Status status = order_status(list->context->conf, view);
  if (!wanted(list, status))
    return TRUE;
  if (list->context->json) {
    print_object(list->context, view);
    return TRUE;
  }
  g_autofree char *price = money_format(view->price), *due_on = day_format(view->due_on);
  table_row(list->table, view->order_no, order_status_text(status), text_word(view->method), price, due_on,
            view->applicant);
  return TRUE;
}

static gboolean known_status(const char *text) {
  for (int i = 0; text != NULL && i < STATUS_SHOWN; i++) {
    Status status = {.shown = (StatusShown)i};
    if (strcmp(text, status_words[i]) == 0 || strcmp(text, order_status_text(status)) == 0)
      return TRUE;
  }
  return text == NULL;
}

int order_command_list(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  List list = {.context = context};
  const OrderOption options[] = {{"--status", &list.status}, {NULL}};
  if (!order_command_options(argc - 1, argv + 1, options, NULL, 0) || !known_status(list.status))
    return command_usage(context, _("order list [--status 状态] [--json]"));
  g_autoptr(Table) table =
      table_new(_("业务单号"), _("状态"), _("缴费方式"), _(">金额"), _("审核到期"), _("申请单位"), NULL);
  list.table = table;
  if (!order_view_each(context->store, list_one, &list, &error))
    return command_failed(context, error);
  if (!context->json)
    table_print(table, context->out);
  return 0;
}

static void line(CommandContext *context, const char *label, const char *text) {
  if (text == NULL)
    return;
  g_autofree char *clean = text_clean(text, 300);
  (void)fprintf(context->out, _("%s：%s\n"), label, clean);
}

/* A state that means different things in different cycles is looked up with its cycle's name before it. */
static void line_state(CommandContext *context, const char *label, const LifeCycle *cycle, int state) {
  g_autofree char *word = g_strconcat(cycle->name, ".", cycle->states[state], NULL);
  line(context, label, text_word(word));
}

static void show_money(CommandContext *context, const OrderView *view) {
  g_autofree char *price = money_format(view->price), *settled = money_format(view->settled);
  g_autofree char *announced = money_format(view->announced), *waived = money_format(view->waived);
  g_autofree char *amount = g_strdup_printf("%s %s", price, view->price.currency);
  line(context, _("金额"), amount);
  line(context, _("缴费方式"), text_word(view->method));
  line_state(context, _("缴费"), &life_payment, view->payment);
  if (view->settled.minor != 0)
    line(context, _("已到账"), settled);
  if (view->waived.minor != 0)
    line(context, _("已免收"), waived);
  if (view->announced.minor != 0)
    line(context, _("银行预告到账"), announced);
}

static void show_round(CommandContext *context, const OrderView *view) {
  if (view->round == 0)
    return;
  int left = order_tries_left(context->conf, view);
  g_autofree char *tries = left > 0 ? g_strdup_printf(_("第 %d 轮，随机码还可以输入 %d 次"), view->round, left)
                                    : g_strdup_printf(_("第 %d 轮"), view->round);
  g_autofree char *expires = left > 0 ? day_format(view->expires_on) : NULL,
                  *fen = order_fen_text(view, day_of_instant(clock_now()));
  line(context, _("打款认证"), tries);
  line(context, _("一分钱"), fen);
  line(context, _("随机码有效至"), expires);
  if (view->verification == VERIFICATION_FAILED && view->field != NULL) {
    g_autofree char *field = g_strconcat("bank_account.", view->field, NULL);
    line(context, _("需要更正"), text_word(field));
  }
}

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static char *receipt_line(const json_t *receipt) {
  const char *number = text_of(receipt, "number"), *kind = text_of(receipt, "kind"), *file = text_of(receipt, "file");
  const char *why = text_of(receipt, "reason_text");
  g_autofree char *copy =
      file == NULL ? g_strdup(_("没有文件")) : g_strdup_printf("archive/receipts/%s.%s", file, kind);
  if (number == NULL)
    return g_strdup_printf("%s %s", copy, why != NULL ? why : _("正在读取"));
  return g_strdup_printf("%s %s %s %s %s %s", number, text_of(receipt, "amount"), text_of(receipt, "paid_on"),
                         text_of(receipt, "payer_name"), text_of(receipt, "payer_account"), copy);
}

static gboolean show_receipts(CommandContext *context, const OrderView *view, GError **error) {
  json_auto_t *whole = order_answer_whole(context->conf, context->store, view, error);
  const json_t *one;
  gsize index;
  json_array_foreach(json_object_get(whole, "receipts"), index, one) {
    g_autofree char *text = receipt_line(one);
    line(context, _("汇款凭据"), text);
  }
  return whole != NULL;
}

static void show(CommandContext *context, const OrderView *view) {
  Status status = order_status(context->conf, view);
  g_autofree char *due_on = day_format(view->due_on), *submitted = instant_format(view->submitted_at);
  g_autofree char *account = g_strdup_printf("%s %s %s", view->account_name, view->account_number, view->account_bank);
  line(context, _("业务单号"), view->order_no);
  line(context, _("状态"), order_status_text(status));
  line(context, _("下一步"), order_next_text(status));
  line(context, _("申请单位"), view->applicant);
  line(context, _("统一社会信用代码"), view->uscc);
  line(context, _("银行账户"), account);
  line(context, _("提交时间"), submitted);
  show_money(context, view);
  line_state(context, _("账户证明"), &life_proof, view->proof);
  show_round(context, view);
  line(context, _("审核到期"), due_on);
  line(context, _("请审核员留意"), view->warnings);
}

int order_command_show(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  g_auto(OrderView) view = {0};
  if (argc != 2)
    return command_usage(context, _("order show 业务单号 [--json]"));
  if (!order_view(context->store, argv[1], &view, &error))
    return command_failed(context, error);
  if (!context->json)
    show(context, &view);
  if (!(context->json ? print_whole(context, &view, &error) : show_receipts(context, &view, &error)))
    return command_failed(context, error);
  return 0;
}
