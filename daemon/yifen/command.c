#include "daemon/yifen/command.h"

#include "daemon/text.h"
#include "rules/error.h"

int command_worse(int a, int b) {
  return MAX(a, b); /* the kinds rise with how far the matter is from the asker's own hands */
}

int command_failed(CommandContext *context, GError *error) {
  g_autofree char *sentence = text_error(error);
  fprintf(context->err, "%s\n", sentence);
  int code = (int)error_kind(error);
  g_error_free(error);
  return code;
}

int command_usage(CommandContext *context, const char *usage) {
  fprintf(context->err, _("用法：yifen %s\n"), usage);
  return ERROR_USAGE;
}
