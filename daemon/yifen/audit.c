/* yifen audit verify: walks the chain of the audit log. */
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "spool/audit.h"

int command_audit(CommandContext *context, int argc, char **argv) {
  if (argc != 1 || !g_str_equal(argv[0], "verify"))
    return command_usage(context, "audit verify [--json]");
  gint64 rows;
  g_autofree char *head = NULL;
  GError *error = NULL;
  if (!audit_verify(context->store, &rows, &head, &error))
    return command_failed(context, error);
  if (context->json)
    fprintf(context->out, "{\"rows\":%" G_GINT64_FORMAT ",\"head\":\"%s\"}\n", rows, head);
  else
    fprintf(context->out, _("审计记录完整：%lld 行，链头 %s\n"), (long long)rows, head);
  return 0;
}
