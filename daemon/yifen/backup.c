/* yifen backup: the whole store in one file, while everybody goes on working. */
#include <unistd.h>

#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "spool/audit.h"
#include "spool/backup.h"

static void show_progress(gpointer user, int done, int total) {
  const CommandContext *context = user;
  (void)fprintf(context->err, _("\r已复制 %d%%"), (int)(100 * (gint64)done / MAX(total, 1)));
}

/* Who took a copy of everybody's data is remembered; the copy holds that row too. */
static gboolean remember(CommandContext *context, GError **error) {
  Store *store = context->store;
  if (!store_begin(store, error))
    return FALSE;
  if (audit_append(store, clock_now(), context->actor, "store.backup", "store", "{}", error) &&
      store_commit(store, error))
    return TRUE;
  store_rollback(store);
  return FALSE;
}

int command_backup(CommandContext *context, int argc, char **argv) {
  if (argc != 1)
    return command_usage(context, _("backup 文件"));
  gboolean terminal = context->terminal;
  goffset bytes;
  gint64 rows;
  g_autofree char *head = NULL;
  GError *error = NULL;
  gboolean done = audit_verify(context->store, &rows, &head, &error) && remember(context, &error) &&
                  store_backup(context->store, argv[0], terminal ? show_progress : NULL, context, &bytes, &error);
  if (terminal)
    (void)fputs("\r\033[K", context->err);
  if (!done)
    return command_failed(context, error);
  if (context->json)
    (void)fprintf(context->out, "{\"bytes\":%lld,\"audit_rows\":%lld}\n", (long long)bytes, (long long)rows + 1);
  else
    (void)fprintf(context->out,
                  _("已备份到 %s：%lld 字节，审计记录 %lld 行，校验无误。\n"
                    "备份里只有数据库；密钥（keys/）、配置和归档文件（archive/）要另行备份，密钥与备份分开保管。\n"),
                  argv[0], (long long)bytes, (long long)rows + 1);
  return 0;
}
