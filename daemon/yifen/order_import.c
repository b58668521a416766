/* yifen order import: a file of orders, one a line, each judged by itself. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/text.h"
#include "daemon/yifen/order.h"
#include "parsers/order_json.h"
#include "rules/error.h"

#define PROGRESS_LINES 100
#define BOM "\xEF\xBB\xBF"

typedef struct {
  CommandContext *context;
  const char *file;
  int line, code;
  int taken[3]; /* by OrderTaken */
  int refused;
  gboolean terminal;
} Import;

/* The reader counts lines within one object; people look for the line of the file. */
static void refuse(Import *import, GError *error) {
  GError *placed = NULL;
  g_autofree char *number = g_strdup_printf("%d", import->line);
  error_set(&placed, error_kind(error), error_reason(error), "file", import->file, "line", number, "column",
            error_fact(error, "column"), "field", error_fact(error, "field"), "value", error_fact(error, "value"),
            "expected", error_fact(error, "expected"), "detail", error_fact(error, "detail"), NULL);
  g_error_free(error);
  import->refused++;
  import->code = command_worse(import->code, command_failed(import->context, placed));
}

static void judge(Import *import, const char *text, gsize size) {
  GError *error = NULL;
  OrderTaken taken;
  OrderBy by = order_command_by(import->context);
  g_autoptr(Order) order = order_json_read(text, size, &error);
  if (order != NULL && order_take(import->context->store, order, &by, &taken, &error))
    import->taken[taken]++;
  else
    refuse(import, error);
}

static void show_progress(const Import *import) {
  if (import->terminal && import->line % PROGRESS_LINES == 0)
    (void)fprintf(import->context->err, _("\r已处理 %d 行"), import->line);
}

static void print_summary(const Import *import) {
  if (import->terminal && import->line >= PROGRESS_LINES)
    (void)fputs("\r\033[K", import->context->err);
  if (import->context->json)
    (void)fprintf(import->context->out, "{\"file_lines\":%d,\"new\":%d,\"revised\":%d,\"same\":%d,\"refused\":%d}\n",
                  import->line, import->taken[ORDER_NEW], import->taken[ORDER_REVISED], import->taken[ORDER_SAME],
                  import->refused);
  else
    (void)fprintf(import->context->out, _("新增 %d 单，更改 %d 单，没有变化 %d 单，拒绝 %d 单。\n"),
                  import->taken[ORDER_NEW], import->taken[ORDER_REVISED], import->taken[ORDER_SAME], import->refused);
}

static int unreadable(CommandContext *context, const char *file, int reason) {
  GError *error = NULL;
  error_set(&error, ERROR_REFUSED, "file_unreadable", "file", file, "detail", g_strerror(reason), NULL);
  return command_failed(context, error);
}

/* Lines are read one by one; one beyond the limit is refused by the reader and the next ones still count. */
static void read_lines(Import *import, FILE *in) {
  char *line = NULL;
  size_t room = 0;
  ssize_t size;
  while ((size = getline(&line, &room, in)) >= 0) {
    const char *text = import->line++ == 0 && g_str_has_prefix(line, BOM) ? line + strlen(BOM) : line;
    size -= text - line;
    while (size > 0 && strchr("\r\n \t", text[size - 1]) != NULL)
      size--;
    if (size > 0)
      judge(import, text, (gsize)size);
    show_progress(import);
  }
  free(line);
}

int order_command_import(CommandContext *context, int argc, char **argv) {
  (void)argc;
  Import import = {.context = context, .file = argv[0], .terminal = context->terminal};
  int fd = command_open(context, argv[0]);
  FILE *in = fd >= 0 ? fdopen(fd, "r") : NULL;
  if (in == NULL)
    return unreadable(context, argv[0], errno);
  read_lines(&import, in);
  int reason = ferror(in) ? errno : 0;
  (void)fclose(in);
  print_summary(&import);
  return reason != 0 ? command_worse(import.code, unreadable(context, argv[0], reason)) : import.code;
}
