#include "parsers/qpdf.h"

#include <dlfcn.h>

static gboolean find_all(void *library, Qpdf *found) {
#define X(name)                                                                                                        \
  found->name = (__typeof__(found->name))(guintptr)dlsym(library, #name);                                              \
  if (found->name == NULL)                                                                                             \
    return FALSE;
  QPDF_FUNCTIONS(X)
#undef X
  return TRUE;
}

const Qpdf *qpdf_library(void) {
  static const char *const names[] = {"libqpdf.so.29", "libqpdf.so.30"}; /* releases 11 and 12 */
  static Qpdf functions;
  static gboolean tried, loaded;
  for (gsize i = 0; !tried && !loaded && i < G_N_ELEMENTS(names); i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    loaded = library != NULL && find_all(library, &functions);
  }
  tried = TRUE;
  return loaded ? &functions : NULL;
}
