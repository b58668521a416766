/* yifen: the command line of staff and operators. Finds the command, opens what it needs, runs it. */
#include <string.h>
#include <unistd.h>

#include "daemon/start.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"

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
        "case settle 案号 业务单=金额... | close 案号 --reason 理由\n"
        "case refund 案号 [流水=金额...] --reason 理由 | approve 案号 | refuse 案号 --reason 理由\n"
        "case assign 案号 审核员 | note 案号 备注")},
    {"config", command_config, NEEDS_CONF, "config check"},
    {"doctor", command_doctor, NEEDS_STORE, "doctor [--json]"},
    {"entries", command_entries, NEEDS_STORE, N_("entries [--since 年-月-日] [--disposition 去向] [--json]")},
    {"init", command_init, NEEDS_NOTHING, N_("init 目录")},
    {"match", command_match, NEEDS_STORE, N_("match explain 流水编号 | rules [--json]")},
    {"order", command_order, NEEDS_STORE,
     N_("order import 文件.jsonl | list [--status 状态] | show 业务单号 | withdraw 业务单号\n"
        "order code 业务单号 随机码 | resend 业务单号 --reason 理由\n"
        "order account 业务单号 --name 户名 --number 账号 --bank 开户行 [--cnaps 联行号]\n"
        "order receipt 业务单号 --number 凭据号 --amount 金额 --paid-on 年-月-日 --payer-name 户名 --payer-account "
        "账号")},
    {"parse", command_parse, MAY_USE_CONF, N_("parse [--json|--csv] [--profile 名称] 文件…")},
    {"pay", command_pay, NEEDS_STORE,
     N_("pay hold [账户] --reason 理由 | release [账户] | release --restored --reason 理由")},
    {"report", command_report, NEEDS_STORE, N_("report [--date 年-月-日] [--format txt|html|json] [--mail]")},
    {"statement", command_statement, NEEDS_STORE,
     N_("statement import [--account 账户] 文件…\nstatement list [--json]\nstatement gaps [--json]")},
    {"status", command_status, NEEDS_STORE, "status [--json]"},
    {"transfer", command_transfer, NEEDS_STORE,
     N_("transfer show 参考号\ntransfer resolve 参考号 --as booked|rejected|returned --evidence 凭据说明")},
    {"transfers", command_transfers, NEEDS_STORE, "transfers [--unknown] [--json]"},
};

typedef struct {
  const char *conf;
  gboolean json, help;
} Options;

/* Takes -c FILE, --json and --help out of the arguments, wherever they stand before "--"; gives the new count, -1 when
 * -c has no file. */
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

static int run(const Command *command, CommandContext *context, const char *file, int argc, char **argv) {
  GError *error = NULL;
  g_autoptr(Conf) conf = NULL;
  g_autoptr(Calendar) calendar = NULL;
  g_autoptr(Store) store = NULL;
  gboolean wants_conf = command->needs >= NEEDS_CONF || (command->needs == MAY_USE_CONF && access(file, R_OK) == 0);
  if (wants_conf && (conf = conf_load(file, &error)) == NULL)
    return command_failed(context, error);
  if (command->needs >= NEEDS_STORE &&
      ((calendar = conf_calendar(conf, &error)) == NULL || (store = store_open(conf->state, &error)) == NULL))
    return command_failed(context, error);
  if (store != NULL)
    store_set_passes(store, conf->rules->passes);
  context->conf = conf;
  context->calendar = calendar;
  context->store = store;
  int code = command->run(context, argc, argv);
  g_assert(store == NULL || !store_in_transaction(store));
  return code;
}

int main(int argc, char **argv) {
  start_program();
  start_secret(); /* statements, whose remarks hold codes, are read here too */
  text_init(NULL);
  Options options = {.conf = "/etc/yifen/yifen.conf"};
  argc = take_options(argc, argv, &options);
  if (argc < 2 || options.help)
    return print_usage(options.help ? stdout : stderr, options.help ? 0 : ERROR_USAGE);
  const Command *command = find_command(argv[1]);
  if (command == NULL) {
    fprintf(stderr, _("没有“%s”这个命令。\n"), argv[1]);
    return print_usage(stderr, ERROR_USAGE);
  }
  g_autofree char *actor = g_strconcat("staff:", g_get_user_name(), NULL);
  CommandContext context = {.json = options.json, .actor = actor, .uid = getuid(), .out = stdout, .err = stderr};
  int code = run(command, &context, options.conf, argc - 2, argv + 2);
  if (fflush(stdout) != 0 || ferror(stdout))
    return command_worse(code, ERROR_TEMPORARY);
  return code;
}
