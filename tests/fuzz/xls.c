/* XLS workbooks: an input is the stream of records, put into a compound file here, so that what is inside is reached.
 * Damaged compound files are the statement target's. */
#include "parsers/xls.h"

#include "parsers/parse.h"
#include "parsers/profile.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/records.h"

enum { SECTOR = 512, LEAST = 4096, END = 0xFFFFFFFE, FAT = 0xFFFFFFFD };

static GPtrArray *profiles;

void fuzz_prepare(void) {
  parse_prepare();
  profiles = profiles_load(NULL, NULL);
}

static void put(GByteArray *out, gsize at, guint64 value, int bytes) {
  for (int i = 0; i < bytes; i++)
    out->data[at + (gsize)i] = (guint8)(value >> 8 * i);
}

static void put_entry(GByteArray *out, gsize at, const char *name, int kind, guint32 start, gsize size) {
  gsize length = strlen(name);
  for (gsize i = 0; i < length; i++)
    out->data[at + 2 * i] = (guint8)name[i];
  put(out, at + 64, 2 * length + 2, 2);
  put(out, at + 66, (guint64)kind, 1);
  put(out, at + 116, start, 4);
  put(out, at + 120, size, 4);
}

/* Header, one sector of FAT, one of directory, the stream. */
static GByteArray *compound(const guint8 *stream, gsize size) {
  GByteArray *out = g_byte_array_new();
  gsize whole = MAX(size, LEAST), sectors = (whole + SECTOR - 1) / SECTOR;
  g_byte_array_set_size(out, (guint)((3 + sectors) * SECTOR));
  memset(out->data, 0, out->len);
  memcpy(out->data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  put(out, 24, 0x3E, 2);
  put(out, 26, 3, 2);
  put(out, 28, 0xFFFE, 2);
  put(out, 30, 9, 2);
  put(out, 32, 6, 2);
  put(out, 44, 1, 4);
  put(out, 48, 1, 4);
  put(out, 56, 4096, 4);
  put(out, 60, END, 4);
  put(out, 68, END, 4);
  for (gsize i = 1; i < 109; i++)
    put(out, 76 + 4 * i, G_MAXUINT32, 4);
  put(out, SECTOR, FAT, 4);
  put(out, SECTOR + 4, END, 4);
  for (gsize i = 0; i < sectors; i++)
    put(out, SECTOR + 8 + 4 * i, i + 1 < sectors ? i + 3 : END, 4);
  put_entry(out, 2 * SECTOR, "Root Entry", 5, END, 0);
  put_entry(out, 2 * SECTOR + 128, "Workbook", 2, 2, whole);
  memcpy(out->data + 3 * SECTOR, stream, size);
  return out;
}

static gboolean parse(const guint8 *bytes, gsize size, G_GNUC_UNUSED gsize piece, const RecordSink *sink,
                      GError **error) {
  FuzzFile file = {bytes, size};
  Source source = fuzz_file_source(&file);
  return xls_parse(&source, profiles, sink, error);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autoptr(GByteArray) file = compound(data, MIN(size, 126 * SECTOR));
  g_autoptr(GError) error = NULL;
  G_GNUC_UNUSED g_autoptr(GByteArray) frames = fuzz_whole(parse, file->data, file->len, &error);
  return 0;
}
