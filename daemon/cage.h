/* Runs yifen-parse on one open file and hands its records to a sink: the only way bytes of banks and staff are read.
 * yifen-parse stands beside the running program. Its environment is empty; it gets the file as descriptor 0 and a pipe
 * as 1. */
#ifndef YIFEN_DAEMON_CAGE_H
#define YIFEN_DAEMON_CAGE_H

#include "parsers/record.h"

typedef enum { CAGE_STATEMENT, CAGE_STATUS, CAGE_ANSWER_PAY, CAGE_ANSWER_QUERY } CageKind;

typedef struct {
  const char *profiles; /* folder, or NULL */
  const char *profile;  /* only this one, or NULL: found by content */
  CageKind kind;        /* statement of any format, pain.002, or an answer of the profile's direct link */
  gboolean claims;      /* totals that do not hold come as claims of the statement; the caller proves them */
} CageRequest;

/* TRUE when the child said that the whole file was read. A file that is refused, or that kills the child
 * ("parser_died"), is ERROR_REFUSED with file facts from the child; a failure to start it is ERROR_TEMPORARY. Records
 * that were handed on before an error must be forgotten by the caller. */
gboolean cage_parse(int fd, const CageRequest *request, const RecordSink *sink, GError **error);

#endif
