#include "daemon/yifen/command.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/text.h"
#include "rules/error.h"
#include "spool/durable.h"

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

gboolean command_read(const CommandContext *context, const char *path, gsize limit, char **text, gsize *size,
                      GError **error) {
  int fd = command_open(context, path);
  if (fd < 0)
    return error_set(error, ERROR_REFUSED, "file_unreadable", "file", path, "detail", g_strerror(errno), NULL);
  gboolean good = durable_read_open(fd, path, limit, text, size, error);
  (void)close(fd);
  return good;
}

int command_failed(CommandContext *context, GError *error) {
  g_autofree char *sentence = text_error(error);
  fprintf(context->err, "%s\n", sentence);
  int code = (int)error_kind(error);
  if (context->why != NULL) {
    g_clear_error(context->why);
    g_propagate_error(context->why, error);
  } else
    g_error_free(error);
  return code;
}

int command_usage(CommandContext *context, const char *usage) {
  fprintf(context->err, _("用法：yifen %s\n"), usage);
  return ERROR_USAGE;
}
