/* Durable files: whole or not at all, never replaced unasked. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/durable.h"
#include "tests/unit/spooldir.h"

static char *read_back(const char *dir, const char *name) {
  g_autofree char *path = g_build_filename(dir, name, NULL);
  char *text = NULL;
  gsize size;
  return durable_read(path, 1000, &text, &size, NULL) ? text : NULL;
}

static void test_write(void) {
  char *dir = spooldir_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(durable_write(dir, "a", "one", 3, 0600, TRUE, NULL));
  g_assert_false(durable_write(dir, "a", "two", 3, 0600, TRUE, &error));
  g_assert_cmpstr(error_reason(error), ==, "exists");
  g_autofree char *one = read_back(dir, "a");
  g_assert_cmpstr(one, ==, "one");
  g_assert_true(durable_write(dir, "a", "two", 3, 0640, FALSE, NULL));
  g_autofree char *two = read_back(dir, "a");
  g_assert_cmpstr(two, ==, "two");
  g_autofree char *path = g_build_filename(dir, "a", NULL), *temporary = g_build_filename(dir, ".a.new", NULL);
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0640);
  g_assert_cmpint(access(temporary, F_OK), ==, -1);
  spooldir_remove(dir);
}

static void test_copy(void) {
  char *dir = spooldir_new();
  g_assert_true(durable_write(dir, "from", "abc", 3, 0600, TRUE, NULL));
  g_autofree char *path = g_build_filename(dir, "from", NULL);
  goffset size = 0;
  guint8 sha256[32];
  int fd = open(path, O_RDONLY);
  g_assert_true(durable_copy(fd, dir, "to", 0600, 3, &size, sha256, NULL));
  g_assert_cmpint(size, ==, 3);
  g_assert_cmpint(sha256[0], ==, 0xba); /* FIPS 180-2, B.1 */
  g_assert_cmpint(sha256[31], ==, 0xad);
  g_autofree char *text = read_back(dir, "to");
  g_assert_cmpstr(text, ==, "abc");
  (void)lseek(fd, 0, SEEK_SET);
  g_autoptr(GError) error = NULL;
  g_assert_false(durable_copy(fd, dir, "small", 0600, 2, &size, sha256, &error));
  g_assert_cmpstr(error_reason(error), ==, "too_large");
  g_assert_null(read_back(dir, "small"));
  (void)close(fd);
  spooldir_remove(dir);
}

static void test_move(void) {
  char *dir = spooldir_new();
  g_assert_true(durable_mkdir(dir, "archive/2026/11", 0700, NULL));
  g_assert_true(durable_mkdir(dir, "archive/2026/11", 0700, NULL));
  g_autofree char *to = g_build_filename(dir, "archive/2026/11", NULL);
  g_assert_true(durable_write(dir, "a", "1", 1, 0600, TRUE, NULL));
  g_assert_true(durable_move(dir, "a", to, "b", NULL));
  g_autofree char *moved = read_back(to, "b");
  g_assert_cmpstr(moved, ==, "1");
  g_assert_true(durable_write(dir, "a", "2", 1, 0600, TRUE, NULL));
  g_autoptr(GError) error = NULL, gone = NULL;
  g_assert_false(durable_move(dir, "a", to, "b", &error));
  g_assert_cmpstr(error_reason(error), ==, "exists");
  g_assert_false(durable_move(dir, "nothing", to, "c", &gone));
  g_assert_cmpstr(error_reason(gone), ==, "file_system");
  spooldir_remove(dir);
}

static void test_read(void) {
  char *dir = spooldir_new();
  g_autofree char *fifo = g_build_filename(dir, "fifo", NULL), *link = g_build_filename(dir, "link", NULL);
  g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
  g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
  char *text = NULL;
  gsize size;
  g_assert_false(durable_read(fifo, 10, &text, &size, NULL));
  g_assert_false(durable_read(link, 10, &text, &size, NULL));
  g_assert_true(durable_write(dir, "a", "0123456789", 10, 0600, TRUE, NULL));
  g_autofree char *path = g_build_filename(dir, "a", NULL);
  g_assert_false(durable_read(path, 9, &text, &size, NULL));
  g_assert_true(durable_read(path, 10, &text, &size, NULL));
  g_assert_cmpuint(size, ==, 10);
  g_free(text);
  spooldir_remove(dir);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/durable/write", test_write);
  g_test_add_func("/durable/copy", test_copy);
  g_test_add_func("/durable/move", test_move);
  g_test_add_func("/durable/read", test_read);
  return g_test_run();
}
