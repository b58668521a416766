#include "daemon/cage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/helper.h"
#include "parsers/frame.h"
#include "rules/error.h"

enum { PIECE = 256 * 1024 };

static GPtrArray *arguments(const CageRequest *request) {
  static const char *const kinds[] = {[CAGE_STATEMENT] = "--statement",
                                      [CAGE_STATUS] = "--status",
                                      [CAGE_ANSWER_PAY] = "--answer=pay",
                                      [CAGE_ANSWER_QUERY] = "--answer=query"};
  GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
  g_ptr_array_add(argv, g_strdup("yifen-parse"));
  if (request->profiles != NULL) {
    g_ptr_array_add(argv, g_strdup("--profiles"));
    g_ptr_array_add(argv, g_strdup(request->profiles));
  }
  if (request->profile != NULL) {
    g_ptr_array_add(argv, g_strdup("--profile"));
    g_ptr_array_add(argv, g_strdup(request->profile));
  }
  if (request->claims)
    g_ptr_array_add(argv, g_strdup("--claims"));
  g_ptr_array_add(argv, g_strdup(kinds[request->kind]));
  g_ptr_array_add(argv, NULL);
  return argv;
}

static gboolean replay(Helper *child, FrameReader *reader, GError **error) {
  g_autofree char *piece = g_malloc(PIECE);
  while (!child->over) {
    gssize size = helper_read(child, piece, PIECE, error);
    if (size < 0 || !frame_reader_feed(reader, piece, (gsize)size, error))
      return FALSE;
  }
  return frame_reader_finish(reader, error);
}

/* A child that never saw the file: a bad profile is told as it is, anything else is tried again. */
static gboolean not_ready(GError **error) {
  if (g_str_has_prefix(error_reason(*error), "config_") || g_str_equal(error_reason(*error), "folder")) {
    (*error)->code = ERROR_PERMANENT;
    return FALSE;
  }
  g_clear_error(error);
  return error_set(error, ERROR_TEMPORARY, "parser_missing", "detail", "cage", NULL);
}

/* How the child ended outranks what it said. */
static gboolean judge(int status, gboolean ready, gboolean replayed, GError **error) {
  gboolean exited = WIFEXITED(status);
  if (exited && WEXITSTATUS(status) == (replayed ? 0 : ERROR_REFUSED))
    return replayed;
  if (!ready && *error != NULL)
    return not_ready(error);
  g_clear_error(error);
  g_autofree char *detail =
      exited ? g_strdup_printf("exit %d", WEXITSTATUS(status)) : g_strdup_printf("signal %d", WTERMSIG(status));
  return error_set(error, ERROR_REFUSED, "parser_died", "detail", detail, NULL);
}

gboolean cage_parse(int fd, const CageRequest *request, const RecordSink *sink, GError **error) {
  struct stat info;
  Helper child = {0};
  g_autoptr(GPtrArray) argv = arguments(request);
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    return error_set(error, ERROR_REFUSED, "not_a_file", NULL);
  if (!helper_start(&child, (char **)argv->pdata, fd, info.st_size, error))
    return FALSE;
  g_autoptr(FrameReader) reader = frame_reader_new(sink);
  GError *failure = NULL;
  gboolean replayed = replay(&child, reader, &failure);
  int status = helper_end(&child);
  if (child.over)
    replayed = judge(status, frame_reader_ready(reader), replayed, &failure);
  if (failure != NULL)
    g_propagate_error(error, failure);
  return replayed;
}
