/* yifen match: why a line stands where it stands, by which rules, and where others would put it. */
#include <jansson.h>
#include <string.h>

#include "daemon/match_text.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/match_replay.h"
#include "daemon/yifen/option.h"
#include "rules/error.h"
#include "spool/matching.h"

#define USAGE N_("match explain 流水编号 | rules | replay [--rules 文件]")

static const char *text_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static const char *word_of(const char *prefix, const char *word) {
  g_autofree char *qualified = g_strconcat(prefix, ".", word, NULL);
  return text_word(qualified);
}

static void print_human(FILE *out, const json_t *object) {
  const char *reason = text_of(object, "reason"), *disposition = text_of(object, "disposition");
  g_autofree char *card = match_text(object);
  fprintf(out, _("流水 %lld：%s"), (long long)json_integer_value(json_object_get(object, "id")),
          disposition != NULL ? text_word(disposition) : "?");
  if (reason != NULL)
    fprintf(out, _("（%s）"), text_word(reason));
  fprintf(out, _("，规则 %s\n"), text_of(object, "rule") != NULL ? word_of("rule", text_of(object, "rule")) : "-");
  if (*card != '\0')
    fprintf(out, "%s\n", card);
}

static int explain(CommandContext *context, const char *number) {
  gint64 id;
  GError *error = NULL;
  if (number == NULL || !g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &id, NULL))
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

/* {"pass","builtin", and the fields of its section} */
static void print_pass_json(FILE *out, const MatchPass *pass, gboolean builtin) {
  g_autofree char *text = match_pass_text(pass, FALSE);
  g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
  json_t *object = json_pack("{ssso}", "pass", pass->name, "builtin", json_boolean(builtin));
  for (char **line = lines + 1; *line != NULL; line++) {
    g_auto(GStrv) parts = g_strsplit(*line, " = ", 2);
    if (g_strv_length(parts) == 2)
      json_object_set_new(object, parts[0], json_string(parts[1]));
  }
  char *dumped = json_dumps(object, JSON_COMPACT);
  fprintf(out, "%s\n", dumped);
  free(dumped);
  json_decref(object);
}

/* As a rules.conf; what no file can take away is commented out. */
static void print_pass(FILE *out, const MatchPass *pass, gboolean chinese, gboolean net) {
  g_autofree char *text = match_pass_text(pass, chinese);
  const char *meaning = word_of("rule", pass->name);
  g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
  if (!g_str_equal(meaning, pass->name) && !g_str_has_prefix(meaning, "rule."))
    fprintf(out, "# %s\n", meaning);
  for (char **line = lines; *line != NULL; line++)
    fprintf(out, "%s%s\n", net ? "# " : "", *line);
  fputc('\n', out);
}

static int print_rules(CommandContext *context) {
  const MatchRules *rules = context->conf->rules;
  gboolean builtin = context->conf->rules_file == NULL;
  g_autofree char *language = text_language();
  for (gsize i = 0; rules->passes[i].name != NULL; i++) {
    if (context->json) {
      print_pass_json(context->out, &rules->passes[i], builtin || i >= rules->own);
      continue;
    }
    if (i == 0 || i == rules->own)
      fprintf(context->out, "# %s\n\n",
              i >= rules->own ? _("以下内置规则总在最后：前面没有决定的汇款交人工审核。")
              : builtin       ? _("内置的匹配规则，从上到下依次试用。另存为 rules.conf 后可以修改，说明见 docs/matching.md。")
                              : _("rules.conf 的匹配规则，从上到下依次试用。"));
    print_pass(context->out, &rules->passes[i], g_str_has_prefix(language, "zh"), i >= rules->own);
  }
  return 0;
}

int command_match(CommandContext *context, int argc, char **argv) {
  if (argc == 2 && g_str_equal(argv[0], "explain"))
    return explain(context, argv[1]);
  if (argc == 1 && g_str_equal(argv[0], "rules"))
    return print_rules(context);
  if (argc >= 1 && g_str_equal(argv[0], "replay")) {
    const char *rules = option_take(&argc, argv, "--rules");
    if (argc == 1)
      return match_replay(context, rules);
  }
  return command_usage(context, _(USAGE));
}
