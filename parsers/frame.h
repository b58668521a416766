/* Frames: records as bytes on the pipe between yifen-parse and whoever asked for the parse.
 *
 * A frame is: length of the payload (4 bytes, little endian), kind (1 byte), payload. An integer has its sign moved to
 * bit 0 and is cut into groups of seven bits, lowest first, each but the last with bit 7 set; always in the fewest
 * bytes. A text is its length plus one (an integer; 0 for none), its UTF-8 bytes, a NUL; an amount of money an integer
 * and four bytes of currency; one that may be missing is an integer, 1 or 0, and then the amount or nothing. READY
 * comes first, when the cage is closed and before the file is looked at; a child that does not get so far says only
 * REFUSED. The stream ends with one END (counts of statements, entries, statuses) or one REFUSED (reason and facts);
 * nothing may follow.
 *
 * An entry's account is sent only where it is not its statement's; none stands for that.
 *
 * An origin (rules/origin.h) is sent once, as ORIGIN, before the first entry that has it; ORIGINs count as 1, 2, ...
 * and entries end with the number of theirs, 0 for none. Beyond FRAME_ORIGINS distinct ones entries go without.
 *
 * COLUMN_FIT frames, at most FRAME_COLUMN_FITS, tell beforehand why a file will be refused. LEFT_OUT frames, at most
 * FRAME_LEFT_OUTS, name a workbook's sheets that are no statement.
 *
 * The writer is a RecordSink. The reader trusts nothing, since its child may be hostile: it checks lengths, ranges,
 * UTF-8, control characters, order of the records and the counts at the end; a broken stream is ERROR_REFUSED
 * "parser_died".
 */
#ifndef YIFEN_PARSERS_FRAME_H
#define YIFEN_PARSERS_FRAME_H

#include "parsers/record.h"

enum {
  FRAME_MAX = 256 * 1024,
  FRAME_TEXT_MAX = 64 * 1024,
  FRAME_FACT_MAX = 4096,
  FRAME_ORIGINS = 1024,
  FRAME_COLUMN_FITS = 100000,
  FRAME_LEFT_OUTS = 10000
};

typedef gboolean FrameWrite(void *user, const void *bytes, gsize size, GError **error);
typedef struct FrameWriter FrameWriter;

FrameWriter *frame_writer_new(FrameWrite *write, void *user);
void frame_writer_free(FrameWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameWriter, frame_writer_free)
RecordSink frame_writer_sink(FrameWriter *writer);
gboolean frame_writer_ready(FrameWriter *writer, GError **error);
gboolean frame_writer_end(FrameWriter *writer, GError **error); /* also flushes */
gboolean frame_writer_refuse(FrameWriter *writer, const GError *reason,
                             GError **error); /* forgets what is not yet written */

typedef struct FrameReader FrameReader;

FrameReader *frame_reader_new(const RecordSink *sink);
void frame_reader_free(FrameReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FrameReader, frame_reader_free)
/* Hands complete records to the sink; their texts live for the call, origins as long as the reader. */
gboolean frame_reader_feed(FrameReader *reader, const void *bytes, gsize size, GError **error);
gboolean frame_reader_ready(const FrameReader *reader); /* has READY come? */
/* At the end of the stream: TRUE after END; after REFUSED the child's error, ERROR_REFUSED with its reason and facts.
 */
gboolean frame_reader_finish(FrameReader *reader, GError **error);

#endif
