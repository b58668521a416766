/* yifend: without --role the supervisor of all roles; with it one role, in the foreground, --once to the end of its
 * work. */
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/role.h"
#include "daemon/start.h"
#include "daemon/text.h"
#include "daemon/yifend/supervisor.h"
#include "rules/error.h"
#include "spool/keys.h"

typedef struct {
  char *conf, *role;
  gboolean once;
} Options;

static gboolean read_options(Options *options, int *argc, char ***argv, GError **error) {
  const GOptionEntry entries[] = {
      {"config", 'c', 0, G_OPTION_ARG_FILENAME, &options->conf, "configuration (default /etc/yifen/yifen.conf)",
       "FILE"},
      {"role", 0, 0, G_OPTION_ARG_STRING, &options->role, "run this role alone, in the foreground", "NAME"},
      {"once", 0, 0, G_OPTION_ARG_NONE, &options->once, "end when no work is due any more", NULL},
      {NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_add_main_entries(context, entries, NULL);
  return g_option_context_parse(context, argc, argv, error);
}

static int usage(const char *message) {
  fprintf(stderr, "yifend: %s\n", message);
  return ERROR_USAGE;
}

static int failed(const GError *error) {
  g_autofree char *sentence = text_error(error);
  log_error(error, "cannot go on", "SENTENCE", sentence, NULL);
  return (int)error_kind(error);
}

static gboolean run(const Options *options, const Role *role, GError **error) {
  g_autoptr(Conf) conf = conf_load(options->conf != NULL ? options->conf : "/etc/yifen/yifen.conf", error);
  if (conf == NULL)
    return FALSE;
  text_init(conf->language);
  if (role != NULL)
    return role_run(role, conf, options->once, error);
  return store_migrate(conf->state, clock_now(), error) && keys_create_notify(conf->state, error) &&
         supervisor_run(conf, error);
}

int main(int argc, char **argv) {
  start_program();
  text_init(NULL);
  Options options = {0};
  g_autoptr(GError) error = NULL;
  if (!read_options(&options, &argc, &argv, &error))
    return usage(error->message);
  const Role *role = options.role != NULL ? role_find(options.role) : NULL;
  if (argc > 1 || (options.role != NULL && role == NULL) || (options.once && role == NULL))
    return usage(_("用法：yifend [-c 文件] [--role fetch|intake|pay|notify|serve|staff [--once]]"));
  log_init(role != NULL ? role->name : "yifend");
  if (role != NULL)
    start_secret();
  else
    start_daemon();
  int code = run(&options, role, &error) ? 0 : failed(error);
  g_free(options.conf);
  g_free(options.role);
  return code;
}
