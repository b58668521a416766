/* A file in memory. */
#ifndef YIFEN_TESTS_FUZZ_FILE_H
#define YIFEN_TESTS_FUZZ_FILE_H

#include "parsers/source.h"
#include "tests/fuzz/fuzz.h"

typedef struct {
  const guint8 *bytes;
  gsize size;
} FuzzFile;

static inline gssize fuzz_file_read(void *user, goffset offset, void *buffer, gsize size,
                                    G_GNUC_UNUSED GError **error) {
  const FuzzFile *file = user;
  g_assert(offset >= 0);
  gsize at = MIN((gsize)offset, file->size), got = MIN(size, file->size - at);
  memcpy(buffer, file->bytes + at, got);
  return (gssize)got;
}

static inline Source fuzz_file_source(FuzzFile *file) {
  return (Source){fuzz_file_read, file};
}

#endif
