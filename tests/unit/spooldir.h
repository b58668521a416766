/* A private state folder with an empty store, for tests. */
#ifndef YIFEN_TESTS_SPOOLDIR_H
#define YIFEN_TESTS_SPOOLDIR_H

#include <glib.h>
#include <glib/gstdio.h>

#include "spool/store.h"

#define SPOOLDIR_NOW G_GINT64_CONSTANT(1795330800000000)

static inline char *spooldir_new(void) {
  char *dir = g_dir_make_tmp("yifen-test-XXXXXX", NULL);
  g_autofree char *run = g_build_filename(dir, "run", NULL);
  g_autofree char *keys = g_build_filename(dir, "keys", NULL);
  g_assert(g_mkdir(run, 0700) == 0 && g_mkdir(keys, 0700) == 0);
  GError *error = NULL;
  if (!store_migrate(dir, SPOOLDIR_NOW, &error))
    g_error("%s", error->message);
  return dir;
}

static inline Store *spooldir_open(const char *dir) {
  GError *error = NULL;
  Store *store = store_open(dir, &error);
  if (store == NULL)
    g_error("%s", error->message);
  return store;
}

static inline void spooldir_remove(char *dir) {
  g_autofree char *argument = g_shell_quote(dir);
  g_autofree char *command = g_strconcat("rm -rf ", argument, NULL);
  g_assert(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
  g_free(dir);
}

#endif
