/* yifen statement import, supersede: statement files by hand. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/intake/result.h"
#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "daemon/yifen/option.h"
#include "daemon/yifen/statement.h"
#include "rules/error.h"
#include "spool/drop.h"
#include "spool/supersede.h"

#define WAIT_US (60 * G_USEC_PER_SEC) /* for a daemon that holds the role */
#define LOOK_US 100000

static const char usage[] = N_(
    "statement import [--account 账户] 文件...\nstatement list [--json]\nstatement gaps [--json]\nstatement supersede "
    "编号 --by 编号 --reason 理由");

typedef struct {
  const char *path; /* as given */
  gint64 id;        /* of its row; 0: never came so far */
  int code;
} Given;

static int open_given(const CommandContext *context, const char *path, GError **error) {
  struct stat stat;
  int fd = command_open(context, path);
  if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
    return fd;
  g_autofree char *detail = g_strdup(fd < 0 ? g_strerror(errno) : NULL);
  if (fd >= 0)
    close(fd);
  error_set(error, ERROR_REFUSED, "drop_unreadable", "file", path, "detail", detail, NULL);
  return -1;
}

static gboolean claim(CommandContext *context, const char *account, Given *given, GError **error) {
  int fd = open_given(context, given->path, error);
  if (fd < 0)
    return FALSE;
  const char *person = strchr(context->actor, ':');
  g_autofree char *base = g_path_get_basename(given->path);
  g_auto(FileRow) file = {.account = g_strdup(account), .name = g_utf8_make_valid(base, -1)};
  file.origin = g_strconcat("person:", person != NULL ? person + 1 : context->actor, NULL);
  gboolean done = drop_claim(context->store, fd, &file, context->actor, clock_now(), error);
  close(fd);
  given->id = file.id;
  return done;
}

/* The role's work to its end, here; when a daemon holds the role, that does it. */
static gboolean run_role(const Role *role, const Conf *conf, gboolean *ours, GError **error) {
  g_autoptr(GError) failure = NULL;
  *ours = role_run(role, conf, TRUE, &failure);
  if (*ours || g_strcmp0(error_reason(failure), "role_taken") == 0)
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}

/* Pay's jobs without its tick, which alone reaches a bank: they say what our own debits are. */
static gboolean tie(CommandContext *context, GError **error) {
  const Role *pay = role_find("pay");
  gboolean ours;
  if (pay == NULL)
    return TRUE;
  Role quiet = *pay;
  quiet.tick = NULL;
  quiet.watch = NULL;
  return run_role(&quiet, context->conf, &ours, error);
}

/* Intake, pay, and what follows for intake from what pay said. */
static gboolean work(CommandContext *context, gboolean *ours, GError **error) {
  return run_role(&role_intake, context->conf, ours, error) && tie(context, error) &&
         run_role(&role_intake, context->conf, ours, error);
}

/* Until the file's fate is known and it is answered, when a daemon does the work. */
static gboolean await(CommandContext *context, gboolean ours, gint64 id, FileRow *file, GError **error) {
  gint64 until = g_get_monotonic_time() + (ours ? 0 : WAIT_US);
  for (;;) {
    if (!file_load(context->store, id, file, error))
      return FALSE;
    if ((file->state != FILE_CLAIMED && file->result != NULL) || g_get_monotonic_time() > until)
      return TRUE;
    file_row_clear(file);
    g_usleep(LOOK_US);
  }
}

static int report(CommandContext *context, gboolean ours, const Given *given) {
  GError *error = NULL;
  g_auto(FileRow) file = {0};
  if (!await(context, ours, given->id, &file, &error))
    return command_failed(context, error);
  g_autofree char *sentence = result_sentence(context->store, &file), *name = text_clean(file.name, 80);
  gboolean good = file.state == FILE_TAKEN || file.state == FILE_DUPLICATE;
  if (good)
    fprintf(context->out, _("%s：%s\n"), name, sentence);
  else
    fprintf(context->err, "%s\n", sentence);
  if (file.result != NULL && good)
    fprintf(context->out, _("  结果见 %s/%s\n"), context->conf->state, file.result);
  return good ? 0 : file.state == FILE_CLAIMED ? ERROR_TEMPORARY : ERROR_REFUSED;
}

static int import(CommandContext *context, const char *account, int count, char **paths) {
  g_autofree Given *given = g_new0(Given, count);
  int code = 0;
  gboolean ours;
  GError *error = NULL;
  for (int i = 0; i < count; i++) {
    given[i].path = paths[i];
    if (!claim(context, account, &given[i], &error)) {
      code = command_worse(code, command_failed(context, g_steal_pointer(&error)));
      given[i].id = 0;
    }
  }
  if (!work(context, &ours, &error))
    return command_worse(code, command_failed(context, error));
  for (int i = 0; i < count; i++)
    if (given[i].id != 0)
      code = command_worse(code, report(context, ours, &given[i]));
  return code;
}

static gboolean parse_id(const char *text, gint64 *id) {
  return text != NULL && g_ascii_string_to_signed(text, 10, 1, G_MAXINT64, id, NULL);
}

/* ID --by ID --reason TEXT. The lines are compared by intake, here or in the daemon. */
static int supersede(CommandContext *context, int argc, char **argv) {
  GError *error = NULL;
  gint64 id, other;
  gboolean ours;
  const OrderBy by = {.actor = context->actor, .now = clock_now(), .calendar = context->calendar, .uid = context->uid};
  const char *with = option_take(&argc, argv, "--by"), *reason = option_take(&argc, argv, "--reason");
  if (argc != 1 || reason == NULL || *reason == '\0' || !parse_id(argv[0], &id) || !parse_id(with, &other))
    return command_usage(context, _(usage));
  if (!supersede_file(context->store, id, other, reason, &by, &error) ||
      !run_role(&role_intake, context->conf, &ours, &error))
    return command_failed(context, error);
  if (context->json)
    (void)fprintf(context->out, "{\"id\":%" G_GINT64_FORMAT ",\"superseded_by\":%" G_GINT64_FORMAT "}\n", id, other);
  else
    (void)fprintf(context->out, _("对账单文件 %lld 由文件 %lld 代替，后者没有的流水转入审核。\n"), (long long)id,
                  (long long)other);
  return 0;
}

int command_statement(CommandContext *context, int argc, char **argv) {
  const char *account = NULL;
  if (argc == 1 && g_str_equal(argv[0], "list"))
    return statement_show_list(context);
  if (argc == 1 && g_str_equal(argv[0], "gaps"))
    return statement_show_gaps(context);
  if (argc > 1 && g_str_equal(argv[0], "supersede"))
    return supersede(context, argc - 1, argv + 1);
  if (argc < 2 || !g_str_equal(argv[0], "import"))
    return command_usage(context, _(usage));
  argv++;
  argc--;
  if (g_str_equal(argv[0], "--account")) {
    if (argc < 3 || conf_account(context->conf, argv[1]) == NULL)
      return command_usage(context, _(usage));
    account = argv[1];
    argv += 2;
    argc -= 2;
  }
  return import(context, account, argc, argv);
}
