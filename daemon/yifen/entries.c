/* yifen entries: the stored lines and what became of them. */
#include <jansson.h>

#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "parsers/entry_json.h"
#include "rules/error.h"
#include "spool/entries.h"

#define USAGE N_("entries [--since 年-月-日] [--disposition 去向] [--json]")

typedef struct {
  CommandContext *context;
  Table *table; /* NULL: JSON */
} Listing;

static const char *reason_of(const EntryRow *row) {
  gboolean internal = g_strcmp0(row->reason, ENTRY_REASON_NEW) == 0 || g_strcmp0(row->reason, ENTRY_REASON_TIE) == 0;
  return internal ? NULL : row->reason;
}

static void print_json(Listing *listing, const EntryRow *row, const GPtrArray *orders) {
  Entry shown = row->line;
  const ConfAccount *account = conf_account(listing->context->conf, row->account);
  shown.account = account != NULL ? account->number : row->account;
  json_t *object = entry_json(&shown, row->file);
  json_object_set_new(object, "id", json_integer(row->line.id));
  json_object_set_new(object, "disposition", json_string(disposition_word(row->disposition)));
  json_t *list = json_array();
  for (guint i = 0; i < orders->len; i++) {
    const EntryOrder *order = orders->pdata[i];
    Money part = row->line.amount;
    part.minor = order->amount;
    g_autofree char *amount = money_format(part);
    json_array_append_new(list, json_pack("{s:s, s:s}", "order_no", order->order_no, "amount", amount));
  }
  json_object_set_new(object, "orders", list);
  if (reason_of(row) != NULL)
    json_object_set_new(object, "reason", json_string(reason_of(row)));
  if (row->transfer != NULL)
    json_object_set_new(object, "transfer", json_string(row->transfer));
  char *text = json_dumps(object, JSON_COMPACT);
  fprintf(listing->context->out, "%s\n", text);
  free(text);
  json_decref(object);
}

static void print_row(Listing *listing, const EntryRow *row, const GPtrArray *orders) {
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, row->line.id), *day = day_format(row->line.booking_date);
  g_autofree char *plain = money_format(row->line.amount);
  g_autofree char *amount = g_strconcat(row->line.direction == DIRECTION_DEBIT ? "-" : "", plain, NULL);
  g_autoptr(GString) numbers = g_string_new(NULL);
  for (guint i = 0; i < orders->len; i++)
    g_string_append_printf(numbers, "%s%s", i > 0 ? " " : "", ((const EntryOrder *)orders->pdata[i])->order_no);
  const char *reason = reason_of(row);
  table_row(listing->table, id, day, row->account, amount, row->line.counterparty_name, row->line.remark,
            text_word(disposition_word(row->disposition)), numbers->str, reason != NULL ? text_word(reason) : NULL);
}

static gboolean each(void *user, const EntryRow *row, GError **error) {
  Listing *listing = user;
  g_autoptr(GPtrArray) orders = entry_orders(listing->context->store, row->line.id, error);
  if (orders == NULL)
    return FALSE;
  if (listing->table == NULL)
    print_json(listing, row, orders);
  else
    print_row(listing, row, orders);
  return TRUE;
}

static gboolean read_options(int argc, char **argv, Day *since, const char **disposition) {
  Disposition known;
  for (int i = 0; i < argc; i += 2)
    if (i + 1 == argc)
      return FALSE;
    else if (g_str_equal(argv[i], "--since")
                 ? !day_parse(argv[i + 1], since)
                 : !g_str_equal(argv[i], "--disposition") || !disposition_parse(argv[i + 1], &known))
      return FALSE;
    else if (g_str_equal(argv[i], "--disposition"))
      *disposition = argv[i + 1];
  return TRUE;
}

int command_entries(CommandContext *context, int argc, char **argv) {
  Day since = DAY_NONE;
  const char *disposition = NULL;
  if (!read_options(argc, argv, &since, &disposition))
    return command_usage(context, _(USAGE));
  g_autoptr(Table) table = table_new(_(">编号"), _("记账日期"), _("账户"), _(">金额"), _("对方户名"), _("附言"),
                                     _("去向"), _("业务单号"), _("原因"), NULL);
  Listing listing = {.context = context, .table = context->json ? NULL : table};
  GError *error = NULL;
  if (!entry_each(context->store, since, disposition, each, &listing, &error))
    return command_failed(context, error);
  if (!context->json)
    table_print(table, context->out);
  return 0;
}
