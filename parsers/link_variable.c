#include "parsers/link_variable.h"

#include <string.h>

gsize link_variable_at(const char *at, char name[LINK_NAME_MAX]) {
  gsize length = *at == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
  if (length == 0 || length >= LINK_NAME_MAX || at[length + 1] != '}')
    return 0;
  memcpy(name, at + 1, length);
  name[length] = '\0';
  return length + 2;
}

char *link_unknown_variable(const char *template) {
  char name[LINK_NAME_MAX];
  for (gsize step; *template != '\0'; template += step) {
    step = link_variable_at(template, name);
    g_autofree char *variable = step == 0 ? NULL : g_strndup(template, step);
    if (variable != NULL && strstr(LINK_VARIABLES, variable) == NULL)
      return g_steal_pointer(&variable);
    step = MAX(step, 1);
  }
  return NULL;
}
