/* yifen match explain: why a line stands where it stands. */
#include <jansson.h>
#include <string.h>

#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/matching.h"

#define USAGE N_("match explain 流水编号 [--json]")

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *word_of(const char *prefix, const char *word) {
  g_autofree char *qualified = g_strconcat(prefix, ".", word, NULL);
  return text_word(qualified);
}

static void print_candidate(FILE *out, const json_t *candidate) {
  const char *against = text_of(candidate, "against"), *grade = text_of(candidate, "grade");
  fprintf(out, _("  候选业务单 %s：户名%s，账号%s，%s附言中有单号，应付 %s，%s%s\n"), text_of(candidate, "order_no"),
          grade != NULL ? word_of("name", grade) : "?",
          json_is_true(json_object_get(candidate, "account")) ? _("相同") : _("不同"),
          json_is_true(json_object_get(candidate, "named")) ? "" : _("没有"), text_of(candidate, "due"),
          against != NULL ? _("排除：") : _("选中"), against != NULL ? word_of("against", against) : "");
}

static void print_hit(FILE *out, const json_t *hit) {
  fprintf(out, _("  “%s”中有业务单号 %s\n"), text_of(hit, "field"), text_of(hit, "order_no"));
}

static void print_human(FILE *out, const json_t *object) {
  const char *reason = text_of(object, "reason"), *disposition = text_of(object, "disposition");
  size_t index;
  json_t *item;
  fprintf(out, _("流水 %lld：%s"), (long long)json_integer_value(json_object_get(object, "id")),
          disposition != NULL ? text_word(disposition) : "?");
  if (reason != NULL)
    fprintf(out, _("（%s）"), text_word(reason));
  fprintf(out, _("，规则 %s\n"), text_of(object, "rule") != NULL ? text_of(object, "rule") : "-");
  json_array_foreach(json_object_get(object, "hits"), index, item) print_hit(out, item);
  json_array_foreach(json_object_get(object, "candidates"), index, item) print_candidate(out, item);
}

int command_match(CommandContext *context, int argc, char **argv) {
  gint64 id;
  GError *error = NULL;
  if (argc != 2 || strcmp(argv[0], "explain") != 0 || !g_ascii_string_to_signed(argv[1], 10, 1, G_MAXINT64, &id, NULL))
    return command_usage(context, _(USAGE));
  g_autofree char *text = matching_explain(context->store, id, &error);
  if (text == NULL)
    return command_failed(context, error);
  if (context->json) {
    fprintf(context->out, "%s\n", text);
    return 0;
  }
  json_t *object = json_loads(text, 0, NULL);
  print_human(context->out, object);
  json_decref(object);
  return 0;
}
