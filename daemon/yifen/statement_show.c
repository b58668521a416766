#include "daemon/yifen/statement.h"

#include <jansson.h>
#include <string.h>

#include "daemon/gap_text.h"
#include "daemon/intake/result.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "rules/error.h"
#include "spool/statements.h"
#include "spool/supersede.h"

static json_t *statement_object(const StatementRow *row) {
  g_autofree char *from = day_format(row->head.from), *to = day_format(row->head.to);
  json_t *object =
      json_pack("{s:I, s:s, s:s, s:I, s:s}", "id", (json_int_t)row->id, "account", row->account, "source", row->source,
                "entries", (json_int_t)row->entries, "proof", statement_grade_word(row->grade));
  if (from != NULL)
    json_object_set_new(object, "from", json_string(from));
  if (to != NULL)
    json_object_set_new(object, "to", json_string(to));
  if (row->head.sequence != NULL)
    json_object_set_new(object, "sequence", json_string(row->head.sequence));
  return object;
}

static gint64 superseded_by(CommandContext *context, const FileRow *file) {
  gint64 other = 0;
  return supersede_other(context->store, file->id, &other, NULL) ? other : 0;
}

static void print_file_json(CommandContext *context, const FileRow *file, const GPtrArray *statements) {
  g_autofree char *received = instant_format(file->received_at), *sentence = result_sentence(context->store, file);
  json_t *list = json_array();
  for (guint i = 0; i < statements->len; i++)
    if (((const StatementRow *)statements->pdata[i])->file_id == file->id)
      json_array_append_new(list, statement_object(statements->pdata[i]));
  json_t *object =
      json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "id", (json_int_t)file->id, "file", file->name,
                "origin", file->origin, "received_at", received, "state", life_file.states[file->state], "entries",
                (json_int_t)file->entries, "added", (json_int_t)file->added, "message", sentence, "statements", list);
  const char *texts[][2] = {{"account", file->account}, {"reason", file->reason}, {"result", file->result}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i][1] != NULL)
      json_object_set_new(object, texts[i][0], json_string(texts[i][1]));
  gint64 other = superseded_by(context, file);
  if (other != 0)
    json_object_set_new(object, "superseded_by", json_integer((json_int_t)other));
  char *text = json_dumps(object, JSON_COMPACT);
  fprintf(context->out, "%s\n", text);
  free(text);
  json_decref(object);
}

static void add_file_row(CommandContext *context, Table *table, const FileRow *file, const GPtrArray *statements) {
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, file->id);
  g_autofree char *received = instant_format(file->received_at), *sentence = result_sentence(context->store, file);
  gint64 other = superseded_by(context, file);
  if (other != 0) {
    g_free(sentence);
    sentence = g_strdup_printf(_("已由文件 %lld 代替。"), (long long)other);
  }
  g_autofree char *state = g_strconcat("file.", life_file.states[file->state], NULL);
  const char *proof = NULL;
  for (guint i = 0; i < statements->len; i++) {
    const StatementRow *row = statements->pdata[i];
    if (row->file_id == file->id)
      proof = row->grade == GRADE_NONE ? _("没有余额可核对") : text_word(statement_grade_word(row->grade));
  }
  received[strlen("2026-11-22T15:04:05")] = '\0';
  table_row(table, id, received, file->account, file->name, text_word(state), proof, sentence);
}

int statement_show_list(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) files = file_list(context->store, &error);
  g_autoptr(GPtrArray) statements = files != NULL ? statement_list(context->store, NULL, &error) : NULL;
  if (statements == NULL)
    return command_failed(context, error);
  g_autoptr(Table) table =
      table_new(_(">编号"), _("收到"), _("账户"), _("文件"), _("状态"), _("核对"), _("说明"), NULL);
  for (guint i = 0; i < files->len; i++) {
    const FileRow *file = files->pdata[i];
    if (g_strcmp0(file->kind, "status") == 0)
      continue;
    if (context->json)
      print_file_json(context, file, statements);
    else
      add_file_row(context, table, file, statements);
  }
  if (!context->json)
    table_print(table, context->out);
  return 0;
}

static void print_gap(CommandContext *context, const StatementGap *gap) {
  g_autofree char *after = day_format(gap->after), *from = day_format(gap->from);
  if (context->json)
    fprintf(context->out,
            "{\"account\":\"%s\",\"kind\":\"%s\",\"after\":\"%s\",\"from\":\"%s\",\"expected\":\"%s\","
            "\"found\":\"%s\"}\n",
            gap->account, gap->kind, after, from, gap->expected, gap->found);
  else {
    g_autofree char *text = gap_text(gap->kind, after, from, gap->expected, gap->found);
    fprintf(context->out, _("账户 %s：%s\n"), gap->account, text);
  }
}

/* The last day that the account's statements reach; DAY_NONE: none came. */
static Day reached(const GPtrArray *statements, const char *account) {
  Day last = DAY_NONE;
  for (guint i = 0; i < statements->len; i++) {
    const StatementRow *row = statements->pdata[i];
    if (g_str_equal(row->account, account))
      last = MAX(last, row->head.to);
  }
  return last;
}

static gboolean print_late(CommandContext *context, const ConfAccount *account, Day last) {
  if (!gap_late(account, last, clock_now()))
    return FALSE;
  g_autofree char *day = day_format(last), *text = gap_late_text(last);
  if (context->json)
    fprintf(context->out, "{\"account\":\"%s\",\"kind\":\"late\",\"after\":\"%s\"}\n", account->name,
            day != NULL ? day : "");
  else
    fprintf(context->out, _("账户 %s：%s\n"), account->name, text);
  return TRUE;
}

int statement_show_gaps(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) found = statement_gaps(context->store, NULL, &error);
  g_autoptr(GPtrArray) statements = found != NULL ? statement_list(context->store, NULL, &error) : NULL;
  if (statements == NULL)
    return command_failed(context, error);
  gboolean any = found->len > 0;
  for (guint i = 0; i < found->len; i++)
    print_gap(context, found->pdata[i]);
  for (guint i = 0; i < context->conf->accounts->len; i++) {
    const ConfAccount *account = context->conf->accounts->pdata[i];
    any = print_late(context, account, reached(statements, account->name)) || any;
  }
  if (!any && !context->json)
    fputs(_("对账单首尾相接，没有缺口。\n"), context->out);
  return any ? ERROR_REFUSED : 0;
}
