#include "daemon/yifen/option.h"

#include <string.h>

const char *option_take(int *argc, char **argv, const char *name) {
  for (int i = 0; i + 1 < *argc; i++) {
    if (strcmp(argv[i], name) != 0)
      continue;
    const char *value = argv[i + 1];
    for (int j = i; j + 2 < *argc; j++)
      argv[j] = argv[j + 2];
    *argc -= 2;
    return value;
  }
  return NULL;
}
