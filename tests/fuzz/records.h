/* For targets whose parser yields records: these go through the frames of the pipe, there and back. */
#ifndef YIFEN_TESTS_FUZZ_RECORDS_H
#define YIFEN_TESTS_FUZZ_RECORDS_H

#include "tests/fuzz/fuzz.h"

/* Parses the bytes, fed in pieces of that size (0: at once). */
typedef gboolean FuzzParse(const guint8 *bytes, gsize size, gsize piece, const RecordSink *sink, GError **error);

static inline gboolean fuzz_append(void *bytes, const void *more, gsize size, G_GNUC_UNUSED GError **error) {
  g_byte_array_append(bytes, more, (guint)size);
  return TRUE;
}

/* What yifen-parse would send; *error is the refusal. */
static inline GByteArray *fuzz_frames(FuzzParse *parse, const guint8 *data, gsize size, gsize piece, GError **error) {
  GByteArray *frames = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(fuzz_append, frames);
  RecordSink sink = frame_writer_sink(writer);
  frame_writer_ready(writer, NULL);
  gboolean parsed = parse(data, size, piece, &sink, error);
  g_assert(parsed == (*error == NULL));
  if (parsed)
    frame_writer_end(writer, NULL);
  else
    fuzz_refused(*error, ERROR_REFUSED);
  return frames;
}

/* A reader's sink that checks what frames let pass, and writes frames anew. */
typedef struct {
  RecordSink sink;
  gint64 entries;
  gboolean open;
} FuzzRecords;

static inline gboolean fuzz_statement(void *user, const Statement *statement, GError **error) {
  FuzzRecords *records = user;
  g_assert(!records->open && statement->page >= 1);
  records->open = TRUE;
  return records->sink.statement(records->sink.user, statement, error);
}

static inline gboolean fuzz_entry(void *user, const Entry *entry, GError **error) {
  FuzzRecords *records = user;
  g_assert(records->open && entry->amount.minor >= 0 && money_exponent(entry->amount.currency) >= 0);
  records->entries++;
  return records->sink.entry(records->sink.user, entry, error);
}

static inline gboolean fuzz_statement_end(void *user, const Statement *statement, GError **error) {
  FuzzRecords *records = user;
  g_assert(records->open);
  records->open = FALSE;
  return records->sink.statement_end(records->sink.user, statement, error);
}

static inline gboolean fuzz_status(void *user, const BankStatus *status, GError **error) {
  FuzzRecords *records = user;
  g_assert(!records->open);
  return records->sink.status(records->sink.user, status, error);
}

static inline gboolean fuzz_left_out(void *user, const char *sheet, GError **error) {
  FuzzRecords *records = user;
  return records->sink.left_out(records->sink.user, sheet, error);
}

/* Reads frames in pieces and gives the same records as frames again, or the refusal. */
static inline GByteArray *fuzz_replay(const guint8 *bytes, gsize size, gsize piece, GError **error) {
  GByteArray *again = g_byte_array_new();
  g_autoptr(FrameWriter) writer = frame_writer_new(fuzz_append, again);
  FuzzRecords records = {.sink = frame_writer_sink(writer)};
  RecordSink sink = {fuzz_statement, fuzz_entry, fuzz_statement_end, fuzz_status, &records, .left_out = fuzz_left_out};
  g_autoptr(FrameReader) reader = frame_reader_new(&sink);
  frame_writer_ready(writer, NULL);
  gboolean read = TRUE;
  gsize step = piece == 0 ? MAX(size, 1) : piece;
  for (gsize at = 0; read && at < size; at += step)
    read = frame_reader_feed(reader, bytes + at, MIN(step, size - at), error);
  if (read && frame_reader_finish(reader, error)) {
    g_assert(!records.open);
    frame_writer_end(writer, NULL);
  }
  return again;
}

static inline void fuzz_same(const GByteArray *a, const GByteArray *b) {
  guint same = 0;
  while (same < a->len && same < b->len && a->data[same] == b->data[same])
    same++;
  if (a->len != b->len || same < a->len)
    fuzz_fail("frames of %u and %u bytes differ after %u: %.40s | %.40s", a->len, b->len, same, a->data + same,
              b->data + same);
}

/* What a parser says passes the pipe unchanged. Gives it as frames, NULL for a refusal. */
static inline GByteArray *fuzz_whole(FuzzParse *parse, const guint8 *data, gsize size, GError **error) {
  g_autoptr(GError) error_pipe = NULL;
  g_autoptr(GByteArray) frames = fuzz_frames(parse, data, size, 0, error);
  if (*error != NULL)
    return NULL;
  g_autoptr(GByteArray) again = fuzz_replay(frames->data, frames->len, 4096, &error_pipe);
  if (error_pipe != NULL)
    fuzz_fail("the pipe's reader refuses what the parser says: %s", error_pipe->message);
  fuzz_same(frames, again);
  return g_steal_pointer(&frames);
}

/* And in whatever pieces the file comes, the same is said of it. */
static inline void fuzz_records(FuzzParse *parse, const guint8 *data, gsize size) {
  gsize piece = fuzz_piece(data, &size);
  g_autoptr(GError) error = NULL, error_pieces = NULL;
  g_autoptr(GByteArray) whole = fuzz_whole(parse, data, size, &error);
  if (piece == 0)
    return;
  g_autoptr(GByteArray) pieces = fuzz_frames(parse, data, size, piece, &error_pieces);
  if ((error == NULL) != (error_pieces == NULL))
    fuzz_fail("at once: %s; in pieces of %" G_GSIZE_FORMAT ": %s", error == NULL ? "read" : error->message, piece,
              error_pieces == NULL ? "read" : error_pieces->message);
  if (whole != NULL)
    fuzz_same(whole, pieces);
}

#endif
