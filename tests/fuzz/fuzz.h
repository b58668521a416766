/* What the fuzz targets share: each gives bytes to one parser and asserts what must hold of whatever it says, not only
 * that it survives. A target's last byte is not data: it says in which pieces the data are fed, so that our golden
 * files are inputs as they are. */
#ifndef YIFEN_TESTS_FUZZ_H
#define YIFEN_TESTS_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "parsers/clean.h"
#include "parsers/frame.h"
#include "rules/error.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A target's own preparation, once. */
void fuzz_prepare(void);

int LLVMFuzzerInitialize(G_GNUC_UNUSED int *argc, G_GNUC_UNUSED char ***argv) {
  g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  fuzz_prepare();
  return 0;
}

/* Takes the last byte away: the size of pieces, 0 for all at once. */
static inline gsize fuzz_piece(const guint8 *data, gsize *size) {
  return *size == 0 ? 0 : data[--*size];
}

/* Says what is wrong and ends; by abort(), which libFuzzer catches to keep the input. */
static inline void G_GNUC_PRINTF(1, 2) fuzz_fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_printerr("%s\n", text);
  abort();
}

typedef gboolean FuzzFeed(void *parser, const char *bytes, gsize size, GError **error);

/* Feeds copies of their exact size, so that a read past the end is seen. */
static inline gboolean fuzz_feed(FuzzFeed *feed, void *parser, const guint8 *bytes, gsize size, gsize piece,
                                 GError **error) {
  gsize step = piece == 0 ? MAX(size, 1) : piece;
  for (gsize at = 0; at < size; at += step) {
    gsize left = MIN(step, size - at);
    g_autofree char *copy = g_memdup2(bytes + at, left);
    if (!feed(parser, copy, left, error))
      return FALSE;
  }
  return TRUE;
}

/* The bytes as a Source that gives at most `piece` at once (0: any number). */
typedef struct {
  const guint8 *bytes;
  gsize size, piece;
} FuzzSource;

static inline gssize fuzz_read(void *user, goffset offset, void *buffer, gsize size, G_GNUC_UNUSED GError **error) {
  const FuzzSource *source = user;
  gsize left = source->size - MIN((gsize)offset, source->size);
  gsize most = source->piece == 0 ? size : MIN(size, source->piece), given = MIN(left, most);
  if (given > 0)
    memcpy(buffer, source->bytes + offset, given);
  return (gssize)given;
}

/* A refusal that a person can be told: our domain, a kind that blames the file, a word with a sentence. */
static inline void fuzz_refused(const GError *error, ErrorKind kind) {
  static const char *const known[] = {
#define SENTENCE(word, sentence) word,
#include "daemon/sentences.h"
#undef SENTENCE
      NULL};
  g_assert(error != NULL && error->domain == YIFEN_ERROR && error_kind(error) == kind);
  g_assert(g_strv_contains(known, error_reason(error)));
}

/* A text as records may hold it: absent, or not empty, UTF-8 without control characters. */
static inline void fuzz_text(const char *text) {
  g_assert(text == NULL || (*text != '\0' && g_utf8_validate(text, -1, NULL)));
  g_assert(text == NULL || !clean_has_control(text, strlen(text)));
}

#endif
