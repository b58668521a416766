#include "daemon/log.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "rules/error.h"

/* What one event writes to stderr; the caller frees. */
static char *logged(const char *value, const GError *failure) {
  int ends[2], saved = dup(STDERR_FILENO);
  g_assert_cmpint(pipe(ends), ==, 0);
  dup2(ends[1], STDERR_FILENO);
  if (failure != NULL)
    log_error(failure, "it failed", "ORDER", value, NULL);
  else
    log_event(LOG_NOTICE, "it happened", "ORDER", value, "NOTHING", NULL, "LATER", "yes", "A", value, "B", value, "C",
              value, "D", value, "E", value, "F", value, NULL);
  dup2(saved, STDERR_FILENO);
  close(saved);
  close(ends[1]);
  char *text = g_malloc0(16384);
  g_assert_cmpint(read(ends[0], text, 16383), >, 0);
  close(ends[0]);
  return text;
}

static void test_event(void) {
  g_autofree char *line = logged("2026112200000\n38\x1b[0m\xE2\x80\xAE", NULL);
  g_assert_cmpstr(strchr(line, '\n'), ==, "\n"); /* one event, one line */
  json_t *event = json_loads(line, 0, NULL);
  g_assert_nonnull(event);
  g_assert_cmpstr(json_string_value(json_object_get(event, "MESSAGE")), ==, "it happened");
  g_assert_cmpstr(json_string_value(json_object_get(event, "PRIORITY")), ==, "5");
  g_assert_cmpstr(json_string_value(json_object_get(event, "ROLE")), ==, "tester");
  g_assert_cmpstr(json_string_value(json_object_get(event, "ORDER")), ==, "2026112200000\uFFFD38\uFFFD[0m\uFFFD");
  g_assert_null(json_object_get(event, "NOTHING"));
  g_assert_cmpstr(json_string_value(json_object_get(event, "LATER")), ==, "yes");
  json_decref(event);
}

static void test_bounded(void) {
  GString *wide = g_string_new(NULL);
  for (int i = 0; i < 10000; i++)
    g_string_append(wide, "\U00020000");
  g_autofree char *value = g_string_free(wide, FALSE), *line = logged(value, NULL);
  g_assert_cmpuint(strlen(line), <=, 4096);
  json_t *event = json_loads(line, 0, NULL);
  g_assert_nonnull(event);
  json_decref(event);
}

static void test_error(void) {
  g_autoptr(GError) error = NULL;
  error_set(&error, ERROR_TEMPORARY, "busy", "detail", "locked", NULL);
  g_autofree char *line = logged("7", error);
  g_assert_nonnull(strstr(line, "\"REASON\":\"busy\""));
  g_assert_nonnull(strstr(line, "\"PRIORITY\":\"4\""));
  g_assert_nonnull(strstr(line, "detail=locked"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  log_init("tester");
  g_test_add_func("/log/event", test_event);
  g_test_add_func("/log/bounded", test_bounded);
  g_test_add_func("/log/error", test_error);
  return g_test_run();
}
