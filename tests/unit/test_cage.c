/* The real yifen-parse in its real cage. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/cage.h"
#include "tests/unit/parsing.h"

static char *cage_text(const char *path, const CageRequest *request) {
  g_autofree char *name = g_path_get_basename(path);
  Collector collector = collector_make(name);
  RecordSink sink = collector_sink(&collector);
  g_autoptr(GError) error = NULL;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  gboolean good = cage_parse(fd, request, &sink, &error);
  close(fd);
  char *said = good ? g_strdup(collector.text->str) : g_strdup_printf("refused %s", error->message);
  collector_free(&collector);
  return said;
}

/* Inside the cage the same is read as outside, in every encoding. */
static void test_golden(void) {
  static const char *const files[] = {"camt-08.xml", "camt-02-envelope.xml", "camt-gbk.xml", "icbc-history.csv",
                                      "abc-full.csv"};
  CageRequest request = {.kind = CAGE_STATEMENT};
  for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
    g_autofree char *path = g_build_filename("tests/golden", files[i], NULL), *want = NULL;
    g_autofree char *stem = g_strndup(path, (gsize)(strrchr(path, '.') - path)),
                    *lines = g_strconcat(stem, ".jsonl", NULL);
    g_assert_true(g_file_get_contents(lines, &want, NULL, NULL));
    g_autofree char *got = cage_text(path, &request);
    g_assert_cmpstr(got, ==, want);
  }
}

static void test_refused(void) {
  static const struct {
    const char *path;
    CageRequest request;
    const char *want;
  } cases[] = {
      {"Makefile", {.kind = CAGE_STATEMENT}, "refused sheet_unknown"},
      {"Makefile", {.kind = CAGE_STATUS}, "refused xml_root"},
      {"tests/golden/camt-08.xml", {.kind = CAGE_STATUS}, "refused xml_root"},
      {"tests/golden/abc-full.csv", {.kind = CAGE_STATEMENT, .profile = "icbc"}, "refused sheet_misfit"},
      {"tests/golden/abc-full.csv", {.kind = CAGE_STATEMENT, .profile = "none"}, "refused profile_unknown"},
      {"tests/golden/abc-full.csv", {.kind = CAGE_STATEMENT, .profiles = "/absent"}, "refused folder"},
      {"tests/golden", {.kind = CAGE_STATEMENT}, "refused not_a_file"},
      {"/dev/null", {.kind = CAGE_STATEMENT}, "refused not_a_file"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *got = cage_text(cases[i].path, &cases[i].request);
    if (!g_str_has_prefix(got, cases[i].want))
      g_test_fail_printf("%s: %s", cases[i].path, got);
  }
}

static gboolean refuse_entry(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const Entry *entry, GError **error) {
  return error_set(error, ERROR_TEMPORARY, "busy", NULL);
}

/* The reader's own failure is told as it is, and leaves no child behind. */
static void test_sink(void) {
  Collector collector = collector_make(NULL);
  RecordSink sink = collector_sink(&collector);
  sink.entry = refuse_entry;
  g_autoptr(GError) error = NULL;
  int fd = open("tests/golden/camt-08.xml", O_RDONLY | O_CLOEXEC);
  g_assert_false(cage_parse(fd, &(CageRequest){.kind = CAGE_STATEMENT}, &sink, &error));
  close(fd);
  g_assert_cmpstr(error_reason(error), ==, "busy");
  collector_free(&collector);
}

/* The yifen-parse that is our child; 0: none. */
static int find_child(void) {
  g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
  for (const char *name; (name = g_dir_read_name(proc)) != NULL;) {
    g_autofree char *path = g_strdup_printf("/proc/%s/stat", name), *stat = NULL;
    g_autofree char *want = g_strdup_printf("%s (yifen-parse) ", name);
    if (g_ascii_isdigit(*name) && g_file_get_contents(path, &stat, NULL, NULL) && g_str_has_prefix(stat, want) &&
        g_ascii_strtoll(stat + strlen(want) + 2, NULL, 10) == getpid())
      return atoi(name);
  }
  return 0;
}

static char *proc_text(int pid, const char *what) {
  g_autofree char *path = g_strdup_printf("/proc/%d/%s", pid, what);
  char *text = NULL;
  return g_file_get_contents(path, &text, NULL, NULL) ? text : NULL;
}

/* "0 file.csv, 1 pipe, 2 null" */
static char *descriptors(int pid) {
  GString *list = g_string_new(NULL);
  for (int fd = 0; fd < 1024; fd++) {
    g_autofree char *path = g_strdup_printf("/proc/%d/fd/%d", pid, fd), *target = g_file_read_link(path, NULL);
    g_autofree char *name = target == NULL ? NULL : g_path_get_basename(target);
    if (name != NULL)
      g_string_append_printf(list, "%s%d %s", list->len > 0 ? ", " : "", fd,
                             g_str_has_prefix(target, "pipe:") ? "pipe" : name);
  }
  return g_string_free(list, FALSE);
}

static void check_child(const char *file) {
  int pid = find_child();
  g_autofree char *status = proc_text(pid, "status"), *environment = proc_text(pid, "environ");
  g_autofree char *got = descriptors(pid), *want = g_strdup_printf("0 %s, 1 pipe, 2 null", file);
  g_autofree char *info = proc_text(pid, "fdinfo/0");
  g_assert_cmpint(pid, >, 0);
  g_assert_cmpstr(environment, ==, "");
#ifndef __SANITIZE_ADDRESS__
  g_assert_cmpstr(got, ==, want);
  g_assert_nonnull(strstr(status, "Seccomp:\t2\n"));
#endif
  g_assert_nonnull(strstr(status, "NoNewPrivs:\t1\n"));
  g_assert_nonnull(strstr(status, "Threads:\t1\n"));
  g_assert_true(info != NULL && (strstr(info, "flags:\t") + 7)[strcspn(strstr(info, "flags:\t") + 7, "\n") - 1] == '0');
}

typedef struct {
  const char *file;
  gboolean checked;
} Watched;

static gboolean watch_entry(void *user, G_GNUC_UNUSED const Entry *entry, GError **error) {
  Watched *watched = user;
  check_child(watched->file);
  watched->checked = TRUE;
  return error_set(error, ERROR_TEMPORARY, "seen", NULL);
}

static gboolean take_statement(G_GNUC_UNUSED void *user, G_GNUC_UNUSED const Statement *statement,
                               G_GNUC_UNUSED GError **error) {
  return TRUE;
}

/* A file whose records do not fit into the pipe: its parser waits in its cage and can be looked at. What there is to
 * see of it belongs to root. */
static void test_walls(void) {
  if (geteuid() != 0) {
    g_test_skip("only root may look into the cage");
    return;
  }
  g_autoptr(GString) text =
      g_string_new("本方账号,对方账号,交易时间,借/贷,金额,凭证号,对方单位,对方行号,用途,摘要,附言,"
                   "个性化信息\r\n");
  for (int i = 0; i < 50000; i++)
    g_string_append(text, "4000021219200888866,41000001,2026-11-02 10:00:00,贷,735.00,,某某公司,,货款,汇款,附言,\r\n");
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp("yifen-cage-XXXXXX", &path, NULL);
  g_assert_true(fd >= 0 && write(fd, text->str, text->len) == (gssize)text->len);
  close(fd);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  unlink(path);
  g_autofree char *base = g_path_get_basename(path), *file = g_strconcat(base, " (deleted)", NULL);
  Watched watched = {file, FALSE};
  const RecordSink sink = {take_statement, watch_entry, take_statement, NULL, &watched};
  g_autoptr(GError) error = NULL;
  g_assert_false(cage_parse(fd, &(CageRequest){.kind = CAGE_STATEMENT, .profile = "icbc"}, &sink, &error));
  close(fd);
  g_assert_cmpstr(error_reason(error), ==, "seen");
  g_assert_true(watched.checked);
  g_assert_cmpint(find_child(), ==, 0);
}

/* Standard input and output of ours may be closed or be the very file. */
static void test_low_descriptors(void) {
  int kept = dup(STDIN_FILENO);
  close(STDIN_FILENO);
  CageRequest request = {.kind = CAGE_STATEMENT};
  g_autofree char *got = cage_text("tests/golden/camt-gbk.xml", &request);
  g_assert_true(g_str_has_prefix(got, "{\"type\":\"statement\""));
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/cage/golden", test_golden);
  g_test_add_func("/cage/refused", test_refused);
  g_test_add_func("/cage/sink", test_sink);
  g_test_add_func("/cage/walls", test_walls);
  g_test_add_func("/cage/low_descriptors", test_low_descriptors);
  return g_test_run();
}
