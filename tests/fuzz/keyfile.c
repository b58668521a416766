/* A profile that staff wrote: key file and layouts. */
#include "parsers/keyfile.h"

#include "parsers/layout.h"
#include "tests/fuzz/fuzz.h"

void fuzz_prepare(void) {
}

static void layouts(const KeyFile *file) {
  for (guint i = 0; i < file->sections->len; i++) {
    const KeySection *section = file->sections->pdata[i];
    g_assert(section->kind != NULL && section->line > 0);
    if (section->name == NULL)
      continue;
    g_autoptr(GError) error = NULL;
    g_autoptr(Layout) layout = layout_parse(file, section, "x", &error);
    g_assert((layout == NULL) == (error != NULL));
    if (layout == NULL)
      fuzz_refused(error, ERROR_PERMANENT);
  }
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  g_autofree char *text = g_memdup2(data, MAX(size, 1));
  g_autoptr(GError) error = NULL;
  g_autoptr(KeyFile) file = keyfile_parse("x.conf", text, size, &error);
  g_assert((file == NULL) == (error != NULL));
  if (file == NULL)
    fuzz_refused(error, ERROR_PERMANENT);
  else
    layouts(file);
  return 0;
}
