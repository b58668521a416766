/* What travels to the staff socket: written and read it is the same; anything else is none of ours. */
#include <string.h>

#include "daemon/staff/request.h"

#define MESSAGE(text) text, sizeof text /* with the NUL that C adds */

static void test_again(void) {
  char words[4][16] = {"statement", "import", "a b.csv", ""};
  StaffRequest given = {.language = "zh_CN",
                        .json = TRUE,
                        .terminal = TRUE,
                        .argc = 4,
                        .argv = {words[0], words[1], words[2], words[3]},
                        .file_count = 2,
                        .files = {2, 3}},
               read;
  g_autoptr(GByteArray) message = staff_request_write(&given);
  g_assert_nonnull(message);
  g_assert_true(staff_request_read((char *)message->data, message->len, &read));
  g_assert_cmpstr(read.language, ==, "zh_CN");
  g_assert_true(read.json && read.terminal);
  g_assert_cmpint(read.argc, ==, 4);
  for (int i = 0; i < read.argc; i++)
    g_assert_cmpstr(read.argv[i], ==, given.argv[i]);
  g_assert_null(read.argv[4]);
  g_assert_cmpint(read.file_count, ==, 2);
  g_assert_cmpint(read.files[1], ==, 3);
}

/* Cut anywhere it is none, but where an argument ends. */
static void test_cut(void) {
  static const char whole[] = "yifen-staff 1\0en\0j\0\0status\0x";
  for (gsize size = 0; size <= sizeof whole; size++) {
    g_autofree char *copy = g_memdup2(whole, sizeof whole);
    StaffRequest read;
    g_assert_cmpint(staff_request_read(copy, size, &read), ==, size == sizeof whole || size == sizeof whole - 2);
  }
}

static void test_foreign(void) {
  static const struct {
    const char *bytes;
    gsize size;
    gboolean good;
  } cases[] = {
      {MESSAGE("yifen-staff 1\0zh_CN\0\0\0status"), TRUE},
      {MESSAGE("yifen-staff 1\0zh_CN\0tj\0"
               "1,2\0case\0a\0b"),
       TRUE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"), FALSE},
      {MESSAGE("yifen-staff 2\0zh_CN\0\0\0status"), FALSE},
      {MESSAGE("\0zh_CN\0\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0\0\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0../zh\0\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0zh.UTF-8\0\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\0\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0x\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0jj\0\0status"), FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "0\0case\0a"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "2\0case\0a"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "1,1\0case\0a"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "2,1\0case\0a\0b"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "1,\0case\0a"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "-1\0case\0a"),
       FALSE},
      {MESSAGE("yifen-staff 1\0zh_CN\0\0"
               "18446744073709551617\0case\0a"),
       FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *copy = g_memdup2(cases[i].bytes, cases[i].size);
    StaffRequest read;
    if (staff_request_read(copy, cases[i].size, &read) != cases[i].good)
      g_test_message("case %zu", i), g_test_fail();
  }
}

static void test_limits(void) {
  g_autofree StaffRequest *request = g_new0(StaffRequest, 1), *read = g_new0(StaffRequest, 1);
  g_autofree char *large = g_strnfill(STAFF_REQUEST_BYTES, 'x');
  char one[] = "x";
  request->language = "en";
  request->argc = STAFF_ARGUMENTS;
  for (int i = 0; i < request->argc; i++)
    request->argv[i] = one;
  g_autoptr(GByteArray) most = staff_request_write(request);
  g_assert_nonnull(most);
  g_assert_true(staff_request_read((char *)most->data, most->len, read));
  g_byte_array_append(most, (const guint8 *)one, 2);
  g_assert_false(staff_request_read((char *)most->data, most->len, read));
  request->argc = STAFF_ARGUMENTS + 1;
  g_assert_null(staff_request_write(request));
  request->argc = 1;
  request->argv[0] = large;
  g_assert_null(staff_request_write(request));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/staff_request/again", test_again);
  g_test_add_func("/staff_request/cut", test_cut);
  g_test_add_func("/staff_request/foreign", test_foreign);
  g_test_add_func("/staff_request/limits", test_limits);
  return g_test_run();
}
