#include "daemon/yifen/parse_fit.h"

#include "daemon/text.h"
#include "parsers/cell.h"
#include "rules/error.h"

enum { KEY_WIDTH = 22, NAMES_SHOWN = 5 };

static const char *text_at(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

/* The list's last layout, when it is this one; else a new one. */
static json_t *layout_of(json_t *layouts, const ColumnFit *fit) {
  json_t *last = json_array_get(layouts, json_array_size(layouts) - 1);
  if (last != NULL && g_strcmp0(text_at(last, "layout"), fit->layout) == 0 &&
      json_integer_value(json_object_get(last, "line")) == fit->line)
    return last;
  json_t *layout = json_pack("{s:s, s:I, s:[]}", "layout", fit->layout, "line", (json_int_t)fit->line, "columns");
  json_array_append_new(layouts, layout);
  return layout;
}

void parse_fit_add(json_t *layouts, const ColumnFit *fit) {
  json_t *column = json_pack("{s:s, s:[]}", "column", fit->column, "names");
  g_auto(GStrv) names = g_strsplit(fit->wanted, "|", -1);
  for (char **name = names; *name != NULL; name++)
    json_array_append_new(json_object_get(column, "names"), json_string(*name));
  if (fit->at > 0) {
    g_autofree char *cell = cell_name((guint)fit->at - 1, fit->line);
    json_object_set_new(column, fit->found ? "cell" : "nearest_cell", json_string(cell));
    json_object_set_new(column, fit->found ? "header" : "nearest", json_string(fit->header));
  }
  json_array_append_new(json_object_get(layout_of(layouts, fit), "columns"), column);
}

static char *joined(json_t *names) {
  GString *text = g_string_new(NULL);
  gsize all = json_array_size(names);
  for (gsize i = 0; i < MIN(all, NAMES_SHOWN); i++)
    g_string_append_printf(text, "%s%s", i > 0 ? _("、") : "", json_string_value(json_array_get(names, i)));
  if (all > NAMES_SHOWN)
    g_string_append(text, _(" 等"));
  return g_string_free(text, FALSE);
}

/* A layout may have words that forbid it. */
static gboolean is_rule(const json_t *column) {
  static const char *const rules[] = {"without", "unless_above", "only_above", NULL};
  return g_strv_contains(rules, text_at(column, "column"));
}

static void print_column(const json_t *column, FILE *to) {
  g_autofree char *names = joined(json_object_get(column, "names"));
  fprintf(to, "    %-*s", KEY_WIDTH, text_at(column, "column"));
  if (g_strcmp0(text_at(column, "column"), "only_above") == 0)
    fprintf(to, _("缺  表头上方应有 %s\n"), names);
  else if (is_rule(column))
    fprintf(to, _("不该有  %s\n"), names);
  else if (text_at(column, "cell") != NULL)
    fprintf(to, _("有  %-5s %s\n"), text_at(column, "cell"), text_at(column, "header"));
  else if (text_at(column, "nearest") != NULL)
    fprintf(to, _("缺  应为 %s；最像的是 %s“%s”\n"), names, text_at(column, "nearest_cell"),
            text_at(column, "nearest"));
  else
    fprintf(to, _("缺  应为 %s\n"), names);
}

static void print_layout(const json_t *layout, FILE *to) {
  json_t *columns = json_object_get(layout, "columns");
  int found = 0, all = 0, told = (int)json_array_size(columns);
  for (int i = 0; i < told; i++) {
    found += text_at(json_array_get(columns, (gsize)i), "cell") != NULL;
    all += !is_rule(json_array_get(columns, (gsize)i));
  }
  fprintf(to, _("  版式 %s：第 %d 行最像它的表头，必需的 %d 列里有 %d 列\n"), text_at(layout, "layout"),
          (int)json_integer_value(json_object_get(layout, "line")), all, found);
  for (int i = 0; i < told; i++)
    print_column(json_array_get(columns, (gsize)i), to);
}

void parse_fit_print(json_t *layouts, FILE *to) {
  for (gsize i = 0; i < json_array_size(layouts); i++)
    print_layout(json_array_get(layouts, i), to);
}

void parse_fit_print_json(json_t *layouts, const GError *error, FILE *to) {
  static const char *const facts[] = {"file", "line", "column", "cell", "sheet", "field", "value", "expected"};
  if (json_array_size(layouts) == 0)
    return;
  json_t *object = json_pack("{s:s, s:s}", "type", "refused", "reason", error_reason(error));
  for (gsize i = 0; i < G_N_ELEMENTS(facts); i++)
    if (error_fact(error, facts[i]) != NULL)
      json_object_set_new(object, facts[i], json_string(error_fact(error, facts[i])));
  json_object_set(object, "layouts", layouts);
  json_dumpf(object, to, JSON_COMPACT);
  fputc('\n', to);
  json_decref(object);
}
