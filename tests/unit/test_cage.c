/* The real yifen-parse in its real cage. */
#include <fcntl.h>
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
  g_test_add_func("/cage/low_descriptors", test_low_descriptors);
  return g_test_run();
}
