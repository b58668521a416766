#include "rules/instance.h"

#include <string.h>

#define VERSION "1"

void pass_clear(Pass *pass) {
  g_free(pass->instance);
  g_free(pass->machine);
  *pass = (Pass){0};
}

char *pass_write(const Pass *pass) {
  return g_strdup_printf(VERSION " %" G_GINT64_FORMAT " %s %s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                         pass->epoch, pass->instance, pass->machine, pass->inode, pass->born);
}

gboolean pass_read(const char *text, Pass *pass) {
  g_auto(GStrv) parts = g_strsplit(text, " ", 7);
  Pass read = {0};
  if (g_strv_length(parts) != 6 || strcmp(parts[0], VERSION) != 0 || !g_str_has_suffix(parts[5], "\n"))
    return FALSE;
  g_strchomp(parts[5]);
  if (!g_ascii_string_to_signed(parts[1], 10, 0, G_MAXINT64, &read.epoch, NULL) ||
      !g_ascii_string_to_unsigned(parts[4], 10, 0, G_MAXUINT64, &read.inode, NULL) ||
      !g_ascii_string_to_signed(parts[5], 10, 0, G_MAXINT64, &read.born, NULL))
    return FALSE;
  read.instance = g_strdup(parts[2]);
  read.machine = g_strdup(parts[3]);
  *pass = read;
  return TRUE;
}

const char *instance_word(InstanceVerdict verdict) {
  static const char *const words[INSTANCE_VERDICTS] = {"ours", "behind", "lost", "foreign", "elsewhere"};
  return words[verdict];
}

InstanceVerdict instance_judge(const Pass *found, const Pass *here) {
  if (found == NULL)
    return INSTANCE_LOST;
  if (strcmp(found->instance, here->instance) != 0)
    return INSTANCE_FOREIGN;
  if (strcmp(found->machine, here->machine) != 0 || found->inode != here->inode || found->born != here->born)
    return INSTANCE_ELSEWHERE;
  if (here->epoch < found->epoch)
    return INSTANCE_BEHIND;
  return here->epoch <= found->epoch + 1 ? INSTANCE_OURS : INSTANCE_LOST;
}
