/* yifen calendar import: the working days of a new year, as the State Council announced them. */
#include <jansson.h>

#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/audit.h"
#include "spool/durable.h"

enum { LIMIT = 1024 * 1024, YEARS_AHEAD = 10 };

static Day new_year(int year) {
  Day day;
  g_assert(day_from_ymd(year, 1, 1, &day));
  return day;
}

static gboolean knows(const Calendar *calendar, int year) {
  gboolean workday;
  return calendar_workday(calendar, new_year(year), &workday);
}

static int this_year(void) {
  int year, month, day;
  day_to_ymd(day_of_instant(clock_now()), &year, &month, &day);
  return year;
}

/* The new one must know every year that the old one knows and that may still be asked for. */
static gboolean covers(const Calendar *new, const Calendar *old, GError **error) {
  for (int year = this_year() - 1; year < this_year() + YEARS_AHEAD; year++) {
    g_autofree char *missing = g_strdup_printf("%d", year);
    if (knows(old, year) && !knows(new, year))
      return error_set(error, ERROR_REFUSED, "calendar_lacks", "value", missing, NULL);
  }
  return TRUE;
}

/* The days from today on that both know and that are different now, and the years that only the new one knows. */
static json_t *differences(const Calendar *new, const Calendar *old) {
  json_t *years = json_array(), *holidays = json_array(), *workdays = json_array();
  for (int year = this_year(); year < this_year() + YEARS_AHEAD; year++)
    if (knows(new, year) && !knows(old, year))
      (void)json_array_append_new(years, json_integer(year));
  gboolean now, before;
  for (Day day = day_of_instant(clock_now()); day < new_year(this_year() + YEARS_AHEAD); day++)
    if (calendar_workday(new, day, &now) && calendar_workday(old, day, &before) && now != before) {
      g_autofree char *text = day_format(day);
      (void)json_array_append_new(now ? workdays : holidays, json_string(text));
    }
  return json_pack("{s:o, s:o, s:o}", "years", years, "holidays", holidays, "workdays", workdays);
}

static gboolean keep(CommandContext *context, const char *text, gsize size, const char *detail, GError **error) {
  g_autofree char *file = conf_calendar_file(context->conf), *dir = g_path_get_dirname(file),
                  *name = g_path_get_basename(file);
  Store *store = context->store;
  if (!store_begin(store, error))
    return FALSE;
  if (audit_append(store, clock_now(), context->actor, "calendar.import", "calendar", detail, error) &&
      store_commit(store, error))
    return durable_write(dir, name, text, size, 0640, FALSE, error);
  store_rollback(store);
  return FALSE;
}

static void print_list(CommandContext *context, const char *title, const json_t *days) {
  gsize i;
  const json_t *day;
  if (json_array_size(days) > 0)
    (void)fputs(title, context->out);
  json_array_foreach(days, i, day) {
    if (json_is_string(day))
      (void)fprintf(context->out, " %s", json_string_value(day));
    else
      (void)fprintf(context->out, " %lld", (long long)json_integer_value(day));
  }
  if (json_array_size(days) > 0)
    (void)fputc('\n', context->out);
}

static void print(CommandContext *context, const json_t *changes, const char *detail) {
  if (context->json) {
    (void)fprintf(context->out, "%s\n", detail);
    return;
  }
  print_list(context, _("新增年份："), json_object_get(changes, "years"));
  print_list(context, _("改为休息："), json_object_get(changes, "holidays"));
  print_list(context, _("改为上班："), json_object_get(changes, "workdays"));
  (void)fputs(_("已导入。运行中的 yifend 重新加载以后生效：systemctl reload yifend\n"), context->out);
}

static gboolean import(CommandContext *context, const char *file, GError **error) {
  g_autofree char *text = NULL;
  gsize size;
  if (!command_read(context, file, LIMIT, &text, &size, error))
    return FALSE;
  g_autoptr(Calendar) calendar = calendar_parse(text, (gssize)size, error);
  if (calendar == NULL) {
    error_add(error, "file", file);
    (*error)->code = ERROR_REFUSED; /* a file that a person named, not yet ours */
    return FALSE;
  }
  if (!covers(calendar, context->calendar, error))
    return FALSE;
  json_t *changes = differences(calendar, context->calendar);
  g_autofree char *detail = json_dumps(changes, JSON_COMPACT | JSON_PRESERVE_ORDER);
  gboolean kept = keep(context, text, size, detail, error);
  if (kept)
    print(context, changes, detail);
  json_decref(changes);
  return kept;
}

int command_calendar(CommandContext *context, int argc, char **argv) {
  if (argc != 2 || !g_str_equal(argv[0], "import"))
    return command_usage(context, _("calendar import 文件"));
  GError *error = NULL;
  return import(context, argv[1], &error) ? 0 : command_failed(context, error);
}
