/* For tests: zip files made in memory, so that they can lie. */
#ifndef YIFEN_TESTS_ZIPPING_H
#define YIFEN_TESTS_ZIPPING_H

#include <glib.h>
#include <string.h>
#include <zlib.h>

typedef struct {
  GByteArray *bytes, *directory;
  guint members;
} Zipping;

static inline Zipping zipping_new(void) {
  return (Zipping){g_byte_array_new(), g_byte_array_new(), 0};
}

static inline void zipping_number(GByteArray *to, guint32 value, guint size) {
  guint32 little = GUINT32_TO_LE(value);
  g_byte_array_append(to, (const guint8 *)&little, size);
}

/* What the local header and the directory share (APPNOTE 4.3.7, 4.3.12). */
static inline void zipping_common(GByteArray *to, guint flags, guint32 crc, gsize packed, gsize size, gsize name) {
  zipping_number(to, 20, 2);
  zipping_number(to, flags, 2);
  zipping_number(to, 8, 2);
  zipping_number(to, 0, 4);
  zipping_number(to, crc, 4);
  zipping_number(to, (guint32)packed, 4);
  zipping_number(to, (guint32)size, 4);
  zipping_number(to, (guint32)name, 2);
  zipping_number(to, 0, 2);
}

static inline void zipping_add_flagged(Zipping *zip, const char *name, const void *data, gsize size, guint flags) {
  guint8 *packed = g_malloc(compressBound(size) + 64);
  z_stream stream = {.next_in = (Bytef *)(guintptr)data, .avail_in = (uInt)size, .next_out = packed};
  stream.avail_out = (uInt)compressBound(size) + 64;
  g_assert(deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) == Z_OK);
  g_assert(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  guint32 crc = (guint32)crc32(0, data, (uInt)size), at = zip->bytes->len;
  zipping_number(zip->bytes, 0x04034b50, 4);
  zipping_common(zip->bytes, flags, crc, stream.total_out, size, strlen(name));
  g_byte_array_append(zip->bytes, (const guint8 *)name, (guint)strlen(name));
  g_byte_array_append(zip->bytes, packed, (guint)stream.total_out);
  zipping_number(zip->directory, 0x02014b50, 4);
  zipping_number(zip->directory, 20, 2);
  zipping_common(zip->directory, flags, crc, stream.total_out, size, strlen(name));
  zipping_number(zip->directory, 0, 2);
  zipping_number(zip->directory, 0, 4);
  zipping_number(zip->directory, 0, 4);
  zipping_number(zip->directory, at, 4);
  g_byte_array_append(zip->directory, (const guint8 *)name, (guint)strlen(name));
  zip->members++;
  deflateEnd(&stream);
  g_free(packed);
}

static inline void zipping_add(Zipping *zip, const char *name, const char *text) {
  zipping_add_flagged(zip, name, text, strlen(text), 0);
}

/* Ends the file; the caller unrefs. */
static inline GBytes *zipping_end(Zipping *zip) {
  guint32 at = zip->bytes->len, size = zip->directory->len;
  g_byte_array_append(zip->bytes, zip->directory->data, size);
  zipping_number(zip->bytes, 0x06054b50, 4);
  zipping_number(zip->bytes, 0, 4);
  zipping_number(zip->bytes, zip->members, 2);
  zipping_number(zip->bytes, zip->members, 2);
  zipping_number(zip->bytes, size, 4);
  zipping_number(zip->bytes, at, 4);
  zipping_number(zip->bytes, 0, 2);
  g_byte_array_unref(zip->directory);
  return g_byte_array_free_to_bytes(zip->bytes);
}

#endif
