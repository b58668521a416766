/* The drop folder: what is ready is claimed whole, what is not can neither hurt nor be lost. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/error.h"
#include "spool/drop.h"
#include "spool/job.h"
#include "tests/unit/spooldir.h"

#define SECOND INSTANT_SECOND

typedef struct {
  char *dir, *inbox, *outside;
  Store *store;
  Drop *drop;
  GPtrArray *told; /* "SECTION/NAME reason" */
} World;

static void setup(World *world, gconstpointer data) {
  static const char *const sections[] = {"icbc", "abc", NULL};
  (void)data;
  world->dir = spooldir_new();
  g_autofree char *work = g_build_filename(world->dir, "work", NULL);
  g_assert_cmpint(g_mkdir(work, 0700), ==, 0);
  world->store = spooldir_open(world->dir);
  world->drop = drop_open(world->dir, sections, NULL);
  g_assert_nonnull(world->drop);
  world->inbox = g_build_filename(world->dir, "inbox", NULL);
  world->outside = g_build_filename(world->dir, "outside", NULL);
  world->told = g_ptr_array_new_with_free_func(g_free);
}

static void teardown(World *world, gconstpointer data) {
  (void)data;
  drop_close(world->drop);
  store_close(world->store);
  g_ptr_array_unref(world->told);
  g_free(world->inbox);
  g_free(world->outside);
  spooldir_remove(world->dir);
}

static gboolean on_odd(void *user, const char *section, const char *name, const GError *why, Instant since,
                       GError **error) {
  World *world = user;
  (void)error;
  g_assert_cmpint(since, >, 0);
  g_ptr_array_add(world->told, g_strdup_printf("%s/%s %s", section != NULL ? section : "", name, error_reason(why)));
  return TRUE;
}

static void put(const World *world, const char *name, const char *text) {
  g_autofree char *path = g_build_filename(world->inbox, name, NULL);
  g_assert_true(g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static gboolean there(const World *world, const char *name) {
  g_autofree char *path = g_build_filename(world->inbox, name, NULL);
  struct stat stat;
  return lstat(path, &stat) == 0;
}

static int scan(World *world, Instant at, Instant *next) {
  const DropSink sink = {.odd = on_odd, .user = world};
  GError *error = NULL;
  Instant later;
  int claimed = -1;
  if (!drop_scan(world->drop, world->store, SPOOLDIR_NOW + at, 30, &sink, next != NULL ? next : &later, &claimed,
                 &error))
    g_error("%s", error->message);
  return claimed;
}

static void test_settles(World *world, gconstpointer data) {
  (void)data;
  Instant next;
  put(world, "a.csv", "one");
  g_assert_cmpint(scan(world, 0, &next), ==, 0);
  g_assert_cmpint(next, ==, SPOOLDIR_NOW + 30 * SECOND);
  g_assert_cmpint(scan(world, 29 * SECOND, NULL), ==, 0);
  put(world, "a.csv", "one and more"); /* still being written: the time starts anew */
  g_assert_cmpint(scan(world, 31 * SECOND, &next), ==, 0);
  g_assert_cmpint(next, ==, SPOOLDIR_NOW + 61 * SECOND);
  g_assert_cmpint(scan(world, 61 * SECOND, &next), ==, 1);
  g_assert_false(there(world, "a.csv"));
  g_assert_cmpint(next, ==, INSTANT_NONE);

  g_auto(FileRow) file = {0};
  g_assert_true(file_load(world->store, 1, &file, NULL));
  g_assert_true(g_str_has_prefix(file.origin, "inbox:"));
  g_assert_cmpstr(file.name, ==, "a.csv");
  g_assert_cmpint(file.size, ==, strlen("one and more"));
  g_assert_cmpint(file.state, ==, FILE_CLAIMED);
  g_autofree char *copy = g_build_filename(world->dir, file.path, NULL), *bytes = NULL;
  g_assert_true(g_file_get_contents(copy, &bytes, NULL, NULL));
  g_assert_cmpstr(bytes, ==, "one and more");
  g_auto(Job) job = {0};
  gboolean found;
  g_assert_true(job_claim(world->store, "intake", SPOOLDIR_NOW + 61 * SECOND, &job, &found, NULL));
  g_assert_true(found);
  g_assert_cmpstr(job.kind, ==, "file");
  g_assert_cmpstr(job.subject, ==, "1");
}

static void test_renamed_in(World *world, gconstpointer data) {
  (void)data;
  g_autofree char *target = g_build_filename(world->inbox, "abc", "b.csv", NULL);
  g_assert_true(g_file_set_contents_full(world->outside, "two", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_assert_cmpint(rename(world->outside, target), ==, 0);
  g_assert_cmpint(scan(world, 0, NULL), ==, 1);
  g_auto(FileRow) file = {0};
  g_assert_true(file_load(world->store, 1, &file, NULL));
  g_assert_cmpstr(file.account, ==, "abc");
  g_assert_true(g_str_has_prefix(file.origin, "inbox/abc:"));
}

static void test_left_alone(World *world, gconstpointer data) {
  static const char *const names[] = {"~$a.xlsx", "a.tmp", ".DS_Store", "Thumbs.db", "desktop.ini"};
  (void)data;
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    put(world, names[i], "x");
  scan(world, 0, NULL);
  g_assert_cmpint(scan(world, 60 * SECOND, NULL), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
    g_assert_true(there(world, names[i]));
  g_assert_cmpuint(world->told->len, ==, 0);
}

static void make_symlink(const World *world, const char *path) {
  g_assert_true(g_file_set_contents(world->outside, "secret", -1, NULL));
  g_assert_cmpint(symlink(world->outside, path), ==, 0);
}

static void make_hard_link(const World *world, const char *path) {
  g_assert_true(g_file_set_contents(world->outside, "secret", -1, NULL));
  g_assert_cmpint(link(world->outside, path), ==, 0);
}

static void make_fifo(const World *world, const char *path) {
  (void)world;
  g_assert_cmpint(mkfifo(path, 0600), ==, 0);
}

static void make_folder(const World *world, const char *path) {
  (void)world;
  g_assert_cmpint(mkdir(path, 0700), ==, 0);
}

static void make_huge(const World *world, const char *path) {
  (void)world;
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  g_assert_cmpint(ftruncate(fd, (off_t)10 * 1024 * 1024 * 1024), ==, 0); /* sparse */
  close(fd);
}

static const struct {
  const char *name;
  void (*make)(const World *world, const char *path);
  const char *want;
} odd[] = {
    {"symlink", make_symlink, "/symlink drop_link"}, {"hard", make_hard_link, "/hard drop_hard_link"},
    {"fifo", make_fifo, "/fifo drop_special"},       {"folder", make_folder, "/folder drop_folder"},
    {"huge", make_huge, "/huge too_large"},
};

static void test_odd(World *world, gconstpointer data) {
  (void)data;
  for (gsize i = 0; i < G_N_ELEMENTS(odd); i++) {
    g_autofree char *path = g_build_filename(world->inbox, odd[i].name, NULL);
    odd[i].make(world, path);
    g_ptr_array_set_size(world->told, 0);
    scan(world, 0, NULL);
    g_assert_cmpint(scan(world, 60 * SECOND, NULL), ==, 0);
    scan(world, 120 * SECOND, NULL);
    g_assert_cmpuint(world->told->len, ==, 1); /* once */
    g_assert_cmpstr(world->told->pdata[0], ==, odd[i].want);
    g_assert_true(there(world, odd[i].name));
    g_autofree char *command = g_strdup_printf("rm -rf %s %s", path, world->outside);
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
  }
}

/* A name that is no UTF-8, and one that tries to be a path or an option, are only names. */
static void test_names(World *world, gconstpointer data) {
  (void)data;
  put(world, "-rf \xff\xfe.csv", "x");
  put(world, "..csv", "y");
  scan(world, 0, NULL);
  g_assert_cmpint(scan(world, 30 * SECOND, NULL), ==, 2);
  g_auto(FileRow) file = {0};
  g_assert_true(file_load(world->store, 1, &file, NULL));
  g_assert_true(g_utf8_validate(file.name, -1, NULL));
}

static void test_sweep(World *world, gconstpointer data) {
  (void)data;
  put(world, "a.csv", "x");
  scan(world, 0, NULL);
  g_assert_cmpint(scan(world, 30 * SECOND, NULL), ==, 1);
  g_autofree char *orphan = g_build_filename(world->dir, "work", "orphan", NULL);
  g_assert_true(g_file_set_contents(orphan, "x", -1, NULL));
  Instant now = g_get_real_time();
  g_assert_true(drop_sweep(world->store, now, NULL));
  g_assert_true(g_file_test(orphan, G_FILE_TEST_EXISTS)); /* somebody may be about to commit its row */
  g_assert_true(drop_sweep(world->store, now + 2 * 3600 * SECOND, NULL));
  g_assert_false(g_file_test(orphan, G_FILE_TEST_EXISTS));
  g_auto(FileRow) file = {0};
  g_assert_true(file_load(world->store, 1, &file, NULL));
  g_autofree char *copy = g_build_filename(world->dir, file.path, NULL);
  g_assert_true(g_file_test(copy, G_FILE_TEST_EXISTS));
}

/* What cannot be taken out of the folder is not taken at all: it would come again and again. */
static void test_fixed(World *world, gconstpointer data) {
  (void)data;
  if (geteuid() == 0) {
    g_test_skip("root may write everywhere");
    return;
  }
  put(world, "a.csv", "x");
  g_assert_cmpint(chmod(world->inbox, 0555), ==, 0);
  scan(world, 0, NULL);
  g_assert_cmpint(scan(world, 30 * SECOND, NULL), ==, 0);
  g_assert_cmpint(chmod(world->inbox, 0755), ==, 0);
  g_assert_cmpuint(world->told->len, ==, 1);
  g_assert_cmpstr(world->told->pdata[0], ==, "/a.csv drop_fixed");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
#define TEST(name, function) g_test_add(name, World, NULL, setup, function, teardown)
  TEST("/drop/settles", test_settles);
  TEST("/drop/renamed_in", test_renamed_in);
  TEST("/drop/left_alone", test_left_alone);
  TEST("/drop/odd", test_odd);
  TEST("/drop/names", test_names);
  TEST("/drop/sweep", test_sweep);
  TEST("/drop/fixed", test_fixed);
  return g_test_run();
}
