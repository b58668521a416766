#include "parsers/keyfile.h"

#include <string.h>

#include "rules/error.h"

static void test_reads(void) {
  const char *text = "\xEF\xBB\xBF# comment\r\n; another\r\n\r\n[yifen]\r\nstate = /a b # not a comment\r\n\r\n"
                     "[account icbc]\nalso =\n  1\n\t2 = 3\nname=深圳\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(KeyFile) file = keyfile_parse("f", text, strlen(text), &error);
  g_assert_no_error(error);
  const KeySection *plain = keyfile_section(file, "yifen", NULL), *icbc = keyfile_section(file, "account", "icbc");
  g_assert_nonnull(plain);
  g_assert_nonnull(icbc);
  g_assert_null(keyfile_section(file, "account", NULL));
  g_assert_cmpstr(keysection_value(plain, "state"), ==, "/a b # not a comment");
  g_assert_cmpint(keysection_line(plain, "state"), ==, 5);
  g_assert_cmpint(keysection_line(plain, "absent"), ==, 4);
  g_assert_cmpstr(keysection_value(icbc, "also"), ==, "\n1\n2 = 3");
  g_assert_cmpstr(keysection_value(icbc, "name"), ==, "深圳");
  g_assert_null(keysection_value(icbc, "number"));
}

static const struct {
  const char *name, *text, *reason, *line;
  gsize length; /* 0: the text's own */
} refused[] = {
    {"no_section", "a = 1\n", "config_syntax", "1"},
    {"no_equals", "[a]\nb\n", "config_syntax", "2"},
    {"no_key", "[a]\n= 1\n", "config_syntax", "2"},
    {"open_bracket", "[a\n", "config_syntax", "1"},
    {"empty_section", "[ ]\n", "config_syntax", "1"},
    {"lost_continuation", "[a]\n  b\n", "config_syntax", "2"},
    {"continuation_after_section", "[a]\nb = 1\n[c]\n  d\n", "config_syntax", "4"},
    {"twice_key", "[a]\nb = 1\nc = 2\nb = 3\n", "config_twice", "4"},
    {"twice_section", "[a x]\n[b]\n[a  x]\n", "config_twice", "3"},
    {"utf8", "[a]\nb = \xC9\xEE\n", "config_syntax", "2"},
    {"nul", "[a]\nb = 1\n\0c = 1\n", "config_syntax", "3", 16},
};

static void test_refused(gconstpointer data) {
  gsize i = GPOINTER_TO_SIZE(data);
  g_autoptr(GError) error = NULL;
  gsize length = refused[i].length != 0 ? refused[i].length : strlen(refused[i].text);
  g_autoptr(KeyFile) file = keyfile_parse("some.conf", refused[i].text, length, &error);
  g_assert_null(file);
  g_assert_error(error, YIFEN_ERROR, ERROR_PERMANENT);
  g_assert_cmpstr(error_reason(error), ==, refused[i].reason);
  g_assert_cmpstr(error_fact(error, "line"), ==, refused[i].line);
  g_assert_cmpstr(error_fact(error, "file"), ==, "some.conf");
}

static void test_unknown_key(void) {
  static const char *const known[] = {"statements", "payments", "pays", NULL};
  const char *text = "[account a]\npays = refund\n\nstatments = folder\n";
  g_autoptr(GError) error = NULL;
  g_autoptr(KeyFile) file = keyfile_parse("f", text, strlen(text), &error);
  g_assert_no_error(error);
  g_assert_false(keysection_check(file, file->sections->pdata[0], known, &error));
  g_assert_cmpstr(error_reason(error), ==, "config_key");
  g_assert_cmpstr(error_fact(error, "line"), ==, "4");
  g_assert_cmpstr(error_fact(error, "field"), ==, "statments");
  g_assert_cmpstr(error_fact(error, "expected"), ==, "statements");
}

static void test_nearest(void) {
  static const char *const known[] = {"port", "host", "host_key", NULL}, *const none[] = {NULL};
  g_assert_cmpstr(keyfile_nearest("hostkey", known), ==, "host_key");
  g_assert_cmpstr(keyfile_nearest("prot", known), ==, "port");
  g_assert_cmpstr(keyfile_nearest("", known), ==, "port");
  g_assert_null(keyfile_nearest("port", none));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/keyfile/reads", test_reads);
  for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_autofree char *path = g_strconcat("/keyfile/refused/", refused[i].name, NULL);
    g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_refused);
  }
  g_test_add_func("/keyfile/unknown_key", test_unknown_key);
  g_test_add_func("/keyfile/nearest", test_nearest);
  return g_test_run();
}
