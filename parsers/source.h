/* The bytes that are parsed: a file, or anything that can be read at an offset. */
#ifndef YIFEN_PARSERS_SOURCE_H
#define YIFEN_PARSERS_SOURCE_H

#include <glib.h>

/* read gives how many bytes it read at an offset, 0 at the end, -1 with error. */
typedef struct {
  gssize (*read)(void *user, goffset offset, void *buffer, gsize size, GError **error);
  void *user;
} Source;

/* Where the bytes end, found by reading; -1 with error. ERROR_REFUSED "too_large" over SOURCE_MAX. */
goffset source_size(const Source *source, GError **error);

/* Exactly `size` bytes; FALSE, without error set, when the source ends before. */
gboolean source_read(const Source *source, goffset offset, void *buffer, gsize size, GError **error);

#define SOURCE_MAX ((goffset)1 << 32)

#endif
