/* yifen statement: statement files by hand, what came so far, and where it does not join. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/intake/result.h"
#include "daemon/role.h"
#include "daemon/table.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/drop.h"
#include "spool/statements.h"

#define USAGE N_("statement import [--account 账户] 文件...\nstatement list [--json]\nstatement gaps [--json]")
#define WAIT_US (60 * G_USEC_PER_SEC) /* for a daemon that holds the role */
#define LOOK_US 100000

/* ---- import ---- */

typedef struct {
  const char *path; /* as given */
  gint64 id;        /* of its row; 0: never came so far */
  int code;
} Given;

static int open_given(const char *path, GError **error) {
  struct stat stat;
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
    return fd;
  g_autofree char *detail = g_strdup(fd < 0 ? g_strerror(errno) : NULL);
  if (fd >= 0)
    close(fd);
  error_set(error, ERROR_REFUSED, "drop_unreadable", "file", path, "detail", detail, NULL);
  return -1;
}

static gboolean claim(CommandContext *context, const char *account, Given *given, GError **error) {
  int fd = open_given(given->path, error);
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

/* ---- list ---- */

static json_t *statement_object(const StatementRow *row) {
  g_autofree char *from = day_format(row->head.from), *to = day_format(row->head.to);
  json_t *object =
      json_pack("{s:I, s:s, s:s, s:I, s:s}", "id", (json_int_t)row->id, "account", row->account, "source", row->source,
                "entries", (json_int_t)row->entries, "proof", statement_grade_word(row->grade));
  if (from != NULL)
    json_object_set_new(object, "from", json_string(from));
  if (to != NULL)
    json_object_set_new(object, "to", json_string(to));
  if (row->head.sequence != NULL)
    json_object_set_new(object, "sequence", json_string(row->head.sequence));
  return object;
}

static void print_file_json(CommandContext *context, const FileRow *file, const GPtrArray *statements) {
  g_autofree char *received = instant_format(file->received_at), *sentence = result_sentence(context->store, file);
  json_t *list = json_array();
  for (guint i = 0; i < statements->len; i++)
    if (((const StatementRow *)statements->pdata[i])->file_id == file->id)
      json_array_append_new(list, statement_object(statements->pdata[i]));
  json_t *object =
      json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:o}", "id", (json_int_t)file->id, "file", file->name,
                "origin", file->origin, "received_at", received, "state", life_file.states[file->state], "entries",
                (json_int_t)file->entries, "added", (json_int_t)file->added, "message", sentence, "statements", list);
  const char *texts[][2] = {{"account", file->account}, {"reason", file->reason}, {"result", file->result}};
  for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
    if (texts[i][1] != NULL)
      json_object_set_new(object, texts[i][0], json_string(texts[i][1]));
  char *text = json_dumps(object, JSON_COMPACT);
  fprintf(context->out, "%s\n", text);
  free(text);
  json_decref(object);
}

static void add_file_row(CommandContext *context, Table *table, const FileRow *file, const GPtrArray *statements) {
  g_autofree char *id = g_strdup_printf("%" G_GINT64_FORMAT, file->id);
  g_autofree char *received = instant_format(file->received_at), *sentence = result_sentence(context->store, file);
  g_autofree char *state = g_strconcat("file.", life_file.states[file->state], NULL);
  const char *proof = NULL;
  for (guint i = 0; i < statements->len; i++) {
    const StatementRow *row = statements->pdata[i];
    if (row->file_id == file->id)
      proof = row->grade == GRADE_NONE ? _("没有余额可核对") : text_word(statement_grade_word(row->grade));
  }
  received[strlen("2026-11-22T15:04:05")] = '\0';
  table_row(table, id, received, file->account, file->name, text_word(state), proof, sentence);
}

static int list(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) files = file_list(context->store, &error);
  g_autoptr(GPtrArray) statements = files != NULL ? statement_list(context->store, NULL, &error) : NULL;
  if (statements == NULL)
    return command_failed(context, error);
  g_autoptr(Table) table =
      table_new(_(">编号"), _("收到"), _("账户"), _("文件"), _("状态"), _("核对"), _("说明"), NULL);
  for (guint i = 0; i < files->len; i++) {
    const FileRow *file = files->pdata[i];
    if (g_strcmp0(file->kind, "status") == 0)
      continue;
    if (context->json)
      print_file_json(context, file, statements);
    else
      add_file_row(context, table, file, statements);
  }
  if (!context->json)
    table_print(table, context->out);
  return 0;
}

/* ---- gaps ---- */

static void print_gap(CommandContext *context, const StatementGap *gap) {
  g_autofree char *after = day_format(gap->after), *from = day_format(gap->from);
  if (context->json)
    fprintf(context->out,
            "{\"account\":\"%s\",\"kind\":\"%s\",\"after\":\"%s\",\"from\":\"%s\",\"expected\":\"%s\","
            "\"found\":\"%s\"}\n",
            gap->account, gap->kind, after, from, gap->expected, gap->found);
  else if (g_str_equal(gap->kind, "balance"))
    fprintf(context->out, _("账户 %s：%s 的期末余额是 %s，%s 的期初余额却是 %s，中间缺对账单。\n"), gap->account, after,
            gap->expected, from, gap->found);
  else
    fprintf(context->out, _("账户 %s：%s 的对账单是第 %s 号，下一份 %s 的是第 %s 号，中间缺号。\n"), gap->account,
            after, gap->expected, from, gap->found);
}

/* The last day that the account's statements reach; DAY_NONE: none came. */
static Day reached(const GPtrArray *statements, const char *account) {
  Day last = DAY_NONE;
  for (guint i = 0; i < statements->len; i++) {
    const StatementRow *row = statements->pdata[i];
    if (g_str_equal(row->account, account))
      last = MAX(last, row->head.to);
  }
  return last;
}

/* A statement of yesterday is expected by a certain hour of today. */
static gboolean print_late(CommandContext *context, const ConfAccount *account, Day last) {
  Instant now = clock_now();
  Day today = day_of_instant(now);
  if (account->expect_hour < 0 || now < instant_at(today, account->expect_hour, account->expect_minute, 0) ||
      last >= today - 1)
    return FALSE;
  g_autofree char *day = day_format(last);
  if (context->json)
    fprintf(context->out, "{\"account\":\"%s\",\"kind\":\"late\",\"after\":\"%s\"}\n", account->name,
            day != NULL ? day : "");
  else
    fprintf(context->out, _("账户 %s：应到的对账单还没有到，最近一份到 %s 为止。\n"), account->name,
            day != NULL ? day : _("（无）"));
  return TRUE;
}

static int gaps(CommandContext *context) {
  GError *error = NULL;
  g_autoptr(GPtrArray) found = statement_gaps(context->store, NULL, &error);
  g_autoptr(GPtrArray) statements = found != NULL ? statement_list(context->store, NULL, &error) : NULL;
  if (statements == NULL)
    return command_failed(context, error);
  gboolean any = found->len > 0;
  for (guint i = 0; i < found->len; i++)
    print_gap(context, found->pdata[i]);
  for (guint i = 0; i < context->conf->accounts->len; i++) {
    const ConfAccount *account = context->conf->accounts->pdata[i];
    any = print_late(context, account, reached(statements, account->name)) || any;
  }
  if (!any && !context->json)
    fputs(_("对账单首尾相接，没有缺口。\n"), context->out);
  return any ? ERROR_REFUSED : 0;
}

int command_statement(CommandContext *context, int argc, char **argv) {
  const char *account = NULL;
  if (argc == 1 && g_str_equal(argv[0], "list"))
    return list(context);
  if (argc == 1 && g_str_equal(argv[0], "gaps"))
    return gaps(context);
  if (argc < 2 || !g_str_equal(argv[0], "import"))
    return command_usage(context, _(USAGE));
  argv++;
  argc--;
  if (g_str_equal(argv[0], "--account")) {
    if (argc < 3 || conf_account(context->conf, argv[1]) == NULL)
      return command_usage(context, _(USAGE));
    account = argv[1];
    argv += 2;
    argc -= 2;
  }
  return import(context, account, argc, argv);
}
