#include "daemon/text.h"

#include <string.h>

#include "rules/error.h"
#include "rules/life.h"
#include "rules/status.h"

static const char *const sentences[] = {
#define SENTENCE(reason, text) reason, text,
#include "daemon/sentences.h"
#undef SENTENCE
};
static const char *const words[] = {
#define WORD(word, text) word, text,
#include "daemon/words.h"
#undef WORD
};

static void assert_once(const char *const *pairs, gsize count) {
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  for (gsize i = 0; i < count; i += 2)
    if (!g_hash_table_add(seen, (gpointer)(gintptr)pairs[i]))
      g_test_fail_printf("%s stands twice", pairs[i]);
}

static void test_once(void) {
  assert_once(sentences, G_N_ELEMENTS(sentences));
  assert_once(words, G_N_ELEMENTS(words));
}

/* With every fact given, no sentence may keep a placeholder, a bracket or an unresolved "?". */
static void test_placeholders(void) {
  for (gsize i = 0; i < G_N_ELEMENTS(sentences); i += 2) {
    g_autoptr(GError) error = NULL;
    error_set(&error, ERROR_REFUSED, sentences[i], "file", "f", "line", "7", "column", "1", "cell", "A7", "sheet", "s",
              "field", "x", "value", "v", "expected", "e", "detail", "d", NULL);
    g_autofree char *text = text_error(error);
    if (strpbrk(text, "{}[]?") != NULL)
      g_test_fail_printf("%s renders as %s", sentences[i], text);
  }
}

static void test_optional(void) {
  g_autoptr(GError) with = NULL, without = NULL;
  error_set(&with, ERROR_PERMANENT, "config_twice", "file", "f", "line", "3", "field", "x", NULL);
  error_set(&without, ERROR_PERMANENT, "config_twice", "file", "f", "field", "x", NULL);
  g_autofree char *a = text_error(with), *b = text_error(without);
  g_assert_cmpstr(a, ==, "配置文件 f 第 3 行：“x”出现了两次。");
  g_assert_cmpstr(b, ==, "配置文件 f：“x”出现了两次。");
}

static void test_hostile(void) {
  g_autoptr(GError) error = NULL;
  error_set(&error, ERROR_REFUSED, "exists", "file", "a\x1b[31m\xE2\x80\xAE{line}\xFF", NULL);
  g_autofree char *text = text_error(error);
  g_assert_cmpstr(text, ==, "a\xEF\xBF\xBD[31m\xEF\xBF\xBD{line}\xEF\xBF\xBD 已经存在，没有覆盖。");
  g_autofree char *cut = text_clean("一分钱", 2);
  g_assert_cmpstr(cut, ==, "一分…");
}

static void test_unknown(void) {
  g_autoptr(GError) error = NULL;
  error_set(&error, ERROR_REFUSED, "no_such_reason", "value", "v", NULL);
  g_autofree char *text = text_error(error);
  g_assert_nonnull(strstr(text, "no_such_reason value=v"));
}

static void test_words(void) {
  g_assert_cmpstr(text_word("short"), ==, "少付");
  g_assert_cmpstr(text_word("review.open"), ==, "待审核");
  g_assert_cmpstr(text_word("case.open"), ==, "待处理");
  g_assert_cmpstr(text_word("no_word"), ==, "no_word");
  g_assert_cmpstr(text_word("case.no_word"), ==, "case.no_word");
}

/* Every state that a person can be shown has its word. */
static void test_states(void) {
  for (const LifeCycle *const *cycle = life_cycles; *cycle != NULL; cycle++)
    for (int i = 0; i < (*cycle)->state_count; i++) {
      g_autofree char *word = g_strconcat((*cycle)->name, ".", (*cycle)->states[i], NULL);
      if (text_word(word) == word)
        g_test_fail_printf("no word for %s", word);
    }
  for (int i = 0; i < STATUS_SHOWN; i++) {
    g_autofree char *word = g_strconcat("status.", status_words[i], NULL);
    if (text_word(word) == word)
      g_test_fail_printf("no word for %s", word);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_set_nonfatal_assertions();
  text_init("zh_CN");
  g_test_add_func("/text/once", test_once);
  g_test_add_func("/text/placeholders", test_placeholders);
  g_test_add_func("/text/optional", test_optional);
  g_test_add_func("/text/hostile", test_hostile);
  g_test_add_func("/text/unknown", test_unknown);
  g_test_add_func("/text/states", test_states);
  g_test_add_func("/text/words", test_words);
  return g_test_run();
}
