#include "parsers/zip.h"

#include "tests/fuzz/file.h"

void fuzz_prepare(void) {
}

typedef struct {
  guint32 sum;
  gsize size;
} Sum;

static gboolean add(void *user, const char *bytes, gsize size, G_GNUC_UNUSED GError **error) {
  Sum *sum = user;
  for (gsize i = 0; i < size; i++)
    sum->sum = sum->sum * 31 + (guint8)bytes[i];
  sum->size += size;
  return TRUE;
}

/* Reading twice says the same. */
static void read_entry(Zip *zip, const char *name) {
  Sum one = {0, 0}, two = {0, 0};
  g_autoptr(GError) error = NULL, again = NULL;
  gboolean good = zip_read(zip, name, add, &one, &error);
  gboolean same = zip_read(zip, name, add, &two, &again);
  if (!good)
    fuzz_refused(error, ERROR_REFUSED);
  if (good && same)
    g_assert(one.sum == two.sum && one.size == two.size && one.size <= ZIP_INFLATED_MAX);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  FuzzFile file = {data, size};
  Source source = fuzz_file_source(&file);
  g_autoptr(GError) error = NULL;
  g_autoptr(Zip) zip = zip_open(&source, &error);
  g_assert((zip == NULL) == (error != NULL));
  if (zip == NULL) {
    fuzz_refused(error, ERROR_REFUSED);
    return 0;
  }
  for (guint i = 0; zip_name(zip, i) != NULL; i++) {
    const char *name = zip_name(zip, i);
    g_assert(g_utf8_validate(name, -1, NULL) && *name != '/' && zip_has(zip, name));
    g_assert(!g_str_has_prefix(name, "../") && strstr(name, "/../") == NULL);
    read_entry(zip, name);
  }
  return 0;
}
