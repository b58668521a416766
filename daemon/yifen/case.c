/* yifen case: what a person must decide. */
#include <stdlib.h>
#include <string.h>

#include "daemon/case_text.h"
#include "daemon/place_text.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/case_refund.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "rules/mask.h"
#include "spool/case_list.h"
#include "spool/decisions.h"
#include "spool/refund_decide.h"

static const char usage[] = N_(
    "case list | show 案号 | accept 案号 [--reason 理由] | refuse 案号 --reason 理由 | send-back 案号 --reason 理由 | "
    "settle 案号 业务单=金额... | close 案号 --reason 理由 | refund 案号 [流水=金额...] --reason 理由 | approve 案号");

static const char *text_of(const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  return text != NULL ? text : "";
}

static void print_json(CommandContext *context, const json_t *object) {
  g_autofree char *line = json_dumps(object, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
}

static char *id_text(const json_t *object) {
  return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(object, "id")));
}

/* The first order of a case, and how many more. */
static char *orders_text(const json_t *one) {
  const json_t *orders = json_object_get(one, "orders");
  const json_t *first = json_array_get(orders, 0);
  gsize more = json_array_size(orders) > 1 ? json_array_size(orders) - 1 : 0;
  if (more == 0)
    return g_strdup_printf("%s %s", text_of(first, "order_no"), text_of(first, "applicant"));
  return g_strdup_printf(_("%s %s 等 %zu 单"), text_of(first, "order_no"), text_of(first, "applicant"), more + 1);
}

static char *due_text(const json_t *one) {
  return g_strdup_printf("%s%s", text_of(one, "due_on"),
                         json_is_true(json_object_get(one, "overdue")) ? _(" 逾期") : "");
}

static int list(CommandContext *context) {
  GError *error = NULL;
  json_t *cases = case_list(context->store, TRUE, day_of_instant(clock_now()), &error);
  if (cases == NULL)
    return command_failed(context, error);
  g_autoptr(Table) table = table_new(_(">案号"), _("事由"), _("到期日"), _("业务单"), NULL);
  gsize i;
  json_t *one;
  json_array_foreach(cases, i, one) {
    g_autofree char *id = id_text(one), *orders = orders_text(one), *due = due_text(one);
    if (context->json)
      print_json(context, one);
    else
      table_row(table, id, text_word(text_of(one, "reason")), due, orders);
  }
  if (!context->json && json_array_size(cases) == 0)
    (void)fprintf(context->out, "%s\n", _("没有待处理的审核案。"));
  else if (!context->json)
    table_print(table, context->out);
  json_decref(cases);
  return 0;
}

static void show_entry(CommandContext *context, const json_t *entry) {
  g_autofree char *id = id_text(entry);
  (void)fprintf(context->out, _("    流水 %s  %s  %s  %s  %s %s  %s\n"), id, text_of(entry, "date"),
                text_of(entry, "account"), text_word(text_of(entry, "direction")), text_of(entry, "amount"),
                text_of(entry, "name"), text_of(entry, "remark"));
  g_autofree char *place =
      place_brief(json_string_value(json_object_get(entry, "format")),
                  json_integer_value(json_object_get(entry, "line")), json_object_get(entry, "origin"));
  g_autofree char *file = text_clean(text_of(entry, "file"), 80);
  (void)fprintf(context->out, _("      出处：“%s”%s\n"), file, place);
}

static void show_case(CommandContext *context, const json_t *one) {
  g_autofree char *id = id_text(one), *due = due_text(one), *state = g_strconcat("case.", text_of(one, "state"), NULL);
  (void)fprintf(context->out, _("审核案 %s：%s（%s）\n"), id, text_word(text_of(one, "reason")), text_word(state));
  (void)fprintf(context->out, _("  提出 %s  到期 %s\n"), text_of(one, "opened_at"), due);
  if (json_object_get(one, "decision") != NULL) {
    const json_t *card = json_object_get(one, "card");
    const char *about = json_object_get(card, "held") != NULL     ? "file_"
                        : json_object_get(card, "others") != NULL ? "round_"
                                                                  : "";
    g_autofree char *word = g_strconcat(about, text_of(one, "decision"), NULL);
    (void)fprintf(context->out, _("  决定 %s  由 %s  %s\n"), text_word(word), text_of(one, "decided_by"),
                  text_of(one, "text"));
  }
  gsize i;
  json_t *item;
  if (json_array_size(json_object_get(one, "orders")) > 0)
    (void)fprintf(context->out, "%s\n", _("  业务单"));
  json_array_foreach(json_object_get(one, "orders"), i, item)(void)
      fprintf(context->out, "    %s  %s\n", text_of(item, "order_no"), text_of(item, "applicant"));
  if (json_array_size(json_object_get(one, "entries")) > 0)
    (void)fprintf(context->out, "%s\n", _("  银行流水"));
  json_array_foreach(json_object_get(one, "entries"), i, item) show_entry(context, item);
  g_autofree char *said = case_text(one);
  g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    (void)fprintf(context->out, "    %s\n", *line);
}

static int show(CommandContext *context, gint64 id) {
  GError *error = NULL;
  json_t *one = case_show(context->store, id, day_of_instant(clock_now()), &error);
  if (one == NULL)
    return command_failed(context, error);
  if (context->json)
    print_json(context, one);
  else
    show_case(context, one);
  json_decref(one);
  return 0;
}

/* A pointer, since the arguments of a call are evaluated in any order. */
static int decided(CommandContext *context, gint64 id, gboolean ok, GError **error) {
  if (!ok)
    return command_failed(context, *error);
  if (context->json)
    (void)fprintf(context->out, "{\"id\":%" G_GINT64_FORMAT ",\"state\":\"closed\"}\n", id);
  else
    (void)fprintf(context->out, _("审核案 %lld 已办结。\n"), (long long)id);
  return 0;
}

static void share_clear(gpointer data) {
  g_free(((Share *)data)->order_no);
}

/* "ORDER=AMOUNT" in CNY. */
static gboolean parse_share(const char *text, Share *share, GError **error) {
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text)
    return error_set(error, ERROR_USAGE, "share", "value", text, NULL);
  if (!money_parse(equals + 1, "CNY", &share->amount, error))
    return FALSE;
  share->order_no = g_strndup(text, (gsize)(equals - text));
  return TRUE;
}

static int settle(CommandContext *context, gint64 id, int count, char **texts, const OrderBy *by) {
  GError *error = NULL;
  g_autoptr(GArray) shares = g_array_new(FALSE, TRUE, sizeof(Share));
  g_array_set_clear_func(shares, share_clear);
  for (int i = 0; i < count; i++) {
    Share share = {0};
    if (!parse_share(texts[i], &share, &error))
      return command_failed(context, error);
    g_array_append_val(shares, share);
  }
  return decided(context, id,
                 decision_settle(context->store, id, (const Share *)(void *)shares->data, shares->len, by, &error),
                 &error);
}

/* A refund that is refused leaves its case open. */
static int refused(CommandContext *context, gint64 id, const char *reason, const OrderBy *by) {
  GError *error = NULL;
  gboolean waits = FALSE;
  g_autofree char *masked = mask_codes(reason);
  if (!refund_asked(context->store, id, &waits, &error) ||
      !decision_refuse(context->store, id, waits ? masked : reason, context->conf->rounds, by, &error))
    return command_failed(context, error);
  if (!waits)
    return decided(context, id, TRUE, &error);
  if (context->json)
    (void)fprintf(context->out, "{\"id\":%" G_GINT64_FORMAT ",\"state\":\"open\"}\n", id);
  else
    (void)fprintf(context->out, _("审核案 %lld：退费没有通过复核，审核案仍待处理。\n"), (long long)id);
  return 0;
}

static gboolean parse_id(const char *text, gint64 *id) {
  return g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, id, NULL);
}

static const char *reason_option(int argc, char **argv) {
  return argc == 4 && g_str_equal(argv[2], "--reason") && *argv[3] != '\0' ? argv[3] : NULL;
}

int command_case(CommandContext *context, int argc, char **argv) {
  gint64 id = 0;
  OrderBy by = {.actor = context->actor, .now = clock_now(), .calendar = context->calendar};
  GError *error = NULL;
  const char *verb = argc > 0 ? argv[0] : "", *reason = reason_option(argc, argv);
  if (g_str_equal(verb, "list") && argc == 1)
    return list(context);
  if (argc < 2 || !parse_id(argv[1], &id))
    return command_usage(context, _(usage));
  if (g_str_equal(verb, "show") && argc == 2)
    return show(context, id);
  if (g_str_equal(verb, "accept") && (argc == 2 || reason != NULL))
    return decided(context, id, decision_accept(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "refuse") && reason != NULL)
    return refused(context, id, reason, &by);
  if (g_str_equal(verb, "send-back") && reason != NULL)
    return decided(context, id, decision_send_back(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "close") && reason != NULL)
    return decided(context, id, decision_close(context->store, id, reason, &by, &error), &error);
  if (g_str_equal(verb, "refund"))
    return case_refund(context, id, argc - 2, argv + 2, &by);
  if (g_str_equal(verb, "approve") && argc == 2)
    return case_approve(context, id, &by);
  if (g_str_equal(verb, "settle") && argc > 2)
    return settle(context, id, argc - 2, argv + 2, &by);
  return command_usage(context, _(usage));
}
