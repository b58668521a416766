/* yifen status: everything, in exactly one state, added up. */
#include <jansson.h>
#include <stdlib.h>

#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/pay_route.h"
#include "daemon/yifen/status.h"
#include "spool/lock.h"
#include "spool/tally.h"

static gint64 total_of(const GPtrArray *rows, const char *kind) {
  gint64 total = 0;
  for (guint i = 0; i < rows->len; i++) {
    const TallyRow *row = rows->pdata[i];
    if (g_str_equal(row->kind, kind))
      total += row->count;
  }
  return total;
}

/* {"order":{"total":60,"received/code/open":12,...},"entry":{...},...} */
static void print_json(CommandContext *context, const GPtrArray *rows) {
  json_t *all = json_object();
  for (guint i = 0; i < rows->len; i++) {
    const TallyRow *row = rows->pdata[i];
    json_t *kind = json_object_get(all, row->kind);
    if (kind == NULL) {
      kind = json_object();
      (void)json_object_set_new(all, row->kind, kind);
      (void)json_object_set_new(kind, "total", json_integer(total_of(rows, row->kind)));
    }
    (void)json_object_set_new(kind, row->state, json_integer(row->count));
  }
  g_autofree char *line = json_dumps(all, JSON_COMPACT);
  (void)fprintf(context->out, "%s\n", line);
  json_decref(all);
}

/* The parts of a state by kind; each part has its own kind of word. */
static const struct {
  const char *kind;
  const char *parts[4];
} parted[] = {
    {"order", {"payment", "proof", "review"}},
    {"job", {"program", "task", "job"}},
    {"role", {"program", "role"}},
};

static const char *const *parts_of(const char *kind) {
  for (gsize i = 0; i < G_N_ELEMENTS(parted); i++)
    if (g_str_equal(parted[i].kind, kind))
      return parted[i].parts;
  return NULL;
}

/* "received/code/open" as people read it. */
static char *state_text(const TallyRow *row) {
  const char *const *kinds = parts_of(row->kind);
  g_auto(GStrv) parts = g_strsplit(row->state, "/", -1);
  GString *text = g_string_new(NULL);
  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *key = g_strconcat(kinds != NULL ? kinds[i] : row->kind, ".", parts[i], NULL);
    g_string_append_printf(text, "%s%s", i > 0 ? " / " : "", text_word(key));
  }
  return g_string_free(text, FALSE);
}

static void print_table(CommandContext *context, const GPtrArray *rows) {
  g_autoptr(Table) table = table_new(_("种类"), _("状态"), _(">数量"), NULL);
  const char *kind = "";
  for (guint i = 0; i < rows->len; i++) {
    const TallyRow *row = rows->pdata[i];
    gboolean first = !g_str_equal(kind, row->kind);
    kind = row->kind;
    g_autofree char *label = g_strconcat("kind.", kind, NULL), *state = state_text(row);
    g_autofree char *total = g_strdup_printf("%" G_GINT64_FORMAT, total_of(rows, kind));
    g_autofree char *count = g_strdup_printf("%" G_GINT64_FORMAT, row->count);
    if (first)
      table_row(table, text_word(label), _("合计"), total);
    table_row(table, "", state, count);
  }
  table_print(table, context->out);
}

void status_roles(const char *state_dir, GPtrArray *rows) {
  g_autofree char *path = g_build_filename(state_dir, "run", "roles.json", NULL);
  json_t *roles = json_load_file(path, 0, NULL);
  const char *name;
  json_t *told;
  json_object_foreach(roles, name, told) {
    gboolean down = g_strcmp0(json_string_value(json_object_get(told, "state")), "down") == 0;
    TallyRow *row = g_new0(TallyRow, 1);
    row->kind = "role";
    row->state = g_strconcat(name, lock_held(state_dir, name) ? "/up" : down ? "/down" : "/stopped", NULL);
    row->count = 1;
    g_ptr_array_add(rows, row);
  }
  json_decref(roles);
}

int command_status(CommandContext *context, int argc, char **argv) {
  (void)argv;
  if (argc != 0)
    return command_usage(context, "status [--json]");
  GError *error = NULL;
  g_autoptr(GPtrArray) rows = tally(context->store, &error);
  if (rows == NULL)
    return command_failed(context, error);
  status_roles(context->conf->state, rows);
  if (!pay_route_tally(context, rows, &error))
    return command_failed(context, error);
  if (context->json)
    print_json(context, rows);
  else
    print_table(context, rows);
  return context->json || pay_route_print_held(context, &error) ? 0 : command_failed(context, error);
}
