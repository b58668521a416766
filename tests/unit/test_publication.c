/* What is published, and when a notice of renewal is due. */
#include <string.h>
#include <sys/stat.h>

#include "parsers/order_json.h"
#include "rules/error.h"
#include "rules/publication.h"
#include "rules/renewal.h"
#include "spool/durable.h"
#include "spool/publication.h"
#include "spool/renewals.h"
#include "tests/unit/orderstore.h"

static void test_allowed(void) {
  static const struct {
    PublicationFacts facts;
    gboolean allowed;
  } rows[] = {{{TRUE, FALSE}, TRUE}, {{FALSE, FALSE}, FALSE}, {{TRUE, TRUE}, FALSE}, {{FALSE, TRUE}, FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(publication_allowed(&rows[i].facts), ==, rows[i].allowed);
}

static void test_order(void) {
  g_assert_true(order_json_publish("{\"order_no\":\"1\"}"));
  g_assert_true(order_json_publish("{\"publish\":true}"));
  g_assert_false(order_json_publish("{\"publish\":false}"));
  g_assert_false(order_json_publish("{\"publish\":"));
}

static void test_put(void) {
  char *dir = spooldir_new();
  g_autoptr(GError) error = NULL;
  g_assert_true(publication_put(dir, "0AF3", "one", 3, &error));
  g_assert_true(publication_put(dir, "0AF3", "one", 3, &error)); /* again after a crash */
  g_assert_no_error(error);
  g_assert_false(publication_put(dir, "0AF3", "two", 3, &error));
  g_assert_cmpstr(error_reason(error), ==, "publication_differs");
  g_autofree char *path = g_build_filename(dir, "0AF3.cer", NULL), *text = NULL;
  gsize size;
  struct stat status;
  g_assert_true(durable_read(path, 10, &text, &size, NULL));
  g_assert_cmpstr(text, ==, "one");
  g_assert_true(stat(path, &status) == 0 && (status.st_mode & 0777) == 0644);
  g_clear_error(&error);
  g_assert_false(publication_put("/nowhere/at/all", "0AF3", "one", 3, &error));
  g_assert_cmpstr(error_reason(error), !=, "publication_differs");
  spooldir_remove(dir);
}

static Day day(const char *text) {
  Day parsed = DAY_NONE;
  g_assert_true(day_parse(text, &parsed));
  return parsed;
}

static void test_notice_day(void) {
  static const char *const rows[][2] = {{"2027-11-22", "2027-10-22"}, {"2027-01-31", "2026-12-31"},
                                        {"2027-03-30", "2027-02-28"}, {"2028-03-31", "2028-02-29"},
                                        {"2027-05-31", "2027-04-30"}, {"2027-12-01", "2027-11-01"}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
    g_autofree char *got = day_format(renewal_notice_on(day(rows[i][0])));
    g_assert_cmpstr(got, ==, rows[i][1]);
  }
  g_assert_cmpint(renewal_notice_on(DAY_NONE), ==, DAY_NONE);
}

static void test_due(void) {
  const Instant until = instant_at(day("2027-11-22"), 23, 59, 59);
  const struct {
    RenewalFacts facts;
    const char *today;
    gboolean due;
  } rows[] = {{{until, FALSE, FALSE}, "2027-10-21", FALSE},       {{until, FALSE, FALSE}, "2027-10-22", TRUE},
              {{until, FALSE, FALSE}, "2027-11-22", TRUE},        {{until, FALSE, FALSE}, "2027-11-23", FALSE},
              {{until, TRUE, FALSE}, "2027-10-22", FALSE},        {{until, FALSE, TRUE}, "2027-10-22", FALSE},
              {{INSTANT_NONE, FALSE, FALSE}, "2027-10-22", FALSE}};
  for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
    g_assert_cmpint(renewal_due(&rows[i].facts, day(rows[i].today)), ==, rows[i].due);
}

static void ask(Fixture *f, const char *serial, Instant valid_until, Instant now) {
  g_autoptr(GError) error = NULL;
  const Renewal renewal = {
      .serial = serial, .kind = "business", .purchase_id = 1, .facts = {.valid_until = valid_until}};
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(renewal_tell(f->store, &renewal, "notify", now, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

/* Asked every day for a year and a half, each certificate is told about once. */
static void test_tell(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  take(f, "1048.00", "1048.00", &taken, NULL);
  Instant until = f->by.now + 365 * DAY_US;
  for (int days = 0; days < 500; days++) {
    ask(f, "0a", until, f->by.now + days * DAY_US);
    ask(f, "0b", until + 100 * DAY_US, f->by.now + days * DAY_US);
  }
  g_assert_cmpint(number(f, "SELECT count(*) FROM telling WHERE kind = 'renewal'"), ==, 2);
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'notify' AND kind = 'tell'"), ==, 2);
  g_assert_cmpint(number(f, "SELECT (max(created_at) - min(created_at)) / 86400000000 FROM telling"), >=, 98);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/publication/allowed", test_allowed);
  g_test_add_func("/publication/order", test_order);
  g_test_add_func("/publication/put", test_put);
  g_test_add_func("/renewal/notice_day", test_notice_day);
  g_test_add_func("/renewal/due", test_due);
  g_test_add("/renewal/tell", Fixture, NULL, set_up, test_tell, tear_down);
  return g_test_run();
}
