/* yifen report: the daily report on demand. */
#include <stdlib.h>

#include "daemon/report/report.h"
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/report.h"

static const char usage[] = N_("report [--date 年-月-日] [--format txt|html|json] [--mail]");

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
  static const char *const formats[] = {"txt", "html", "json", NULL};
  return g_strv_contains(formats, options->format);
}

static void print(CommandContext *context, const json_t *report, const char *format) {
  g_autofree char *text = g_str_equal(format, "json")   ? json_dumps(report, JSON_COMPACT)
                          : g_str_equal(format, "html") ? report_html(report, context->conf)
                                                        : report_text(report, context->conf);
  (void)fprintf(context->out, "%s%s", text, g_str_has_suffix(text, "\n") ? "" : "\n");
}

/* Queues today's report for the reviewers, unless it went out already. */
static int mail(CommandContext *context) {
  GError *error = NULL;
  gboolean fresh;
  if (context->conf->smtp_host == NULL || context->conf->reviewers[0] == NULL) {
    (void)error_set(&error, ERROR_PERMANENT, "mail_not_configured", NULL);
    return command_failed(context, error);
  }
  if (!report_queue(context->store, context->conf, context->calendar, clock_now(), &fresh, &error))
    return command_failed(context, error);
  (void)fprintf(context->err, "%s\n", fresh ? _("日报已交付发送。") : _("今天的日报已经发送过，不再重复。"));
  return 0;
}

int command_report(CommandContext *context, int argc, char **argv) {
  Options options;
  if (!parse_options(argc, argv, &options))
    return command_usage(context, _(usage));
  if (options.mail)
    return mail(context);
  Day day = options.date != DAY_NONE ? options.date : day_of_instant(clock_now());
  GError *error = NULL;
  ReportScope scope = {.today = day,
                       .from = instant_at(day, 0, 0, 0),
                       .to = instant_at(day + 1, 0, 0, 0),
                       .now = clock_now(),
                       .calendar = context->calendar};
  json_t *report = report_collect(context->store, &scope, &error);
  if (report == NULL)
    return command_failed(context, error);
  print(context, report, context->json ? "json" : options.format);
  json_decref(report);
  return 0;
}
