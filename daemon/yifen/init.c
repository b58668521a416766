/* yifen init DIR: a complete private instance. May be run again: what is missing is made, what is there stays. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/role.h"
#include "daemon/text.h"
#include "daemon/yifen/command.h"
#include "rules/error.h"
#include "spool/durable.h"
#include "spool/keys.h"

__asm__(".section .rodata\ninit_template:\n.incbin \"daemon/yifen/template.conf\"\n.byte 0\n.previous\n");
extern const char init_template[];

static const struct {
  const char *name;
  mode_t mode;
} folders[] = {
    {"run", 0750},     {"run/bell", 0750}, {"keys", 0700},     {"inbox", 0770},   {"work", 0750},
    {"fetched", 0750}, {"archive", 0750},  {"rejected", 0750}, {"results", 0770}, {"profiles", 0750},
};

static gboolean ours(const char *name) {
  if (g_str_has_prefix(name, "yifen.conf") || g_str_has_prefix(name, ".yifen.conf") || /* not renamed yet */
      g_str_has_prefix(name, "store.db"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++)
    if (g_str_equal(folders[i].name, name))
      return TRUE;
  return FALSE;
}

/* Empty, ours, or begun by an init that was cut short. */
static gboolean check_place(const char *dir, GError **error) {
  g_autofree char *conf = g_build_filename(dir, "yifen.conf", NULL);
  if (g_file_test(conf, G_FILE_TEST_EXISTS))
    return TRUE;
  g_autoptr(GError) cause = NULL;
  g_autoptr(GDir) open = g_dir_open(dir, 0, &cause);
  if (open == NULL)
    return error_set(error, ERROR_REFUSED, "folder", "file", dir, "detail", cause->message, NULL);
  for (const char *name; (name = g_dir_read_name(open)) != NULL;)
    if (!ours(name))
      return error_set(error, ERROR_REFUSED, "not_empty", "file", dir, "value", name, NULL);
  return TRUE;
}

static gboolean make_folders(const char *dir, GError **error) {
  for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
    g_autofree char *path = g_build_filename(dir, folders[i].name, NULL);
    if (!durable_mkdir(dir, folders[i].name, folders[i].mode, error))
      return FALSE;
    if (chmod(path, folders[i].mode) != 0) /* whatever the umask is */
      return error_set(error, ERROR_PERMANENT, "folder", "file", path, "detail", g_strerror(errno), NULL);
  }
  return TRUE;
}

static gboolean make_conf(const char *dir, GError **error) {
  g_autoptr(GError) failure = NULL;
  if (durable_write(dir, "yifen.conf", init_template, strlen(init_template), 0640, TRUE, &failure) ||
      g_str_equal(error_reason(failure), "exists"))
    return TRUE;
  g_propagate_error(error, g_steal_pointer(&failure));
  return FALSE;
}

/* The configuration comes last of the files: with it the place is an instance. */
static gboolean make_instance(const char *dir, GError **error) {
  if (g_mkdir_with_parents(dir, 0750) != 0)
    return error_set(error, ERROR_REFUSED, "folder", "file", dir, "detail", g_strerror(errno), NULL);
  return check_place(dir, error) && make_folders(dir, error) && keys_create(dir, error) &&
         store_migrate(dir, clock_now(), error) && make_conf(dir, error);
}

int command_init(CommandContext *context, int argc, char **argv) {
  if (argc != 1)
    return command_usage(context, _("init 目录"));
  g_autofree char *dir = g_canonicalize_filename(argv[0], NULL);
  GError *error = NULL;
  if (!make_instance(dir, &error))
    return command_failed(context, error);
  fprintf(context->out,
          _("已建好 %s。接下来：在 %s/yifen.conf 里写上账户和通道，运行 yifen -c %s/yifen.conf config check，"
            "再启动 yifend -c %s/yifen.conf。\n"),
          dir, dir, dir, dir);
  return 0;
}
