/* What handlers are told: templates against their facts, and the queue that tells each thing once. */
#include "tests/unit/orderstore.h"

#include "rules/tell.h"
#include "spool/tell.h"

static void test_misfit(void) {
  static const struct {
    TellKind kind;
    const char *text, *misfit;
  } cases[] = {
      {TELL_WRONG_CODE, "业务单 {order_no}：还可以试 {left} 次。", NULL},
      {TELL_WRONG_CODE, "没有变量", NULL},
      {TELL_WRONG_CODE, "{left}{left}", NULL},
      {TELL_WRONG_CODE, "还有 {tries} 次", "tries"},
      {TELL_WRONG_CODE, "密码 {pin}", "pin"},
      {TELL_CODE_SENT, "验证码 {code}", "code"},
      {TELL_ACCEPTED, "{left}", "left"},
      {TELL_ACCEPTED, "{}", ""},
      {TELL_ACCEPTED, "开头 {order_no", "{order_no"},
      {TELL_ACCEPTED, "多一个 } 号", "} 号"},
      {TELL_ACCEPTED, "{{order_no}}", "{{order_no}}"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *misfit = tell_misfit(cases[i].kind, cases[i].text);
    g_assert_cmpstr(misfit, ==, cases[i].misfit);
  }
}

static const char *fact(void *user, const char *name) {
  return g_str_equal(name, "left") ? user : NULL;
}

static void test_fill(void) {
  g_autofree char *text = tell_fill("还有 {left} 次，{left}。{order_no}!", fact, (char *)"{2}");
  g_assert_cmpstr(text, ==, "还有 {2} 次，{2}。!");
}

static void test_words(void) {
  for (TellKind kind = 0; kind < TELL_KINDS; kind++) {
    g_assert_cmpint(tell_kind(tell_word(kind)), ==, kind);
    g_assert_false(g_strv_contains(tell_facts(kind), "code") || g_strv_contains(tell_facts(kind), "pin"));
  }
  g_assert_cmpint(tell_kind("pin"), ==, -1);
  g_assert_cmpint(tell_kind(NULL), ==, -1);
}

static void tell(Fixture *f, const char *key, const char *why) {
  g_autoptr(GError) error = NULL;
  const char *facts[] = {"why", why, "fields", "applicant.name,receipt", NULL};
  const Tell one = {.kind = TELL_SENT_BACK, .key = key, .purchase_id = 1, .facts = facts};
  g_assert_true(store_begin(f->store, &error));
  g_assert_true(tell_handler(f->store, &one, "staff:li", f->by.now, &error));
  g_assert_true(store_commit(f->store, &error));
  g_assert_no_error(error);
}

static void test_once(Fixture *f, gconstpointer data) {
  (void)data;
  OrderTaken taken;
  g_auto(Telling) telling = {0};
  gboolean found;
  take(f, "1048.00", "1048.00", &taken, NULL);
  tell(f, "7", "随机码是 056869，不对");
  tell(f, "7", "又一次");
  tell(f, "8", "又退回");
  g_assert_cmpint(number(f, "SELECT count(*) FROM job WHERE role = 'notify' AND kind = 'tell'"), ==, 2);
  g_assert_cmpint(number(f, "SELECT count(*) FROM audit WHERE action = 'telling.queue'"), ==, 2);
  g_assert_true(telling_load(f->store, 1, &telling, &found, NULL) && found);
  g_assert_cmpint(telling.kind, ==, TELL_SENT_BACK);
  g_assert_cmpstr(telling.order_no, ==, NO);
  g_assert_cmpstr(json_string_value(json_object_get(telling.facts, "why")), ==, "随机码是 ******，不对");
  g_assert_cmpstr(json_string_value(json_object_get(telling.facts, "fields")), ==, "applicant.name,receipt");
  telling_clear(&telling);
  g_assert_true(telling_load(f->store, 9, &telling, &found, NULL) && !found);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  g_test_add_func("/tell/misfit", test_misfit);
  g_test_add_func("/tell/fill", test_fill);
  g_test_add_func("/tell/words", test_words);
  g_test_add("/tell/once", Fixture, NULL, set_up, test_once, tear_down);
  return g_test_run();
}
