/* yifen: the command line of staff and operators. Finds the command, opens what it needs, runs it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/staff/answer.h"
#include "daemon/staff/call.h"
#include "daemon/staff/peer.h"
#include "daemon/start.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "rules/permit.h"

typedef enum { NEEDS_NOTHING, MAY_USE_CONF, NEEDS_CONF, NEEDS_STORE } Needs;

typedef struct {
  const char *name;
  CommandFunction *run;
  Needs needs;
  const char *usage;
} Command;

static const Command commands[] = {
    {"audit", command_audit, NEEDS_STORE, "audit verify [--json]"},
    {"backup", command_backup, NEEDS_STORE, N_("backup 文件")},
    {"calendar", command_calendar, NEEDS_STORE, N_("calendar import 文件")},
    {"case", command_case, NEEDS_STORE,
     N_("case list | show 案号 | accept 案号 | send-back 案号 [--field 字段]... --reason 理由\n"
        "case settle 案号 业务单=金额... [--waive 业务单=金额] [--reason 理由] | close 案号 --reason 理由\n"
        "case refund 案号 [流水=金额...] --reason 理由 | approve 案号 | refuse 案号 --reason 理由\n"
        "case consent 案号 --reason 理由 | undo 案号 --reason 理由\n"
        "case assign 案号 审核员 | note 案号 备注")},
    {"config", command_config, NEEDS_CONF, "config check"},
    {"doctor", command_doctor, NEEDS_STORE, "doctor [--json]"},
    {"entries", command_entries, NEEDS_STORE, N_("entries [--since 年-月-日] [--disposition 去向] [--json]")},
    {"init", command_init, NEEDS_NOTHING, N_("init 目录")},
    {"invoice", command_invoice, NEEDS_STORE, N_("invoice list | issued 业务单号 --number 号码 [--link 网址] [--red]")},
    {"match", command_match, NEEDS_STORE, N_("match explain 流水编号 | rules | replay [--rules 文件]")},
    {"order", command_order, NEEDS_STORE,
     N_("order import 文件.jsonl | list [--status 状态] | show 业务单号 | withdraw 业务单号\n"
        "order code 业务单号 随机码 | resend 业务单号 --reason 理由\n"
        "order account 业务单号 --name 户名 --number 账号 --bank 开户行 [--cnaps 联行号]\n"
        "order receipt 业务单号 --number 凭据号 --amount 金额 --paid-on 年-月-日 --payer-name 户名 --payer-account "
        "账号 [文件]\n"
        "order receipt 业务单号 电子回单文件\n"
        "order prove 业务单号 --reason 看过的证明文件")},
    {"parse", command_parse, MAY_USE_CONF, N_("parse [--json|--csv] [--profile 名称] 文件…")},
    {"pay", command_pay, NEEDS_STORE,
     N_("pay hold [账户] --reason 理由 | release [账户] | release --restored --reason 理由")},
    {"report", command_report, NEEDS_STORE, N_("report [--date 年-月-日] [--format txt|html|json] [--mail]")},
    {"statement", command_statement, NEEDS_STORE,
     N_("statement import [--account 账户] 文件…\nstatement list [--json]\nstatement gaps [--json]\nstatement "
        "supersede "
        "编号 --by 编号 --reason 理由")},
    {"status", command_status, NEEDS_STORE, "status [--json]"},
    {"transfer", command_transfer, NEEDS_STORE,
     N_("transfer show 参考号\ntransfer resolve 参考号 --as booked|rejected|returned --evidence 凭据说明")},
    {"transfers", command_transfers, NEEDS_STORE, "transfers [--unknown] [--json]"},
};

typedef struct {
  const char *conf;
  gboolean json, help, answer;
} Options;

/* Takes -c FILE, --json, --help (and, first, --answer, for the role staff alone) out of the arguments, wherever they
 * stand before "--"; gives the new count, -1 when -c has no file. */
static int take_options(int argc, char **argv, Options *options) {
  int kept = 0;
  for (int i = 0; i < argc; i++) {
    if (g_str_equal(argv[i], "--")) {
      while (i < argc)
        argv[kept++] = argv[i++];
    } else if (g_str_equal(argv[i], "-c") || g_str_equal(argv[i], "--config")) {
      if (++i == argc)
        return -1;
      options->conf = argv[i];
    } else if (g_str_equal(argv[i], "--json")) {
      options->json = TRUE;
    } else if (i == 1 && g_str_equal(argv[i], "--answer")) {
      options->answer = TRUE;
    } else if (g_str_equal(argv[i], "--help") || g_str_equal(argv[i], "-h")) {
      options->help = TRUE;
    } else {
      argv[kept++] = argv[i];
    }
  }
  argv[kept] = NULL;
  return kept;
}

static int print_usage(FILE *to, int code) {
  fputs(_("用法：yifen [-c 配置文件] 命令 ... [--json]\n"), to);
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
    g_auto(GStrv) lines = g_strsplit(_(commands[i].usage), "\n", -1);
    for (char **line = lines; *line != NULL; line++)
      fprintf(to, "  yifen %s\n", *line);
  }
  return code;
}

static const Command *find_command(const char *name) {
  for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
    if (g_str_equal(commands[i].name, name))
      return &commands[i];
  return NULL;
}

/* May this process open the store's file for writing? Then no socket would keep it from anything, and the command runs
 * here, whether a daemon runs or not. Everybody else asks the daemon. */
static gboolean is_owner(const Conf *conf) {
  g_autofree char *file = g_build_filename(conf->state, "store.db", NULL);
  struct stat status;
  if (stat(file, &status) != 0)
    return errno != EACCES;
  return geteuid() == 0 || geteuid() == status.st_uid;
}

/* Files that the command may read are opened by us, not by the daemon. An argument that is none is told by the command.
 */
static void open_files(StaffRequest *request, int *files) {
  for (int i = 1; i < request->argc && request->file_count < STAFF_FILES; i++) {
    struct stat status;
    int fd = *request->argv[i] != '-' ? open(request->argv[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd < 0)
      continue;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
      files[request->file_count] = fd;
      request->files[request->file_count++] = i;
    } else
      (void)close(fd);
  }
}

static int ask_daemon(const CommandContext *context, const Conf *conf, int argc, char **argv) {
  g_autofree StaffRequest *request = g_new0(StaffRequest, 1);
  g_autofree char *language = text_language();
  int files[STAFF_FILES], code = 0;
  GError *error = NULL;
  const Permit *permit = permit_find(argc, argv);
  *request = (StaffRequest){.language = language, .json = context->json, .terminal = context->terminal, .argc = argc};
  for (int i = 0; i < MIN(argc, STAFF_ARGUMENTS); i++)
    request->argv[i] = argv[i];
  if (permit != NULL && permit->files)
    open_files(request, files);
  gboolean told = staff_call(conf->staff_socket, request, files, &code, &error);
  for (int i = 0; i < request->file_count; i++)
    (void)close(files[i]);
  return told ? code : command_failed((CommandContext *)context, error);
}

static int run(const Command *command, CommandContext *context, const char *file, int argc, char **argv) {
  GError *error = NULL;
  g_autoptr(Conf) conf = NULL;
  g_autoptr(Calendar) calendar = NULL;
  g_autoptr(Store) store = NULL;
  gboolean wants_conf = command->needs >= NEEDS_CONF || (command->needs == MAY_USE_CONF && access(file, R_OK) == 0);
  if (wants_conf && (conf = conf_load(file, &error)) == NULL)
    return command_failed(context, error);
  if (command->needs >= NEEDS_CONF && !context->remote && !is_owner(conf))
    return ask_daemon(context, conf, argc, argv);
  if (command->needs >= NEEDS_STORE &&
      ((calendar = conf_calendar(conf, &error)) == NULL || (store = store_open(conf->state, &error)) == NULL))
    return command_failed(context, error);
  if (store != NULL)
    store_set_passes(store, conf->rules->passes);
  context->conf = conf;
  context->calendar = calendar;
  context->store = store;
  int code = command->run(context, argc - 1, argv + 1);
  g_assert(store == NULL || !store_in_transaction(store));
  return code;
}

/* In the daemon, for a caller of its staff socket. */
static int run_for_caller(CommandContext *context, const char *file, int argc, char **argv) {
  const Command *command = find_command(argv[0]);
  return command != NULL ? run(command, context, file, argc, argv) : ERROR_USAGE;
}

int main(int argc, char **argv) {
  start_program();
  start_secret(); /* statements, whose remarks hold codes, are read here too */
  text_init(NULL);
  Options options = {.conf = "/etc/yifen/yifen.conf"};
  argc = take_options(argc, argv, &options);
  if (options.answer) {
    start_secret();
    return staff_answer(options.conf, run_for_caller);
  }
  if (argc < 2 || options.help)
    return print_usage(options.help ? stdout : stderr, options.help ? 0 : ERROR_USAGE);
  const Command *command = find_command(argv[1]);
  if (command == NULL) {
    fprintf(stderr, _("没有“%s”这个命令。\n"), argv[1]);
    return print_usage(stderr, ERROR_USAGE);
  }
  g_autofree char *actor = staff_actor(getuid());
  CommandContext context = {.json = options.json,
                            .terminal = isatty(STDERR_FILENO) == 1,
                            .actor = actor,
                            .uid = getuid(),
                            .out = stdout,
                            .err = stderr};
  int code = run(command, &context, options.conf, argc - 1, argv + 1);
  if (fflush(stdout) != 0 || ferror(stdout))
    return command_worse(code, ERROR_TEMPORARY);
  return code;
}
