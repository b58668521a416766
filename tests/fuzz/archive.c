/* Archives, XLSX and OFD, whose parts an input names: "@@NAME" in a line of its own, the part behind it. Damaged zips
 * are the zip target's; here checksums are right, so that what is inside is reached. */
#include "parsers/parse.h"
#include "parsers/profile.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/records.h"

#include <zlib.h>

static GPtrArray *profiles;

void fuzz_prepare(void) {
  parse_prepare();
  profiles = profiles_load(NULL, NULL);
}

static void put(GByteArray *out, guint64 value, int bytes) {
  for (int i = 0; i < bytes; i++) {
    guint8 byte = (guint8)(value >> 8 * i);
    g_byte_array_append(out, &byte, 1);
  }
}

typedef struct {
  GByteArray *file, *directory;
  guint count;
} Archive;

/* What local and central header share, from the version needed to the extra field's length. */
static void put_shared(GByteArray *out, const char *name, const char *text, gsize size) {
  put(out, 20, 2);
  put(out, 0, 8); /* flags, stored, time */
  put(out, crc32(0, (const Bytef *)text, (uInt)size), 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, strlen(name), 2);
  put(out, 0, 2);
}

static void add_part(Archive *archive, const char *name, const char *text, gsize size) {
  guint offset = archive->file->len;
  put(archive->file, 0x04034B50, 4);
  put_shared(archive->file, name, text, size);
  g_byte_array_append(archive->file, (const guint8 *)name, (guint)strlen(name));
  g_byte_array_append(archive->file, (const guint8 *)text, (guint)size);
  put(archive->directory, 0x02014B50, 4);
  put(archive->directory, 20, 2);
  put_shared(archive->directory, name, text, size);
  put(archive->directory, 0, 8); /* no comment, first disk, attributes */
  put(archive->directory, 0, 2);
  put(archive->directory, offset, 4);
  g_byte_array_append(archive->directory, (const guint8 *)name, (guint)strlen(name));
  archive->count++;
}

static void end_archive(Archive *archive) {
  guint offset = archive->file->len;
  g_byte_array_append(archive->file, archive->directory->data, archive->directory->len);
  put(archive->file, 0x06054B50, 4);
  put(archive->file, 0, 4);
  put(archive->file, archive->count, 2);
  put(archive->file, archive->count, 2);
  put(archive->file, archive->directory->len, 4);
  put(archive->file, offset, 4);
  put(archive->file, 0, 2);
}

/* The text as an archive; the caller unrefs. */
static GByteArray *archive_of(const char *text) {
  g_autoptr(GByteArray) directory = g_byte_array_new();
  Archive archive = {g_byte_array_new(), directory, 0};
  for (const char *at = strstr(text, "@@"); at != NULL;) {
    const char *line = strchr(at, '\n'), *next;
    if (line == NULL)
      break;
    next = strstr(line, "\n@@");
    g_autofree char *name = g_strndup(at + 2, (gsize)(line - at) - 2);
    add_part(&archive, name, line + 1, next == NULL ? strlen(line + 1) : (gsize)MAX(next - line - 1, 0));
    at = next == NULL ? NULL : next + 1;
  }
  end_archive(&archive);
  return archive.file;
}

static gboolean parse(const guint8 *bytes, gsize size, G_GNUC_UNUSED gsize piece, const RecordSink *sink,
                      GError **error) {
  FuzzFile file = {bytes, size};
  Source source = fuzz_file_source(&file);
  return parse_statement(&source, profiles, sink, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *text = g_strndup((const char *)data, size);
  g_autoptr(GByteArray) archive = archive_of(text);
  g_autoptr(GError) error = NULL;
  G_GNUC_UNUSED g_autoptr(GByteArray) frames = fuzz_whole(parse, archive->data, archive->len, &error);
  return 0;
}
