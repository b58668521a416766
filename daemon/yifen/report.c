/* yifen report: the daily report on demand. */
#include <stdlib.h>

#include "daemon/report/report.h"
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/report.h"

static const char usage[] = N_("report [--date 年-月-日] [--format txt|html|xlsx|json] [--mail]");

typedef struct {
  Day date; /* DAY_NONE: today */
  const char *format;
  gboolean mail;
} Options;

static gboolean parse_options(int argc, char **argv, Options *options) {
  *options = (Options){.date = DAY_NONE, .format = "txt"};
  for (int i = 0; i < argc; i++) {
    if (g_str_equal(argv[i], "--mail"))
      options->mail = TRUE;
    else if (g_str_equal(argv[i], "--date") && i + 1 < argc && day_parse(argv[i + 1], &options->date))
      i++;
    else if (g_str_equal(argv[i], "--format") && i + 1 < argc)
      options->format = argv[++i];
    else
      return FALSE;
  }
  static const char *const formats[] = {"txt", "html", "xlsx", "json", NULL};
  return g_strv_contains(formats, options->format);
}

static int print_workbook(CommandContext *context, const json_t *report) {
  GError *error = NULL;
  g_autoptr(GBytes) workbook = report_workbook(report, context->conf, &error);
  if (workbook == NULL)
    return command_failed(context, error);
  gsize size;
  const void *bytes = g_bytes_get_data(workbook, &size);
  (void)fwrite(bytes, 1, size, context->out);
  return 0;
}

static int print(CommandContext *context, const json_t *report, const char *format) {
  if (g_str_equal(format, "xlsx"))
    return print_workbook(context, report);
  g_autofree char *text = g_str_equal(format, "json")   ? json_dumps(report, JSON_COMPACT)
                          : g_str_equal(format, "html") ? report_html(report, context->conf)
                                                        : report_text(report, context->conf);
  (void)fprintf(context->out, "%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
  return 0;
}

static gboolean mail_configured(const Conf *conf, GError **error) {
  return (conf->smtp_host != NULL && conf->reviewers[0] != NULL) ||
         error_set(error, ERROR_PERMANENT, "mail_not_configured", NULL);
}

/* To the reviewers, in their language, which the configuration tells. */
static int mail(CommandContext *context, const json_t *report) {
  GError *error = NULL;
  g_autofree char *language = text_language();
  text_init(context->conf->language);
  gboolean queued = report_send(context->store, context->conf, report, clock_now(), &error);
  text_init(language);
  if (!queued)
    return command_failed(context, error);
  (void)fprintf(context->err, "%s\n", _("报告已交付发送。"));
  return 0;
}

int command_report(CommandContext *context, int argc, char **argv) {
  Options options;
  GError *error = NULL;
  if (!parse_options(argc, argv, &options))
    return command_usage(context, _(usage));
  if (options.mail && !mail_configured(context->conf, &error))
    return command_failed(context, error);
  Day day = options.date != DAY_NONE ? options.date : day_of_instant(clock_now());
  ReportScope scope = {.today = day,
                       .from = instant_at(day, 0, 0, 0),
                       .to = instant_at(day + 1, 0, 0, 0),
                       .now = clock_now(),
                       .calendar = context->calendar};
  json_auto_t *report = report_collect(context->store, &scope, &error);
  if (report == NULL)
    return command_failed(context, error);
  return options.mail ? mail(context, report) : print(context, report, context->json ? "json" : options.format);
}
