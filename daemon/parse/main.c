/* yifen-parse: reads one file from descriptor 0, writes its records as frames to descriptor 1, and can do nothing else.
 *
 *     yifen-parse [--profiles DIR] [--profile NAME] [--claims] --statement | --status | --answer=pay|query
 *
 * --answer: of the direct link of the profile, which must be named. --claims: totals that do not hold are no refusal
 * but claims of the statement. Exit code 0 after an END frame, 1 after a REFUSED frame, 100 when it could not build its
 * cage; its caller judges by the frames. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/parse/sandbox.h"
#include "parsers/frame.h"
#include "parsers/layout.h"
#include "parsers/link_answer.h"
#include "parsers/parse.h"
#include "parsers/profile.h"
#include "rules/error.h"

typedef struct {
  char *profiles, *profile, *answer;
  gboolean statement, status, claims;
} Options;

static gssize read_file(G_GNUC_UNUSED void *user, goffset offset, void *buffer, gsize size, GError **error) {
  gssize got;
  do
    got = pread(STDIN_FILENO, buffer, size, offset);
  while (got < 0 && errno == EINTR);
  if (got < 0)
    error_set(error, ERROR_REFUSED, "unreadable", NULL);
  return got;
}

static gboolean write_pipe(G_GNUC_UNUSED void *user, const void *bytes, gsize size, GError **error) {
  const char *at = bytes;
  while (size > 0) {
    gssize sent = write(STDOUT_FILENO, at, size);
    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0)
      return error_set(error, ERROR_TEMPORARY, "pipe", NULL);
    at += sent;
    size -= (gsize)sent;
  }
  return TRUE;
}

static gboolean read_options(int argc, char **argv, Options *options) {
  GOptionEntry entries[] = {
      {"profiles", 0, 0, G_OPTION_ARG_STRING, &options->profiles, NULL, NULL},
      {"profile", 0, 0, G_OPTION_ARG_STRING, &options->profile, NULL, NULL},
      {"claims", 0, 0, G_OPTION_ARG_NONE, &options->claims, NULL, NULL},
      {"statement", 0, 0, G_OPTION_ARG_NONE, &options->statement, NULL, NULL},
      {"status", 0, 0, G_OPTION_ARG_NONE, &options->status, NULL, NULL},
      {"answer", 0, 0, G_OPTION_ARG_STRING, &options->answer, NULL, NULL},
      {NULL, 0, 0, 0, NULL, NULL, NULL},
  };
  g_autoptr(GOptionContext) context = g_option_context_new(NULL);
  g_option_context_set_help_enabled(context, FALSE);
  g_option_context_add_main_entries(context, entries, NULL);
  return g_option_context_parse(context, &argc, &argv, NULL) && argc == 1 &&
         options->statement + options->status + (options->answer != NULL) == 1;
}

/* Totals that do not hold are for the caller to judge. */
static void tell_totals(const Profile *profile) {
  for (guint i = 0; i < profile->layouts->len; i++)
    ((Layout *)profile->layouts->pdata[i])->totals_told = TRUE;
}

/* The profiles that take part; the caller unrefs. */
static GPtrArray *load_profiles(const Options *options, GError **error) {
  if (options->status)
    return g_ptr_array_new();
  GPtrArray *profiles = profiles_choose(options->profiles, options->profile, error);
  for (guint i = 0; profiles != NULL && options->claims && i < profiles->len; i++)
    tell_totals(profiles->pdata[i]);
  return profiles;
}

static gboolean parse_answer(const Source *source, const Options *options, GPtrArray *profiles, const RecordSink *sink,
                             GError **error) {
  const Link *link = profiles->len == 1 ? ((const Profile *)profiles->pdata[0])->link : NULL;
  if (link == NULL)
    return error_set(error, ERROR_PERMANENT, "config_bank_pays", "value", options->profile, NULL);
  const LinkCall *call = g_str_equal(options->answer, "query") ? &link->query : &link->pay;
  return link_answer_parse(link, call, source, sink, error);
}

static gboolean parse(const Source *source, const Options *options, GPtrArray *profiles, const RecordSink *sink,
                      GError **error) {
  if (options->answer != NULL)
    return parse_answer(source, options, profiles, sink, error);
  return options->status ? parse_status(source, sink, error) : parse_statement(source, profiles, sink, error);
}

static int finish(FrameWriter *writer, gboolean parsed, GError *error) {
  g_autoptr(GError) failure = error;
  if (parsed)
    return frame_writer_end(writer, NULL) ? 0 : ERROR_TEMPORARY;
  if (!frame_writer_refuse(writer, failure, NULL))
    return ERROR_TEMPORARY;
  return error_kind(failure) == ERROR_REFUSED ? ERROR_REFUSED : ERROR_PERMANENT; /* no fault of the file */
}

int main(int argc, char **argv) {
  Options options = {0};
  struct stat info;
  if (!read_options(argc, argv, &options))
    return ERROR_USAGE;
  if (fstat(STDIN_FILENO, &info) != 0 || !S_ISREG(info.st_mode))
    return ERROR_USAGE;
  g_autoptr(FrameWriter) writer = frame_writer_new(write_pipe, NULL);
  GError *error = NULL;
  g_autoptr(GPtrArray) profiles = load_profiles(&options, &error);
  if (profiles == NULL)
    return finish(writer, FALSE, error);
  Source source = {read_file, NULL};
  parse_prepare();
  parse_prepare_for(&source);
  if (!sandbox_close(info.st_size) || !frame_writer_ready(writer, NULL))
    return ERROR_PERMANENT;
  RecordSink sink = frame_writer_sink(writer);
  gboolean parsed = parse(&source, &options, profiles, &sink, &error);
  return finish(writer, parsed, error);
}
