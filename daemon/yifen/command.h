/* Commands of the staff's command line: each is one function over a context, so that the same function can run in the
 * daemon for a caller of its staff socket. Output goes to `out`, sentences about errors and progress to `err`. */
#ifndef YIFEN_DAEMON_YIFEN_COMMAND_H
#define YIFEN_DAEMON_YIFEN_COMMAND_H

#include <stdio.h>

#include "daemon/conf.h"
#include "rules/day.h"
#include "spool/store.h"

/* A file that the caller of the staff socket opened. */
typedef struct {
  const char *name; /* as its argument says */
  int fd;
} CommandFile;

typedef struct {
  const Conf *conf; /* NULL for commands that need no instance (parse, init) */
  Store *store;
  const Calendar *calendar;
  gboolean json;
  const char *actor; /* "staff:NAME" */
  gint64 uid;        /* of the caller */
  gboolean terminal; /* a person watches err: progress is welcome */
  gboolean remote;   /* the caller is at the other end of the staff socket */
  const CommandFile *files;
  int file_count;
  FILE *out, *err;
  GError **why; /* where command_failed() leaves the last error too; NULL: nowhere */
} CommandContext;

/* argv[0] is the word after the command ("import" of `yifen order import FILE`). Gives the exit code. */
typedef int CommandFunction(CommandContext *context, int argc, char **argv);

CommandFunction command_parse, command_order, command_statement, command_entries, command_match, command_transfers,
    command_transfer, command_pay, command_case, command_report, command_status, command_audit, command_config,
    command_init, command_backup, command_doctor, command_calendar, command_invoice;

/* The worse of two exit codes, for commands that judge several things one by one. */
int command_worse(int a, int b);

/* Opens a file that an argument names, for reading: only through this, since the daemon must not open what its caller
 * could not. -1 with errno. The caller closes it. */
int command_open(const CommandContext *context, const char *path);

/* Reads such a file whole, at most `limit` bytes; the caller frees. ERROR_REFUSED "file_unreadable" "too_large". */
gboolean command_read(const CommandContext *context, const char *path, gsize limit, char **text, gsize *size,
                      GError **error);

/* Prints the error's sentence to err; gives its exit code. Frees the error. */
int command_failed(CommandContext *context, GError *error);
/* Prints a usage line; gives 2. */
int command_usage(CommandContext *context, const char *usage);

#endif
