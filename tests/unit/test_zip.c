/* Archives made here, whole and spoilt. */
#include "parsers/zip.h"

#include <string.h>
#include <zlib.h>

#include "parsers/encoding.h"
#include "rules/error.h"
#include "tests/unit/parsing.h"

typedef struct {
  const char *name, *text;
  gboolean packed;
  guint flags, method; /* method: 0 as `packed` says */
} Part;

static void put(GByteArray *out, guint64 value, int bytes) {
  for (int i = 0; i < bytes; i++) {
    guint8 byte = i < 8 ? (guint8)(value >> 8 * i) : 0;
    g_byte_array_append(out, &byte, 1);
  }
}

static void put_text(GByteArray *out, const char *text) {
  g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text));
}

static GByteArray *pack(const Part *part) {
  GByteArray *out = g_byte_array_new();
  z_stream stream = {.next_in = (Bytef *)(guintptr)part->text, .avail_in = (uInt)strlen(part->text)};
  if (!part->packed) {
    put_text(out, part->text);
    return out;
  }
  g_byte_array_set_size(out, 1024 + stream.avail_in);
  stream.next_out = out->data;
  stream.avail_out = out->len;
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  g_assert_cmpint(deflate(&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size(out, (guint)stream.total_out);
  deflateEnd(&stream);
  return out;
}

/* What local and central header share, from flags to the length of the name. */
static void put_shared(GByteArray *out, const Part *part, guint packed) {
  gsize size = strlen(part->text);
  put(out, part->flags, 2);
  put(out, part->method != 0 ? part->method : part->packed ? 8 : 0, 2);
  put(out, 0, 4);
  put(out, crc32(0, (const Bytef *)part->text, (uInt)size), 4);
  put(out, packed, 4);
  put(out, size, 4);
  put(out, strlen(part->name), 2);
}

static GByteArray *make(const Part *parts, int count) {
  GByteArray *out = g_byte_array_new();
  g_autoptr(GByteArray) directory = g_byte_array_new();
  for (int i = 0; i < count; i++) {
    g_autoptr(GByteArray) data = pack(&parts[i]);
    put(directory, 0x02014B50, 4);
    put(directory, 20 << 16 | 20, 4);
    put_shared(directory, &parts[i], data->len);
    put(directory, 0, 12);
    put(directory, out->len, 4);
    put_text(directory, parts[i].name);
    put(out, 0x04034B50, 4);
    put(out, 20, 2);
    put_shared(out, &parts[i], data->len);
    put(out, 0, 2);
    put_text(out, parts[i].name);
    g_byte_array_append(out, data->data, data->len);
  }
  guint offset = out->len;
  g_byte_array_append(out, directory->data, directory->len);
  put(out, 0x06054B50, 4);
  put(out, 0, 4);
  put(out, (guint)count, 2);
  put(out, (guint)count, 2);
  put(out, directory->len, 4);
  put(out, offset, 4);
  put(out, 0, 2);
  return out;
}

/* All of one file of the archive, or "refused ..."; the caller frees. */
static char *read_one(const void *bytes, gsize size, const char *name) {
  Memory memory = {bytes, size};
  Source source = {memory_read, &memory};
  g_autoptr(GError) error = NULL;
  g_autoptr(Zip) zip = zip_open(&source, &error);
  g_autoptr(GBytes) all = zip == NULL ? NULL : zip_read_all(zip, name, 4096, &error);
  g_assert_true((all == NULL) == (error != NULL));
  if (all == NULL)
    return g_strdup_printf("refused %s", error->message);
  return g_strndup(g_bytes_get_size(all) == 0 ? "" : g_bytes_get_data(all, NULL), g_bytes_get_size(all));
}

#define LONG "一分一分一分一分一分一分一分一分一分一分一分一分"

static void test_read(void) {
  static const struct {
    const char *name;
    Part parts[2];
    const char *ask, *want;
  } cases[] = {
      {"stored", {{"a", "x"}, {"b/c", LONG}}, "b/c", LONG},
      {"packed", {{"a", "x", TRUE}, {"b/c", LONG, TRUE}}, "b/c", LONG},
      {"empty", {{"a", "", TRUE}, {"b", ""}}, "a", ""},
      {"backslash", {{"a\\b", "x"}, {"c", ""}}, "a/b", "x"},
      {"name in GBK", {{"\xBB\xD8\xB5\xA5", "x"}, {"c", ""}}, "回单", "x"},
      {"folder", {{"a/", ""}, {"a/b", "x"}}, "a/b", "x"},
      {"absent", {{"a", "x"}, {"b", "y"}}, "c", "refused zip_missing value=c"},
      {"exact name", {{"a", "x"}, {"b", "y"}}, "A", "refused zip_missing value=A"},
      {"twice", {{"a", "x"}, {"a", "y"}}, "a", "refused zip_name value=a"},
      {"outside", {{"a", "x"}, {"../b", "y"}}, "a", "refused zip_name value=../b"},
      {"outside too", {{"a", "x"}, {"b/../../c", "y"}}, "a", "refused zip_name value=b/../../c"},
      {"from the root", {{"a", "x"}, {"/b", "y"}}, "a", "refused zip_name value=/b"},
      {"no name", {{"a", "x"}, {"", "y"}}, "a", "refused zip_name value="},
      {"encrypted", {{"a", "x"}, {"b", "y", FALSE, 1}}, "a", "refused zip_encrypted value=b"},
      {"other method", {{"a", "x"}, {"b", "y", FALSE, 0, 12}}, "a", "refused zip_method value=b"},
      {"not packed", {{"a", "x"}, {"b", "yyyy", FALSE, 0, 8}}, "b", "refused zip_damaged value=b"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GByteArray) bytes = make(cases[i].parts, 2);
    g_autofree char *got = read_one(bytes->data, bytes->len, cases[i].ask);
    if (!g_str_equal(got, cases[i].want))
      g_test_fail_printf("%s: %s", cases[i].name, got);
  }
}

static void test_bounds(void) {
  g_autofree char *large = g_strnfill(5000, 'x');
  const Part parts[] = {{"a", large, TRUE}};
  g_autoptr(GByteArray) bytes = make(parts, 1), many = g_byte_array_new();
  g_autofree char *got = read_one(bytes->data, bytes->len, "a");
  g_assert_cmpstr(got, ==, "refused zip_too_large value=a");
  g_byte_array_append(many, bytes->data, bytes->len);
  many->data[many->len - 11] = many->data[many->len - 13] = 0xFF; /* 65 thousand entries */
  g_autofree char *said = read_one(many->data, many->len, "a");
  g_assert_cmpstr(said, ==, "refused zip_too_large");
}

/* Whatever byte changes or wherever it ends: the same text, or refused. */
static void test_spoilt(void) {
  const Part parts[] = {{"a/one", LONG, TRUE}, {"two", LONG "!"}};
  const char *names[] = {"a/one", "two"}, *texts[] = {LONG, LONG "!"};
  g_autoptr(GByteArray) bytes = make(parts, 2);
  for (guint at = 0; at < bytes->len; at++)
    for (int bit = 0; bit < 8; bit++)
      for (int i = 0; i < 2; i++) {
        bytes->data[at] ^= (guint8)(1 << bit);
        g_autofree char *got = read_one(bytes->data, bytes->len, names[i]);
        bytes->data[at] ^= (guint8)(1 << bit);
        if (!g_str_has_prefix(got, "refused") && !g_str_equal(got, texts[i]))
          g_test_fail_printf("bit %d of byte %u: %s", bit, at, got);
      }
  for (guint size = 0; size < bytes->len; size++) {
    g_autofree void *cut = g_memdup2(bytes->data, size + 1);
    g_autofree char *got = read_one(cut, size, "two");
    g_assert_cmpstr(got, ==, "refused zip_damaged");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/zip/read", test_read);
  g_test_add_func("/zip/bounds", test_bounds);
  g_test_add_func("/zip/spoilt", test_spoilt);
  return g_test_run();
}
