/* yifen invoice: what the accountant has still to make, and the number of what was made. */
#include <jansson.h>

#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/option.h"
#include "parsers/fields.h"
#include "spool/invoices.h"

static const char usage[] = N_("invoice list | issued 业务单号 --number 号码 [--link 网址] [--red]");

static const char *kind_text(const Invoice *invoice) {
  return invoice->red ? _("红字") : _("蓝字");
}

static const char *state_text(const Invoice *invoice) {
  g_autofree char *word = g_strconcat("invoice.", life_invoice.states[invoice->state], NULL);
  return text_word(word);
}

static void print_json(CommandContext *context, const Invoice *invoice) {
  g_autofree char *amount = money_format(invoice->amount), *asked = instant_format(invoice->asked_at);
  json_auto_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*}", "order_no", invoice->order_no,
                                  "kind", invoice->red ? "red" : "blue", "state", life_invoice.states[invoice->state],
                                  "title", invoice->title, "tax_number", invoice->tax_number, "amount", amount,
                                  "asked_at", asked, "number", invoice->number, "link", invoice->link);
  g_autofree char *text = fields_canonical(object);
  (void)fprintf(context->out, "%s\n", text);
}

static void print_table(CommandContext *context, const GPtrArray *invoices) {
  g_autoptr(Table) table = table_new(_("业务单"), _("种类"), _("状态"), _("购方名称"), _(">金额"), _("发票号码"), NULL);
  for (guint i = 0; i < invoices->len; i++) {
    const Invoice *one = invoices->pdata[i];
    g_autofree char *amount = money_format(one->amount);
    table_row(table, one->order_no, kind_text(one), state_text(one), one->title, amount, one->number);
  }
  table_print(table, context->out);
}

static int list(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) invoices = invoices_all(context->store, &error);
  if (invoices == NULL)
    return command_failed(context, error);
  for (guint i = 0; context->json && i < invoices->len; i++)
    print_json(context, invoices->pdata[i]);
  if (!context->json && invoices->len == 0)
    (void)fprintf(context->out, "%s\n", _("还没有发票。"));
  else if (!context->json)
    print_table(context, invoices);
  return 0;
}

static int issued(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  const char *number = option_take(&argc, argv, "--number"), *link = option_take(&argc, argv, "--link");
  gboolean red = argc == 3 && g_str_equal(argv[2], "--red");
  if (number == NULL || (argc != 2 && !red))
    return command_usage(context, _(usage));
  const OrderBy by = {.actor = context->actor, .uid = context->uid, .now = clock_now(), .calendar = context->calendar};
  return invoice_issued(context->store, argv[1], red, number, link, &by, &error) ? 0 : command_failed(context, error);
}

int command_invoice(CommandContext *context, int argc, char **argv) {
  if (argc == 1 && g_str_equal(argv[0], "list"))
    return list(context);
  if (argc > 1 && g_str_equal(argv[0], "issued"))
    return issued(context, argc, argv);
  return command_usage(context, _(usage));
}
