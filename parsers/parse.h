/* One file, of any format, to records: what yifen-parse does between its two descriptors. */
#ifndef YIFEN_PARSERS_PARSE_H
#define YIFEN_PARSERS_PARSE_H

#include "parsers/record.h"
#include "parsers/source.h"

/* Everything that must be loaded before files are out of reach. */
void parse_prepare(void);

/* And what only a file of its kind needs. Reads its first bytes. */
void parse_prepare_for(const Source *source);

/* A statement of any format. profiles: Profile *; all take part, or only those given. Records handed out before an
 * error mean nothing. */
gboolean parse_statement(const Source *source, GPtrArray *profiles, const RecordSink *sink, GError **error);

/* A bank's status file, pain.002. */
gboolean parse_status(const Source *source, const RecordSink *sink, GError **error);

#endif
