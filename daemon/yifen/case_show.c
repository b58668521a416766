#include "daemon/yifen/case_show.h"

#include <string.h>

#include "daemon/case_text.h"
#include "daemon/fill.h"
#include "daemon/place_text.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "rules/deadline.h"
#include "spool/case_list.h"

#define APPLICANT_CELLS 22 /* a line of the list has room on a terminal of 80 */

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

/* The applicant of a case's first order, and how many orders there are. */
static char *orders_text(const json_t *one) {
  const json_t *orders = json_object_get(one, "orders");
  g_autofree char *applicant = text_cut(text_of(json_array_get(orders, 0), "applicant"), APPLICANT_CELLS);
  return json_array_size(orders) < 2 ? g_steal_pointer(&applicant)
                                     : g_strdup_printf(_("%s 等 %zu 单"), applicant, json_array_size(orders));
}

static char *due_text(const json_t *one) {
  return g_strdup_printf("%s%s", text_of(one, "due_on"),
                         json_is_true(json_object_get(one, "overdue")) ? _(" 逾期") : "");
}

/* Whose it is, without the domain that all share. */
static char *who_text(const json_t *one) {
  const char *who = text_of(one, "assignee");
  return g_strndup(who, strcspn(who, "@"));
}

int case_print_list(CommandContext *context) {
  GError *error = NULL;
  json_auto_t *cases = case_list(context->store, TRUE, day_of_instant(clock_now()), &error);
  if (cases == NULL)
    return command_failed(context, error);
  g_autoptr(Table) table = table_new(_(">案号"), _("事由"), _("到期日"), _("负责人"), _("申请单位"), NULL);
  gsize i;
  json_t *one;
  json_array_foreach(cases, i, one) {
    g_autofree char *id = id_text(one), *orders = orders_text(one), *due = due_text(one), *who = who_text(one);
    if (context->json)
      print_json(context, one);
    else
      table_row(table, id, text_word(text_of(one, "reason")), due, who, orders);
  }
  if (!context->json && json_array_size(cases) == 0)
    (void)fprintf(context->out, "%s\n", _("没有待处理的审核案。"));
  else if (!context->json)
    table_print(table, context->out);
  return 0;
}

/* A paragraph of `show`; hang: how much further its other lines stand in. Steals the text. */
static void say(CommandContext *context, int indent, int hang, char *text) {
  g_autofree char *filled = fill_text(text, indent, indent + hang);
  (void)fprintf(context->out, "%s\n", filled);
  g_free(text);
}

/* "2026-11-02 10:00" of "2026-11-02T10:00:00+08:00" */
static char *minute_of(const json_t *object, const char *key) {
  const char *text = text_of(object, key);
  return strlen(text) < 16 ? g_strdup(text) : g_strdup_printf("%.10s %.5s", text, text + 11);
}

static char *quoted(const char *label, const char *text) {
  g_autofree char *clean = text_clean(text, 200);
  return *text == '\0' ? g_strdup("") : g_strdup_printf(_("，%s“%s”"), label, clean);
}

static void show_entry(CommandContext *context, const json_t *entry) {
  g_autofree char *id = id_text(entry), *file = text_clean(text_of(entry, "file"), 80);
  g_autofree char *name = text_clean(text_of(entry, "name"), 200);
  g_autofree char *remark = quoted(_("附言"), text_of(entry, "remark"));
  g_autofree char *purpose = quoted(_("用途"), text_of(entry, "purpose"));
  g_autofree char *summary = quoted(_("摘要"), text_of(entry, "summary"));
  g_autofree char *place =
      place_brief(json_string_value(json_object_get(entry, "format")),
                  json_integer_value(json_object_get(entry, "line")), json_object_get(entry, "origin"));
  say(context, 4, 2,
      g_strdup_printf(_("流水 %s：%s，账户 %s，%s %s"), id, text_of(entry, "date"), text_of(entry, "account"),
                      text_word(text_of(entry, "direction")), text_of(entry, "amount")));
  say(context, 6, 2, g_strdup_printf("%s%s%s%s", *name == '\0' ? _("（没有户名）") : name, remark, purpose, summary));
  say(context, 6, 2, g_strdup_printf(_("出处：“%s”%s"), file, place));
}

/* "单位名称（applicant.name），经办人手机（handler.mobile）" */
static void show_fields(CommandContext *context, const json_t *fields) {
  gsize i;
  json_t *field;
  g_autoptr(GString) line = g_string_new(NULL);
  json_array_foreach(fields, i, field) {
    g_autofree char *word = g_strconcat("field.", json_string_value(field), NULL);
    g_string_append_printf(line, _("%s%s（%s）"), i > 0 ? _("，") : "", text_word(word), json_string_value(field));
  }
  if (line->len > 0)
    say(context, 2, 2, g_strdup_printf(_("要更正：%s"), line->str));
}

static void show_decision(CommandContext *context, const json_t *one, const char *about) {
  if (json_object_get(one, "decision") == NULL)
    return;
  g_autofree char *word = g_strconcat(about, text_of(one, "decision"), NULL), *at = minute_of(one, "decided_at");
  g_autofree char *text = text_clean(text_of(one, "text"), 1000);
  say(context, 2, 2,
      g_strdup_printf(_("决定：%s，%s，%s%s%s"), text_word(word), text_of(one, "decided_by"), at,
                      *text == '\0' ? "" : _("。理由："), text));
  show_fields(context, json_object_get(one, "fields"));
}

static void show_clock(CommandContext *context, const json_t *one) {
  Day due = DAY_NONE;
  g_autofree char *opened = minute_of(one, "opened_at"), *who = who_text(one);
  gboolean known = day_parse(text_of(one, "due_on"), &due), open = g_str_equal(text_of(one, "state"), "open");
  int left = deadline_left(context->calendar, due, clock_now());
  g_autofree char *rest = json_is_true(json_object_get(one, "overdue")) ? g_strdup(_("，已逾期"))
                          : left == 0                                   ? g_strdup(_("，今天到期"))
                          : left > 0 ? g_strdup_printf(_("，还有 %d 个工作日"), left)
                                     : g_strdup("");
  g_autofree char *ends = known ? g_strdup_printf(_("到期 %s"), text_of(one, "due_on")) : g_strdup(_("没有到期日"));
  say(context, 2, 2, g_strdup_printf(_("提出 %s，%s%s"), opened, ends, open ? rest : ""));
  if (*who != '\0')
    say(context, 2, 2, g_strdup_printf(_("负责人 %s"), text_of(one, "assignee")));
}

/* What earlier revisions of the application were told. */
static void show_earlier(CommandContext *context, const json_t *earlier) {
  gsize i;
  json_t *one;
  json_array_foreach(earlier, i, one) {
    g_autofree char *id = id_text(one);
    say(context, 2, 2, g_strdup_printf(_("先前的审核案 %s"), id));
    show_decision(context, one, "");
  }
}

static void show_orders(CommandContext *context, const json_t *one) {
  gsize i;
  json_t *item;
  const json_t *orders = json_object_get(one, "orders"), *entries = json_object_get(one, "entries");
  if (json_array_size(orders) > 0)
    say(context, 2, 2, g_strdup(_("业务单")));
  json_array_foreach(orders, i, item)
      say(context, 4, 2, g_strdup_printf("%s  %s", text_of(item, "order_no"), text_of(item, "applicant")));
  if (json_array_size(entries) > 0)
    say(context, 2, 2, g_strdup(_("银行流水")));
  json_array_foreach(entries, i, item) show_entry(context, item);
}

static void show_consents(CommandContext *context, const json_t *consents) {
  gsize i;
  json_t *one;
  json_array_foreach(consents, i, one) {
    g_autofree char *name = text_clean(text_of(one, "payer_name"), 200);
    g_autofree char *at = minute_of(one, "at"), *text = text_clean(text_of(one, "text"), 1000);
    say(context, 4, 2,
        g_strdup_printf(_("已同意由 %s 代付 %s（只限这一单）：%s，%s。理由：%s"), name, text_of(one, "order_no"),
                        text_of(one, "by"), at, text));
  }
}

static void show_notes(CommandContext *context, const json_t *notes) {
  gsize i;
  json_t *note;
  if (json_array_size(notes) > 0)
    say(context, 2, 2, g_strdup(_("备注")));
  json_array_foreach(notes, i, note) {
    g_autofree char *at = minute_of(note, "at"), *text = text_clean(text_of(note, "text"), 1000);
    say(context, 4, 2, g_strdup_printf(_("%s %s：%s"), at, text_of(note, "by"), text));
  }
}

static void show_seconds(CommandContext *context, const json_t *seconds) {
  gsize i;
  json_t *one;
  json_array_foreach(seconds, i, one) {
    g_autofree char *at = minute_of(one, "at");
    say(context, 4, 2,
        g_strdup_printf(_("%s %s 已决定 %s，金额大，要另一人作出同样的决定才生效"), at, text_of(one, "by"),
                        text_of(one, "decision")));
  }
}

/* "受理 accept，退回修改 send-back" */
static void show_actions(CommandContext *context, const json_t *one) {
  gsize i;
  json_t *action;
  g_autoptr(GString) line = g_string_new(NULL);
  json_array_foreach(json_object_get(one, "actions"), i, action) {
    g_autofree char *verb = g_strdelimit(g_strdup(json_string_value(action)), "_", '-');
    g_string_append_printf(line, "%s%s %s", i > 0 ? _("，") : "", case_action_word(one, json_string_value(action)),
                           verb);
  }
  say(context, 2, 10, g_strdup_printf(_("可以做：%s"), line->str));
}

static void show_case(CommandContext *context, const json_t *one) {
  const json_t *card = json_object_get(one, "card");
  const char *about = json_object_get(card, "held") != NULL     ? "file_"
                      : json_object_get(card, "others") != NULL ? "round_"
                                                                : "";
  g_autofree char *id = id_text(one), *state = g_strconcat("case.", text_of(one, "state"), NULL);
  say(context, 0, 2,
      g_strdup_printf(_("审核案 %s：%s（%s）"), id, text_word(text_of(one, "reason")), text_word(state)));
  show_clock(context, one);
  show_decision(context, one, about);
  show_earlier(context, json_object_get(one, "earlier"));
  show_orders(context, one);
  g_autofree char *said = case_text(one);
  g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
  for (char **line = lines; *line != NULL && **line != '\0'; line++)
    say(context, 4, 2, g_strdup(*line));
  show_consents(context, json_object_get(one, "consents"));
  if (g_str_equal(text_of(one, "state"), "open"))
    show_seconds(context, json_object_get(one, "second_person"));
  show_notes(context, json_object_get(one, "notes"));
  show_actions(context, one);
}

int case_print(CommandContext *context, gint64 id) {
  GError *error = NULL;
  json_auto_t *one = case_show(context->store, id, day_of_instant(clock_now()), &error);
  if (one == NULL)
    return command_failed(context, error);
  if (context->json)
    print_json(context, one);
  else
    show_case(context, one);
  return 0;
}
