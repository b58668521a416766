#include "daemon/place_text.h"

#include <string.h>

#include "daemon/text.h"

/* Fields that a match rests on, in the order of a result file; the first of the texts is the one to be brief with. */
static const struct {
  const char *field, *label;
  gboolean brief;
} fields[] = {
    {"amount", N_("金额"), FALSE},
    {"counterparty_name", N_("对方户名"), FALSE},
    {"counterparty_account", N_("对方账号"), FALSE},
    {"remark", N_("附言"), TRUE},
    {"purpose", N_("用途"), TRUE},
    {"summary", N_("摘要"), TRUE},
};

/* Formats whose lines are counted as entries, and whose places are elements or tags; the others are tables. */
static const char *const tagged[] = {"camt.", "bkrs", "bker", "xbrl", "mt9", NULL};

static gboolean is_tagged(const char *format) {
  for (int i = 0; format != NULL && tagged[i] != NULL; i++)
    if (g_ascii_strncasecmp(format, tagged[i], strlen(tagged[i])) == 0)
      return TRUE;
  return FALSE;
}

static char *line_text(const char *format, gint64 line) {
  gboolean entries = is_tagged(format) && g_ascii_strncasecmp(format, "mt9", 3) != 0;
  return g_strdup_printf(entries ? _("第 %lld 笔") : _("第 %lld 行"), (long long)line);
}

static char *place(const char *format, gint64 line, const json_t *origin, gboolean brief) {
  g_autofree char *start = line_text(format, line);
  GString *text = g_string_new(start);
  for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
    const char *where = json_string_value(json_object_get(origin, fields[i].field));
    if (where == NULL || (brief && !fields[i].brief))
      continue;
    g_string_append_printf(text, is_tagged(format) ? _("，%s在 %s") : _("，%s在“%s”列"), _(fields[i].label), where);
    if (brief)
      break;
  }
  return g_string_free(text, FALSE);
}

char *place_text(const char *format, gint64 line, const json_t *origin) {
  return place(format, line, origin, FALSE);
}

char *place_brief(const char *format, gint64 line, const json_t *origin) {
  return place(format, line, origin, TRUE);
}
