#include "daemon/yifen/command.h"

#include <errno.h>
#include <fcntl.h>

#include "daemon/text.h"
#include "rules/error.h"

int command_worse(int a, int b) {
  return MAX(a, b); /* the kinds rise with how far the matter is from the asker's own hands */
}

int command_open(const CommandContext *context, const char *path) {
  if (!context->remote)
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  for (int i = 0; i < context->file_count; i++)
    if (g_str_equal(context->files[i].name, path))
      return fcntl(context->files[i].fd, F_DUPFD_CLOEXEC, 0);
  errno = ENOENT;
  return -1;
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
