/* A store with a calendar and the good order, and questions to it. */
#ifndef YIFEN_TESTS_ORDERSTORE_H
#define YIFEN_TESTS_ORDERSTORE_H

#include "tests/unit/orders.h"
#include "tests/unit/spooldir.h"

#include "rules/error.h"
#include "rules/life.h"
#include "spool/life.h"
#include "spool/orders.h"

#define NO "202611220000038"
#define DAY_US (G_GINT64_CONSTANT(86400) * INSTANT_SECOND)

typedef struct {
  char *dir;
  Store *store;
  Calendar *calendar;
  OrderBy by;
} Fixture;

static inline void set_up(Fixture *f, gconstpointer data) {
  (void)data;
  g_autofree char *calendar = NULL;
  gsize size;
  g_assert(g_file_get_contents("rules/data/holidays-cn.tsv", &calendar, &size, NULL));
  f->dir = spooldir_new();
  f->store = spooldir_open(f->dir);
  f->calendar = calendar_parse(calendar, (gssize)size, NULL);
  f->by = (OrderBy){.actor = "hall", .now = SPOOLDIR_NOW, .calendar = f->calendar};
}

static inline void tear_down(Fixture *f, gconstpointer data) {
  (void)data;
  store_close(f->store);
  calendar_free(f->calendar);
  spooldir_remove(f->dir);
}

/* Takes the good order with one text replaced; NULL or the reason of the refusal. */
static inline const char *take(Fixture *f, const char *from, const char *to, OrderTaken *taken, char **field) {
  static char reason[64];
  g_autoptr(Order) order = order_good(from, to);
  g_autoptr(GError) error = NULL;
  if (order_take(f->store, order, &f->by, taken, &error))
    return NULL;
  if (field != NULL)
    *field = g_strdup(error_fact(error, "field"));
  g_strlcpy(reason, error_reason(error), sizeof reason);
  return reason;
}

static inline gint64 number(Fixture *f, const char *sql) {
  gint64 value = -1;
  gboolean found;
  g_autoptr(GError) error = NULL;
  store_row(f->store, &error, &found, sql, "", "i", &value);
  g_assert_no_error(error);
  return value;
}

static inline char *text(Fixture *f, const char *sql) {
  char *value = NULL;
  gboolean found;
  g_autoptr(GError) error = NULL;
  store_row(f->store, &error, &found, sql, "", "t", &value);
  g_assert_no_error(error);
  return value != NULL ? value : g_strdup("");
}

static inline void assert_text(Fixture *f, const char *sql, const char *want) {
  g_autofree char *is = text(f, sql);
  g_assert_cmpstr(is, ==, want);
}

static inline void apply(Fixture *f, const LifeCycle *cycle, int event) {
  g_autoptr(GError) error = NULL;
  gint64 id = number(f, "SELECT id FROM purchase");
  LifeNews news = {.actor = "test", .now = f->by.now};
  gboolean ok = store_begin(f->store, &error) &&
                life_apply(f->store, cycle, id, event, &news, NULL, NULL, NULL, &error) &&
                order_refresh(f->store, id, f->calendar, "test", f->by.now, &error) && store_commit(f->store, &error);
  g_assert_no_error(error);
  g_assert_true(ok);
}

static inline void run(Fixture *f, const char *sql) {
  g_autoptr(GError) error = NULL;
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(store_run(f->store, &error, sql, ""));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static inline void add(const char *path, gconstpointer data, void (*test)(Fixture *, gconstpointer)) {
  g_test_add(path, Fixture, data, set_up, test, tear_down);
}

#endif
